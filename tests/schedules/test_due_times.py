"""When reminders are due, from 2026 to 2037, beside a second way to find it: letting the clock run."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from chat import wall
from chat.quiet import allowed_from, parse, quiet_around
from db.outbox import Quiet
from db.reminders import due_times
from tests.schedules import slow_clock

STOCKHOLM = ZoneInfo("Europe/Stockholm")
ZONES = [
    ZoneInfo(name)
    for name in (
        "Europe/Stockholm", "Australia/Lord_Howe", "Asia/Kathmandu", "America/Sao_Paulo", "America/Santiago",
        "Antarctica/Troll", "Africa/Casablanca", "Pacific/Chatham", "America/New_York", "America/Nuuk",
    )
]  # fmt: skip
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
RULES = ("week_before", "day_before", "two_hours")
FIRST, LAST = date(2026, 1, 1), date(2037, 12, 31)

zones = st.sampled_from(ZONES[:1] * 4 + ZONES)
anywhen = st.dates(FIRST, LAST)
# The last and the second Sunday of March, October and their neighbours, and what is up to eight days later.
changes = st.builds(
    lambda year, month, day, later: date(year, month, day) + timedelta(days=later),
    st.integers(2026, 2037), st.sampled_from([3, 4, 9, 10]), st.sampled_from([1, 8, 25, 29]), st.integers(0, 8),
)  # fmt: skip
days = (anywhen | changes).filter(lambda day: day <= LAST)
clocks = st.times().map(lambda one: one.replace(second=0, microsecond=0, fold=0)) | st.builds(
    time, st.integers(0, 4), st.sampled_from([0, 15, 30, 59])
)
hours = st.sampled_from(["21-08", "22:30-06", "00-05", "17-20", "02:30-03:15", "21-02:30", "01:45-09", ""])
rules = st.sets(st.sampled_from(RULES), min_size=1)
before = st.timedeltas(timedelta(0), timedelta(days=9)).map(
    lambda span: timedelta(minutes=span // slow_clock.MINUTE)
)


def two(said: str) -> tuple[time, time] | None:
    """The ends of the quiet hours."""
    quiet = parse(said)
    return (quiet.start, quiet.end) if quiet else None


Case = tuple[date, time, ZoneInfo, set[str], str, timedelta]
cases = st.tuples(days, clocks, zones, rules, hours, before)


def agree(case: Case) -> None:
    """The product finds the moments that the slow clock shows, planned so long before."""
    day, clock, zone, chosen, said, ahead = case
    starts_at = slow_clock.seen(day, zone)[clock]
    now = starts_at - ahead

    assert wall.moment(day, clock, zone) == starts_at
    assert due_times(chosen, starts_at, zone, now=now, quiet=Quiet(zone, said)) == slow_clock.due(
        chosen, starts_at, zone, two(said), now
    )


@settings(deadline=None, max_examples=100)
@given(cases)
@example((date(2027, 3, 28), time(2, 30), STOCKHOLM, {"day_before", "two_hours"}, "21-08", timedelta(days=9)))
@example((date(2027, 10, 31), time(2, 30), STOCKHOLM, {"day_before", "two_hours"}, "", timedelta(days=9)))
@example((date(2027, 10, 31), time(5, 0), STOCKHOLM, {"two_hours"}, "02:30-03:15", timedelta(days=9)))
@example((date(2027, 3, 28), time(5, 15), STOCKHOLM, {"two_hours"}, "01:45-09", timedelta(days=9)))
@example((date(2027, 3, 28), time(4, 0), STOCKHOLM, {"two_hours"}, "", timedelta(days=9)))
@example((date(2027, 6, 12), time(10, 0), STOCKHOLM, {"two_hours"}, "21-08", timedelta(days=9)))
@example((date(2027, 6, 12), time(14, 0), STOCKHOLM, {"two_hours"}, "21-08", timedelta(hours=2)))
def test_reminders_are_due_when_a_clock_that_runs_says_so(case):
    """Every rule, with quiet hours, in zones that change their clocks in every way."""
    agree(case)


@pytest.mark.long
@settings(deadline=None, max_examples=1500)
@given(cases)
def test_reminders_are_due_when_a_clock_that_runs_says_so_at_length(case):
    """The same, many times."""
    agree(case)


@settings(deadline=None, max_examples=100)
@given(days, clocks, zones, hours)
@example(date(2027, 10, 31), time(2, 10), STOCKHOLM, "21-02:30")
@example(date(2027, 3, 28), time(3, 10), STOCKHOLM, "02:30-03:15")
def test_quiet_hours_are_those_of_a_clock_that_runs(day, clock, zone, said):
    """Nobody is woken, and nothing waits longer than the night, also when the night is an hour longer."""
    for moment in (slow_clock.seen(day, zone)[clock], slow_clock.seen(day, zone)[clock] + timedelta(hours=1)):
        around = quiet_around(moment, parse(said), zone)
        ends = moment
        while slow_clock.is_quiet(ends, two(said), zone):
            ends += slow_clock.MINUTE

        assert (around[0] if around else None) == slow_clock.quiet_from(moment, two(said), zone)
        assert allowed_from(moment, parse(said), zone) == ends


@given(days, clocks, zones, hours)
def test_no_reminder_is_due_in_quiet_hours_or_after_the_start(day, clock, zone, said):
    """It comes before they begin, and always before the activity."""
    starts_at = wall.moment(day, clock, zone)

    due = due_times(RULES, starts_at, zone, now=LONG_AGO, quiet=Quiet(zone, said))

    assert due
    for due_at in due.values():
        assert due_at < starts_at
        assert quiet_around(due_at, parse(said), zone) is None
