"""What a post says to one of those it was sent to."""

from sqlalchemy import and_, exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from chat.message import Message
from db.models import Delivery, Post, Signup
from db.outbox import in_language, unpack


async def private_message(
    session: AsyncSession, post_id: int, person_id: int, *, language: str, default: str
) -> Message | None:
    """What the post says to this person; None when it was not for them, or is forgotten."""
    theirs = exists().where(Delivery.post_id == Post.id, Delivery.person_id == person_id)
    own = and_(Signup.activity_id == Post.activity_id, Signup.person_id == person_id)
    query = select(Post.private, Signup.answer).outerjoin(Signup, own).where(Post.id == post_id, theirs)
    row = (await session.execute(query)).one_or_none()
    return in_language(unpack(row[0]), language, default, answer=row[1]) if row else None
