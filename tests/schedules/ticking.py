"""One look of the clock at what is due, as the process does it."""

from datetime import datetime, timedelta

from sqlalchemy import select

from chat.markup import plain
from db.models import Delivery, Post
from db.outbox import unpack
from schedules.job import Run
from tests.room import Room


async def tick(room: Room, run: Run, *, after: timedelta = timedelta(0)) -> datetime | None:
    """What that work gives back when it looks, so long from now."""
    room.passes(after)
    async with room.database.write() as session:
        return await run(session, now=room.now, installation=room.dispatch.installation)


async def posts(room: Room, kind: str) -> list[Post]:
    """The posts of that kind, in order."""
    async with room.database.read() as session:
        return list(await session.scalars(select(Post).where(Post.kind == kind).order_by(Post.id)))


async def deliveries(room: Room, post: Post) -> list[Delivery]:
    """Who gets the post."""
    async with room.database.read() as session:
        return list(await session.scalars(select(Delivery).where(Delivery.post_id == post.id)))


def said(post: Post, *, group: bool = False, language: str = "sv") -> str:
    """What the post says, as a person reads it."""
    return plain(unpack(post.group if group else post.private)[language].text)
