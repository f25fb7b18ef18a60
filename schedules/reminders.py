"""Reminders whose time has come go to those who come, as things are then."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from chat import wall
from db import outbox, reminders, restored
from db.installation import Installation
from db.outbox import Quiet
from db.reminders import Due
from db.session import Rows


async def run(session: AsyncSession, *, now: datetime, installation: Installation) -> datetime | None:
    """What is due is in the outbox; gives back when the next one is due."""
    due = await reminders.due(session, now=now)
    if due:
        await _remind(session, due, now=now, installation=installation)
        await reminders.set_done(session, [one.id for one in due], now=now)
    return await reminders.next_due(session)


async def next_due(session: AsyncSession) -> datetime | None:
    """When the next reminder is due."""
    return await reminders.next_due(session)


async def _remind(session: AsyncSession, due: Sequence[Due], *, now: datetime, installation: Installation) -> None:
    """Of what an outage made late, each activity's last one is of use."""
    last = [one for one in due if not one.followed]
    restored_at = await restored.restored_at(session)
    for unsure in (False, True):
        told = [one for one in last if restored.is_unsure(one.due_at, restored_at) is unsure]
        posts = await _say(session, told, now, installation)
        if unsure:
            await restored.doubt(session, posts)


async def _say(session: AsyncSession, told: Sequence[Due], now: datetime, installation: Installation) -> list[int]:
    """The posts that are in the outbox now."""
    posts = await _queue(session, [one for one in told if not one.for_unsent], now, installation)
    await _send(session, posts, reminders.recipients(posts, now=now), now=now, installation=installation)
    for due_at in {one.due_at for one in told if one.for_unsent}:
        posts += await _remind_unsent(session, [one for one in told if one.due_at == due_at], now, installation)
    return posts


async def _remind_unsent(
    session: AsyncSession, told: Sequence[Due], now: datetime, installation: Installation
) -> list[int]:
    """Who was not reached while it was true that it is tomorrow hears that it is today."""
    until = told[0].due_at - reminders.LANDED
    unsent = await reminders.with_unsent(session, [one.activity_id for one in told], until=until)
    posts = await _queue(session, [one for one in told if one.activity_id in unsent], now, installation)
    missed = reminders.not_reached(posts, now=now, until=until)
    await _send(session, posts, missed, now=now, installation=installation)
    return posts


async def _queue(
    session: AsyncSession, told: Sequence[Due], now: datetime, installation: Installation
) -> list[int]:
    """The posts. One that speaks of another day ends with its own, and is said anew to whom it did not reach."""
    if not told:
        return []
    tomorrow = now.astimezone(installation.zone).date() + timedelta(days=1)
    midnight = wall.moment(tomorrow, time.min, installation.zone)
    posts = await reminders.queue_posts(session, [one.id for one in told], now=now, midnight=midnight)
    await reminders.say_anew(session, posts, at=midnight, day=tomorrow)
    return posts


async def _send(
    session: AsyncSession, posts: Sequence[int], people: Rows, *, now: datetime, installation: Installation
) -> None:
    if posts:
        quiet = Quiet(installation.zone, installation.quiet_hours)
        await outbox.queue_to_each(session, people, now=now, quiet=quiet)
        await reminders.not_too_late(session, posts, now=now)
