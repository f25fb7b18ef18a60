"""Reminders whose time has come go to those who come, as things are then."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, time, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from chat import wall
from chat.message import Message
from db import activities, outbox, reminders, restored
from db.activities import Activity
from db.installation import Installation
from db.models import PostKind, Priority
from db.outbox import About, Quiet
from db.reminders import Due
from db.session import Rows
from handlers.reminders import reminder
from texts import LANGUAGES, translator

Told = Sequence[tuple[Due, Activity]]


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
    """Of what an outage made late, each activity's last one is of use, while the activity has not begun."""
    last = [one for one in due if not one.followed]
    ahead = await activities.ahead(session, [one.activity_id for one in last], now=now)
    told = [(one, ahead[one.activity_id]) for one in last if one.activity_id in ahead]
    restored_at = await restored.restored_at(session)
    for unsure in (False, True):
        some = [pair for pair in told if restored.is_unsure(pair[0].due_at, restored_at) is unsure]
        posts = await _say(session, some, now, installation)
        if unsure:
            await restored.doubt(session, posts)


async def _say(session: AsyncSession, told: Told, now: datetime, installation: Installation) -> list[int]:
    """The posts that are in the outbox now."""
    posts = await _queue(session, [pair for pair in told if not pair[0].for_unsent], now, installation)
    await _send(session, posts, reminders.recipients(posts, now=now), now=now, installation=installation)
    for due_at in {one.due_at for one, _ in told if one.for_unsent}:
        posts += await _remind_unsent(
            session, [pair for pair in told if pair[0].due_at == due_at], now, installation
        )
    return posts


async def _remind_unsent(
    session: AsyncSession, told: Told, now: datetime, installation: Installation
) -> list[int]:
    """Who was not reached while it was true that it is tomorrow hears that it is today."""
    until = told[0][0].due_at - reminders.LANDED
    unsent = await reminders.with_unsent(session, [activity.id for _, activity in told], until=until)
    posts = await _queue(session, [pair for pair in told if pair[1].id in unsent], now, installation)
    missed = reminders.not_reached(posts, now=now, until=until)
    await _send(session, posts, missed, now=now, installation=installation)
    return posts


async def _queue(session: AsyncSession, told: Told, now: datetime, installation: Installation) -> list[int]:
    """The posts. One that speaks of another day ends with its own, and is said anew to whom it did not reach."""
    zone = installation.zone
    tomorrow = now.astimezone(zone).date() + timedelta(days=1)
    midnight = wall.moment(tomorrow, time.min, zone)
    spoken = await reminders.languages(session, [activity.id for _, activity in told])
    new = [
        About(
            one.key,
            _said(activity, spoken.get(activity.id, set()), installation, now),
            activity.id,
            min(activity.starts_at, midnight),
        )
        for one, activity in told
    ]
    posts = await outbox.queue_posts(session, PostKind.REMINDER, new, priority=Priority.REMINDER, now=now)
    await reminders.say_anew(session, posts, at=midnight, day=tomorrow)
    return posts


async def _send(
    session: AsyncSession, posts: Sequence[int], people: Rows, *, now: datetime, installation: Installation
) -> None:
    if posts:
        quiet = Quiet(installation.zone, installation.quiet_hours)
        await outbox.queue_to_each(session, people, now=now, quiet=quiet)
        await reminders.not_too_late(session, posts, now=now)


def _said(
    activity: Activity, spoken: Collection[str], installation: Installation, now: datetime
) -> Mapping[str, Message]:
    """The reminder in the installation's language and those of its readers; others would be words for nobody."""
    default = installation.language
    return {
        language: reminder(activity, translator(language, installation.zone, default=default), now=now)
        for language in LANGUAGES
        if language == default or language in spoken
    }
