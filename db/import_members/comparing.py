"""A list beside the register: who is new, changed, gone or back, and which rows fit nowhere."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from chat.address import Platform
from db import associations, register, tombstones
from db.import_members.forgotten import known_or_new, not_forgotten
from db.import_members.matching import Entry, Keeps, Matched, match
from db.import_members.problems import Problem, Reason
from db.import_members.rows import Listing, Row
from db.installation import Installation
from db.keys import Keys
from db.models import Account, Member, MemberStatus
from db.register import Card, folded_name

MANY = 0.1  # of the members: to remove, rename, move or empty more than these asks
AT_ONCE = timedelta(days=7)  # what is removed in that time counts together
FIELDS = (
    "number", "name", "email", "phone", "address", "association", "joined_on", "paid_until", "born_year",
    "language",
)  # fmt: skip
NOWHERE = 0  # no association has that id
KEPT_WHEN_EMPTY = frozenset({"number", "language"})  # a list that leaves them out does not take them away


@dataclass(frozen=True, slots=True)
class Importer:
    """Who takes a list over. `home`: where those belong of whom the list names no association."""

    keeps: Keeps
    invented: bool = False
    home: int | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """A member about whom the list says something else in `fields`. `linked`: they have an account."""

    card: Card
    entry: Entry
    fields: tuple[str, ...]
    linked: bool

    @property
    def returns(self) -> bool:
        """True for a former member who stands in the list again."""
        return self.card.status == MemberStatus.FORMER.value

    @property
    def renames(self) -> bool:
        """True for another name, rather than one more of it or one fewer."""
        said, known = (set(folded_name(one.name).split()) for one in (self.entry.row, self.card))
        return "name" in self.fields and not (said <= known or known <= said)

    @property
    def moves(self) -> bool:
        """True for somebody of one association whom the list has in another."""
        return "association" in self.fields and self.card.association_id is not None

    @property
    def empties(self) -> frozenset[str]:
        """The fields of which the register knows something and the list nothing."""
        return frozenset(one for one in self.fields if getattr(self.entry.row, one) is None) - {"association"}


@dataclass(frozen=True, slots=True)
class Difference:
    """What taking the list over would change.

    Who is missing from it counts as gone in the associations that it names (`covers`; None: it names none, and is
    taken for the whole register). `active`: how many members there are where somebody may be gone; `left`: how
    many left there in the week before.
    """

    new: tuple[Entry, ...]
    changed: tuple[Change, ...]
    gone: tuple[Card, ...]
    unchanged: int
    forgotten: int  # rows of people who asked to be
    active: int
    left: int
    covers: tuple[str, ...] | None
    problems: tuple[Problem, ...]
    unread: tuple[str, ...] = ()  # the headings of columns that are none of ours

    @property
    def returned(self) -> int:
        """How many of the changed come back."""
        return sum(one.returns for one in self.changed)

    @property
    def renamed(self) -> int:
        """How many of the changed have another name."""
        return sum(one.renames for one in self.changed)

    @property
    def moved(self) -> int:
        """How many of the changed belong to another association."""
        return sum(one.moves for one in self.changed)

    @property
    def emptied(self) -> int:
        """How many of the changed lose something."""
        return sum(bool(one.empties) for one in self.changed)

    @property
    def known(self) -> int:
        """How many of the list's are in the register."""
        return self.unchanged + len(self.changed)

    @property
    def by_field(self) -> Mapping[str, tuple[int, int]]:
        """Of how many members each field differs, and in how many of these it is emptied."""
        changed = Counter(field for one in self.changed for field in one.fields)
        emptied = Counter(field for one in self.changed for field in one.empties)
        return {one: (changed[one], emptied[one]) for one in FIELDS if one in changed}

    @property
    def is_empty(self) -> bool:
        """True when there is nothing to take over."""
        return not (self.new or self.changed or self.gone)

    @property
    def removes_many(self) -> bool:
        """True when so many would be gone that it asks; a tenth once a day is many too."""
        return bool(self.gone) and len(self.gone) + self.left > (self.active + self.left) * MANY

    @property
    def renames_many(self) -> bool:
        """True when so many would have another name that it asks, as where a column has slipped; one is none."""
        return self.renamed > max(1, self.active * MANY)

    @property
    def moves_many(self) -> bool:
        """True when so many would be in another association that it asks."""
        return self.moved > max(1, self.known * MANY)

    @property
    def empties_many(self) -> bool:
        """True when so many would lose something that it asks, as where a column has come empty."""
        return self.emptied > max(1, self.known * MANY)

    @property
    def takes_two(self) -> bool:
        """True when one person alone does not take the list over."""
        return self.removes_many or self.renames_many or self.moves_many or self.empties_many


async def compare(
    session: AsyncSession, listing: Listing, by: Importer, *, keys: Keys, installation: Installation, now: datetime
) -> Difference:
    """The difference, as things are now."""
    stones = await tombstones.load(session, keys, installation.zone)
    rows = not_forgotten(stones, listing.rows)
    every = await associations.associations(session, invented=by.invented)
    entries = _entries(rows, {folded(one.name): one.id for one in every}, by)
    cards = await register.cards(session, invented=by.invented)
    found, unclear = match(entries, cards, by.keeps)
    matched = known_or_new(stones, found)
    covered = _covered(entries, listing.fields, by)
    counted = [one for one in cards if _counts(one, covered, by)]
    may_go = [one for one in counted if one.status == MemberStatus.ACTIVE.value]
    there = {card.id for _, card in matched if card}
    changed = [
        one for one in _changes(matched, listing.fields, await _linked(session)) if one.fields or one.returns
    ]
    return Difference(
        new=tuple(entry for entry, card in matched if card is None),
        changed=tuple(changed),
        gone=tuple(one for one in may_go if one.id not in there),
        unchanged=len(there) - len(changed),
        forgotten=len(listing.rows) - len(rows) + len(found) - len(matched),
        active=len(may_go),
        left=len(await _left(session, counted, now - AT_ONCE) - there),
        covers=None if covered is None else tuple(one.name for one in every if one.id in covered),
        problems=tuple(sorted((*listing.problems, *_misplaced(entries, by), *unclear), key=lambda one: one.row)),
        unread=listing.unread,
    )


def _entries(rows: Iterable[Row], named: Mapping[str, int], by: Importer) -> list[Entry]:
    return [
        Entry(row, named.get(folded(row.association), NOWHERE) if row.association else by.home) for row in rows
    ]


def folded(name: str) -> str:
    """An association's name as it is compared."""
    return " ".join(name.casefold().split())


def _misplaced(entries: Iterable[Entry], by: Importer) -> Iterable[Problem]:
    for entry in entries:
        about = entry.row.association or ""
        if entry.association_id == NOWHERE:
            yield Problem(entry.row.at, Reason.NO_ASSOCIATION, about=about)
        elif not by.keeps(entry.association_id):
            yield Problem(entry.row.at, Reason.NOT_YOURS, about=about)


def _covered(entries: Iterable[Entry], fields: frozenset[str], by: Importer) -> set[int | None] | None:
    """The associations that the list names; None: it names none at all."""
    if "association" not in fields and by.home is None:
        return None
    return {entry.association_id for entry in entries}


def _counts(card: Card, covered: set[int | None] | None, by: Importer) -> bool:
    """True for a member about whom the list says something by leaving them out."""
    return by.keeps(card.association_id) and (covered is None or card.association_id in covered)


async def _left(session: AsyncSession, cards: Iterable[Card], since: datetime) -> set[int]:
    """Who of these has left since."""
    left = await session.scalars(select(Member.id).where(Member.left_at > since))
    return set(left) & {one.id for one in cards}


async def _linked(session: AsyncSession) -> frozenset[int]:
    """The persons among the members who have an account."""
    query = select(Account.person_id).join(Member, Member.person_id == Account.person_id)
    query = query.where(Account.platform != Platform.EMAIL.value)  # that one carries codes only
    return frozenset(await session.scalars(query))


def _changes(matched: Iterable[Matched], fields: frozenset[str], linked: frozenset[int]) -> Iterable[Change]:
    for entry, card in matched:
        if card is not None:
            said = wanted(entry, fields, chooses_language=card.person_id in linked)
            now = values(card)
            differ = tuple(one for one in FIELDS if one in said and said[one] != now[one])
            yield Change(card, entry, differ, card.person_id in linked)


def wanted(entry: Entry, fields: frozenset[str], *, chooses_language: bool = False) -> Mapping[str, Any]:
    """What the row says of the member, by field; who has an account chooses the language there."""
    row = entry.row
    said = {one: getattr(row, one) for one in FIELDS if one in fields} | {"association": entry.association_id}
    if entry.association_id is None and "association" not in fields:
        del said["association"]
    if chooses_language:
        said.pop("language", None)
    return {one: value for one, value in said.items() if value is not None or one not in KEPT_WHEN_EMPTY}


def values(card: Card) -> Mapping[str, Any]:
    """What the register says of the member, by field."""
    return {one: getattr(card, one) for one in FIELDS} | {"association": card.association_id}
