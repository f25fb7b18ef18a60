"""An activity as everybody sees it: its text, its buttons, and itself when asked for."""

from collections.abc import Callable
from datetime import datetime
from functools import cache, partial

from markupsafe import Markup

from chat.message import Button, Message, Shown
from chat.request import Kind, whole_number
from db import activities, outbox
from db.activities import Activity, Look
from db.models import Answer
from handlers.context import Context, UserError
from handlers.feature import Feature
from texts import LANGUAGES, Translator, dates, sentence, translator

feature = Feature("card")

LABELS = {
    Answer.COMING: sentence("I'm coming"),
    Answer.MAYBE: sentence("Maybe"),
    Answer.NO: sentence("Can't"),
}
ASK = sentence("Ask")
STANDING = {
    Answer.COMING: sentence("You are down as: coming."),
    Answer.MAYBE: sentence("You are down as: maybe."),
    Answer.NO: sentence("You are down as: not coming."),
}


def moment(activity: Activity, t: Translator, *, now: datetime) -> str:
    """lördag 28 november kl. 14.00, with its end when one is known."""
    start = dates.day_and_time(activity.starts_at, t, now=now)
    return f"{start}–{dates.clock(activity.ends_at, t)}" if activity.ends_at else start


def when_and_where(activity: Activity, t: Translator, *, now: datetime) -> str:
    """Lördag 28 november kl. 14.00, Stortorget, Exempelby."""
    said = dates.capital(moment(activity, t, now=now))
    where = place(activity, t)
    return f"{said}, {where}" if where else said


def place(activity: Activity, t: Translator) -> str:
    """Where it is; what was chosen instead of a place is said in the reader's language, not the organiser's."""
    said = _instead_of_a_place().get(activity.place.strip().casefold())
    return t.plain(said) if said else activity.place


def is_place(words: str) -> bool:
    """False for nothing, and for what is chosen instead of a place."""
    chosen = words.strip().casefold()
    return bool(chosen) and chosen not in _instead_of_a_place()


@cache
def _instead_of_a_place() -> dict[str, str]:
    said = {sentence("Online"): sentence("online"), sentence("Not settled yet"): sentence("place not settled yet")}
    translators = [translator(language, "UTC") for language in LANGUAGES]
    return {t.plain(chosen).casefold(): words for chosen, words in said.items() for t in translators}


def details(activity: Activity, t: Translator) -> list[Markup]:
    """The lines after when and where: text, what to bring and read, who it is from."""
    lines = []
    if activity.text:
        lines.append(t("{text}", text=activity.text))
    if activity.bring:
        lines.append(t("Bring: {things}", things=activity.bring))
    if activity.read:
        lines.append(t("Please read before: {what}", what=activity.read))
    return [*lines, sender(activity, t)]


def sender(activity: Activity, t: Translator) -> Markup:
    """From Exempelby, and who answers questions where they chose to be named."""
    if activity.contact_name:
        return t("From {association}, {name} answers questions", association=activity.association,
                 name=activity.contact_name)  # fmt: skip
    return t("From {association}", association=activity.association)


def text(activity: Activity, t: Translator, *, now: datetime) -> Markup:
    """The whole card."""
    title = t("<b>{title}</b>", title=activity.title)
    if activity.cancelled:
        title = t("<b>Cancelled: {title}</b>", title=activity.title)
    lines = [title, t("{line}", line=when_and_where(activity, t, now=now))]
    if activity.cancelled and activity.cancel_reason:
        lines.append(t("{text}", text=activity.cancel_reason))
    return Markup("\n").join([*lines, *details(activity, t)])


def answer_buttons(activity_id: int, t: Translator) -> tuple[Button, ...]:
    """I'm coming, Maybe, Can't."""
    return tuple(
        Button(t.plain(label), "signup.answer", f"{activity_id}:{answer.value}")
        for answer, label in LABELS.items()
    )


def ask_button(activity_id: int, t: Translator) -> Button:
    """Ask: a question to who arranges it."""
    return Button(t.plain(ASK), "question.ask", str(activity_id))


def message(activity: Activity, t: Translator, *, now: datetime) -> Message:
    """The card with its buttons; a cancelled activity takes only questions."""
    rows: tuple[tuple[Button, ...], ...] = ((ask_button(activity.id, t),),)
    if not (activity.cancelled or activity.is_over(now)):
        rows = (answer_buttons(activity.id, t), *rows)
    return Message(text(activity, t, now=now), rows)


def contents(ctx: Context, make: Callable[[Translator], Message]) -> dict[str, Message]:
    """What `make` says in every language, as the outbox takes it."""
    return {language: make(ctx.in_language(language)) for language in LANGUAGES}


def contents_by_answer(ctx: Context, make: Callable[[Translator, Answer | None], Message]) -> dict[str, Message]:
    """What `make` says in every language, to whoever gave each answer and to those whose answer is not known."""
    said = contents(ctx, lambda t: make(t, None))
    for answer in Answer:
        own = contents(ctx, partial(_for, make, answer))
        said |= {outbox.for_answer(language, answer): message for language, message in own.items()}
    return said


def _for(make: Callable[[Translator, Answer | None], Message], answer: Answer, t: Translator) -> Message:
    return make(t, answer)


def cards(ctx: Context, activity: Activity) -> dict[str, Message]:
    """The card in every language."""
    return contents(ctx, lambda t: message(activity, t, now=ctx.now))


async def seen(ctx: Context, argument: str) -> Look:
    """The activity of a press as the person meets it, when it is there and for them; else a UserError.

    The number in a link can be guessed: whether there is something internal behind it is not told.
    """
    chat = None if ctx.in_private else ctx.request.chat.address
    look = await activities.look(ctx.session, ctx.keys, whole_number(argument), person=ctx.person, chat=chat)
    if look is None or (not look.allowed and ctx.request.kind is Kind.COMMAND):
        raise UserError("That is no longer there. Write /week to see what is on.")
    if not look.allowed:
        ask = Button(ctx.t.plain("Ask an organiser"), "contact.ask")
        raise UserError("That one is only for {association}'s own.", ask, association=look.activity.association)
    return look


def with_standing(ctx: Context, look: Look) -> Message:
    """The card as it is now, with the reader's own answer below."""
    card = message(look.activity, ctx.t, now=ctx.now)
    return card.plus(ctx.t(STANDING[look.answer])) if look.answer else card


@feature.button("activity.card", shown=Shown.PRIVATELY, only_reads=True)
async def show(ctx: Context) -> Message:
    """The card as it is now, for the one who asks."""
    return with_standing(ctx, await seen(ctx, ctx.request.argument))
