"""Who asked to be forgotten does not come back with a list."""

from collections.abc import Sequence

from db.import_members.matching import Entry, Matched
from db.import_members.rows import Row
from db.tombstones import Tombstones


def not_forgotten(stones: Tombstones, rows: Sequence[Row]) -> Sequence[Row]:
    """The rows without those of people who asked to be forgotten and have not joined again since."""
    if not stones.raised_at:
        return rows
    return [
        row
        for row in rows
        if not stones.is_forgotten(
            name=row.name, number=row.number, email=row.email, phone=row.phone, joined_on=row.joined_on
        )
    ]


def known_or_new(stones: Tombstones, matched: Sequence[Matched]) -> Sequence[Matched]:
    """The same without new ones who are like somebody who asked to be forgotten: a row may give nothing surer."""
    if not stones.raised_at:
        return matched
    return [(entry, card) for entry, card in matched if card or not _is_like_forgotten(stones, entry)]


def _is_like_forgotten(stones: Tombstones, entry: Entry) -> bool:
    row = entry.row
    return stones.is_like_forgotten(
        name=row.name,
        number=row.number,
        association_id=entry.association_id,
        address=row.address,
        born_year=row.born_year,
        joined_on=row.joined_on,
    )
