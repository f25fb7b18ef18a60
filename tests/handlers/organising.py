"""What an organiser does with an activity, and what became of it."""

from sqlalchemy import select

from db.models import Delivery, Post
from tests.room import ADA


async def delivered(room):
    """Everything that waits has been sent."""
    async with room.database.write() as session:
        for delivery in await session.scalars(select(Delivery).where(Delivery.state == "ready")):
            delivery.state, delivery.sent_at, delivery.message_id = "sent", room.now, str(delivery.id)


async def organising(room, title="1. Demonstration för vårdcentralen", by=ADA):
    """That activity as its organiser sees it."""
    return await room.presses(await room.says("/aktiviteter", by=by), title, by=by)


async def changed(room, field, typed, by=ADA):
    """The preview of a change, after one field was written anew."""
    menu = await room.presses(await organising(room, by=by), "Ändra", by=by)
    await room.presses(menu, field, by=by)
    answer = await room.says(typed, by=by)
    return await room.presses(answer, "Stämmer", by=by) if field == "När" else answer


async def post(room, kind):
    """The latest post of that kind."""
    async with room.database.read() as session:
        query = select(Post).where(Post.kind == kind).order_by(Post.id.desc()).limit(1)
        return await session.scalar(query)
