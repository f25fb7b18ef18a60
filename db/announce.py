"""Messages without an activity: their keys say which association they are from."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from db.audiences import from_json
from db.models import Post

PREFIX = "announce:"


def key(draft_id: int, association_id: int) -> str:
    """The key of the message that the draft became, from that association."""
    return f"{PREFIX}{draft_id}:{association_id}"


async def published(session: AsyncSession, draft_id: int, *, author_id: int) -> int | None:
    """The id of the message that that person's draft became."""
    mine = (Post.key.startswith(f"{PREFIX}{draft_id}:"), Post.author_id == author_id)
    found: int | None = await session.scalar(select(Post.id).where(*mine))
    return found


async def association_of(session: AsyncSession, post_id: int, *, invented: bool) -> int | None:
    """The id of the association that the message is from; None for any other post, and in the other world."""
    query = select(Post.key, Post.audience).where(Post.id == post_id, Post.key.startswith(PREFIX))
    row = (await session.execute(query)).one_or_none()
    if row is None or from_json(row.audience).invented is not invented:
        return None
    return int(row.key.rpartition(":")[2])


async def content(session: AsyncSession, post_id: int) -> str:
    """What the message says in every language, as `outbox.unpack` reads it."""
    found: str = await session.scalar(select(Post.private).where(Post.id == post_id)) or "{}"
    return found
