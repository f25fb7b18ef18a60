"""What was hidden on the lock screen, for the one who presses."""

from sqlalchemy.ext.asyncio import AsyncSession

from chat.message import Message
from chat.request import whole_number
from db import activities, announce, call
from db import post as posts
from db.outbox import in_language
from handlers.activities.feature import organised_activity
from handlers.context import Context, UserError
from handlers.feature import Feature
from handlers.reminders import reminder
from texts import Translator

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
    message = await private_message(
        ctx.session, ctx.number, ctx.person.id, ctx.t, default=ctx.installation.language
    )
    if message is None:
        raise UserError("That is no longer there. Write /week to see what is on.")
    return message


async def private_message(
    session: AsyncSession, post_id: int, person_id: int, t: Translator, *, default: str
) -> Message | None:
    """What the post says to this person, a reminder of things as they are now; None when it was not for them."""
    found = await posts.private_content(session, post_id, person_id)
    if found is None:
        return None
    content, answer = found
    if content:
        return in_language(content, t.language, default, answer=answer)
    activity, made_at = (await activities.of_posts(session, [post_id]))[post_id]
    return reminder(activity, t, now=made_at)
