"""What reading a date can come to, and what was said on the way there."""

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Literal

Question = Literal["weekday", "week", "year", "clock", "rest", "skipped", "twice"]
Trouble = Literal["not_understood", "no_such_date", "no_such_clock", "past", "no_clock", "no_day", "which_day"]


@dataclass(frozen=True, slots=True)
class Found:
    """One moment, and its end when one was said; both aware and in the group's zone."""

    at: datetime
    end: datetime | None = None


@dataclass(frozen=True, slots=True)
class Choose:
    """Moments that the words may mean, earliest first; `ends` goes with them one by one.

    weekday: the weekday does not fit the date. week: this week or the next. year: the day has been this
    year. clock: morning or evening. rest: the words in `rest` were not understood. skipped, twice: on that day
    the clock is put forward over that time, or back, and shows it again; the moment is the one it stands for.
    `written` is the date that the weekday did not fit.
    """

    question: Question
    candidates: tuple[datetime, ...]
    ends: tuple[datetime | None, ...]
    rest: str = ""
    written: date | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """What is missing or impossible; what was understood is kept.

    `days` has the one day that lacks a time, or those that it may be; `clock` the time that lacks a day:
    give it to `read` with the answer. `said` is day, month and perhaps year of a date that does not exist.
    """

    kind: Trouble
    days: tuple[date, ...] = ()
    clock: time | None = None
    rest: str = ""
    said: tuple[int, int, int | None] | None = None


Result = Found | Choose | Problem


@dataclass(frozen=True, slots=True)
class Said:
    """The parts of a date as they were written, each None when it was not.

    `clocks` has two times when morning and evening are both possible; `bad_clock` is a time no clock shows.
    """

    day: int | None = None
    month: int | None = None
    year: int | None = None
    weekday: int | None = None  # Monday is 0
    coming: bool = False  # "nästa tisdag"
    gone: bool = False  # "förra tisdagen"
    weeks_ahead: int | None = None  # "nästa vecka"
    week: int | None = None  # ISO week number
    days_ahead: int | None = None  # "i morgon"
    clocks: tuple[time, ...] = ()
    end: time | None = None
    bad_clock: bool = False
    rest: str = ""

    @property
    def names_a_day(self) -> bool:
        """Whether anything said which day it is; a week alone does not."""
        return self.day is not None or self.weekday is not None or self.days_ahead is not None
