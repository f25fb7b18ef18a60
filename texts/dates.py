"""Dates, times, lists and numbers as people say them.

The words come from the language's own data, the order they stand in from the catalogue.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache

from babel import Locale
from babel.numbers import format_decimal

from texts import Translator


@lru_cache
def weekday_names(language: str) -> tuple[str, ...]:
    """The seven weekdays, Monday first, as they stand within a sentence."""
    names = Locale.parse(language).days["format"]["wide"]
    return tuple(names[number] for number in range(7))


@lru_cache
def month_names(language: str) -> tuple[str, ...]:
    """The twelve months, January first, as they stand after a day."""
    names = Locale.parse(language).months["format"]["wide"]
    return tuple(names[number] for number in range(1, 13))


def capital(text: str) -> str:
    """`text` with its first letter large, the rest as it is."""
    return text[:1].upper() + text[1:]


def clock(at: datetime, t: Translator) -> str:
    """14.00 in Swedish, 14:00 in English."""
    local = at.astimezone(t.zone)
    return t.plain("{hour}:{minute}", hour=f"{local.hour:02}", minute=f"{local.minute:02}")


def short_clock(at: datetime, t: Translator) -> str:
    """18 when the hour is full and the language leaves the minutes out, else as `clock`."""
    local = at.astimezone(t.zone)
    return clock(at, t) if local.minute else t.plain("{hour}:00", hour=f"{local.hour:02}")


def clock_span(start: datetime, end: datetime | None, t: Translator) -> str:
    """14.00–16.00, or 14.00 when no end is known."""
    return f"{clock(start, t)}–{clock(end, t)}" if end else clock(start, t)


def plain_day(day: date, t: Translator, *, year: bool) -> str:
    """lördag 28 november, with its year when asked for."""
    weekday, month = weekday_names(t.language)[day.weekday()], month_names(t.language)[day.month - 1]
    if year:
        return t.plain("{weekday} {day} {month} {year}", weekday=weekday, day=day.day, month=month, year=day.year)
    return t.plain("{weekday} {day} {month}", weekday=weekday, day=day.day, month=month)


def day(at: datetime, t: Translator, *, now: datetime) -> str:
    """lördag 28 november, and the year when it is not the year of `now`."""
    local = at.astimezone(t.zone)
    return plain_day(local, t, year=local.year != now.astimezone(t.zone).year)


def day_and_time(at: datetime, t: Translator, *, now: datetime) -> str:
    """lördag 28 november kl. 14.00, and the year when it is not the year of `now`."""
    return t.plain("{day} at {clock}", day=day(at, t, now=now), clock=clock(at, t))


def full_day_and_time(at: datetime, t: Translator) -> str:
    """lördag 28 november 2026 kl. 14.00: the year always, for a date that is read back."""
    return t.plain("{day} at {clock}", day=plain_day(at.astimezone(t.zone), t, year=True), clock=clock(at, t))


def short_day(at: datetime, t: Translator) -> str:
    """Tisdag 24, as a heading in a list of one week."""
    local = at.astimezone(t.zone)
    return capital(t.plain("{weekday} {day}", weekday=weekday_names(t.language)[local.weekday()], day=local.day))


def relative_day(at: datetime, t: Translator, *, now: datetime) -> str:
    """Today, tomorrow, the weekday within a week, else the day in full."""
    ahead = at.astimezone(t.zone).date() - now.astimezone(t.zone).date()
    if ahead == timedelta(0):
        return t.plain("today")
    if ahead == timedelta(days=1):
        return t.plain("tomorrow")
    if timedelta(0) < ahead < timedelta(days=7):
        return weekday_names(t.language)[at.astimezone(t.zone).weekday()]
    return day(at, t, now=now)


def relative_day_and_time(at: datetime, t: Translator, *, now: datetime) -> str:
    """As in "i morgon kl. 18" and "fredag kl. 18.30"."""
    return t.plain("{day} at {clock}", day=relative_day(at, t, now=now), clock=short_clock(at, t))


def day_span(first: date, last: date, t: Translator) -> str:
    """23–29 november, 30 november–6 december, 28 december 2026–3 januari 2027."""
    months = month_names(t.language)
    if first.year != last.year:
        return f"{_dated(first, t)} {first.year}–{_dated(last, t)} {last.year}"
    if first.month != last.month:
        return f"{_dated(first, t)}–{_dated(last, t)}"
    if first == last:
        return _dated(first, t)
    return t.plain("{day} {month}", day=f"{first.day}–{last.day}", month=months[last.month - 1])


def _dated(day: date, t: Translator) -> str:
    return t.plain("{day} {month}", day=day.day, month=month_names(t.language)[day.month - 1])


def week_heading(first: date, last: date, t: Translator) -> str:
    """Veckan 23–29 november, by its first and last day."""
    return t.plain("The week {days}", days=day_span(first, last, t))


def names(words: Sequence[str], t: Translator) -> str:
    """a, b och c; empty when there are none."""
    if not words[1:]:
        return "".join(words)
    return t.plain("{list} and {last}", list=", ".join(words[:-1]), last=words[-1])


def number(amount: float, t: Translator) -> str:
    """`amount` with the language's own decimal sign and thousands."""
    return str(format_decimal(amount, locale=t.language))
