"""I want to help: tells the association's organisers, with the person's consent."""

from collections.abc import Sequence

from chat.markup import one_line
from chat.message import Button, Message, Shown
from db import associations, help_offer, question
from db.associations import Association
from handlers.context import Context, UserError
from handlers.feature import Answered, Feature
from handlers.paging import more
from handlers.private import leads_to_private
from handlers.telling import question_for, tell_organisers
from texts import Translator
from texts.questions import Question

feature = Feature("help_offer")

MAX_NAME = 80  # characters
PAGE = 8  # associations in one message: Discord has five rows


@feature.button("help_offer.start", shown=Shown.PRIVATELY)
@feature.link("help")
async def start(ctx: Context) -> Message:
    """What the organisers are told when the person agrees; where none is chosen, first which association."""
    away = leads_to_private(ctx, "help")
    if away:
        return away
    every = await associations.associations(ctx.session, invented=ctx.person.invented)
    chosen = next((one for one in every if one.id == ctx.person.association_id), None)
    if chosen is not None:
        return _consent(ctx.t, chosen)
    if not every:
        raise UserError("There are no associations here yet.")
    return _places(ctx, every, 0)


def _places(ctx: Context, every: Sequence[Association], page: int) -> Message:
    shown = every[page * PAGE : page * PAGE + PAGE]
    names = [(ctx.t.plain("The whole district") if one.is_district else one.name, str(one.id)) for one in shown]
    buttons = [Button(name, "help_offer.where", about) for name, about in names]
    message = Message.of(ctx.t("How nice! Where would you like to help?"), *buttons, each=2)
    following = page + 1 if every[(page + 1) * PAGE :] else 0
    return message.plus(None, *more(ctx.t, every[PAGE:], "help_offer.places", following))


@feature.button("help_offer.places")
async def places(ctx: Context) -> Message:
    """More associations to choose from; after the last ones the first again."""
    every = await associations.associations(ctx.session, invented=ctx.person.invented)
    return _places(ctx, every, ctx.number)


@feature.question("help_out")
async def asked(ctx: Context, question: Question) -> Answered:
    """The same, for somebody who wrote it."""
    return await start(ctx)


@feature.button("help_offer.where")
async def where(ctx: Context) -> Message:
    """What the organisers there are told when the person agrees."""
    return _consent(ctx.t, await _association(ctx))


async def _association(ctx: Context) -> Association:
    found = await associations.get_association(ctx.session, ctx.number, invented=ctx.person.invented)
    if found is None:
        raise UserError("That association is no longer there. Choose again under My association.")
    return found


def _consent(t: Translator, one: Association) -> Message:
    text = t(
        "How nice! Then the organisers in {association} get to know your name and can write to you through me. "
        "Shall I tell them?",
        association=_name(t, one),
    )
    yes = Button(t.plain("Yes, tell them"), "help_offer.tell", str(one.id))
    return Message.of(text, yes, Button(t.plain("No"), "help_offer.no"))


def _name(t: Translator, one: Association) -> str:
    return t.plain("the whole district") if one.is_district else one.name


@feature.button("help_offer.tell")
async def tell(ctx: Context) -> Message:
    """The organisers know, once; they can answer."""
    one = await _association(ctx)
    more = Button(ctx.t.plain("Write to an organiser"), "contact.ask")
    name = one_line(ctx.request.sender_name)[:MAX_NAME] or "–"
    person_id = ctx.person.id
    is_new = await help_offer.add_offer(
        ctx.session, person_id=person_id, association_id=one.id, text="", name=name, now=ctx.now
    )
    if not is_new:
        return Message.of(ctx.t("They know already, and are glad. Do you want to say more?"), more)
    await _tell(ctx, one, name)
    text = ctx.t("Thank you! I have told them. Do you want to say what you would like to do?")
    return Message.of(text, more)


async def _tell(ctx: Context, one: Association, name: str) -> None:
    question_id = await question.add_question(
        ctx.session, person_id=ctx.person.id, association_id=one.id, activity_id=None, text="", now=ctx.now
    )
    key = f"help:{ctx.person.id}:{one.id}"
    if not await tell_organisers(ctx, key, one.id, lambda t: _offer(t, one, name, question_id)):
        raise UserError("I cannot reach any organiser here just now. Please try again later.")


def _offer(t: Translator, one: Association, name: str, question_id: int) -> Message:
    text = t("{name} wants to help in {association}. Say hello!", name=name, association=_name(t, one))
    return Message.of(question_for(t, text), Button(t.plain("Answer"), "question.answer", str(question_id)))


@feature.button("help_offer.no")
async def no(ctx: Context) -> Message:
    """Nobody is told anything."""
    return Message(ctx.t("Then I tell nobody. You are welcome whenever you like."))
