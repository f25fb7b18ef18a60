"""Reminders whose time has come go to those who come, as things are then."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from chat.message import Message
from db import activities, outbox, reminders
from db.activities import Activity
from db.installation import Installation
from db.models import PostKind, Priority
from db.outbox import Quiet
from db.reminders import Due
from handlers.reminders import reminder
from texts import LANGUAGES, translator


async def run(session: AsyncSession, *, now: datetime, installation: Installation) -> datetime | None:
    """What is due is in the outbox; gives back when the next one is due."""
    due = await reminders.due(session, now=now)
    for one in due:
        activity = await activities.get_activity(session, one.activity_id, invented=one.invented)
        if activity and not activity.cancelled and activity.starts_at > now:
            await _remind(session, one, activity, now=now, installation=installation)
    if due:
        await reminders.set_done(session, [one.id for one in due], now=now)
    return await reminders.next_due(session)


async def next_due(session: AsyncSession) -> datetime | None:
    """When the next reminder is due."""
    return await reminders.next_due(session)


async def _remind(
    session: AsyncSession, one: Due, activity: Activity, *, now: datetime, installation: Installation
) -> None:
    key = f"reminder:{one.activity_id}:{one.rule}:{one.version}"
    quiet = Quiet(installation.zone, installation.quiet_hours)
    post_id = await _queue(session, key, activity, _said(activity, installation, now), now=now)
    if post_id is None:
        return
    await outbox.queue_to_people(session, post_id, reminders.recipients(one), now=now, quiet=quiet)
    await reminders.not_too_late(session, post_id, now=now)
    await _say_later_ones_anew(session, key, post_id, activity, now=now, installation=installation)


async def _say_later_ones_anew(
    session: AsyncSession, key: str, post_id: int, activity: Activity, *, now: datetime, installation: Installation
) -> None:
    """Whom quiet hours hold back until another day does not read "tomorrow" on the day itself."""
    local = now.astimezone(installation.zone)
    tomorrow = datetime.combine(local.date() + timedelta(days=1), time.min, installation.zone)
    later = await reminders.first_after(session, post_id, tomorrow)
    if later is None:
        return
    other = await _queue(session, f"{key}:later", activity, _said(activity, installation, later), now=now)
    if other is not None:
        await reminders.hand_over(session, post_id, other, since=tomorrow)


def _said(activity: Activity, installation: Installation, at: datetime) -> Mapping[str, Message]:
    """The reminder in every language, as it is read at that moment."""
    default = installation.language
    return {
        language: reminder(activity, translator(language, installation.zone, default=default), now=at)
        for language in LANGUAGES
    }


async def _queue(
    session: AsyncSession, key: str, activity: Activity, content: Mapping[str, Message], *, now: datetime
) -> int | None:
    return await outbox.queue_post(
        session,
        key,
        PostKind.REMINDER,
        private=content,
        priority=Priority.REMINDER,
        now=now,
        expires_at=activity.starts_at,
        activity_id=activity.id,
    )
