"""The personal identity number: known wherever it stands, so that it is never kept."""

import re
from datetime import date

# Skatteverket, SKV 704: YYMMDD-NNNN or YYYYMMDDNNNN, "+" for who is over a hundred; a coordination number has
# 60 added to the day; the last figure checks the nine before it (Luhn).
PATTERN = re.compile(r"(?<!\d)(18|19|20)?(\d{2})(\d{2})(\d{2})[-+]?\d{3}\d(?!\d)")
COORDINATION = 60
NEWEST = 2015  # the latest year of birth where no century is said
_BORN = re.compile(r"()(\d{2})(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])")


def without(said: str) -> str:
    """The text with every personal identity number taken out."""
    return PATTERN.sub(lambda found: "" if is_personal_number(found) else found[0], said)


def birth_year(said: str) -> int | None:
    """The year in a personal identity number or its first six figures.

    Without a century nobody is taken to be younger than ten or so.
    """
    found = PATTERN.fullmatch(said.strip()) or _BORN.fullmatch(said.strip())
    if found is None:
        return None
    if found[1]:
        return int(found[1] + found[2])
    return NEWEST - (NEWEST - int(found[2])) % 100 - (100 if "+" in said else 0)


def is_personal_number(found: re.Match[str]) -> bool:
    """True when the day exists and the last figure is right."""
    day = int(found[4])
    try:
        date(2000 + int(found[2]), int(found[3]), day - COORDINATION if day > COORDINATION else day)
    except ValueError:
        return False
    figures = [int(one) for one in found[0] if one.isdecimal()][-10:]
    doubled = [one * (2 - place % 2) for place, one in enumerate(figures)]
    return sum(one // 10 + one % 10 for one in doubled) % 10 == 0
