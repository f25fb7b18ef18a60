"""Questions to organisers, and who is to answer them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from db import roles
from db.models import Person as PersonRow
from db.models import Question as Row
from db.models import Role

KEPT = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Question:
    """What somebody asked an association. `person_id` is who asked, whom the answerer never sees."""

    id: int
    activity_id: int | None
    association_id: int | None
    person_id: int
    text: str
    is_answered: bool
    asked_at: datetime


async def add_question(
    session: AsyncSession,
    *,
    person_id: int,
    association_id: int | None,
    activity_id: int | None,
    text: str,
    now: datetime,
) -> int:
    """The id of the kept question."""
    row = Row(person_id=person_id, association_id=association_id, activity_id=activity_id, text=text, asked_at=now)
    session.add(row)
    await session.flush()
    return row.id


async def get_question(session: AsyncSession, question_id: int, *, invented: bool) -> Question | None:
    """That question, while it is kept, when it was asked in the same world."""
    query = select(Row).join(PersonRow, PersonRow.id == Row.person_id)
    row = await session.scalar(query.where(Row.id == question_id, PersonRow.invented.is_(invented)))
    if row is None:
        return None
    about = (row.activity_id, row.association_id, row.person_id)
    return Question(row.id, *about, row.text, row.answered_at is not None, row.asked_at)


async def set_answered(session: AsyncSession, question_id: int, *, now: datetime) -> None:
    """Somebody has answered it."""
    await session.execute(update(Row).where(Row.id == question_id).values(answered_at=now))


async def answerers(
    session: AsyncSession,
    *,
    association_id: int | None,
    organiser_id: int | None,
    invented: bool,
    activity_id: int | None = None,
) -> Sequence[int]:
    """Whom a question goes to: that organiser; else the association's; else those of the district.

    An organiser who no longer has the right does not get it. The hosts of the activity it is about do, too.
    """
    hosts = await session.scalars(roles.hosts_of(activity_id, invented=invented)) if activity_id else ()
    wanted = await _organisers(session, association_id, organiser_id, invented=invented)
    return list(dict.fromkeys([*hosts, *wanted]))


async def _organisers(
    session: AsyncSession, association_id: int | None, organiser_id: int | None, *, invented: bool
) -> Sequence[int]:
    same_world = PersonRow.invented.is_(invented)
    organises = select(Role.person_id).where(roles.organising()).distinct()
    everywhere = organises.where(Role.association_id.is_(None))
    near = everywhere
    if association_id is not None:
        near = organises.where(Role.association_id == association_id)
        allowed = roles.organisers_of(association_id)
        named = select(PersonRow.id).where(PersonRow.id == organiser_id, PersonRow.id.in_(allowed), same_world)
        if organiser_id is not None and (found := list(await session.scalars(named))):
            return found
    for wanted in (near, everywhere):
        found = list(await session.scalars(select(PersonRow.id).where(PersonRow.id.in_(wanted), same_world)))
        if found:
            return found
    return ()


async def forget_old(session: AsyncSession, *, now: datetime) -> None:
    """What was asked over a year ago is gone, answered or not."""
    await session.execute(delete(Row).where(Row.asked_at < now - KEPT))
