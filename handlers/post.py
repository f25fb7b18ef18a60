"""What was hidden on the lock screen, for the one who presses."""

from chat.message import Message
from db import post as posts
from handlers.context import Context, UserError
from handlers.feature import Feature

feature = Feature("post")


@feature.button("post.show")
async def show(ctx: Context) -> Message:
    """The content, instead of the message that hid it; only for those it was sent to."""
    argument = ctx.request.argument
    post_id = int(argument) if argument.isdecimal() else 0
    message = await posts.private_message(
        ctx.session, post_id, ctx.person.id, language=ctx.t.language, default=ctx.installation.language
    )
    if message is None:
        raise UserError("That is no longer there. Write /week to see what is on.")
    return message
