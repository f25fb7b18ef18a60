"""Which member each row of a list is about. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from db.import_members.problems import Problem, Reason
from db.import_members.rows import Row, person_keys
from db.register import Card, folded_email, folded_name, folded_number

Keeps = Callable[
    [int | None], bool
]  # whether the importer keeps that association's register; None: of no association


@dataclass(frozen=True, slots=True)
class Entry:
    """A row with the association that it names, by id."""

    row: Row
    association_id: int | None


Matched = tuple[Entry, Card | None]


def match(entries: Sequence[Entry], cards: Sequence[Card], keeps: Keeps) -> tuple[list[Matched], list[Problem]]:
    """Each row with its member (None: a new one), and the rows for which it cannot be told.

    By the number; else by name and e-mail; else by name and telephone. Two numbers are two people, whatever else
    is alike, and no member is found twice. A number alone, with nothing else alike, makes nobody somebody else.
    """
    found, problems = _by_number(entries, cards, keeps)
    taken = {card.id for card in found.values()}
    free = _by_person([one for one in cards if one.id not in taken and keeps(one.association_id)])
    unclear = {one.row for one in problems}
    matched: list[Matched] = []
    for entry in entries:
        row = entry.row
        if row.at in found:
            matched.append((entry, found[row.at]))
        elif row.at not in unclear:
            alike = _alike(row, free, taken)
            if len(alike) > 1:
                problems.append(Problem(row.at, Reason.AMBIGUOUS))
                continue
            taken.update(one.id for one in alike)
            matched.append((entry, alike[0] if alike else None))
    return matched, problems


def _by_number(
    entries: Sequence[Entry], cards: Sequence[Card], keeps: Keeps
) -> tuple[dict[int, Card], list[Problem]]:
    numbered = {folded_number(one.number): one for one in cards if one.number}
    known = {entry.row.at: numbered.get(entry.row.number_key) for entry in entries if entry.row.number}
    found = {at: card for at, card in known.items() if card and keeps(card.association_id)}
    problems = [Problem(at, Reason.ELSEWHERE) for at, card in known.items() if card and at not in found]
    for entry in entries:
        card = found.get(entry.row.at)
        if card and _is_another(entry.row, card):
            del found[entry.row.at]
            problems.append(Problem(entry.row.at, Reason.ANOTHER))
    return found, problems


def _is_another(row: Row, card: Card) -> bool:
    """True when name, e-mail and telephone all differ; without the last two, when no word of the name is alike."""
    said, known = (frozenset(folded_name(one.name).split()) for one in (row, card))
    theirs, ours = (_ways(one.email, one.phone) for one in (row, card))
    return said != known and not (theirs & ours if theirs and ours else said & known)


def _ways(email: str | None, phone: str | None) -> frozenset[str]:
    return frozenset(one for one in (email and folded_email(email), phone) if one)


def _by_person(cards: Sequence[Card]) -> dict[tuple[str, str], list[Card]]:
    found: dict[tuple[str, str], list[Card]] = {}
    for card in cards:
        for key in person_keys(card.name, card.email, card.phone):
            found.setdefault(key, []).append(card)
    return found


def _alike(row: Row, free: dict[tuple[str, str], list[Card]], taken: set[int]) -> list[Card]:
    """The members whom the row may be about, by the first key that knows any."""
    for key in row.person_keys:
        alike = [one for one in free.get(key, ()) if one.id not in taken and not (row.number and one.number)]
        if alike:
            return alike
    return []
