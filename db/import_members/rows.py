"""The rows of a list, as they are compared and as they wait to be taken over."""

import json
from dataclasses import dataclass
from datetime import date
from typing import Any

from db.import_members.problems import Problem
from db.register import folded_email, folded_name, folded_number

WAITING = "import_members"  # the form of the draft in which a list waits: a day, or for a second person's yes
CHANGING = "members.change"  # the form of the draft in which one member's details are changed
DAYS = ("joined_on", "paid_until")


@dataclass(frozen=True, slots=True)
class Row:
    """A member as the list has them. `at`: the row in the file; `association` is a name; `phone` is E.164."""

    at: int
    name: str
    number: str | None = None
    email: str | None = None
    phone: str | None = None
    address: str | None = None
    association: str | None = None
    joined_on: date | None = None
    paid_until: date | None = None
    born_year: int | None = None
    language: str | None = None

    @property
    def number_key(self) -> str:
        """By what the number is known again, however it is written."""
        return folded_number(self.number or "")

    @property
    def person_keys(self) -> tuple[tuple[str, str], ...]:
        """By what the person is known again without a number: the name with the e-mail, and with the telephone.

        Never by one of them alone: families share them.
        """
        return person_keys(self.name, self.email, self.phone)


@dataclass(frozen=True, slots=True)
class Listing:
    """A whole list. `fields` are those that it has columns for: of the others it says nothing.

    `unread`: the headings of columns that are none of ours.
    """

    fields: frozenset[str]
    rows: tuple[Row, ...]
    problems: tuple[Problem, ...] = ()
    unread: tuple[str, ...] = ()


def person_keys(name: str, email: str | None, phone: str | None) -> tuple[tuple[str, str], ...]:
    """The name with the e-mail address, and with the telephone; what is missing gives none."""
    who = folded_name(name)
    return tuple((who, one) for one in (email and folded_email(email), phone) if one)


def to_json(listing: Listing) -> str:
    """The list as it waits. It has no problems, else it would not."""
    rows = [[_said(getattr(row, one)) for one in Row.__slots__] for row in listing.rows]
    said = {"fields": sorted(listing.fields), "rows": rows, "unread": listing.unread}
    return json.dumps(said, ensure_ascii=False, separators=(",", ":"))


def _said(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def from_json(kept: str) -> Listing:
    """The list that `to_json` kept."""
    found = json.loads(kept)
    rows = tuple(_row(values) for values in found["rows"])
    return Listing(frozenset(found["fields"]), rows, unread=tuple(found["unread"]))


def _row(values: list[Any]) -> Row:
    given = dict(zip(Row.__slots__, values, strict=True))
    return Row(**given | {day: given[day] and date.fromisoformat(given[day]) for day in DAYS})
