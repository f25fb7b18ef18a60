"""One member's details as they are mended by those who keep that register, read as a list is."""

from collections.abc import Callable

from chat.form import Answers, Field, FieldKind, Form
from chat.message import Button, Message, Reply, Shown
from db import audit, register
from db.drafts import Draft
from db.import_members import cells
from db.import_members.one import CHANGING, Clash, change_member, clash_with
from db.import_members.rows import Row
from db.models import MemberStatus
from db.register import Card
from handlers import forms, members
from handlers.context import Context, UserError
from handlers.feature import Feature, Needs
from handlers.import_members.words import REASONS
from handlers.own_associations import OF_REGISTER
from texts import sentence

feature = Feature("member_change")

CLASHES = {
    Clash.FORGOTTEN: sentence("Somebody who is called and reached like that asked to be forgotten."),
    Clash.SAME: sentence("Another member has that name, and the same e-mail or telephone."),
}


def _read(ctx: Context, reads: Callable[[str], str], typed: str) -> str | None:
    """What was typed, as a cell of a list is read; None for nothing. UserError where it cannot be."""
    said = cells.cell(typed)
    try:
        return reads(said) if said else None
    except cells.WrongError as error:
        reason = ctx.t.plain(REASONS[error.reason])
        raise UserError("I cannot take that: {reason}.", reason=reason) from error


def _checked(reads: Callable[[str], str]) -> Callable[[Context, Answers, str], None]:
    def check(ctx: Context, answers: Answers, typed: str) -> None:
        _read(ctx, reads, typed)

    return check


CHANGE = Form(
    CHANGING,
    title=sentence("Change"),
    fields=(
        Field(
            "name",
            label=sentence("Name"),
            question=sentence("What is the member called?"),
            kind=FieldKind.TEXT,
            check=_checked(cells.name),
        ),
        Field(
            "email",
            label=sentence("E-mail"),
            question=sentence("Which e-mail address? Write “none” if there is none."),
            kind=FieldKind.TEXT,
            optional=True,
            check=_checked(cells.email),
        ),
        Field(
            "phone",
            label=sentence("Telephone"),
            question=sentence("Which telephone number? Write “none” if there is none."),
            kind=FieldKind.TEXT,
            optional=True,
            check=_checked(cells.phone),
        ),
        Field(
            "address",
            label=sentence("Address"),
            question=sentence("Which postal address? In lines, as on a letter; write “none” if there is none."),
            kind=FieldKind.LONG_TEXT,
            optional=True,
            check=_checked(cells.lines),
        ),
        OF_REGISTER,
    ),
)


async def _member(ctx: Context, member_id: str) -> Card:
    one = await members.member(ctx, member_id)
    if one.status != MemberStatus.ACTIVE.value:
        raise UserError("They are no longer in the register.", Button(ctx.t.plain("Find another"), "members.find"))
    return one


@feature.button(CHANGING, shown=Shown.FORM, needs=Needs.REGISTER)
async def ask(ctx: Context) -> Reply:
    """Asks what to change; the rest stays as it is."""
    one = await _member(ctx, ctx.request.argument)
    now = {name: getattr(one, name) or "" for name in ("name", "email", "phone", "address")}
    now["association"] = str(one.association_id or "")
    return await forms.reopen(ctx, await forms.begin(ctx, CHANGE, str(one.id), now, anew=True))


@feature.form(CHANGE, needs=Needs.REGISTER)
async def change(ctx: Context, draft: Draft, values: dict[str, str]) -> Message:
    """The card says so, and the log that it was changed."""
    one = await _member(ctx, draft.argument)
    where = int(values["association"] or 0) or None
    ctx.require_register(where)
    row = Row(
        at=1,
        name=_read(ctx, cells.name, values["name"]) or one.name,
        email=_read(ctx, cells.email, values["email"]),
        phone=_read(ctx, cells.phone, values["phone"]),
        address=_read(ctx, cells.lines, values["address"]),
    )
    keeps = ctx.person.rights.keeps_register
    clash = await clash_with(ctx.session, one, row, keeps, keys=ctx.keys, zone=ctx.installation.zone)
    if clash is not None:
        raise UserError(CLASHES[clash], Button(ctx.t.plain("The card"), "members.show", str(one.id)))
    if await change_member(ctx.session, one, row, where, keys=ctx.keys, now=ctx.now):
        audit.note(ctx.session, "change member", f"person:{one.person_id}", actor_id=ctx.person.id, now=ctx.now)
    after = await register.get_card(ctx.session, one.id, invented=ctx.person.invented)
    assert after is not None, "it was just changed"
    return await members.card(ctx, after)
