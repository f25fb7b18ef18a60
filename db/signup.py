"""Answers to activities, and when their reminders will come."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from db.models import Activity, ActivityKind, ActivityState, Answer, Association, Reminder, Signup
from db.models import Person as PersonRow
from db.session import insert


@dataclass(frozen=True, slots=True)
class Mine:
    """An activity that the person answered to, and how."""

    activity_id: int
    title: str
    kind: ActivityKind
    starts_at: datetime
    association: str
    cancelled: bool
    answer: Answer


async def get_answer(session: AsyncSession, activity_id: int, person_id: int) -> Answer | None:
    """What the person said about the activity."""
    same = (Signup.activity_id == activity_id, Signup.person_id == person_id)
    found = await session.scalar(select(Signup.answer).where(*same))
    return Answer(found) if found else None


async def set_answer(
    session: AsyncSession, activity_id: int, person_id: int, answer: Answer, *, name: str, now: datetime
) -> None:
    """The person's answer is this one. `name`, which the platform showed, is kept for the organiser's eyes."""
    values = {"answer": answer.value, "name": name, "answered_at": now}
    query = insert(session, Signup).values(activity_id=activity_id, person_id=person_id, **values)
    await session.execute(query.on_conflict_do_update(index_elements=["activity_id", "person_id"], set_=values))


async def answered_by(session: AsyncSession, person_id: int, *, now: datetime) -> Sequence[Mine]:
    """What the person answered to and what is still to come, earliest first."""
    query = (
        select(
            Activity.id, Activity.title, Activity.kind, Activity.starts_at,
            Association.name, Activity.state, Signup.answer,
        )
        .join(Signup, Signup.activity_id == Activity.id)
        .join(Association, Association.id == Activity.association_id)
        .where(Signup.person_id == person_id, or_(Activity.starts_at > now, Activity.ends_at > now))
        .order_by(Activity.starts_at, Activity.id)
    )  # fmt: skip
    return [
        Mine(number, title, ActivityKind(kind), starts_at, name, state == ActivityState.CANCELLED, Answer(answer))
        for number, title, kind, starts_at, name, state, answer in await session.execute(query)
    ]


async def reminders_ahead(session: AsyncSession, activity_id: int, *, now: datetime) -> dict[str, datetime]:
    """When each rule that is not done yet will remind, earliest first."""
    waiting = (Reminder.activity_id == activity_id, Reminder.done_at.is_(None), Reminder.due_at > now)
    query = select(Reminder.rule, Reminder.due_at).where(*waiting).order_by(Reminder.due_at)
    return {row[0]: row[1] for row in await session.execute(query)}


async def wants_reminders(session: AsyncSession, person_id: int) -> bool:
    """False for those who turned reminders off."""
    return bool(await session.scalar(select(PersonRow.reminders).where(PersonRow.id == person_id)))
