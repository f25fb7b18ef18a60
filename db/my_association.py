"""Which association a person chose, and whether an organiser has confirmed that they belong to it."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from db import outbox
from db.audiences import Audience, concerned
from db.inside import is_inside
from db.models import Activity, Association, Delivery, Insider, Person, Post, PostKind, State


async def is_insider(session: AsyncSession, person_id: int, association_id: int) -> bool:
    """True when an organiser has confirmed the person there."""
    confirmed = exists().where(Insider.person_id == person_id, Insider.association_id == association_id)
    return bool(await session.scalar(select(confirmed)))


async def belongs(session: AsyncSession, person_id: int, association_id: int) -> bool:
    """True when the person sees what is internal there, and nobody need confirm it."""
    inside = is_inside(person_id, lambda column: column == association_id)
    return bool(await session.scalar(select(inside)))


async def is_in_world(session: AsyncSession, person_id: int, *, invented: bool) -> bool:
    """True when that person is still there, in that world."""
    there = exists().where(Person.id == person_id, Person.invented.is_(invented))
    return bool(await session.scalar(select(there)))


async def take_back(session: AsyncSession, person_id: int, association_id: int) -> None:
    """The person is no longer confirmed there; internal calls that wait to be sent to them never are."""
    mine = (Insider.person_id == person_id, Insider.association_id == association_id)
    await session.execute(delete(Insider).where(*mine))
    await call_off_internal(session, person_id)


async def call_off_internal(session: AsyncSession, person_id: int) -> None:
    """Internal calls that wait to be sent to the person never are, where nothing makes them inside any more."""
    for activity in await _internal_calls_waiting(session, person_id):
        of = None if activity.is_district else activity.association_id
        inside = concerned(Audience(activity.invented, of, internal=True)).subquery()
        if not await session.scalar(select(exists().where(inside.c.id == person_id))):
            await outbox.cancel_for(
                session, person_id, [PostKind.CALL], activity_id=activity.id, reason="not_insider"
            )


# What is held can still be sent by a person, and what is in the air may have to be sent again.
_MAY_COME = [state.value for state in (State.READY, State.CLAIMED, State.SENDING, State.HELD)]


async def _internal_calls_waiting(session: AsyncSession, person_id: int) -> Sequence[Any]:
    query = (
        select(Activity.id, Activity.association_id, Association.is_district, Activity.invented)
        .join(Association, Association.id == Activity.association_id)
        .join(Post, Post.activity_id == Activity.id)
        .join(Delivery, Delivery.post_id == Post.id)
        .where(Activity.open.is_(False), Post.kind == PostKind.CALL.value)
        .where(Delivery.person_id == person_id, Delivery.state.in_(_MAY_COME))
    )
    return (await session.execute(query.distinct())).all()
