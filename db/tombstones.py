"""Tombstones: who was forgotten is not brought back, neither by an import nor by a restore.

A tombstone is a blind index and a moment. It has a label of its own, so that it matches nothing else in the
database, and nobody can tell from it who it was without the key and a guess. Families share e-mail addresses and
telephones: these count together with the name.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from db.keys import Keys
from db.models import Account, Member, Person, Tombstone
from db.register import email_index, number_index, phone_index
from db.session import insert


@dataclass(frozen=True, slots=True)
class Tombstones:
    """All there are: when each was raised, by blind index."""

    raised_at: Mapping[bytes, datetime]
    keys: Keys
    zone: ZoneInfo

    def is_forgotten(
        self, *, name: str, number: str | None, email: str | None, phone: str | None, joined_on: date | None
    ) -> bool:
        """True when that row of a list is of somebody who was forgotten and has not joined again after that day.

        `phone` is E.164.
        """
        stored = (
            number_index(self.keys, number) if number else None,
            email_index(self.keys, email) if email else None,
            phone_index(self.keys, phone) if phone else None,
        )
        known = _of_member(self.keys, name, stored)
        days = [self.raised_at[one].astimezone(self.zone).date() for one in known if one in self.raised_at]
        return bool(days) and (joined_on is None or joined_on <= max(days))


async def load(session: AsyncSession, keys: Keys, zone: ZoneInfo) -> Tombstones:
    """All there are, for an import to ask row by row."""
    return Tombstones(await _raised(session), keys, zone)


async def raise_for(
    session: AsyncSession, keys: Keys, person_id: int, *, now: datetime, may_return: bool = False
) -> None:
    """Before the person is erased, in the same transaction; personas of the try-out page have none.

    `may_return`: with the next list in which they stand, for they only left and never asked to be forgotten.
    """
    known = await _known(session, keys, person_id)
    await put(session, {one.index: now for one in known if not (may_return and one.in_lists)})


async def put(session: AsyncSession, raised_at: Mapping[bytes, datetime]) -> None:
    """These stand as well; of two for the same the later one stays."""
    if raised_at:
        query = insert(session, Tombstone.__table__)
        query = query.on_conflict_do_update(
            index_elements=["blind_index"], set_={"at": query.excluded.at}, where=query.excluded.at > Tombstone.at
        )
        await session.execute(query, [{"blind_index": index, "at": at} for index, at in raised_at.items()])


async def returned(session: AsyncSession, keys: Keys) -> dict[int, datetime]:
    """The persons who were forgotten, and when, and are here all the same, as after a restore.

    Not among them is who came anew since.
    """
    raised = await _raised(session)
    found: dict[int, datetime] = {}
    for one in await _known(session, keys) if raised else ():
        at = raised.get(one.index)
        if at is not None and one.made_at <= at:
            found[one.person_id] = max(at, found.get(one.person_id, at))
    return found


async def _raised(session: AsyncSession) -> dict[bytes, datetime]:
    rows = await session.execute(select(Tombstone.index, Tombstone.at))
    return {row[0]: row[1] for row in rows}


@dataclass(frozen=True, slots=True)
class _Known:
    """By this somebody can be known again, as of a row made then. `in_lists`: in a list that is imported."""

    index: bytes
    person_id: int
    made_at: datetime
    in_lists: bool = False


async def _known(session: AsyncSession, keys: Keys, person_id: int | None = None) -> list[_Known]:
    """Everything by which real persons (None: all, else that one) can be known again."""
    which = (
        [Person.invented.is_(False)] if person_id is None else [Person.invented.is_(False), Person.id == person_id]
    )
    persons = await session.execute(select(Person.id, Person.created_at).where(*which))
    found = [_Known(_index(keys, "person", str(row.id)), row.id, row.created_at) for row in persons]
    columns = (Account.person_id, Account.address_index, Account.created_at)
    accounts = await session.execute(select(*columns).join(Person).where(*which))
    found += [_Known(_index(keys, "account", one.hex()), whose, made_at) for whose, one, made_at in accounts]
    stands = (Member.name, Member.number_index, Member.email_index, Member.phone_index)
    members = await session.execute(
        select(Member.person_id, Member.created_at, *stands).join(Person).where(*which)
    )
    for whose, made_at, name, *stored in members:
        found += [_Known(one, whose, made_at, in_lists=True) for one in _of_member(keys, name, stored)]
    return found


def _of_member(keys: Keys, name: str, stored: Sequence[bytes | None]) -> list[bytes]:
    """By what a member can be known again; `stored`: the register's blind indexes of number, e-mail and phone."""
    who = " ".join(sorted(re.findall(r"\w+", unicodedata.normalize("NFC", name).casefold())))
    labels = {"number": "", "email": who, "phone": who}
    return [
        _index(keys, label, one.hex(), labels[label]) for label, one in zip(labels, stored, strict=True) if one
    ]


def _index(keys: Keys, label: str, *parts: str) -> bytes:
    return keys.blind_index("tombstone", label, *parts)
