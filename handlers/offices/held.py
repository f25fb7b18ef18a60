"""Who holds an office: given and ended on a member's card by those who keep the register."""

from datetime import date

from chat.form import Answers, Choice, Field, FieldKind, Form
from chat.message import Button, Message, Reply, Shown
from db import audit, offices, register
from db.drafts import Draft
from handlers import forms, members
from handlers.context import Context, UserError
from handlers.feature import Needs
from handlers.offices.feature import feature, get_kind, today
from handlers.own_associations import OF_REGISTER
from texts import days, sentence

TODAY = sentence("Today")
OPEN_END = sentence("Until further notice")


async def _kinds(ctx: Context) -> list[Choice]:
    return [
        Choice(str(one.id), one.name, own=True)
        for one in await offices.kinds(ctx.session, invented=ctx.person.invented)
    ]


def _days(ctx: Context, starts_on: str, ends_on: str = "") -> tuple[date, date | None]:
    """The first day and the last (None: until further notice) that were written; else a UserError."""
    first = _day(ctx, starts_on, "today", TODAY) or today(ctx)
    last = _day(ctx, ends_on, "open", OPEN_END)
    if last and last < first:
        raise UserError("The last day comes before the first. Please write it once more.")
    return first, last


def _day(ctx: Context, typed: str, key: str, label: str) -> date | None:
    """The day that was written; None where it was left open, or chosen as that suggestion."""
    if not typed or typed.casefold() in {key, ctx.t.plain(label).casefold()}:
        return None
    found = days.read(typed, today=today(ctx))
    if found is None:
        raise UserError("I did not understand the day “{typed}”. Write for example 14/3 2026.", typed=typed)
    return found


def _check_first(ctx: Context, answers: Answers, typed: str) -> None:
    _days(ctx, typed)


def _check_last(ctx: Context, answers: Answers, typed: str) -> None:
    first = answers.get("starts_on")
    if first:  # on a page, it may have been wrong itself
        _days(ctx, first, typed)


GIVE = Form(
    "offices.give",
    title=sentence("Give an office"),
    fields=(
        Field(
            "kind",
            label=sentence("Office"),
            question=sentence("Which office?"),
            kind=FieldKind.CHOICE,
            choices_for=_kinds,
        ),
        OF_REGISTER,
        Field(
            "starts_on",
            label=sentence("First day"),
            question=sentence("From which day? For example 14/3 2026."),
            kind=FieldKind.TEXT,
            max_length=40,
            suggestions=(Choice("today", TODAY),),
            check=_check_first,
        ),
        Field(
            "ends_on",
            label=sentence("Last day"),
            question=sentence("Until which day?"),
            kind=FieldKind.TEXT,
            max_length=40,
            optional=True,
            suggestions=(Choice("open", OPEN_END),),
            check=_check_last,
        ),
    ),
)


@feature.button("offices.give", shown=Shown.FORM, needs=Needs.REGISTER)
async def ask_office(ctx: Context) -> Message | Reply:
    """Asks which office that member holds, where, and from when to when."""
    one = await members.member(ctx, ctx.request.argument)
    if not await offices.kinds(ctx.session, invented=ctx.person.invented):
        text = ctx.t("No offices are listed yet. An organiser of the whole district adds them: /offices")
        return Message.of(text, Button(ctx.t.plain("Offices"), "offices.list"))
    own = one.association_id if ctx.person.rights.keeps_register(one.association_id) else None
    answers = {"association": str(own)} if own else {}
    return await forms.open_form(ctx, GIVE, argument=str(one.id), answers=answers)


@feature.form(GIVE, needs=Needs.REGISTER)
async def give(ctx: Context, draft: Draft, values: dict[str, str]) -> Message:
    """The member holds the office."""
    one = await members.member(ctx, draft.argument)
    kind = await get_kind(ctx, values["kind"])
    where = int(values["association"] or 0)
    ctx.require_register(where)
    first, last = _days(ctx, values["starts_on"], values["ends_on"])
    await offices.give(ctx.session, one.person_id, kind.id, where, starts_on=first, ends_on=last)
    audit.note(ctx.session, "give office", f"person:{one.person_id}", actor_id=ctx.person.id, now=ctx.now)
    return await members.card(ctx, one)


@feature.button("offices.end", needs=Needs.REGISTER)
async def ask_end(ctx: Context) -> Message:
    """Asks once more."""
    office, one = await _office(ctx)
    text = ctx.t("Shall {name} no longer be {office} from today on?", name=one.name, office=office.kind)
    yes = Button(ctx.t.plain("Yes, end it"), "offices.end_now", str(office.id))
    return Message.of(text, yes, Button(ctx.t.plain("No"), "members.show", str(one.id)))


async def _office(ctx: Context) -> tuple[offices.Office, register.Card]:
    office = await offices.get_office(ctx.session, ctx.number, invented=ctx.person.invented)
    card = await register.card_of(ctx.session, office.person_id) if office else None
    if office is None or card is None:
        raise UserError("That has changed since.", Button(ctx.t.plain("Find a member"), "members.find"))
    ctx.require_register(card.association_id)
    ctx.require_register(office.association_id)
    return office, card


@feature.button("offices.end_now", needs=Needs.REGISTER)
async def end(ctx: Context) -> Message:
    """Today is the office's last day."""
    office, one = await _office(ctx)
    await offices.end(ctx.session, office.id, on=today(ctx))
    audit.note(ctx.session, "end office", f"person:{one.person_id}", actor_id=ctx.person.id, now=ctx.now)
    return await members.card(ctx, one)
