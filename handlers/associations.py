"""The district's associations: added and renamed in chat."""

from markupsafe import Markup

from chat.form import Form
from chat.markup import one_line
from chat.message import Button, Message, Reply, Shown
from db import associations, audit
from db.associations import Association
from db.drafts import Draft
from handlers import forms, kept_list
from handlers.context import Context, UserError
from handlers.feature import Feature, Needs
from handlers.paging import more
from texts import sentence

feature = Feature("associations")
MAX_NAME = 60  # characters: it stands on buttons
PAGE = 20  # a telephone's screen of buttons

NAME = kept_list.name_field(sentence("What is it called?"), most=MAX_NAME)
ADD = Form("associations.add", title=sentence("Add an association"), fields=(NAME,))
RENAME = Form("associations.rename", title=sentence("New name"), fields=(NAME,))


@feature.command(
    "foreningar",
    alias="associations",
    description=sentence("The district's associations: add and rename"),
    argument=sentence("a name to add"),
    needs=Needs.DISTRICT,
    private=True,
)
async def list_or_add(ctx: Context) -> Message:
    """The associations; a name behind the command is added first, several a line each."""
    names = [one_line(line) for line in ctx.request.argument.splitlines() if one_line(line)]
    for name in names:
        await _add(ctx, name)
    return await _list(ctx)


@feature.button("associations.list", needs=Needs.DISTRICT)
async def list_associations(ctx: Context) -> Message:
    """The associations, each with a button to rename it."""
    return await _list(ctx, ctx.number)


async def _list(ctx: Context, page: int = 0) -> Message:
    every = await associations.associations(ctx.session, invented=ctx.person.invented)
    shown = every[page * PAGE : (page + 1) * PAGE]
    lines = Markup("\n").join(Markup("• {}").format(one.name) for one in shown)
    text = ctx.t.count(
        len(every) - 1, one="The district and {n} association:", other="The district and {n} associations:"
    )
    rename = [
        Button(ctx.t.plain("Rename {name}", name=one.name), "associations.rename", str(one.id)) for one in shown
    ]
    message = Message.of(text + Markup("\n") + lines, *rename, each=2)
    add = Button(ctx.t.plain("Add an association"), "associations.add")
    return message.plus(None, add, *more(ctx.t, every[(page + 1) * PAGE :], "associations.list", page + 1))


@feature.button("associations.add", shown=Shown.FORM, needs=Needs.DISTRICT)
async def ask_name(ctx: Context) -> Reply:
    """Asks what the new association is called."""
    return await forms.open_form(ctx, ADD)


@feature.form(ADD, needs=Needs.DISTRICT)
async def add(ctx: Context, draft: Draft, values: dict[str, str]) -> Message:
    """The association exists."""
    await _add(ctx, values["name"])
    return await _list(ctx)


async def _add(ctx: Context, name: str) -> None:
    await _require_free(ctx, name)
    added = await associations.add_association(ctx.session, name, invented=ctx.person.invented, now=ctx.now)
    audit.note(ctx.session, "add association", f"association:{added}", actor_id=ctx.person.id, now=ctx.now)


async def _require_free(ctx: Context, name: str, *, but: int = 0) -> None:
    if len(name) > MAX_NAME:
        raise UserError("{name}… is too long: at most {most} characters.", name=name[:20], most=MAX_NAME)
    taken = await associations.find_association(ctx.session, name, invented=ctx.person.invented)
    if taken and taken.id != but:
        raise UserError("There is already an association called {name}.", name=taken.name)


@feature.button("associations.rename", shown=Shown.FORM, needs=Needs.DISTRICT)
async def ask_new_name(ctx: Context) -> Reply:
    """Asks for the new name."""
    await _association(ctx, ctx.request.argument)
    return await forms.open_form(ctx, RENAME, argument=ctx.request.argument)


@feature.form(RENAME, needs=Needs.DISTRICT)
async def rename(ctx: Context, draft: Draft, values: dict[str, str]) -> Message:
    """The association is called this everywhere from now on."""
    one = await _association(ctx, draft.argument)
    await _require_free(ctx, values["name"], but=one.id)
    await associations.rename_association(ctx.session, one.id, values["name"])
    audit.note(ctx.session, "rename association", f"association:{one.id}", actor_id=ctx.person.id, now=ctx.now)
    return await _list(ctx)


async def _association(ctx: Context, association_id: str) -> Association:
    one = await associations.get_association(ctx.session, int(association_id), invented=ctx.person.invented)
    if one is None:
        raise UserError("That association is no longer there. Look at /associations.")
    return one
