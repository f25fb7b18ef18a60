"""What was hidden on the lock screen, for the one who presses."""

from chat.message import Message
from chat.request import whole_number
from db import announce, call
from db import post as posts
from handlers.activities.feature import organised_activity
from handlers.context import Context, UserError
from handlers.feature import Feature

feature = Feature("post")


async def own_post(ctx: Context, argument: str) -> int:
    """The id of that post, when the person may act for the association that it is from; else a UserError."""
    post_id = whole_number(argument)
    association_id = await announce.association_of(ctx.session, post_id, invented=ctx.person.invented)
    if association_id is not None:
        ctx.require(association_id)
        return post_id
    await organised_activity(ctx, str(await call.activity_of(ctx.session, post_id) or 0))
    return post_id


@feature.button("post.show")
async def show(ctx: Context) -> Message:
    """The content, instead of the message that hid it; only for those it was sent to."""
    message = await posts.private_message(
        ctx.session, ctx.number, ctx.person.id, language=ctx.t.language, default=ctx.installation.language
    )
    if message is None:
        raise UserError("That is no longer there. Write /week to see what is on.")
    return message
