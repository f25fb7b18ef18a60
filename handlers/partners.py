"""Organisations that we do things together with, and how to get hold of them."""

from markupsafe import Markup

from chat.form import Field, FieldKind, Form
from chat.message import Button, Message, Reply, Shown
from chat.request import whole_number
from db import audit, partners
from db.drafts import Draft
from db.partners import Partner
from handlers import forms, kept_list
from handlers.context import Context, UserError
from handlers.feature import Feature, Needs
from handlers.paging import there, turn
from texts import sentence

feature = Feature("partners")

PAGE = 10
FIELDS = (
    kept_list.name_field(sentence("What is it called?"), most=60),
    Field(
        "contact",
        label=sentence("How to get hold of them"),
        question=sentence("How do we get hold of them?"),
        kind=FieldKind.TEXT,
        max_length=300,
        optional=True,
    ),
)
ADD = Form("partners.add", title=sentence("Add a partner"), fields=FIELDS)
CHANGE = Form("partners.change", title=sentence("Change"), fields=FIELDS)


@feature.command(
    "partner",
    alias="partners",
    description=sentence("Organisations that we do things with"),
    needs=Needs.ORGANISER,
    private=True,
)
async def list_partners(ctx: Context) -> Message:
    """Every partner, ten at a time; the district's organisers change them."""
    return await _list(ctx)


@feature.button("partners.list", needs=Needs.ORGANISER)
async def list_page(ctx: Context) -> Message:
    """That page of them."""
    return await _list(ctx, ctx.number)


async def _list(ctx: Context, page: int = 0) -> Message:
    every = await partners.partners(ctx.session, invented=ctx.person.invented)
    page = there(page, every, PAGE)
    shown = every[page * PAGE : page * PAGE + PAGE]
    lines = [_line(ctx, one) for one in shown] or [ctx.t("There are no partners yet.")]
    message = Message(Markup("\n").join([ctx.t("Partners:"), *lines]))
    if ctx.person.rights.district:
        ways = [Button(one.name, "partners.show", str(one.id)) for one in shown]
        message = Message.of(message.text, *ways, each=2)
    add = Button(ctx.t.plain("Add a partner"), "partners.add")
    return message.plus(None, add, *turn(ctx.t, page, every[page * PAGE + PAGE :], "partners.list"))


def _line(ctx: Context, one: Partner) -> Markup:
    if not one.contact:
        return Markup("• {}").format(one.name)
    return ctx.t("• {name}: {contact}", name=one.name, contact=one.contact)


@feature.button("partners.add", shown=Shown.FORM, needs=Needs.ORGANISER)
async def ask(ctx: Context) -> Reply:
    """Asks what the partner is called and how to get hold of it."""
    return await forms.open_form(ctx, ADD)


@feature.form(ADD, needs=Needs.ORGANISER)
async def add(ctx: Context, draft: Draft, values: dict[str, str]) -> Message:
    """The partner is on the list."""
    await _require_free(ctx, values["name"])
    made = await partners.add_partner(
        ctx.session, values["name"], values["contact"], invented=ctx.person.invented, now=ctx.now
    )
    audit.note(ctx.session, "add partner", f"partner:{made}", actor_id=ctx.person.id, now=ctx.now)
    return await _list(ctx)


async def _require_free(ctx: Context, name: str, *, but: int = 0) -> None:
    kept_list.require_free(name, await partners.partners(ctx.session, invented=ctx.person.invented), but=but)


async def _partner(ctx: Context, partner_id: str) -> Partner:
    found = await partners.get_partner(ctx.session, whole_number(partner_id), invented=ctx.person.invented)
    if found is None:
        raise UserError("That is no longer on the list.", Button(ctx.t.plain("Show the list"), "partners.list"))
    return found


@feature.button("partners.show", needs=Needs.DISTRICT)
async def show(ctx: Context) -> Message:
    """One partner, and what can be done about it."""
    one = await _partner(ctx, ctx.request.argument)
    return Message.of(
        _line(ctx, one),
        Button(ctx.t.plain("Change"), "partners.change", str(one.id)),
        Button(ctx.t.plain("Remove"), "partners.ask_remove", str(one.id)),
        Button(ctx.t.plain("Back"), "partners.list"),
    )


@feature.button("partners.change", shown=Shown.FORM, needs=Needs.DISTRICT)
async def ask_change(ctx: Context) -> Reply:
    """Asks what to change; the rest stays as it is."""
    one = await _partner(ctx, ctx.request.argument)
    now = {"name": one.name, "contact": one.contact}
    return await forms.reopen(ctx, await forms.begin(ctx, CHANGE, str(one.id), now, anew=True))


@feature.form(CHANGE, needs=Needs.DISTRICT)
async def change(ctx: Context, draft: Draft, values: dict[str, str]) -> Message:
    """The partner is called this and reached like that."""
    one = await _partner(ctx, draft.argument)
    await _require_free(ctx, values["name"], but=one.id)
    await partners.change_partner(ctx.session, one.id, values["name"], values["contact"])
    audit.note(ctx.session, "change partner", f"partner:{one.id}", actor_id=ctx.person.id, now=ctx.now)
    return await _list(ctx)


@feature.button("partners.ask_remove", needs=Needs.DISTRICT)
async def ask_remove(ctx: Context) -> Message:
    """Asks once more."""
    one = await _partner(ctx, ctx.request.argument)
    return kept_list.ask_remove(ctx.t, ctx.t("Shall {name} be removed?", name=one.name), "partners", one.id)


@feature.button("partners.remove", needs=Needs.DISTRICT)
async def remove(ctx: Context) -> Message:
    """The partner is no longer on the list."""
    one = await _partner(ctx, ctx.request.argument)
    await partners.remove_partner(ctx.session, one.id)
    audit.note(ctx.session, "remove partner", f"partner:{one.id}", actor_id=ctx.person.id, now=ctx.now)
    return await _list(ctx)
