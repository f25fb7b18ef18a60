"""Answers to activities, and when their reminders will come."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, delete, exists, func, or_, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from db import tallies
from db.keys import Encrypted
from db.models import Activity, ActivityKind, ActivityState, Answer, Association, Reminder, Signup
from db.reminders import JUST_CONFIRMED
from db.session import UtcDateTime

KEPT = timedelta(days=365)  # after the activity
AT_ONCE = 200  # activities whose answers are forgotten in one transaction


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


# In words that both databases know, and built once: presses are many.
_SET = text(
    "INSERT INTO signup (activity_id, person_id, answer, name, answered_at) "
    "VALUES (:activity, :person, :answer, :name, :at) ON CONFLICT (activity_id, person_id) "
    "DO UPDATE SET answer = excluded.answer, name = excluded.name, answered_at = excluded.answered_at"
).bindparams(bindparam("name", type_=Encrypted("signup.name")), bindparam("at", type_=UtcDateTime()))


async def get_answer(session: AsyncSession, activity_id: int, person_id: int) -> Answer | None:
    """What the person said about the activity."""
    same = (Signup.activity_id == activity_id, Signup.person_id == person_id)
    found = await session.scalar(select(Signup.answer).where(*same))
    return Answer(found) if found else None


async def set_answer(
    session: AsyncSession, activity_id: int, person_id: int, answer: Answer, *, name: str, now: datetime
) -> None:
    """The person's answer is this one. `name`, which the platform showed, is kept for the organiser's eyes."""
    values = {"activity": activity_id, "person": person_id, "answer": answer.value, "name": name, "at": now}
    await session.execute(_SET, values)


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


_AHEAD = (
    select(Reminder.rule, Reminder.due_at)
    .where(
        Reminder.activity_id == bindparam("activity"),
        Reminder.done_at.is_(None),
        Reminder.due_at > bindparam("now"),
    )
    .order_by(Reminder.due_at)
)


async def reminders_ahead(session: AsyncSession, activity_id: int, *, now: datetime) -> dict[str, datetime]:
    """When each rule that is not done yet will remind who signs up now, earliest first."""
    rows = (await session.execute(_AHEAD, {"activity": activity_id, "now": now})).all()
    last = max((due_at for _, due_at in rows), default=now)
    return {rule: due_at for rule, due_at in rows if due_at == last or due_at - now >= JUST_CONFIRMED}


async def forget_old(session: AsyncSession, *, now: datetime) -> None:
    """Answers to activities of over a year ago are counts."""
    answered = exists().where(Signup.activity_id == Activity.id)
    long_past = select(Activity.id).where(Activity.starts_at < now - KEPT, answered).limit(AT_ONCE)
    old = list(await session.scalars(long_past))
    gone = Signup.activity_id.in_(old)
    counted = select(Signup.activity_id, Signup.answer, func.count()).where(gone)
    if old:
        await tallies.add(session, "signup", counted.group_by(Signup.activity_id, Signup.answer))
        await session.execute(delete(Signup).where(gone))
