"""Who asked to be forgotten does not come back with a list."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from db import drafts
from db.import_members.matching import Entry, Matched
from db.import_members.rows import WAITING, Row, from_json
from db.models import Person
from db.register import Card, folded_email, folded_name, folded_number
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


async def drop_lists_with(session: AsyncSession, card: Card) -> None:
    """No list waits to be taken over in which that member may stand: it has to be sent again."""
    person = await session.get_one(Person, card.person_id)
    for draft in await drafts.of_form(session, WAITING, invented=person.invented):
        if any(_may_be(row, card) for row in from_json(draft.answers["list"]).rows):
            await drafts.discard(session, draft.id)


def _may_be(row: Row, card: Card) -> bool:
    alike = (
        bool(card.number) and row.number_key == folded_number(card.number or ""),
        bool(card.email) and folded_email(row.email or "") == folded_email(card.email or ""),
        bool(card.phone) and row.phone == card.phone,
    )
    return any(alike) or folded_name(row.name) == folded_name(card.name)
