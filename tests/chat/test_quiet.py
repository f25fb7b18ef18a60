"""Quiet hours."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.quiet import allowed_from, parse, quiet_around

STOCKHOLM = ZoneInfo("Europe/Stockholm")
moments = st.datetimes(datetime(2026, 1, 1), datetime(2037, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001 - made aware
hours = st.sampled_from(["21-08", "0-6", "12:30-13", "23-22", ""])


def at(clock: str) -> datetime:
    return datetime.fromisoformat(f"2026-11-22T{clock}").replace(tzinfo=STOCKHOLM)


@pytest.mark.parametrize(
    ("now", "goes_out"),
    [("22:40", "2026-11-23T08:00"), ("07:59", "2026-11-22T08:00"), ("08:00", "2026-11-22T08:00")],
)
def test_what_is_written_at_night_goes_out_in_the_morning(now, goes_out):
    """Nobody's phone sounds at 22.40."""
    waits_until = allowed_from(at(now), parse("21-08"), STOCKHOLM).astimezone(STOCKHOLM)

    assert waits_until.isoformat(timespec="minutes").startswith(goes_out)


@given(moments, hours)
def test_the_first_allowed_moment_is_never_quiet_and_never_far(moment, said):
    """Also on the days the clock is changed."""
    quiet = parse(said)
    allowed = allowed_from(moment, quiet, STOCKHOLM)

    assert moment <= allowed <= moment + timedelta(hours=25)
    assert quiet_around(allowed, quiet, STOCKHOLM) is None
    around = quiet_around(moment, quiet, STOCKHOLM)
    assert around is None or around[0] <= moment < around[1] == allowed


@pytest.mark.parametrize("typed", ["9", "25-08", "21-8-3", "natten", "21-08; DROP"])
def test_hours_that_are_none_are_refused(typed):
    """The setting's error names what it should look like."""
    with pytest.raises(ValueError, match="21-08"):
        parse(typed)
