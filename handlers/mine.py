"""My answers: everything I said yes, maybe or no to, each changeable."""

from markupsafe import Markup

from chat.message import Button, Message
from db import signup as signups
from db.models import Answer
from db.signup import Mine
from handlers.context import Context
from handlers.feature import Feature
from texts import dates, sentence
from texts.questions import Question

feature = Feature("mine")
MOST = 20  # entries: a telephone's screen or two

SAID = {Answer.COMING: sentence("coming"), Answer.MAYBE: sentence("maybe"), Answer.NO: sentence("not coming")}


@feature.command("mina", alias="mine", description=sentence("My answers"), menu=2, private=True, only_reads=True)
async def mine(ctx: Context) -> Message:
    """The asker's answers to what is still to come, numbered, each with a button to change it."""
    return await _list(ctx)


@feature.button("mine.list", only_reads=True)
async def show_again(ctx: Context) -> Message:
    """The list once more."""
    return await _list(ctx)


@feature.question("mine")
async def asked(ctx: Context, question: Question) -> Message | None:
    """The same in words; nothing in a group."""
    return await _list(ctx) if ctx.in_private or ctx.request.own_message else None


async def _list(ctx: Context) -> Message:
    answered = await signups.answered_by(ctx.session, ctx.person.id, now=ctx.now)
    if not answered:
        on = Button(ctx.t.plain("What's on?"), "agenda.now")
        return Message.of(ctx.t("You have not answered to anything yet."), on)
    shown = answered[:MOST]
    lines = [_line(ctx, number, one) for number, one in enumerate(shown, 1)]
    if answered[MOST:]:
        more = len(answered) - MOST
        lines.append(ctx.t.count(more, one="and {n} more later", other="and {n} more later"))
    buttons = [
        Button(ctx.t.plain("Change {n}", n=number), "signup.change", f"{one.activity_id}:mine")
        for number, one in enumerate(shown, 1)
    ]
    return Message.of(Markup("\n").join([ctx.t("Your answers:"), *lines]), *buttons)


def _line(ctx: Context, number: int, one: Mine) -> Markup:
    return ctx.t(
        "{number}. {moment} {title}, {association}: {answer}",
        number=number,
        moment=dates.capital(dates.day_and_time(one.starts_at, ctx.t, now=ctx.now)),
        title=one.title,
        association=one.association,
        answer=ctx.t("cancelled") if one.cancelled else ctx.t(SAID[one.answer]),
    )
