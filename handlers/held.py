"""Messages that perhaps did not arrive: the organiser is asked, and says whether they go out once more."""

from collections.abc import Mapping

from markupsafe import Markup

from chat.message import Button, Message
from db import audit, held
from db.held import Held
from db.models import PostKind
from handlers import card
from handlers.context import Context, UserError
from handlers.feature import Feature, Needs
from handlers.few import about, about_persons
from handlers.telling import Made, question_for
from texts import Translator, dates, sentence
from texts.few import is_few

feature = Feature("held")

WHAT: Mapping[PostKind, str] = {
    PostKind.CALL: sentence("the call to {title}"),
    PostKind.CHANGE: sentence("the change of {title}"),
    PostKind.CANCELLATION: sentence("the news that {title} is called off"),
    PostKind.REMINDER: sentence("the reminder of {title}"),
    PostKind.ANNOUNCEMENT: sentence("the message about {title}"),
    PostKind.DIGEST: sentence("the week's digest"),
    PostKind.WELCOME: sentence("a welcome"),
}
A_MESSAGE = sentence("a message")


def question(t: Translator, one: Held) -> Message:
    """Shall it go out once more? What, and to how many; never to whom."""
    text = t(
        "I do not know whether {what} reached {whom}. If I send it once more, some may get it twice.",
        what=_what(t, one),
        whom=_whom(t, one),
    )
    about = str(one.post_id)
    send = Button(t.plain("Send anyway"), "held.send", about)
    return Message.of(question_for(t, text), send, Button(t.plain("Leave it"), "held.leave", about))


def _what(t: Translator, one: Held) -> str:
    what = WHAT.get(one.kind, A_MESSAGE)
    if "{title}" not in what:
        return t.plain(what)
    return t.plain(what, title=one.title) if one.title else t.plain(A_MESSAGE)


def _whom(t: Translator, one: Held) -> str:
    counted = []
    if one.chats:
        counted.append(t.count_plain(one.chats, one="{n} group", other="{n} groups"))
    if one.people and one.narrow:
        few = is_few(one.people)
        counted.append(t.plain("some of those it is for") if few else about_persons(t, one.people))
    elif one.people:
        counted.append(t.count_plain(one.people, one="{n} person", other="{n} persons"))
    return dates.names(counted, t)


def no_longer(t: Translator) -> Message:
    """What the question says when nobody needs to answer it any more."""
    return Message(t("That is no longer needed. Nothing more was sent."))


@feature.button("held.send", needs=Needs.ORGANISER)
async def send(ctx: Context) -> Message:
    """What perhaps did not arrive goes out once more."""
    one = await _undecided(ctx)
    sent = await held.send_again(ctx.session, one.post_id, now=ctx.now)
    audit.note(ctx.session, "send held", f"post:{one.post_id}", actor_id=ctx.person.id, now=ctx.now)
    return await _answered(ctx, one, lambda t: Message(_sent(t, one, sent)))


def _sent(t: Translator, one: Held, sent: int) -> Markup:
    return t.count(
        sent,
        one="I send {what} once more, to {n}.",
        other="I send {what} once more, to {n}.",
        what=_what(t, one),
        n=about(t, sent) if one.narrow else sent,
    )


@feature.button("held.leave", needs=Needs.ORGANISER)
async def leave(ctx: Context) -> Message:
    """It stays as it is."""
    one = await _undecided(ctx)
    await held.leave(ctx.session, one.post_id, now=ctx.now)
    audit.note(ctx.session, "leave held", f"post:{one.post_id}", actor_id=ctx.person.id, now=ctx.now)
    return await _answered(ctx, one, lambda t: Message(t("I leave {what} as it is.", what=_what(t, one))))


async def _answered(ctx: Context, one: Held, made: Made) -> Message:
    """The answer, which everybody who was asked now sees in place of the question."""
    await held.close(ctx.session, one.post_id, card.contents(ctx, made), now=ctx.now)
    return made(ctx.t)


async def _undecided(ctx: Context) -> Held:
    """What the pressed question is about, when it is still one and the person may answer it; else a UserError."""
    post_id = ctx.number
    one = await held.get_held(ctx.session, post_id, now=ctx.now)
    if one is None or one.invented is not ctx.person.invented:
        if await held.is_called_off(ctx.session, post_id):
            raise UserError("It is cancelled. Nothing was sent.")
        if await held.is_too_late(ctx.session, post_id, now=ctx.now):
            raise UserError("It is too late for that now. Nothing was sent.")
        raise UserError("That is already settled. Nothing more was sent.")
    if one.association_id is not None:
        ctx.require(one.association_id)
    elif not ctx.person.rights.district:
        ask = Button(ctx.t.plain("Ask an organiser"), "contact.ask")
        raise UserError("Only organisers of the whole district can do that.", ask)
    return one
