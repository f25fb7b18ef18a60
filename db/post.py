"""What a post says to one of those it was sent to."""

from sqlalchemy import and_, exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from db.models import Delivery, Post, Signup
from db.outbox import Content, unpack


async def private_content(
    session: AsyncSession, post_id: int, person_id: int
) -> tuple[Content, str | None] | None:
    """What the post says, and this person's answer; None when it was not for them, or is forgotten."""
    theirs = exists().where(Delivery.post_id == Post.id, Delivery.person_id == person_id)
    own = and_(Signup.activity_id == Post.activity_id, Signup.person_id == person_id)
    query = select(Post.private, Signup.answer).outerjoin(Signup, own).where(Post.id == post_id, theirs)
    row = (await session.execute(query)).one_or_none()
    return (unpack(row[0]), row[1]) if row else None
