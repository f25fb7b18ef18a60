"""The words of dates that people write: Swedish and English, and any language's weekdays and months."""

import re
from functools import lru_cache

from babel import Locale

SHORT_WEEKDAYS = {
    "tors": 3,
    "tor": 3,
    "tis": 1,
    "tues": 1,
    "thur": 3,
    "thurs": 3,
    "månd": 0,
    "lörd": 5,
    "sönd": 6,
}
SHORT_MONTHS = {"sept": 9, "okt": 10, "mars": 3}
DAYS_AHEAD = {
    "i dag": 0, "idag": 0, "i kväll": 0, "ikväll": 0, "i afton": 0, "today": 0, "tonight": 0,
    "this evening": 0,
    "i morgon": 1, "imorgon": 1, "i morrn": 1, "imorrn": 1, "i morron": 1, "imorron": 1, "i mårrn": 1,
    "i morgon kväll": 1, "imorgon kväll": 1, "tomorrow": 1, "tomorrow evening": 1, "tmrw": 1,
    "i går": -1, "igår": -1, "i går kväll": -1, "igår kväll": -1, "yesterday": -1, "yesterday evening": -1,
    "i förrgår": -2, "iförrgår": -2, "förrgår": -2, "day before yesterday": -2,
    "i övermorgon": 2, "iövermorgon": 2, "övermorgon": 2, "i övermorrn": 2, "day after tomorrow": 2,
}  # fmt: skip
WEEKS_AHEAD = {
    "nästa vecka": 1,
    "next week": 1,
    "förra veckan": -1,
    "last week": -1,
    "i nästa vecka": 1,
    "den här veckan": 0,
    "denna vecka": 0,
    "this week": 0,
}
# They stand beside a date without changing it.
SILENT = {
    "den", "det", "the", "on", "på", "at", "kl", "klockan", "klockslag", "of", "nu", "from", "från",
    "o'clock",
    "kommande", "this", "coming", "hrs", "h",
}  # fmt: skip
AM_PM = r"[ap]\.?m\b\.?"


@lru_cache
def weekdays(language: str) -> dict[str, int]:
    """Weekday words in small letters, whole, short and definite, to 0 for Monday."""
    words = dict(SHORT_WEEKDAYS)
    for code in {language, "en", "sv"}:
        days = Locale.parse(code).days["format"]
        words |= {_bare(days[width][n]): n for width in ("abbreviated", "wide") for n in range(7)}
    words |= {f"{word}en": n for word, n in list(words.items()) if word.endswith("dag")}
    return words


@lru_cache
def months(language: str) -> dict[str, int]:
    """Month words in small letters, whole and short, to 1 for January."""
    words = dict(SHORT_MONTHS)
    for code in {language, "en", "sv"}:
        names = Locale.parse(code).months["format"]
        words |= {_bare(names[width][n]): n for width in ("abbreviated", "wide") for n in range(1, 13)}
    return words


def _bare(word: str) -> str:
    return word.lower().rstrip(".")


def one_of(words: dict[str, int]) -> str:
    """A pattern for any of the words, longest first."""
    return "|".join(re.escape(word).replace(r"\ ", r"\s+") for word in sorted(words, key=len, reverse=True))
