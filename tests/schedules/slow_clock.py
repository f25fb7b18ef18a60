"""When reminders are due, found by letting the clock run: minute by minute in UTC, reading the clock on the wall.

Nothing is computed with local times here but the day before a date; no part of the product takes part.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

MINUTE = timedelta(minutes=1)
SIX = time(18)


@lru_cache(maxsize=2000)
def seen(day: date, zone: ZoneInfo) -> dict[time, datetime]:
    """At which moment each time of the day is: the first at which the clock shows it.

    What it jumps over comes minute by minute from the jump on, as if it had not been put forward.
    """
    found: dict[time, datetime] = {}
    at = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=16)
    last = at.astimezone(zone).replace(tzinfo=None)
    while len(found) < 24 * 60:
        at += MINUTE
        clock = at.astimezone(zone).replace(tzinfo=None)
        later = at
        while last + MINUTE < clock:
            last += MINUTE
            if last.date() == day:
                found.setdefault(last.time(), later)
            later += MINUTE
        if clock.date() == day:
            found.setdefault(clock.time(), at)
        last = clock
    return found


def is_quiet(at: datetime, hours: tuple[time, time] | None, zone: ZoneInfo) -> bool:
    """True when some night's quiet hours have begun at that minute and not ended."""
    return quiet_from(at, hours, zone) is not None


def quiet_from(at: datetime, hours: tuple[time, time] | None, zone: ZoneInfo) -> datetime | None:
    """When the quiet hours began that are at that minute."""
    if hours is None:
        return None
    day = at.astimezone(zone).date()
    for first in (day - timedelta(days=1), day, day + timedelta(days=1)):
        last = first if hours[0] < hours[1] else first + timedelta(days=1)
        begin, end = seen(first, zone)[hours[0]], seen(last, zone)[hours[1]]
        if begin <= at < end:
            return begin
    return None


def due(
    rules: set[str], starts_at: datetime, zone: ZoneInfo, hours: tuple[time, time] | None, now: datetime
) -> dict[str, datetime]:
    """Each rule that reminds after `now`, in the words of docs and promises rather than of the code."""
    day = starts_at.astimezone(zone).date()
    said: dict[str, datetime] = {}
    for rule, days in (("week_before", 7), ("day_before", 1), ("two_hours", 0)):
        if rule not in rules:
            continue
        wanted = back(starts_at, 120) if not days else seen(day - timedelta(days=days), zone)[SIX]
        begin = quiet_from(wanted, hours, zone)
        at = wanted if begin is None else back(begin, 15)
        repeats = begin is not None and any(_hours_apart(earlier, at) < 6 for earlier in said.values())
        if at > now and not repeats:
            said[rule] = at
    return said


def back(at: datetime, minutes: int) -> datetime:
    """So many minutes before, one by one."""
    for _ in range(minutes):
        at -= MINUTE
    return at


def _hours_apart(earlier: datetime, later: datetime) -> float:
    span = (later - earlier).total_seconds() / 3600
    return span if span >= 0 else 24.0
