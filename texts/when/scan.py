"""Takes the parts of a date out of a text; what no part claims is left over."""

import re
import unicodedata
from dataclasses import dataclass, replace
from datetime import time
from functools import lru_cache

from texts.when import words
from texts.when.values import Said

LONGEST = 120  # characters; a date is a line, not a letter
HOURS, HALF_DAY, MINUTES_AN_HOUR = 24, 12, 60
HOUR = r"(?P<hour>[0-9]{1,2})"
START = r"(?:(?<!\w)(?:kl|klockan|at|from|från|@)\.?\s*)"
AM = rf"\s*(?P<half>{words.AM_PM})"
MINUTES = r"[:.](?P<minute>[0-9]{2})(?:[:.]00)?"
UNTIL = r"\s*(?:-|–|—|\btill\b|\btil\b|\bto\b|\buntil\b)\s*(?:kl\.?\s*)?"
LATER = rf"(?P<until>[0-9]{{1,2}})(?:[:.](?P<until_minute>[0-9]{{2}}))?(?:\s*(?P<until_half>{words.AM_PM}))?"
FREE = rf"(?:{START}|(?<![\w/:.–-]))"
ENDS = r"(?![\w/–-]|[:.][0-9])"
CLOCKS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"{FREE}{HOUR}(?:{MINUTES})?(?:{AM})?{UNTIL}{LATER}{ENDS}",
        rf"{FREE}{HOUR}{MINUTES}(?:{AM})?{ENDS}",
        rf"{FREE}{HOUR}{AM}{ENDS}",
        rf"{START}{HOUR}(?P<minute>[0-9]{{2}})?{ENDS}",
        rf"{FREE}{HOUR}\s+o'clock\b",
    )
)
ISO = re.compile(
    r"(?<![\w/-])(?P<year>20[0-9]{2})-(?P<month>[0-9]{1,2})-(?P<day>[0-9]{1,2})(?:t(?=[0-9])|(?![\w/-]))"
)
SLASHED = re.compile(
    r"(?<![\w/.-])(?P<day>[0-9]{1,2})/(?P<month>[0-9]{1,2})(?:(?:[/-]|\s+(?=20))(?P<year>(?:20)?[0-9]{2}))?(?![\w/:.][0-9])"
)
# 28.11 is no clock, 3.12.2026 neither; 3.12 alone is one.
DOTTED = tuple(
    re.compile(rf"(?<![\w/:.–-]){pattern}(?![\w/:–-])")
    for pattern in (
        r"(?P<day>[0-9]{1,2})\.\s?(?P<month>[0-9]{1,2})\.\s?(?P<year>20[0-9]{2})",
        r"(?P<day>2[5-9]|3[01])\.(?P<month>0?[1-9]|1[0-2])\.?",
    )
)
ORDINAL = re.compile(r"(?<![\w/:.-])(?P<day>[0-9]{1,2})(?::?[ea]|st|nd|rd|th)\b")
DEFINITE = re.compile(r"\b(?:den|the)\s+(?P<day>[0-9]{1,2})(?![\w:./–-])")
NUMBER = re.compile(r"(?<!\S)(?P<number>[0-9]{1,2})(?![^\s,.])\.?")
WEEK = re.compile(r"\b(?:vecka|v|week)\b\.?\s*(?P<week>[0-9]{1,2})(?![\w:.])")
YEAR = r"(?:,?\s+(?P<year>20[0-9]{2})(?![\w:.-]))?"


@dataclass(frozen=True, slots=True)
class Grammar:
    """The patterns that hold words, for one language."""

    day_month: re.Pattern[str]
    month_day: re.Pattern[str]
    ahead: re.Pattern[str]
    weeks: re.Pattern[str]
    weekday: re.Pattern[str]
    gone: re.Pattern[str]


@lru_cache
def grammar(language: str) -> Grammar:
    """The patterns for `language`."""
    month = rf"(?P<month>{words.one_of(words.months(language))})\b\.?"
    day = r"(?P<day>[0-9]{1,2})(?::?[ea]\b|st\b|nd\b|rd\b|th\b|\.)?"
    weekday = words.one_of(words.weekdays(language))
    return Grammar(
        re.compile(rf"(?<![\w/:.–-]){day}\s*(?:of\s+)?{month}{YEAR}"),
        re.compile(rf"(?<![0-9]\s)(?<![0-9])\b{month}\s+(?:the\s+)?{day}(?![\w:.–-]){YEAR}"),
        re.compile(rf"\b(?P<ahead>{words.one_of(words.DAYS_AHEAD)})\b"),
        re.compile(rf"\b(?P<weeks>{words.one_of(words.WEEKS_AHEAD)})\b"),
        re.compile(rf"\b(?:(?P<coming>nästa|next)\s+)?(?P<weekday>{weekday})\b\.?"),
        re.compile(rf"\b(?:(?:förra|last)\s+(?P<last>{weekday})|i\s+(?P<weekday>{weekday})s)\b"),
    )


class Page:
    """A text in small letters whose understood parts turn to blanks, so that places stay the same."""

    def __init__(self, text: str) -> None:
        """Holds `text` without invisible signs."""
        shown = "".join(
            sign
            for sign in unicodedata.normalize("NFKC", text)
            if unicodedata.category(sign)[0] != "C" or sign.isspace()
        )
        low = shown.lower()
        self.shown = shown if len(low) == len(shown) else low
        self.left = low

    def take(self, pattern: re.Pattern[str]) -> dict[str, str]:
        """The groups of the first match, which is then blank; empty when there is none."""
        match = pattern.search(self.left)
        if match is None:
            return {}
        self.left = self.left[: match.start()] + " " * len(match[0]) + self.left[match.end() :]
        return {name: value for name, value in match.groupdict().items() if value is not None}

    def rest(self) -> str:
        """What nobody took, as it was written, without silent words and lone signs."""
        parts = [self.shown[m.start() : m.end()].strip(",.;!?()") for m in re.finditer(r"\S*\w\S*", self.left)]
        return " ".join(part for part in parts if part.lower() not in words.SILENT)


def scan(text: str, language: str, *, day_known: bool) -> Said:
    """The parts of the date in `text`, dates taken before clocks so that 28/11 is not a time."""
    if len(text) > LONGEST:
        return Said(rest=text[:LONGEST])
    page = Page(text)
    rules = grammar(language)
    said = _ahead(page, _date(page, rules, language), rules)
    said = _weekday(page, _week(page, said, rules), rules, language)
    said = _clock(page, said, language)
    if day_known or said.names_a_day or said.clocks:
        said = _number(page, said, language)
    return replace(said, rest=page.rest())


def _date(page: Page, rules: Grammar, language: str) -> Said:
    for pattern in (ISO, SLASHED, *DOTTED, rules.day_month, rules.month_day, ORDINAL, DEFINITE):
        if found := page.take(pattern):
            return _dated(found, language)
    return Said()


def _dated(found: dict[str, str], language: str) -> Said:
    month, year = found.get("month"), found.get("year")
    number = None if month is None else int(month) if month.isdecimal() else words.months(language).get(month)
    return Said(int(found["day"]), number, None if year is None else int(year) % 100 + 2000)


def _ahead(page: Page, said: Said, rules: Grammar) -> Said:
    found = page.take(rules.ahead)
    return replace(said, days_ahead=words.DAYS_AHEAD[_spaced(found["ahead"])]) if found else said


def _week(page: Page, said: Said, rules: Grammar) -> Said:
    if found := page.take(rules.weeks):
        return replace(said, weeks_ahead=words.WEEKS_AHEAD[_spaced(found["weeks"])])
    found = page.take(WEEK)
    return replace(said, week=int(found["week"])) if found else said


def _weekday(page: Page, said: Said, rules: Grammar, language: str) -> Said:
    if found := page.take(rules.gone):
        word = found.get("last") or found["weekday"]
        return replace(said, weekday=words.weekdays(language)[word], gone=True)
    found = page.take(rules.weekday)
    if not found:
        return said
    return replace(said, weekday=words.weekdays(language)[found["weekday"]], coming="coming" in found)


def _spaced(text: str) -> str:
    return " ".join(text.split())


def _clock(page: Page, said: Said, language: str) -> Said:
    for pattern in CLOCKS:
        if found := page.take(pattern):
            return _clocked(found, said, language)
    return said


def _clocked(found: dict[str, str], said: Said, language: str) -> Said:
    half = found.get("half", found.get("until_half") if "until" in found else None)
    clocks = _times(found["hour"], found.get("minute"), half, language)
    if "until" not in found:
        return replace(said, clocks=clocks, bad_clock=not clocks)
    ends = _times(found["until"], found.get("until_minute"), found.get("until_half"), language)
    end = next((later for later in ends if clocks and later > clocks[-1]), ends[-1] if ends else None)
    return replace(said, clocks=clocks, end=end, bad_clock=not (clocks and ends))


def _times(hour: str, minute: str | None, half: str | None, language: str) -> tuple[time, ...]:
    """The times the digits may mean: none, one, or in English morning and evening."""
    h, m = int(hour), int(minute or 0)
    if m >= MINUTES_AN_HOUR or h >= HOURS or (half and not 1 <= h <= HALF_DAY):
        return ()
    if half:
        return (time(h % HALF_DAY + (HALF_DAY if half[0] == "p" else 0), m),)
    if language == "en" and minute is None and 1 <= h < HALF_DAY and len(hour) == 1:
        return (time(h, m), time(h + HALF_DAY, m))
    return (time(h, m),)


def _number(page: Page, said: Said, language: str) -> Said:
    """A lone number is the day beside a weekday and a clock, and the hour where no clock was said."""
    if said.bad_clock or (said.clocks and (said.day is not None or said.weekday is None)):
        return said
    found = page.take(NUMBER)
    if not found:
        return said
    number = found["number"]
    if said.weekday is not None and said.day is None and (said.clocks or int(number) >= HOURS):
        return replace(said, day=int(number))
    clocks = _times(number, None, None, language)
    return replace(said, clocks=clocks, bad_clock=not clocks)
