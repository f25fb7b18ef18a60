"""What a post says to one of those it was sent to."""

from collections.abc import Mapping

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from chat.message import Message
from db.models import Delivery, Post
from db.outbox import unpack


async def private_content(session: AsyncSession, post_id: int, person_id: int) -> Mapping[str, Message] | None:
    """The post's messages by language; None when it was not for this person, or is forgotten."""
    theirs = exists().where(Delivery.post_id == Post.id, Delivery.person_id == person_id)
    kept: str | None = await session.scalar(select(Post.private).where(Post.id == post_id, theirs))
    return unpack(kept) if kept else None
