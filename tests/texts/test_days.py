"""Days as people write them, also those gone by."""

from datetime import date

import pytest

from texts import days

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("2026-03-14", date(2026, 3, 14)),
        ("14/3", date(2026, 3, 14)),
        ("14/3 2025", date(2025, 3, 14)),
        ("14.3.2025", date(2025, 3, 14)),
        (" 14  MARS 2025 ", date(2025, 3, 14)),
        ("den 1 maj", date(2026, 5, 1)),
        ("14. March", date(2026, 3, 14)),
        ("3 okt. 2024", date(2024, 10, 3)),
        ("29 feb 2024", date(2024, 2, 29)),
    ],
)
def test_a_day_is_understood(typed, day):
    """In both languages, by numbers and by words; without a year it is this year's."""
    assert days.read(typed, today=TODAY) == day


@pytest.mark.parametrize(
    "typed", ["", "31/2", "29 feb 2025", "14 m", "14 blaj", "i mars", "0/1", "1/13", "٣/٣x", "9" * 5000]
)
def test_what_is_no_day_is_not_guessed(typed):
    """Somebody is asked rather than given an office from the wrong day."""
    assert days.read(typed, today=TODAY) is None
