"""The messages that tell organisers how far a post is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from db.models import Post

PREFIX = "progress:"
AFTER = "progress;"  # what sorts after every key with that prefix


@dataclass(frozen=True, slots=True)
class Progress:
    """A message about the post `about`, as it looks now."""

    id: int
    about: int
    private: str


async def under_way(session: AsyncSession) -> Sequence[Progress]:
    """Those whose post was not done when they were last written."""
    query = select(Post.id, Post.key, Post.private).where(
        Post.key >= PREFIX, Post.key < AFTER, Post.expires_at.is_(None)
    )
    return [
        Progress(post_id, int(key.removeprefix(PREFIX)), private)
        for post_id, key, private in await session.execute(query.order_by(Post.id))
    ]


async def set_done(session: AsyncSession, post_id: int, *, now: datetime) -> None:
    """It has said the result and is not written again."""
    await session.execute(update(Post).where(Post.id == post_id).values(expires_at=now))
