"""When the rules of a time zone have changed everything still begins, and is reminded of, by the wall clock."""

import logging
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from db import reminders, zones
from db.installation import Installation, get_setting, set_setting
from db.outbox import Quiet

log = logging.getLogger(__name__)


async def run(session: AsyncSession, *, now: datetime, installation: Installation) -> datetime | None:
    """The next part of what is to come is computed by the rules of today; `now` comes back while there is more.

    The setting "zone:Europe/Stockholm" holds the version of the rules that everything there goes by, and while it
    is being computed the version and the last activity that is done.
    """
    for name in {installation.zone.key, *await zones.in_use(session, now=now)}:
        version, remembered = zones.version(name), await get_setting(session, f"zone:{name}")
        if remembered is None:
            await set_setting(session, f"zone:{name}", version)
        elif remembered != version:
            goes_by, _, after = remembered.partition(" ")
            done = await _recompute(session, name, int(after) if goes_by == version else 0, now, installation)
            await set_setting(session, f"zone:{name}", f"{version} {done[-1]}" if done else version)
            return now
    return None


async def _recompute(
    session: AsyncSession, name: str, after: int, now: datetime, installation: Installation
) -> list[int]:
    done = await zones.recompute(session, name, after=after, now=now)
    quiet = Quiet(installation.zone, installation.quiet_hours)
    for activity_id in done:
        await reminders.plan(session, activity_id, now=now, quiet=quiet)
    if not done:
        log.warning("the rules of %s have changed: what is to come goes by the new ones", name)
    return done
