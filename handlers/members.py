"""One member as those see them who keep the register: found by name, in private."""

from collections.abc import Collection, Sequence

from markupsafe import Markup

from chat.form import Field, FieldKind, Form
from chat.message import Button, Message, Reply, Shown
from chat.request import whole_number
from db import audit, labels, offices, register
from db.drafts import Draft
from db.labels import Label
from db.models import LabelKind
from db.offices import Office
from db.register import Card
from handlers import forms
from handlers.context import Context, UserError
from handlers.feature import Feature, Needs
from texts import Translator, dates, sentence

feature = Feature("members")

MOST = 8  # hits in one message
FIND = Form(
    "members.find",
    title=sentence("Find a member"),
    fields=(
        Field(
            "words",
            label=sentence("Name"),
            question=sentence("Who? The beginning of a name is enough."),
            kind=FieldKind.TEXT,
            max_length=100,
        ),
    ),
)


@feature.command(
    "medlem",
    alias="member",
    description=sentence("Find somebody in the register"),
    argument=sentence("name"),
    shown=Shown.FORM,
    needs=Needs.REGISTER,
    private=True,
)
async def find(ctx: Context) -> Message | Reply:
    """Whom the words behind the command mean; asked for when there are none."""
    return await _hits(ctx, ctx.request.argument) if ctx.request.argument else await forms.open_form(ctx, FIND)


@feature.button("members.find", shown=Shown.FORM, needs=Needs.REGISTER)
async def again(ctx: Context) -> Reply:
    """Asks for a name."""
    return await forms.open_form(ctx, FIND)


@feature.form(FIND, needs=Needs.REGISTER)
async def take(ctx: Context, draft: Draft, values: dict[str, str]) -> Message:
    """Whom it means."""
    return await _hits(ctx, values["words"])


async def _hits(ctx: Context, words: str) -> Message:
    another = Button(ctx.t.plain("Find another"), "members.find")
    found = await register.find(ctx.session, words, invented=ctx.person.invented, associations=kept_by(ctx))
    if not found:
        text = ctx.t("I find nobody like that in the register you keep. Try the beginning of the surname.")
        return Message.of(text, another)
    if len(found) == 1:
        return await _opened(ctx, found[0])
    shown = found[:MOST]
    buttons = [Button(f"{one.name}, {one.association or '–'}", "members.show", str(one.id)) for one in shown]
    text = ctx.t.count(len(found), one="{n} is called that:", other="{n} are called that:")
    if found[MOST:]:
        text += Markup("\n") + ctx.t("Here are the first {n}. Write more of the name.", n=MOST)
    return Message.of(text, *buttons, each=1).plus(None, another)


def kept_by(ctx: Context) -> Collection[int] | None:
    """The associations whose register the person keeps; None: all of it."""
    rights = ctx.person.rights
    if rights.keeps_register(None):
        return None
    return {one for one in rights.register if one is not None}


async def member(ctx: Context, member_id: str) -> Card:
    """That member, whose register the person keeps; else a UserError."""
    found = await register.get_card(ctx.session, whole_number(member_id), invented=ctx.person.invented)
    if found is None:
        raise UserError("They are no longer in the register.", Button(ctx.t.plain("Find another"), "members.find"))
    ctx.require_register(found.association_id)
    return found


@feature.button("members.show", needs=Needs.REGISTER)
async def show(ctx: Context) -> Message:
    """That member."""
    return await _opened(ctx, await member(ctx, ctx.request.argument))


async def _opened(ctx: Context, one: Card) -> Message:
    """Their card; that somebody looked at it is noted."""
    audit.note(ctx.session, "see member", f"person:{one.person_id}", actor_id=ctx.person.id, now=ctx.now)
    return await card(ctx, one)


async def card(ctx: Context, one: Card) -> Message:
    """What the register knows, what they hold, and what can be changed here."""
    held = await offices.offices_of(ctx.session, one.person_id)
    tags = await _tags(ctx, one)
    text = Markup("\n").join([*_lines(ctx.t, one), *(office_line(ctx.t, office) for office in held), *tags])
    about = str(one.id)
    message = Message.of(
        text,
        Button(ctx.t.plain("Give an office"), "offices.give", about),
        Button(ctx.t.plain("Tags"), "labels.tags", about),
        Button(ctx.t.plain("Invite"), "invite.make", about),
        Button(ctx.t.plain("Change"), "members.change", about),
    )
    today = ctx.now.astimezone(ctx.t.zone).date()
    for office in held:
        if office.ends_on is None or office.ends_on > today:
            message = message.plus(
                None, Button(ctx.t.plain("End: {office}", office=office.kind), "offices.end", str(office.id))
            )
    return message.plus(None, Button(ctx.t.plain("Find another"), "members.find"))


def _lines(t: Translator, one: Card) -> Sequence[Markup]:
    known = (
        (sentence("Association: {value}"), one.association),
        (sentence("Number: {value}"), one.number),
        (sentence("E-mail: {value}"), one.email),
        (sentence("Telephone: {value}"), one.phone),
        (sentence("Address: {value}"), one.address),
        (sentence("With us since: {value}"), one.joined_on and dates.plain_day(one.joined_on, t, year=True)),
        (sentence("Paid until: {value}"), one.paid_until and dates.plain_day(one.paid_until, t, year=True)),
    )
    return [Markup("<b>{}</b>").format(one.name), *(t(said, value=value) for said, value in known if value)]


def office_line(t: Translator, office: Office) -> Markup:
    """The chair of Provstad, since the 14th of March."""
    values = {"office": office.kind, "association": office.association}
    since = dates.plain_day(office.starts_on, t, year=True)
    if office.ends_on is None:
        return t("• {office}, {association}, from {since}", **values, since=since)
    until = dates.plain_day(office.ends_on, t, year=True)
    return t("• {office}, {association}, from {since} to {until}", **values, since=since, until=until)


async def tags(ctx: Context) -> Sequence[Label]:
    """The district's tags, and those of the associations whose register the person keeps."""
    every = await labels.labels(ctx.session, invented=ctx.person.invented, kinds=[LabelKind.TAG])
    rights = ctx.person.rights
    return [one for one in every if one.association_id is None or rights.keeps_register(one.association_id)]


async def _tags(ctx: Context, one: Card) -> Sequence[Markup]:
    has = await labels.labels_of(ctx.session, one.person_id)
    names = [label.name for label in await tags(ctx) if label.id in has]
    return [ctx.t("Tags: {names}", names=", ".join(names))] if names else []
