"""Which association a person chose, and whether an organiser has confirmed that they belong to it."""

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from db.models import Insider, Person


async def is_insider(session: AsyncSession, person_id: int, association_id: int) -> bool:
    """True when an organiser has confirmed the person there."""
    confirmed = exists().where(Insider.person_id == person_id, Insider.association_id == association_id)
    return bool(await session.scalar(select(confirmed)))


async def is_in_world(session: AsyncSession, person_id: int, *, invented: bool) -> bool:
    """True when that person is still there, in that world."""
    there = exists().where(Person.id == person_id, Person.invented.is_(invented))
    return bool(await session.scalar(select(there)))
