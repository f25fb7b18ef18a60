"""Those who keep the register help: they pass a code on, or say who somebody is."""

from markupsafe import Markup

from chat.form import Field, FieldKind, Form
from chat.markup import one_line
from chat.message import Button, Message, Reply, Shown
from chat.request import whole_number
from db import audit, codes, linking, my_association, outbox, register
from db.drafts import Draft
from db.linking import MEMBER
from db.models import MemberStatus, PostKind, Priority
from db.register import Card
from handlers import forms, members
from handlers.context import Context, UserError, organisation
from handlers.feature import Needs
from handlers.linking.feature import INVITED, MINUTES, alone, feature, half_name, place
from handlers.telling import answer_for, question_for, tell_person
from texts import LANGUAGES, Translator, sentence

MAX_NAME = 80  # characters
NOBODY = sentence("I find nobody like that in the register you keep. Try the beginning of the surname.")
GONE = sentence("That is answered already, or too old. Nothing was changed.")

FIND = Form(
    "linking.find",
    title=sentence("Look in the register"),
    fields=(
        Field(
            "name",
            label=sentence("Name"),
            question=sentence("Who is it? Write the name, or its beginning."),
            kind=FieldKind.TEXT,
            max_length=MAX_NAME,
        ),
    ),
)


def _require_alone(ctx: Context) -> None:
    """Nothing where nobody else reads along: names of the register are shown there only."""
    if not alone(ctx):
        raise UserError("Let us do that privately.", Button(ctx.t.plain("Open"), opens="do-start"))


# digits that are passed on


@feature.button("linking.hand_over", shown=Shown.PRIVATELY, needs=Needs.REGISTER)
async def hand_over(ctx: Context) -> Message:
    """Who it is, how they are reached, and fresh digits for them; each press makes the ones before worthless."""
    _require_alone(ctx)
    code_id = ctx.number
    cards = await linking.asked_for(ctx.session, code_id, since=ctx.now - INVITED)
    mine = [card for card in cards if ctx.person.rights.keeps_register(card.association_id)]
    if not mine or ctx.person.invented:
        raise UserError(GONE)
    digits = await linking.hand_over(ctx.session, ctx.keys, code_id, cards, mine, valid=MINUTES, now=ctx.now)
    for card in mine:
        audit.note(ctx.session, "hand over code", f"person:{card.person_id}", actor_id=ctx.person.id, now=ctx.now)
    lines = [Markup("• ") + _reached(card) for card in mine]
    text = ctx.t(
        "The code: <b>{code}</b>. It is valid for ten minutes, for the one who asked alone. Give it to them only "
        "if you know that it is them. If it takes longer, press again for another one.",
        code=f"{digits[:4]} {digits[4:]}" if digits else "–",
    )
    return Message(Markup("\n").join([*lines, text]))


def _reached(card: Card) -> Markup:
    ways = [one for one in (card.phone, card.email) if one]
    return Markup("{}").format(", ".join([one_line(card.name), *ways]))


# an organiser says who it is


@feature.button("linking.ask", shown=Shown.PRIVATELY)
async def explain(ctx: Context) -> Message:
    """Says what is told to whom before it is."""
    text = ctx.t(
        "I ask those who keep your association's register. They see the name you have here, look for you, and "
        "answer yes or no."
    )
    yes = Button(ctx.t.plain("Yes, ask them"), "linking.ask_them")
    return Message.of(text, yes, Button(ctx.t.plain("No"), "linking.no"))


@feature.button("linking.ask_them")
async def ask_them(ctx: Context) -> Message:
    """They are asked, at most once a day."""
    name = one_line(ctx.request.sender_name)[:MAX_NAME] or "–"
    content = {language: _question(ctx.in_language(language), name, ctx.person.id) for language in LANGUAGES}
    post_id = await outbox.queue_post(
        ctx.session, f"link-asked:{ctx.person.id}:{ctx.now:%Y-%m-%d}", PostKind.PERSONAL, private=content,
        priority=Priority.URGENT, now=ctx.now,
    )  # fmt: skip
    wanted = linking.registrars(ctx.person.association_id, any_at_all=not ctx.person.invented)
    if post_id and not await outbox.queue_to_people(ctx.session, post_id, wanted, now=ctx.now, quiet=None):
        raise UserError("I cannot reach any organiser here just now. Please try again later.")
    return Message(ctx.t("Asked. The answer comes here."))


def _question(t: Translator, name: str, person_id: int) -> Message:
    text = t("{name} wants to link their account. Do you know who it is?", name=name)
    look = Button(t.plain("Look in the register"), "linking.look", str(person_id))
    return Message.of(question_for(t, text), look, Button(t.plain("No"), "linking.refuse", str(person_id)))


async def _asker(ctx: Context, number: str) -> int:
    """Who asked, while they are there and are not a member yet."""
    person_id = whole_number(number)
    there = await my_association.is_in_world(ctx.session, person_id, invented=False)
    if ctx.person.invented or not there or await linking.member_of(ctx.session, person_id) is not None:
        raise UserError(GONE)
    return person_id


@feature.button("linking.look", shown=Shown.FORM, needs=Needs.REGISTER)
async def look(ctx: Context) -> Reply:
    """Asks for the name."""
    _require_alone(ctx)
    return await forms.open_form(ctx, FIND, argument=str(await _asker(ctx, ctx.request.argument)))


@feature.form(FIND, needs=Needs.REGISTER)
async def found(ctx: Context, draft: Draft, values: dict[str, str]) -> Message:
    """The members of that name."""
    hits = await register.find(ctx.session, values["name"], invented=False, associations=members.kept_by(ctx))
    ways = [
        Button(f"{one_line(one.name)}, {one.association or '–'}", "linking.chosen", f"{draft.argument}:{one.id}")
        for one in hits[: members.MOST]
    ]
    text = ctx.t("Who is it?") if hits else ctx.t(NOBODY)
    if hits[members.MOST :]:
        text += Markup("\n") + ctx.t("Here are the first {n}. Write more of the name.", n=members.MOST)
    message = Message.of(text, *ways, each=1)
    again = Button(ctx.t.plain("Another name"), "linking.look", draft.argument)
    return message.plus(None, again, Button(ctx.t.plain("No"), "linking.refuse", draft.argument))


async def _card(ctx: Context, number: str) -> Card:
    """The member, who is still one, when the presser keeps their register; else a UserError."""
    _require_alone(ctx)
    card = await members.member(ctx, number)
    if card.status != MemberStatus.ACTIVE:
        raise UserError(GONE)
    return card


@feature.button("linking.chosen", needs=Needs.REGISTER)
async def chosen(ctx: Context) -> Message:
    """Asks once more, with the name in full."""
    asker, _, number = ctx.request.argument.partition(":")
    card = await _card(ctx, number)
    text = ctx.t(
        "Is the one who asked {name}, {where}? Say yes only if you know.",
        name=one_line(card.name),
        where=place(card, ctx.t, await organisation(ctx)),
    )
    yes = Button(ctx.t.plain("Yes, approve"), "linking.approve", f"{asker}:{card.id}")
    return Message.of(text, yes, Button(ctx.t.plain("Another name"), "linking.look", asker))


@feature.button("linking.approve", needs=Needs.REGISTER)
async def approve(ctx: Context) -> Message:
    """The one who asked is asked whether that is them; their yes links."""
    asker, _, number = ctx.request.argument.partition(":")
    person_id, card = await _asker(ctx, asker), await _card(ctx, number)
    code = await codes.new_long(
        ctx.session, ctx.keys, MEMBER, argument=str(card.id), person_id=person_id, valid=INVITED, now=ctx.now
    )
    district = await organisation(ctx)
    await tell_person(
        ctx, f"link-approved:{person_id}:{ctx.now.isoformat()}", person_id,
        lambda t: _approved(t, card, district, f"{code}:{card.id}"),
    )  # fmt: skip
    audit.note(ctx.session, "approve link", f"person:{card.person_id}", actor_id=ctx.person.id, now=ctx.now)
    return Message(ctx.t("Thank you. Now they are asked whether that is them, and linked when they say yes."))


def _approved(t: Translator, card: Card, district: str, about: str) -> Message:
    text = t(
        "You have been found: {name}, {where}. Is that you?", name=half_name(card), where=place(card, t, district)
    )
    yes = Button(t.plain("Yes, that is me"), "linking.yes", about)
    return Message.of(answer_for(t, text), yes, Button(t.plain("No, not me"), "linking.no"))


@feature.button("linking.refuse", needs=Needs.REGISTER)
async def refuse(ctx: Context) -> Message:
    """Nothing changes, and the one who asked is told."""
    person_id = await _asker(ctx, ctx.request.argument)
    await tell_person(ctx, f"link-refused:{person_id}:{ctx.now:%Y-%m-%d}", person_id, _not_found)
    audit.note(ctx.session, "refuse link", f"person:{person_id}", actor_id=ctx.person.id, now=ctx.now)
    return Message(ctx.t("Nothing was changed. They are told that you could not tell who they are."))


def _not_found(t: Translator) -> Message:
    text = t("Those who keep the register could not tell who you are. You still see everything that is open.")
    return Message.of(answer_for(t, text), Button(t.plain("Write to an organiser"), "contact.ask"))
