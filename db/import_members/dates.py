"""Days as lists write them; only what can mean but one day is read."""

import re
from collections.abc import Iterable
from datetime import date, timedelta

EARLIEST, LATEST = 1900, 2100
EPOCH = date(1899, 12, 30)  # of spreadsheets' day numbers
SERIALS = range(7_306, 73_051)  # 1920 to 2099: a number that is neither a year nor a date written together
MONTHS = (
    "jan januari january", "feb februari february", "mar mars march", "apr april", "maj may", "jun juni june",
    "jul juli july", "aug augusti august", "sep sept september", "okt oktober oct october", "nov november",
    "dec december",
)  # fmt: skip
MONTH_OF = {name: number for number, names in enumerate(MONTHS, 1) for name in names.split()}

_TIME = re.compile(r"[T ]\d{1,2}[:.]\d{2}([:.]\d{2}(\.\d+)?)?\s*(Z|[+-]\d{2}(:?\d{2})?|AM|PM)?$", re.IGNORECASE)
MONTHS_WRITTEN = (
    re.compile(r"(?P<year>\d{4})-(?P<month>\d{1,2})"),
    re.compile(r"(?P<month>[a-z]+)\.?,? (?P<year>\d{4})"),
)
WRITTEN = (
    re.compile(r"(?P<year>\d{4})[-/. ](?P<month>\d{1,2})[-/. ](?P<day>\d{1,2})"),
    re.compile(r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})"),
    re.compile(r"(?P<day>\d{1,2})\s?[-/. ]\s?(?P<month>\d{1,2})\s?[-/. ]\s?(?P<year>\d{4})"),  # never month first
    re.compile(r"(?P<day>\d{1,2})\.(?P<month>\d{1,2})\.(?P<year>\d{2})"),  # with dots the year is never first
    re.compile(r"(?P<day>\d{1,2})\.?[- ]?(?P<month>[a-z]+)\.?,?[- ]?(?P<year>\d{4})"),
    re.compile(r"(?P<month>[a-z]+)\.? (?P<day>\d{1,2}),? (?P<year>\d{4})"),
)


def read_day(said: str, *, last: bool = False, newest: int = 2049) -> date | None:
    """The day; None when it cannot be told. A month or a year stands for its first day, or its `last`.

    A year of two figures is the `newest` at most.
    """
    text = _TIME.sub("", said.strip().lower())
    if text.isdecimal() and len(text) < 6:  # noqa: PLR2004 - shorter than a date written together
        return _from_number(int(text), last=last)
    if found := _first(MONTHS_WRITTEN, text):
        return _of_month(**_parts(found, newest), last=last)
    found = _first(WRITTEN, text)
    return _day(**_parts(found, newest)) if found else None


def _first(ways: Iterable[re.Pattern[str]], text: str) -> re.Match[str] | None:
    return next((found for one in ways if (found := one.fullmatch(text))), None)


def _parts(found: re.Match[str], newest: int) -> dict[str, int]:
    said = found.groupdict()
    parts = {name: MONTH_OF.get(one, 0) if one.isalpha() else int(one) for name, one in said.items()}
    if len(said["year"]) == 2:  # noqa: PLR2004 - without its century
        parts["year"] = newest - (newest - parts["year"]) % 100
    return parts


def _from_number(number: int, *, last: bool) -> date | None:
    if EARLIEST <= number < LATEST:
        return date(number, 12, 31) if last else date(number, 1, 1)
    return EPOCH + timedelta(days=number) if number in SERIALS else None


def _of_month(year: int, month: int, *, last: bool) -> date | None:
    first = _day(year, month, 1)
    if first is None or not last:
        return first
    return (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day) if EARLIEST <= year < LATEST else None
    except ValueError:
        return None
