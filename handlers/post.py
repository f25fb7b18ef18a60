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
    content = await posts.private_content(ctx.session, post_id, ctx.person.id)
    if content is None:
        raise UserError("That is no longer there. Write /week to see what is on.")
    return content.get(ctx.t.language) or content[ctx.installation.language]
