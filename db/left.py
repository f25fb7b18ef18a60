"""Whom a call that is out did not reach: groups that failed, and those concerned who are in no chat."""

from dataclasses import dataclass

from sqlalchemy import and_, exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from db import reach, roles
from db.audiences import concerned, from_json
from db.models import Chat, Delivery, Person, Post, Role, State
from db.reach import Outside
from db.session import Rows

NONE = Outside()


@dataclass(frozen=True, slots=True)
class Left:
    """`groups`: titles of those that the author may act for; `other_groups`: how many more failed.

    `outside`: those whom it concerns and who are reached in no chat.
    """

    groups: tuple[str, ...] = ()
    other_groups: int = 0
    outside: Outside = NONE


NOBODY = Left()


async def who_is_left(session: AsyncSession, post_id: int) -> Left:
    """Whom the post has not reached and will not reach."""
    covered = exists().where(Role.person_id == Post.author_id, roles.organising(Chat.association_id))
    failed = Delivery.state.in_((State.DEAD.value, State.EXPIRED.value))
    query = (
        select(Chat.title, covered)
        .join(Delivery, and_(Delivery.chat_id == Chat.id, Delivery.post_id == post_id, failed))
        .join(Post, Post.id == Delivery.post_id)
        .order_by(Chat.id)
    )
    rows = (await session.execute(query)).all()
    titles = tuple(row[0] for row in rows if row[1])
    return Left(titles, len(rows) - len(titles), await _outside(session, post_id))


async def _outside(session: AsyncSession, post_id: int) -> Outside:
    people = await outside(session, post_id)
    return NONE if people is None else await reach.outside(session, people)


async def outside(session: AsyncSession, post_id: int) -> Rows | None:
    """The ids of those whom the post concerns but was not queued for; None when it was for those who answered."""
    query = select(Post.audience).where(Post.id == post_id, Post.audience.is_not(None))
    kept = await session.scalar(query)
    audience = from_json(kept) if kept else None
    if audience is None or audience.by_signup:
        return None
    has_one = select(Delivery.person_id).where(Delivery.post_id == post_id, Delivery.person_id.is_not(None))
    return concerned(audience).where(Person.id.not_in(has_one))
