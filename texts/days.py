"""Reads a day that a person wrote: "2026-03-14", "14/3", "14 mars 2026". Days gone by are as good as others."""

import re
from datetime import date

from texts import LANGUAGES, dates

_NUMBERS = (
    re.compile(r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})"),
    re.compile(r"(?P<day>\d{1,2})[/.](?P<month>\d{1,2})(?:[/. -]+(?P<year>\d{4}))?\.?"),
)
SHORTEST = 3  # letters of a month: "mar", "jun"
_WORDS = re.compile(r"(?:den )?(?P<day>\d{1,2})\.? (?P<name>[^\W\d]+)\.?(?: (?P<year>\d{4}))?")


def read(typed: str, *, today: date) -> date | None:
    """The day, of this year where none is named; None when it is not understood or does not exist."""
    text = " ".join(typed.casefold().split())
    for pattern in (*_NUMBERS, _WORDS):
        found = pattern.fullmatch(text)
        if found:
            return _day(found.groupdict(), today)
    return None


def _day(found: dict[str, str | None], today: date) -> date | None:
    month = _month(found["name"] or "") if "name" in found else int(found["month"] or 0)
    try:
        return date(int(found["year"] or today.year), month, int(found["day"] or 0))
    except ValueError:
        return None


def _month(name: str) -> int:
    """The month's number; 0 when no language calls one so."""
    for language in LANGUAGES:
        for number, month in enumerate(dates.month_names(language), 1):
            if len(name) >= SHORTEST and month.casefold().startswith(name):
                return number
    return 0
