"""Reminders: a row for each rule of an activity, planned when it is published or changed, swept when due."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import exists, func, select, update
from sqlalchemy import text as sql
from sqlalchemy.ext.asyncio import AsyncSession

from chat import wall
from chat.quiet import parse, quiet_around
from db import reach
from db.models import Activity, ActivityState, Answer, Delivery, Person, Reminder, Signup
from db.outbox import Quiet
from db.prepared import Prepared
from db.reach import Audience
from db.session import Rows, insert, rows

EVENING = time(18)
BEFORE_QUIET = timedelta(minutes=15)
JUST_REMINDED = timedelta(hours=6)  # a second reminder so soon would say the same words again
JUST_CONFIRMED = timedelta(minutes=10)  # who signed up so lately needs no reminder yet, if there is another
MOST_AT_ONCE = 50  # activities in one transaction: presses are answered in between


def _evening_before(starts_at: datetime, zone: ZoneInfo, *, days: int) -> datetime:
    """At six by the clock on the wall, so many days before; a time that does not exist moves an hour on."""
    return wall.moment(starts_at.astimezone(zone).date() - timedelta(days=days), EVENING, zone)


Rule = Callable[[datetime, ZoneInfo], datetime]

RULES: Mapping[str, Rule] = {
    "week_before": lambda starts_at, zone: _evening_before(starts_at, zone, days=7),
    "day_before": lambda starts_at, zone: _evening_before(starts_at, zone, days=1),
    "two_hours": lambda starts_at, zone: starts_at.astimezone(UTC) - timedelta(hours=2),
}


def due_times(
    rules: Collection[str], starts_at: datetime, zone: ZoneInfo, *, now: datetime, quiet: Quiet | None
) -> dict[str, datetime]:
    """When each of these rules reminds; those whose moment is past are left out.

    What would fall in quiet hours comes before they begin, unless another reminder has just been then.
    """
    found: dict[str, datetime] = {}
    for rule, moment in RULES.items():
        if rule in rules:
            due_at = _before_quiet(moment(starts_at, zone), quiet)
            moved = due_at != moment(starts_at, zone)
            said = any(timedelta(0) <= due_at - earlier < JUST_REMINDED for earlier in found.values())
            if due_at > now and not (moved and said):
                found[rule] = due_at
    return found


def _before_quiet(moment: datetime, quiet: Quiet | None) -> datetime:
    around = quiet_around(moment, parse(quiet.default), quiet.zone) if quiet else None
    return around[0] - BEFORE_QUIET if around else moment


async def plan(
    session: AsyncSession, activity_id: int, *, now: datetime, quiet: Quiet | None = None
) -> dict[str, datetime]:
    """When the activity's rules will remind, from this transaction on; earlier plans are no longer in force.

    `quiet`: the installation's hours. Nothing is planned for a cancelled activity.
    """
    await _end_plans(session, activity_id, now=now)
    columns = (Activity.reminders, Activity.starts_at, Activity.zone, Activity.revision, Activity.state)
    row = (await session.execute(select(*columns).where(Activity.id == activity_id))).one_or_none()
    if row is None or row.state == ActivityState.CANCELLED.value:
        return {}
    due = due_times(row.reminders.split(","), row.starts_at, ZoneInfo(row.zone), now=now, quiet=quiet)
    for rule, due_at in due.items():
        values = {"activity_id": activity_id, "rule": rule, "version": row.revision}
        query = insert(session, Reminder).values(due_at=due_at, **values)
        again = {"due_at": due_at, "done_at": None}
        await session.execute(query.on_conflict_do_update(index_elements=[*values], set_=again))
    return due


async def _end_plans(session: AsyncSession, activity_id: int, *, now: datetime) -> None:
    waiting = (Reminder.activity_id == activity_id, Reminder.done_at.is_(None))
    await session.execute(update(Reminder).where(*waiting).values(done_at=now))


@dataclass(frozen=True, slots=True)
class Due:
    """A reminder whose time has come."""

    id: int
    activity_id: int
    rule: str
    version: int
    due_at: datetime
    invented: bool


_PENDING = sql("reminder.done_at IS NULL")  # as the partial index says it


async def due(session: AsyncSession, *, now: datetime) -> list[Due]:
    """What is due, longest overdue first, as much as one transaction takes."""
    columns = (Reminder.id, Reminder.activity_id, Reminder.rule, Reminder.version, Reminder.due_at)
    query = select(*columns, Activity.invented).join(Activity, Activity.id == Reminder.activity_id)
    query = query.where(_PENDING, Reminder.due_at <= now).order_by(Reminder.due_at).limit(MOST_AT_ONCE)
    return [Due(*row) for row in await session.execute(query)]


_NEXT = Prepared(select(func.min(Reminder.due_at).label("due_at")).where(_PENDING))


async def next_due(session: AsyncSession) -> datetime | None:
    """When the next reminder is due."""
    (first,) = await rows(session, _NEXT)
    found: datetime | None = first.due_at
    return found


async def set_done(session: AsyncSession, ids: Collection[int], *, now: datetime) -> None:
    """These reminders are not due again."""
    await session.execute(update(Reminder).where(Reminder.id.in_(ids)).values(done_at=now))


def recipients(one: Due) -> Rows:
    """Those who come and want reminders, as `reach.reached` gives them.

    Who said so only just before is left out when another reminder is still to come.
    """
    audience = Audience(one.invented, coming_to=one.activity_id, answers=(Answer.COMING,))
    another = exists().where(Reminder.activity_id == one.activity_id, _PENDING, Reminder.due_at > one.due_at)
    late = exists().where(
        Signup.activity_id == one.activity_id,
        Signup.person_id == Person.id,
        Signup.answered_at > one.due_at - JUST_CONFIRMED,
    )
    return reach.reached(audience).where(Person.reminders, ~(late & another))


async def not_too_late(session: AsyncSession, post_id: int, *, now: datetime) -> None:
    """Those whose own quiet hours would swallow the reminder get it now: they asked to be reminded."""
    swallowed = (Delivery.post_id == post_id, Delivery.not_before >= Delivery.expires_at)
    await session.execute(update(Delivery).where(*swallowed).values(not_before=now))


async def first_after(session: AsyncSession, post_id: int, moment: datetime) -> datetime | None:
    """When the first copy goes out that waits until `moment` or longer."""
    waiting = (Delivery.post_id == post_id, Delivery.not_before >= moment)
    found: datetime | None = await session.scalar(select(func.min(Delivery.not_before)).where(*waiting))
    return found


async def hand_over(session: AsyncSession, post_id: int, to_post: int, *, since: datetime) -> None:
    """The copies that wait until `since` or longer say what the other post says."""
    waiting = (Delivery.post_id == post_id, Delivery.not_before >= since)
    await session.execute(update(Delivery).where(*waiting).values(post_id=to_post))
