"""Whom a call that is out did not reach: groups that failed, and those concerned who are in no chat."""

from dataclasses import dataclass

from sqlalchemy import and_, exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from db import call, reach, roles
from db.models import Activity, Chat, Delivery, Post, PostKind, Role, State

WIDE = ":wide"  # ends the key of a call to the whole district


@dataclass(frozen=True, slots=True)
class Left:
    """`groups`: titles of those that the author may act for; `other_groups`: how many more failed.

    `outside`: how many it concerns who are reached in no chat.
    """

    groups: tuple[str, ...] = ()
    other_groups: int = 0
    outside: int = 0


NOBODY = Left()


def call_key(activity_id: int, *, wide: bool) -> str:
    """The key of the call to that activity, which says whom it was for."""
    return f"call:{activity_id}{WIDE if wide else ''}"


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


async def _outside(session: AsyncSession, post_id: int) -> int:
    query = (
        select(Post.key, Activity.association_id, Activity.open, Activity.invented)
        .join(Activity, Activity.id == Post.activity_id)
        .where(Post.id == post_id, Post.kind == PostKind.CALL.value)
    )
    row = (await session.execute(query)).one_or_none()
    if row is None:
        return 0
    aim = await call.target(
        session, row.association_id, wide=row.key.endswith(WIDE), internal=not row.open, invented=row.invented
    )
    has_one = select(Delivery.person_id).where(Delivery.post_id == post_id, Delivery.person_id.is_not(None))
    concerned = reach.concerned(aim.audience).subquery()
    count = select(func.count()).select_from(concerned).where(concerned.c.id.not_in(has_one))
    return await session.scalar(count) or 0
