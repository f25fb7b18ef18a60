"""Nothing more unasked, at once and on every account."""

from markupsafe import Markup

from chat.message import Message
from db import people, privacy
from handlers.context import Context
from handlers.feature import Answered
from handlers.privacy.feature import feature
from texts import sentence
from texts.questions import Question


@feature.command("stopp", alias="stop", description=sentence("Stop writing to me, at once"))
async def stop(ctx: Context) -> Message:
    """Nothing is sent unasked any more, on no account of theirs; what waits to be sent to them is not."""
    accounts = await people.stop(ctx.session, ctx.person, now=ctx.now)
    await privacy.cancel_waiting(ctx.session, ctx.person.id)
    text = ctx.t(
        "I have stopped. I write no more unasked: no calls, no reminders, not even when something is called off. "
        "I still answer when you write. /start begins again, /forgetme erases everything."
    )
    if accounts > 1:
        text += Markup(" ") + ctx.t("That goes for all your accounts; /start goes for the one where you write it.")
    return Message(text)


@feature.question("stop")
async def stop_asked(ctx: Context, question: Question) -> Answered:
    """The same, for somebody who wrote it."""
    return await stop(ctx)
