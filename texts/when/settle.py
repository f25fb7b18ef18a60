"""Turns what was said into moments: which day, which time, and what must be asked."""

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from chat import wall
from texts.when.scan import scan
from texts.when.values import Choose, Found, Problem, Question, Result, Said

WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Days:
    """The days that the words may mean, and why there are several or one that must be confirmed."""

    days: tuple[date, ...]
    doubt: Question | None = None
    written: date | None = None


def read(
    text: str,
    *,
    now: datetime,
    zone: ZoneInfo,
    language: str,
    day: date | None = None,
    clock: time | None = None,
) -> Result:
    """The moment that `text` means, never before `now`; or what must be chosen or written.

    `day` and `clock` stand for what the text leaves out: what an earlier `Problem` kept.
    """
    said = scan(text, language, day_known=day is not None)
    clocks = said.clocks or ((clock,) if clock else ())
    keeps = day is not None and not said.names_a_day
    found = Days((day,)) if day is not None and keeps else _days(said, now.astimezone(zone), clocks)
    if isinstance(found, Problem):
        return found
    if said.bad_clock:
        return Problem("no_such_clock", found.days, rest=said.rest)
    if not clocks:
        return Problem("no_clock" if len(found.days) == 1 else "which_day", found.days, rest=said.rest)
    return _moments(found, clocks, said, now, zone)


def _days(said: Said, now: datetime, clocks: tuple[time, ...]) -> Days | Problem:
    if said.gone or (said.days_ahead or 0) < 0:
        return Problem("past", _gone(said, now.date()), rest=said.rest)
    if said.days_ahead is not None:
        return _of_relative(said, now.date() + timedelta(days=said.days_ahead), now, clocks)
    if said.day is not None:
        return _of_date(said, said.day, now, clocks)
    if said.weekday is not None:
        return _of_weekday(said, said.weekday, now, clocks)
    return _no_day(said, clocks)


def _gone(said: Said, today: date) -> tuple[date, ...]:
    """The day before today that was said; none when it is another by its date."""
    if said.day is not None:
        return ()
    if said.days_ahead is not None:
        return (today + timedelta(days=said.days_ahead),)
    return (today - timedelta(days=(today.weekday() - (said.weekday or 0) - 1) % 7 + 1),)


def _no_day(said: Said, clocks: tuple[time, ...]) -> Problem:
    if said.bad_clock:
        return Problem("no_such_clock", rest=said.rest)
    if clocks and not said.rest:
        return Problem("no_day", clock=_only(clocks))
    return Problem("not_understood", rest=said.rest)


def _of_relative(said: Said, day: date, now: datetime, clocks: tuple[time, ...]) -> Days | Problem:
    """`day`; together with another date that was written beside it."""
    written = _days(replace(said, days_ahead=None), now, clocks) if said.day is not None else _fitting(day, said)
    if isinstance(written, Problem):
        return written
    days = tuple(sorted({day, *written.days}))
    return written if len(days) == len(written.days) else Days(days, "week")


def _fitting(day: date, said: Said) -> Days:
    """`day`, or when another weekday was said, `day` and the nearest one of that weekday."""
    if said.weekday is None or day.weekday() == said.weekday:
        return Days((day,))
    away = (said.weekday - day.weekday() + 3) % 7 - 3
    return Days(tuple(sorted((day, day + timedelta(days=away)))), "weekday", day)


def _is_ahead(day: date, now: datetime, clocks: tuple[time, ...]) -> bool:
    return day > now.date() or (day == now.date() and (not clocks or max(clocks) > now.time()))


def _of_date(said: Said, number: int, now: datetime, clocks: tuple[time, ...]) -> Days | Problem:
    if said.month is None:
        return _of_number(said, number, now, clocks)
    day = _date(said.year or now.year, said.month, number)
    if day is None:
        return Problem("no_such_date", said=(number, said.month, said.year), rest=said.rest, clock=_only(clocks))
    if _is_ahead(day, now, clocks):
        return _fitting(day, said)
    later = _date(now.year + 1, said.month, number)
    if said.year or later is None or day == now.date():
        return Problem("past", (day,), rest=said.rest)
    fitted = _fitting(later, said)
    # A weekday that fits next year says which year is meant.
    return fitted if said.weekday is not None else Days(fitted.days, "year")


def _date(year: int, month: int, number: int) -> date | None:
    try:
        return date(year, month, number)
    except ValueError:
        return None


def _only(clocks: tuple[time, ...]) -> time | None:
    return clocks[0] if len(clocks) == 1 else None


def _of_number(said: Said, number: int, now: datetime, clocks: tuple[time, ...]) -> Days | Problem:
    """The next day with this number, as in "den 28:e"."""
    months = ((now.year + (now.month + n - 1) // 12, (now.month + n - 1) % 12 + 1) for n in range(3))
    days = (_date(year, month, number) for year, month in months)
    ahead = next((day for day in days if day and _is_ahead(day, now, clocks)), None)
    return _fitting(ahead, said) if ahead else Problem("not_understood", rest=str(number))


def _of_weekday(said: Said, weekday: int, now: datetime, clocks: tuple[time, ...]) -> Days | Problem:
    today = now.date()
    monday = today - timedelta(days=today.weekday())
    if said.week is not None:
        return _of_week(said, weekday, now, clocks)
    if said.weeks_ahead is not None:
        day = monday + said.weeks_ahead * WEEK + timedelta(days=weekday)
        return Days((day,)) if _is_ahead(day, now, clocks) else Problem("past", (day,), rest=said.rest)
    coming = today + timedelta(days=(weekday - today.weekday() - 1) % 7 + 1)
    # "Nästa tisdag" is the next one to some and the one in the next week to others.
    other = monday + WEEK + timedelta(days=weekday) if said.coming else today
    if other.weekday() != weekday or other == coming or not _is_ahead(other, now, clocks):
        return Days((coming,))
    return Days(tuple(sorted((coming, other))), "week")


def _of_week(said: Said, weekday: int, now: datetime, clocks: tuple[time, ...]) -> Days | Problem:
    """The weekday in the ISO week that was said, this year or else the next."""
    for year in (now.year, now.year + 1):
        try:
            day = date.fromisocalendar(year, said.week or 0, weekday + 1)
        except ValueError:
            continue
        if _is_ahead(day, now, clocks):
            return Days((day,), None if year == now.year else "year")
    return Problem("not_understood", rest=said.rest)


def _moments(found: Days, clocks: tuple[time, ...], said: Said, now: datetime, zone: ZoneInfo) -> Result:
    pairs = [
        (_aware(day, clock, zone), _end(day, clock, said.end, zone)) for day in found.days for clock in clocks
    ]
    ahead = sorted((pair for pair in pairs if pair[0] > now), key=lambda pair: pair[0])
    if not ahead:
        return Problem("past", found.days, rest=said.rest)
    doubt = found.doubt or ("clock" if len(ahead) > 1 else None)
    if doubt is None and not _fits_week(ahead[0][0], said, now.astimezone(zone)):
        doubt = "week"
    if len(ahead) == 1:
        doubt = _when_the_clock_is_changed(ahead[0][0], clocks) or doubt
    question: Question | None = "rest" if said.rest else doubt
    if question is None:
        return Found(*ahead[0])
    starts, ends = zip(*ahead, strict=True)
    return Choose(question, starts, ends, rest=said.rest, written=found.written)


def _when_the_clock_is_changed(at: datetime, clocks: tuple[time, ...]) -> Question | None:
    if at.time() not in clocks:
        return "skipped"
    return "twice" if at.replace(fold=1).utcoffset() != at.utcoffset() else None


def _fits_week(at: date, said: Said, now: datetime) -> bool:
    """Whether the week that was said, if one was, is the week of the day."""
    week = (now + said.weeks_ahead * WEEK).isocalendar().week if said.weeks_ahead is not None else said.week
    return week is None or at.isocalendar().week == week


def _aware(day: date, clock: time, zone: ZoneInfo) -> datetime:
    return wall.moment(day, clock, zone).astimezone(zone)


def _end(day: date, start: time, end: time | None, zone: ZoneInfo) -> datetime | None:
    if end is None:
        return None
    return _aware(day if end > start else day + timedelta(days=1), end, zone)
