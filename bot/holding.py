"""The operator's commands about HOLD: `hold` and `release`, beside a running bot."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.health import minute
from bot.opening import Opened
from db import audit, copies, hold, restored
from handlers.privacy import forget_again


async def begin(house: Opened, *, after_restore: bool, now: datetime) -> str:
    """From now on nothing is sent; a sentence that says so."""
    again = 0
    async with house.database.write() as session:
        there = await hold.get_hold(session)
        if after_restore:
            await restored.settle(session, now=now, backup_at=None)
            again = await forget_again(session, house.keys, installation=house.installation, now=now)
        elif there is None:
            await hold.begin(session, now=now)
        else:
            return f"On HOLD already, since {minute(there.since)}."
        audit.note(session, "hold", "outbox", actor_id=None, now=now)
    forgotten = f"{again} had used /glommig, and are forgotten here as well. " if again else ""
    return f"{forgotten}On HOLD: questions are answered, nothing else is sent. ./kallelse release ends it."


async def release(house: Opened, *, dry_run: bool, now: datetime) -> Sequence[str]:
    """What waits goes out within seconds; lines that say what that is."""
    async with house.database.write() as session:
        if await hold.get_hold(session) is None:
            return ["Nothing is on HOLD."]
        lines = await _what_goes_out(session, house, now)
        if dry_run:
            return ["On release goes out:", *lines]
        await copies.expire(session, now=now)
        skipped = await hold.end(session, now=now, zone=house.installation.zone)
        audit.note(session, "release", "outbox", actor_id=None, now=now)
    if skipped:
        lines.append(f"  not sent, for they speak of another day: {skipped} reminders")
    return ["Released. Within seconds goes out:", *lines]


async def _what_goes_out(session: AsyncSession, house: Opened, now: datetime) -> list[str]:
    waiting = await hold.waiting(session, now=now, zone=house.installation.zone)
    lines = [f"  {one.kind}: {one.count}, the oldest waits since {minute(one.since)}" for one in waiting]
    activities = await hold.reminders_due(session, now=now)
    if activities:
        lines.append(f"  reminders of {activities} activities whose time came meanwhile")
    held = await hold.held(session)
    if held:
        lines.append(f"  held until an organiser decides: {held}")
    return lines or ["  nothing"]
