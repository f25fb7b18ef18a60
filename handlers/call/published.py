"""What is answered to publishing: that it is on its way, or what can be done when it reaches nobody."""

from markupsafe import Markup

from chat.message import Button, Message
from db import call
from db.left import NOBODY, who_is_left
from handlers import holding
from handlers.audiences.choosing import Chosen
from handlers.call.progress import result
from handlers.call.reaching import hides, left_out
from handlers.context import Context


async def sent_off(ctx: Context, aimed: Chosen, post_id: int) -> Message:
    """The post is out. Who is left is said once: here only where no message follows that says how it went."""
    stats = await call.stats(ctx.session, post_id, now=ctx.now)
    assert stats is not None, "it was queued just now"
    reached = await call.reach_of(ctx.session, aimed.target)
    if not (stats.people or stats.chats):
        left = NOBODY if hides(ctx, aimed, reached) else await who_is_left(ctx.session, post_id)
        return result(ctx.t, ctx.t("Published. It reaches nobody in chat yet."), stats, left)
    said = [await _on_its_way(ctx)]
    if not _follows(ctx):
        said.append(left_out(ctx, aimed, reached))
    answer = Message(Markup(" ").join(filter(None, said)))
    if stats.activity_id is None:
        return answer
    return answer.plus(None, Button(ctx.t.plain("The activity"), "activities.show", str(stats.activity_id)))


def _follows(ctx: Context) -> bool:
    """True when a message tells this person how it goes."""
    return ctx.in_private or ctx.person.opened


async def _on_its_way(ctx: Context) -> Markup:
    rests = await holding.waits(ctx)
    if rests:
        return ctx.t("Published.") + Markup(" ") + rests
    if _follows(ctx):
        return ctx.t("Published. I am sending it now and tell you how it went.")
    return ctx.t("Published. I am sending it now.")
