"""Which association a person chose, and whether an organiser has confirmed that they belong to it."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import and_, delete, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from db import outbox
from db.audiences import Audience, concerned, from_json, is_internal
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
    """The person is no longer confirmed there; what is internal and waits for them is never sent."""
    mine = (Insider.person_id == person_id, Insider.association_id == association_id)
    await session.execute(delete(Insider).where(*mine))
    await call_off_internal(session, person_id)


async def call_off_internal(session: AsyncSession, person_id: int) -> None:
    """What is internal and waits to be sent to the person never is, where nothing makes them inside any more."""
    over = []
    for post_id, whose in await _internal_posts_waiting(session, person_id):
        inside = concerned(whose).subquery()
        if not await session.scalar(select(exists().where(inside.c.id == person_id))):
            over.append(post_id)
    await outbox.cancel_copies(session, person_id, over, reason="not_insider")


# What is held can still be sent by a person, and what is in the air may have to be sent again.
_MAY_COME = [state.value for state in (State.READY, State.CLAIMED, State.SENDING, State.HELD)]
_CALLS_US = and_(Activity.open.is_(False), Post.kind == PostKind.CALL.value)
_TELLS_US = and_(Post.activity_id.is_(None), is_internal(Post.audience))


async def _internal_posts_waiting(session: AsyncSession, person_id: int) -> Sequence[tuple[int, Audience]]:
    """The ids of internal calls and messages, with those who may see them; those who come have their own say."""
    query = (
        select(Post.id, Post.audience, Activity.association_id, Association.is_district, Person.invented)
        .join(Delivery, Delivery.post_id == Post.id)
        .join(Person, Person.id == Delivery.person_id)
        .outerjoin(Activity, Activity.id == Post.activity_id)
        .outerjoin(Association, Association.id == Activity.association_id)
        .where(Delivery.person_id == person_id, Delivery.state.in_(_MAY_COME), or_(_CALLS_US, _TELLS_US))
    )
    return [(row.id, _whose(row)) for row in await session.execute(query.distinct())]


def _whose(row: Any) -> Audience:
    """Those inside: of the activity's association where there is one, else as the message says."""
    of = None if row.is_district else row.association_id
    if row.association_id is None:
        of = from_json(row.audience).association_id
    return Audience(row.invented, of, internal=True)
