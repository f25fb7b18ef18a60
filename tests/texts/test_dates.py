"""Dates as people read them."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from texts import dates, translator

SV = translator("sv", "Europe/Stockholm")
EN = translator("en", "Europe/Stockholm")
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
SATURDAY = datetime(2026, 11, 28, 13, 0, tzinfo=UTC)  # 14.00 in Stockholm
SUMMER = datetime(2027, 7, 1, 22, 30, tzinfo=UTC)  # 00.30 the next day in Stockholm


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        (dates.day_and_time(SATURDAY, SV, now=NOW), "lördag 28 november kl. 14.00"),
        (dates.day_and_time(SATURDAY, EN, now=NOW), "Saturday 28 November at 14:00"),
        (dates.day_and_time(SUMMER, SV, now=NOW), "fredag 2 juli 2027 kl. 00.30"),
        (dates.day_and_time(SUMMER, EN, now=NOW), "Friday 2 July 2027 at 00:30"),
        (dates.full_day_and_time(SATURDAY, SV), "lördag 28 november 2026 kl. 14.00"),
        (dates.full_day_and_time(SATURDAY, EN), "Saturday 28 November 2026 at 14:00"),
        (dates.day(SATURDAY, SV, now=NOW), "lördag 28 november"),
        (dates.clock(SATURDAY, SV), "14.00"),
        (dates.clock(SATURDAY, EN), "14:00"),
        (dates.short_clock(SATURDAY, SV), "14"),
        (dates.short_clock(SATURDAY, EN), "14:00"),
        (dates.short_clock(SUMMER, SV), "00.30"),
        (dates.clock_span(SATURDAY, SATURDAY.replace(hour=15), SV), "14.00–16.00"),
        (dates.clock_span(SATURDAY, None, SV), "14.00"),
        (dates.short_day(datetime(2026, 11, 24, 17, 0, tzinfo=UTC), SV), "Tisdag 24"),
        (dates.short_day(datetime(2026, 11, 24, 17, 0, tzinfo=UTC), EN), "Tuesday 24"),
        (dates.capital("lördag 28 november"), "Lördag 28 november"),
        (dates.capital("ö"), "Ö"),
        (dates.capital(""), ""),
        (dates.names([], SV), ""),
        (dates.names(["a"], SV), "a"),
        (dates.names(["a", "b"], SV), "a och b"),
        (dates.names(["a", "b", "c"], SV), "a, b och c"),
        (dates.names(["a", "b", "c"], EN), "a, b and c"),
        (dates.number(1234.5, SV), "1\N{NO-BREAK SPACE}234,5"),
        (dates.number(1234.5, EN), "1,234.5"),
    ],
)
def test_dates_and_lists_read_as_people_write_them(shown, expected):
    """Weekday always, the year only when it is another one, a point in Swedish times."""
    assert shown == expected


@pytest.mark.parametrize(
    ("first", "last", "swedish", "english"),
    [
        (date(2026, 11, 23), date(2026, 11, 29), "Veckan 23–29 november", "The week 23–29 November"),
        (
            date(2026, 11, 30),
            date(2026, 12, 6),
            "Veckan 30 november–6 december",
            "The week 30 November–6 December",
        ),
        (
            date(2026, 12, 28),
            date(2027, 1, 3),
            "Veckan 28 december 2026–3 januari 2027",
            "The week 28 December 2026–3 January 2027",
        ),
    ],
)
def test_the_heading_of_a_week_crosses_months_and_years(first, last, swedish, english):
    """A week that begins in one month and ends in another says both."""
    assert dates.week_heading(first, last, SV) == swedish
    assert dates.week_heading(first, last, EN) == english


@pytest.mark.parametrize(
    ("at", "swedish", "english"),
    [
        (datetime(2026, 11, 22, 17, 0, tzinfo=UTC), "i dag kl. 18", "today at 18:00"),
        (datetime(2026, 11, 22, 23, 30, tzinfo=UTC), "i morgon kl. 00.30", "tomorrow at 00:30"),
        (datetime(2026, 11, 23, 17, 0, tzinfo=UTC), "i morgon kl. 18", "tomorrow at 18:00"),
        (datetime(2026, 11, 27, 17, 0, tzinfo=UTC), "fredag kl. 18", "Friday at 18:00"),
        (datetime(2026, 11, 29, 17, 0, tzinfo=UTC), "söndag 29 november kl. 18", "Sunday 29 November at 18:00"),
        (datetime(2026, 11, 21, 17, 0, tzinfo=UTC), "lördag 21 november kl. 18", "Saturday 21 November at 18:00"),
    ],
)
def test_near_days_have_their_short_names(at, swedish, english):
    """Tomorrow is tomorrow on the group's own calendar, and a weekday alone never means a week away."""
    assert dates.relative_day_and_time(at, SV, now=NOW) == swedish
    assert dates.relative_day_and_time(at, EN, now=NOW) == english


def test_the_zone_of_the_group_decides():
    """The same moment is another day elsewhere."""
    tokyo = translator("sv", ZoneInfo("Asia/Tokyo"))

    assert (
        dates.day_and_time(datetime(2026, 11, 28, 20, 0, tzinfo=UTC), tokyo, now=NOW)
        == "söndag 29 november kl. 05.00"
    )
