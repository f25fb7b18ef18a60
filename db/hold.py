"""HOLD: what people ask is answered, and nothing else leaves the house until the operator releases it.

One row of `setting`, which every process sees: while it is there the outbox and the edits have nothing to do, and
reminders are not swept.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, delete, func, or_, select, update
from sqlalchemy import text as sql
from sqlalchemy.ext.asyncio import AsyncSession

from db.installation import get_setting, set_setting
from db.models import Activity, ActivityState, Delivery, Post, PostKind, Reminder, Setting, State
from db.session import affected

NAME = "hold"
NOT_ON_HOLD = sql(
    "NOT EXISTS (SELECT 1 FROM setting WHERE setting.name = 'hold')"
)  # for whoever looks what is due


@dataclass(frozen=True, slots=True)
class Hold:
    """Since when nothing goes out, and after which backup was restored; None: by hand."""

    since: datetime
    backup_at: datetime | None


async def get_hold(session: AsyncSession) -> Hold | None:
    """The HOLD that is in force."""
    value = await get_setting(session, NAME)
    if value is None:
        return None
    since, _, backup_at = value.partition(" ")
    return Hold(datetime.fromisoformat(since), datetime.fromisoformat(backup_at) if backup_at else None)


async def begin(session: AsyncSession, *, now: datetime, backup_at: datetime | None = None) -> None:
    """From this transaction on nothing new is sent; what is claimed waits again, what is in the air lands."""
    told = f"{now.isoformat()} {backup_at.isoformat()}" if backup_at else now.isoformat()
    await set_setting(session, NAME, told)
    await _unclaim(session)


async def _unclaim(session: AsyncSession) -> None:
    claimed = (sql("delivery.state IN ('claimed', 'sending')"), Delivery.state == State.CLAIMED.value)
    await session.execute(update(Delivery).where(*claimed).values(state=State.READY.value, owner=None))


async def end(session: AsyncSession, *, now: datetime, zone: ZoneInfo) -> int:
    """What waits goes out after this transaction; how many reminders do not, for they speak of another day."""
    yesterdays = (sql("delivery.state = 'ready'"), _is_outdated(now, zone))
    values = {"state": State.EXPIRED.value, "reason": "expired"}
    await _unclaim(session)  # what a worker claimed while HOLD was being said
    expired = await affected(session, update(Delivery).where(*yesterdays).values(**values))
    await session.execute(delete(Setting).where(Setting.name == NAME))
    return expired


def _is_outdated(now: datetime, zone: ZoneInfo) -> ColumnElement[bool]:
    """A reminder that should have come on an earlier day: its "tomorrow" would be today."""
    today = datetime.combine(now.astimezone(zone).date(), time.min, zone)
    reminders = select(Post.id).where(Post.kind == PostKind.REMINDER.value)
    return and_(Delivery.not_before < today, Delivery.post_id.in_(reminders))


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many deliveries of a kind wait, and since when the first of them does."""

    kind: str
    count: int
    since: datetime


async def waiting(session: AsyncSession, *, now: datetime, zone: ZoneInfo) -> Sequence[Waiting]:
    """What goes out at once when nothing holds it, by kind, longest waiting first."""
    first = func.min(Delivery.not_before, type_=Delivery.not_before.type)
    in_time = or_(Delivery.expires_at.is_(None), Delivery.expires_at > now)
    query = (
        select(Post.kind, func.count(), first)
        .join(Post, Post.id == Delivery.post_id)
        .where(sql("delivery.state = 'ready'"), Delivery.not_before <= now, in_time, ~_is_outdated(now, zone))
        .group_by(Post.kind)
        .order_by(first)
    )
    return [Waiting(*row) for row in await session.execute(query)]


async def held(session: AsyncSession) -> int:
    """How many deliveries wait until a person decides about them."""
    return await session.scalar(select(func.count()).where(Delivery.state == State.HELD.value)) or 0


async def reminders_due(session: AsyncSession, *, now: datetime) -> int:
    """How many activities have a reminder that was not swept because of the HOLD."""
    ahead = (Activity.state == ActivityState.PLANNED.value, Activity.starts_at > now)
    due = (Reminder.done_at.is_(None), Reminder.due_at <= now)
    query = select(func.count(Activity.id.distinct())).join(Reminder, Reminder.activity_id == Activity.id)
    return await session.scalar(query.where(*ahead, *due)) or 0
