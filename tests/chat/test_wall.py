"""What a time on the wall means, beside a second way to find it: to let the clock run and look at it."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest

from chat import wall
from chat.wall import Oddity

FIRST, LAST = date(2026, 1, 1), date(2037, 12, 31)
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
STOCKHOLM = "Europe/Stockholm"
ODD = (  # half an hour, two hours, at midnight, to standard time in summer, in Ramadan, quarters, never
    "Australia/Lord_Howe", "Antarctica/Troll", "America/Santiago", "Europe/Dublin", "Africa/Casablanca",
    "Pacific/Chatham", "Asia/Kathmandu", "America/Sao_Paulo",
)  # fmt: skip


def changes(zone: ZoneInfo) -> Iterator[date]:
    """The days on which the clock in that zone is changed, by its offset at the noons before and after."""
    day, before = FIRST, None
    while day <= LAST:
        offset = datetime(day.year, day.month, day.day, 12, tzinfo=zone).utcoffset()
        if before is not None and offset != before:
            yield from (day - DAY, day)
        day, before = day + DAY, offset


def shown(day: date, zone: ZoneInfo) -> dict[datetime, list[datetime]]:
    """The moments at which each time of the day is meant: a clock that runs from two days before until after.

    A time that the clock skips is at none; what a clock nobody changed would show then stands for it.
    """
    found: dict[datetime, list[datetime]] = {}
    skipped: dict[datetime, datetime] = {}
    at = datetime(day.year, day.month, day.day, tzinfo=UTC) - DAY
    last = at.astimezone(zone).replace(tzinfo=None)
    for _ in range(3 * 24 * 60):
        at += MINUTE
        clock, late = at.astimezone(zone).replace(tzinfo=None), at
        while last + MINUTE < clock:  # it jumps: the times between come one by one from now on
            last += MINUTE
            skipped[last], late = late, late + MINUTE
        found.setdefault(clock, []).append(at)
        last = clock
    return found | {time: [at, at, at] for time, at in skipped.items()}


def wrong(day: date, zone: ZoneInfo) -> list[datetime]:
    """Every minute of the day that means something else than the clock shows, or is not known as odd."""
    odd = {1: None, 2: Oddity.TWICE, 3: Oddity.SKIPPED}
    times = {time: moments for time, moments in shown(day, zone).items() if time.date() == day}
    assert len(times) == 24 * 60
    return [
        time
        for time, moments in times.items()
        if wall.moment(day, time.time(), zone) != moments[0]
        or wall.oddity(day, time.time(), zone) is not odd[len(moments)]
    ]


def test_every_minute_of_every_day_the_clock_is_changed():
    """Skipped is an hour later, twice is the first: 24 days until 2037."""
    zone = ZoneInfo(STOCKHOLM)
    days = [day for day in changes(zone) if any(_is_odd(day, hour, zone) for hour in range(24))]

    assert len(days) == 24
    assert [time for day in days for time in wrong(day, zone)] == []


def _is_odd(day: date, hour: int, zone: ZoneInfo) -> bool:
    return wall.oddity(day, datetime(day.year, day.month, day.day, hour, 30, tzinfo=UTC).time(), zone) is not None


@pytest.mark.parametrize("name", ODD)
def test_zones_that_change_their_clocks_in_other_ways(name):
    """Half an hour, two hours, at midnight, never: the first change in each direction."""
    zone = ZoneInfo(name)
    days = list(changes(zone))[:4] or [FIRST]

    assert [time for day in days for time in wrong(day, zone)] == []


@pytest.mark.long
def test_every_minute_of_every_change_everywhere():
    """Each zone of the world once a kind: those that change alike are one."""
    kinds = {tuple(changes(ZoneInfo(name))): name for name in sorted(available_timezones()) if name != "localtime"}

    for days, name in kinds.items():
        assert [(name, time) for day in days for time in wrong(day, ZoneInfo(name))] == []


def test_what_is_skipped_and_what_comes_twice_in_sweden():
    """The example everybody knows."""
    zone = ZoneInfo(STOCKHOLM)
    spring, autumn, half_past_two = (
        date(2027, 3, 28),
        date(2027, 10, 31),
        datetime(2027, 1, 1, 2, 30, tzinfo=UTC).time(),
    )

    assert wall.moment(spring, half_past_two, zone).astimezone(zone).isoformat() == "2027-03-28T03:30:00+02:00"
    assert wall.moment(autumn, half_past_two, zone).astimezone(zone).isoformat() == "2027-10-31T02:30:00+02:00"
    assert wall.oddity(spring, half_past_two, zone) is Oddity.SKIPPED
    assert wall.oddity(autumn, half_past_two, zone) is Oddity.TWICE
