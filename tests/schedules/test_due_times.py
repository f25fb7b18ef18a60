"""When reminders are due, over every change of the clock from 2026 to 2037."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import example, given
from hypothesis import strategies as st

from chat.quiet import parse, quiet_around
from db.outbox import Quiet
from db.reminders import due_times

ZONES = [ZoneInfo(name) for name in ("Europe/Stockholm", "America/New_York", "Australia/Lord_Howe", "UTC")]
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
moments = st.datetimes(datetime(2026, 1, 1), datetime(2037, 12, 31)).map(lambda at: at.replace(tzinfo=UTC))  # noqa: DTZ001 - made aware at once
RULES = ("week_before", "day_before", "two_hours")


@given(moments, st.sampled_from(ZONES))
@example(datetime(2027, 3, 28, 1, 30, tzinfo=UTC), ZONES[0])
@example(datetime(2027, 10, 31, 0, 30, tzinfo=UTC), ZONES[0])
def test_the_evening_is_by_the_clock_on_the_wall_and_two_hours_are_two_hours(starts_at, zone):
    """A change of the clock between reminder and activity moves neither."""
    due = due_times(RULES, starts_at, zone, now=LONG_AGO, quiet=None)

    local = due["day_before"].astimezone(zone)
    assert local.time() == time(18)
    assert local.date() == starts_at.astimezone(zone).date() - timedelta(days=1)
    assert starts_at - due["two_hours"] == timedelta(hours=2)
    assert starts_at.astimezone(zone).date() - due["week_before"].astimezone(zone).date() == timedelta(days=7)


@given(moments, st.sampled_from(ZONES), st.sampled_from(["21-08", "22:30-06", "00-05", "17-20", ""]))
def test_no_reminder_is_due_in_quiet_hours_or_after_the_start(starts_at, zone, hours):
    """It comes before they begin, and always before the activity."""
    due = due_times(RULES, starts_at, zone, now=LONG_AGO, quiet=Quiet(zone, hours))

    quiet = parse(hours)
    assert due
    for due_at in due.values():
        assert due_at < starts_at
        assert quiet_around(due_at, quiet, zone) is None


@given(moments, st.timedeltas(-timedelta(days=1), timedelta(days=10)))
def test_the_past_is_not_planned(starts_at, ahead):
    """Who publishes at noon for the same evening does not remind of yesterday."""
    now = starts_at - ahead

    due = due_times(RULES, starts_at, ZONES[0], now=now, quiet=Quiet(ZONES[0], "21-08"))

    assert all(now < due_at < starts_at for due_at in due.values())
