"""Reminders: a row for each rule of an activity, planned when it is published or changed, swept when due."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import String, case, cast, exists, func, literal, select, tuple_, update
from sqlalchemy import text as sql
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from chat import wall
from chat.quiet import parse, quiet_around
from db import reach
from db.hold import NOT_ON_HOLD
from db.models import (
    Activity,
    ActivityState,
    Delivery,
    Person,
    Post,
    PostKind,
    Priority,
    Reminder,
    Signup,
    State,
)
from db.outbox import NOTHING, Quiet
from db.prepared import Prepared
from db.session import Rows, UtcDateTime, insert, rows

EVENING = time(18)
BEFORE_QUIET = timedelta(minutes=15)
JUST_REMINDED = timedelta(hours=6)  # a second reminder so soon would say the same words again
JUST_CONFIRMED = timedelta(minutes=10)  # who signed up so lately needs no reminder yet, if there is another
SOON = timedelta(hours=1)  # one that is late says nothing when the next comes within this
LANDED = timedelta(minutes=1)  # what was in the air at midnight has landed, or will not
MOST_AT_ONCE = 500  # activities in one transaction: presses are answered in between
UNSENT = (
    "unsent"  # the rule of those who have not got theirs on the day it was for; with the day: "unsent-2026-11-28"
)


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

    What is due and was not swept yet stays due. `quiet`: the installation's hours. Nothing is planned for a
    cancelled activity.
    """
    unswept = await _end_plans(session, activity_id, now=now)
    columns = (Activity.reminders, Activity.starts_at, Activity.zone, Activity.revision, Activity.state)
    row = (await session.execute(select(*columns).where(Activity.id == activity_id))).one_or_none()
    if row is None or row.state == ActivityState.CANCELLED.value:
        return {}
    rules = row.reminders.split(",")
    due = {rule: due_at for rule, due_at in unswept.items() if rule in rules}
    due |= due_times(rules, row.starts_at, ZoneInfo(row.zone), now=now, quiet=quiet)
    for rule, due_at in due.items():
        values = {"activity_id": activity_id, "rule": rule, "version": row.revision}
        query = insert(session, Reminder).values(due_at=due_at, **values)
        again = {"due_at": due_at, "done_at": None}
        await session.execute(query.on_conflict_do_update(index_elements=[*values], set_=again))
    return due


async def _end_plans(session: AsyncSession, activity_id: int, *, now: datetime) -> dict[str, datetime]:
    """The rules of the activity that were due by now and had not been swept."""
    waiting = (Reminder.activity_id == activity_id, Reminder.done_at.is_(None), Reminder.rule.in_(RULES))
    ended = update(Reminder).where(*waiting).values(done_at=now).returning(Reminder.rule, Reminder.due_at)
    return {rule: due_at for rule, due_at in await session.execute(ended) if due_at <= now}


@dataclass(frozen=True, slots=True)
class Due:
    """A reminder whose time has come. `followed`: the activity's next one has come too, or comes very soon."""

    id: int
    activity_id: int
    rule: str
    due_at: datetime
    followed: bool

    @property
    def for_unsent(self) -> bool:
        """True when it is only for those who have not got an earlier one."""
        return self.rule.startswith(UNSENT)


_PENDING = sql("reminder.done_at IS NULL")  # as the partial index says it


async def due(session: AsyncSession, *, now: datetime) -> list[Due]:
    """What is due, longest overdue first, as much as one transaction takes."""
    following = aliased(Reminder)
    followed = exists().where(
        following.activity_id == Reminder.activity_id,
        following.done_at.is_(None),
        following.rule.in_(RULES),
        following.due_at <= now + SOON,
        tuple_(following.due_at, following.id) > tuple_(Reminder.due_at, Reminder.id),
    )
    columns = (Reminder.id, Reminder.activity_id, Reminder.rule, Reminder.due_at, followed)
    query = select(*columns).where(_PENDING, Reminder.due_at <= now, NOT_ON_HOLD)
    query = query.order_by(Reminder.due_at, Reminder.id).limit(MOST_AT_ONCE)
    return [Due(*row) for row in await session.execute(query)]


_NEXT = Prepared(select(func.min(Reminder.due_at).label("due_at")).where(_PENDING, NOT_ON_HOLD))


async def next_due(session: AsyncSession) -> datetime | None:
    """When the next reminder is due; None on HOLD, for then none is."""
    (first,) = await rows(session, _NEXT)
    found: datetime | None = first.due_at
    return found


async def set_done(session: AsyncSession, ids: Collection[int], *, now: datetime) -> None:
    """These reminders are not due again."""
    await session.execute(update(Reminder).where(Reminder.id.in_(ids)).values(done_at=now))


# What its post is known by: said once.
_NUMBER, _VERSION = (cast(column, String) for column in (Reminder.activity_id, Reminder.version))
_KEY = "reminder:" + _NUMBER + ":" + Reminder.rule + ":" + _VERSION


async def queue_posts(
    session: AsyncSession, ids: Collection[int], *, now: datetime, midnight: datetime
) -> list[int]:
    """The ids of the new posts, of those of these reminders whose activity is not cancelled and has not begun.

    They carry no words: those are made of the activity for whoever reads them.
    """
    ends = case((Activity.starts_at < midnight, Activity.starts_at), else_=literal(midnight, UtcDateTime()))
    values = {
        Post.key: _KEY,
        Post.kind: literal(PostKind.REMINDER.value),
        Post.activity_id: Reminder.activity_id,
        Post.private: literal(NOTHING, Post.private.type),
        Post.group: literal(NOTHING, Post.group.type),
        Post.priority: literal(int(Priority.REMINDER)),
        Post.created_at: literal(now, UtcDateTime()),
        Post.expires_at: ends,
    }
    ahead = (Activity.starts_at > now, Activity.state == ActivityState.PLANNED.value)
    new = select(*values.values()).join(Activity, Activity.id == Reminder.activity_id)
    query = insert(session, Post).from_select([*values], new.where(Reminder.id.in_(ids), *ahead))
    return list(await session.scalars(query.on_conflict_do_nothing(index_elements=["key"]).returning(Post.id)))


def recipients(post_ids: Collection[int], *, now: datetime) -> Rows:
    """Those who come to what these posts remind of and want reminders, as `reach.coming` gives them.

    Who said so only just before is left out when another reminder is still to come.
    """
    another = exists().where(
        Reminder.activity_id == Post.activity_id, _PENDING, Reminder.due_at > now, Reminder.rule.in_(RULES)
    )
    late = Signup.answered_at > now - JUST_CONFIRMED
    return reach.coming(post_ids).where(Person.reminders, ~(late & another))


def not_reached(post_ids: Collection[int], *, now: datetime, until: datetime) -> Rows:
    """Those of the recipients whose earlier reminder could not be sent before its words were over, at `until`."""
    earlier = aliased(Post)
    missed = (
        exists()
        .where(Delivery.person_id == Person.id, Delivery.expires_at == until, Delivery.state.in_(_WAITED))
        .where(Delivery.post_id == earlier.id, earlier.activity_id == Post.activity_id)
        .where(earlier.kind == PostKind.REMINDER.value)
    )
    return recipients(post_ids, now=now).where(missed)


_WAITED = (State.READY.value, State.CLAIMED.value, State.EXPIRED.value)


async def with_unsent(session: AsyncSession, activity_ids: Collection[int], *, until: datetime) -> set[int]:
    """Those of the activities of which some reminder could not be sent before its words were over, at `until`."""
    reminds = (Post.kind == PostKind.REMINDER.value, Post.activity_id.in_(activity_ids))
    waited = (Delivery.expires_at == until, Delivery.state.in_(_WAITED))
    query = (
        select(Post.activity_id).join(Delivery, Delivery.post_id == Post.id).where(*reminds, *waited).distinct()
    )
    return {found for found in await session.scalars(query) if found is not None}


async def say_anew(session: AsyncSession, post_ids: Collection[int], *, at: datetime, day: date) -> None:
    """Who has none of these posts when their words are over, `at` the start of `day`, is reminded anew then."""
    due_at, rule = literal(at + LANDED, UtcDateTime()), f"{UNSENT}-{day}"
    over = select(Post.activity_id, literal(rule), literal(1), due_at)
    over = over.where(Post.id.in_(post_ids), Post.expires_at == at)
    query = insert(session, Reminder).from_select(["activity_id", "rule", "version", "due_at"], over)
    await session.execute(query.on_conflict_do_nothing())


async def not_too_late(session: AsyncSession, post_ids: Collection[int], *, now: datetime) -> None:
    """Those whose own quiet hours would swallow the reminder get it now: they asked to be reminded."""
    starts_at = select(Activity.starts_at).join(Post, Post.activity_id == Activity.id)
    swallowed = (
        Delivery.post_id.in_(post_ids),
        Delivery.not_before >= starts_at.where(Post.id == Delivery.post_id).scalar_subquery(),
    )
    await session.execute(
        update(Delivery).where(*swallowed).values(not_before=now), execution_options={"synchronize_session": False}
    )
