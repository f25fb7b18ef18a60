"""The offices there are, with how many hold each; the district's organisers edit the list."""

from collections.abc import Sequence

from markupsafe import Markup

from chat.form import Form
from chat.message import Button, Message, Reply, Shown
from db import audit, offices
from db.drafts import Draft
from db.offices import Kind
from handlers import forms, kept_list
from handlers.context import Context
from handlers.feature import Needs
from handlers.few import how_many
from handlers.offices.feature import feature, get_kind, today
from handlers.paging import there, turn
from texts import sentence

MAX_NAME = 50  # characters: it stands on buttons
PAGE = 20
USUAL = (
    sentence("Chair"),
    sentence("Board"),
    sentence("Committee"),
    sentence("Municipal council"),
    sentence("Municipal board or committee"),
    sentence("Regional council"),
    sentence("Group leader"),
    sentence("Contact person"),
)
NAME = kept_list.name_field(sentence("What is the office called?"), most=MAX_NAME)
ADD = Form("offices.add", title=sentence("Add an office"), fields=(NAME,))
RENAME = Form("offices.rename", title=sentence("New name"), fields=(NAME,))


@feature.command(
    "uppdrag",
    alias="offices",
    description=sentence("Offices: which there are, and how many hold them"),
    needs=Needs.ORGANISER,
    private=True,
)
async def list_offices(ctx: Context) -> Message:
    """Every office with how many hold it today, some at a time; who may edits the list."""
    return await _list(ctx)


@feature.button("offices.list", needs=Needs.ORGANISER)
async def list_page(ctx: Context) -> Message:
    """That page of them."""
    return await _list(ctx, ctx.number)


async def _list(ctx: Context, page: int = 0) -> Message:
    every = await offices.kinds(ctx.session, invented=ctx.person.invented)
    page = there(page, every, PAGE)
    shown = every[page * PAGE : page * PAGE + PAGE]
    held = await offices.holders(ctx.session, invented=ctx.person.invented, on=today(ctx))
    lines = [ctx.t("• {office}: {n}", office=one.name, n=how_many(ctx, held.get(one.id, 0))) for one in shown] or [
        ctx.t("No offices are listed yet.")
    ]
    message = Message(Markup("\n").join([ctx.t("Offices:"), *lines]))
    if ctx.person.rights.district:
        message = _editable(ctx, message, shown)
    return message.plus(None, *turn(ctx.t, page, every[page * PAGE + PAGE :], "offices.list"))


def _editable(ctx: Context, message: Message, shown: Sequence[Kind]) -> Message:
    ways = [Button(one.name, "offices.show", str(one.id)) for one in shown]
    message = Message.of(message.text, *ways, each=2)
    usual = () if shown else (Button(ctx.t.plain("Add the usual ones"), "offices.usual"),)
    return message.plus(None, Button(ctx.t.plain("Add an office"), "offices.add"), *usual)


@feature.button("offices.usual", needs=Needs.DISTRICT)
async def add_usual(ctx: Context) -> Message:
    """The offices that most districts have are on the list, in the installation's language."""
    t = ctx.in_language(ctx.installation.language)
    await offices.add_kinds(ctx.session, [t.plain(name) for name in USUAL], invented=ctx.person.invented)
    audit.note(ctx.session, "add office", "office_kind", actor_id=ctx.person.id, now=ctx.now)
    return await _list(ctx)


@feature.button("offices.add", shown=Shown.FORM, needs=Needs.DISTRICT)
async def ask_name(ctx: Context) -> Reply:
    """Asks what the new office is called."""
    return await forms.open_form(ctx, ADD)


@feature.form(ADD, needs=Needs.DISTRICT)
async def add(ctx: Context, draft: Draft, values: dict[str, str]) -> Message:
    """The office can be held."""
    await _require_free(ctx, values["name"])
    await offices.add_kinds(ctx.session, [values["name"]], invented=ctx.person.invented)
    audit.note(ctx.session, "add office", "office_kind", actor_id=ctx.person.id, now=ctx.now)
    return await _list(ctx)


async def _require_free(ctx: Context, name: str, *, but: int = 0) -> None:
    kept_list.require_free(name, await offices.kinds(ctx.session, invented=ctx.person.invented), but=but)


@feature.button("offices.show", needs=Needs.DISTRICT)
async def show(ctx: Context) -> Message:
    """One office, and what can be done about it."""
    one = await get_kind(ctx, ctx.request.argument)
    return kept_list.shown(ctx.t, ctx.t("<b>{name}</b>", name=one.name), "offices", one.id, back="offices.list")


@feature.button("offices.rename", shown=Shown.FORM, needs=Needs.DISTRICT)
async def ask_new_name(ctx: Context) -> Reply:
    """Asks for the new name."""
    await get_kind(ctx, ctx.request.argument)
    return await forms.open_form(ctx, RENAME, argument=ctx.request.argument)


@feature.form(RENAME, needs=Needs.DISTRICT)
async def rename(ctx: Context, draft: Draft, values: dict[str, str]) -> Message:
    """The office is called this everywhere from now on."""
    one = await get_kind(ctx, draft.argument)
    await _require_free(ctx, values["name"], but=one.id)
    await offices.rename_kind(ctx.session, one.id, values["name"])
    audit.note(ctx.session, "rename office", f"office_kind:{one.id}", actor_id=ctx.person.id, now=ctx.now)
    return await _list(ctx)


@feature.button("offices.ask_remove", needs=Needs.DISTRICT)
async def ask_remove(ctx: Context) -> Message:
    """Asks once more: who held it is forgotten with it."""
    one = await get_kind(ctx, ctx.request.argument)
    text = ctx.t("Shall {name} be removed? Who holds or held it is forgotten with it.", name=one.name)
    return kept_list.ask_remove(ctx.t, text, "offices", one.id)


@feature.button("offices.remove", needs=Needs.DISTRICT)
async def remove(ctx: Context) -> Message:
    """The office is no longer on the list."""
    one = await get_kind(ctx, ctx.request.argument)
    await offices.remove_kind(ctx.session, one.id)
    audit.note(ctx.session, "remove office", f"office_kind:{one.id}", actor_id=ctx.person.id, now=ctx.now)
    return await _list(ctx)
