"""Tombstones: who was forgotten is not brought back, neither by an import nor by a restore.

A tombstone is a blind index and a moment. It has a label of its own, so that it matches nothing else in the
database, and nobody can tell from it who it was without the key and a guess. Families share e-mail addresses and
telephones: these count together with the name. So do the association, the postal address and the year of birth,
which others of that name may have too: they keep away nobody who stands in the register or has another number.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from db.keys import Keys
from db.models import Account, Member, Person, Tombstone
from db.register import email_index, folded_name, number_index, phone_index
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
        return self._keep_away(_of_member(self.keys, name, stored), joined_on)

    def is_like_forgotten(
        self,
        *,
        name: str,
        number: str | None,
        association_id: int | None,
        address: str | None,
        born_year: int | None,
        joined_on: date | None,
    ) -> bool:
        """True when a row about nobody in the register is like such a one, though nothing tells for sure.

        Two numbers are two people: a row with a number is only like those who had none.
        """
        what = _Likeness(association_id, address, born_year)
        numbered = (False,) if number else (False, True)
        known = [one for had in numbered for one in _like_member(self.keys, name, what, numbered=had)]
        return self._keep_away(known, joined_on)

    def _keep_away(self, known: Iterable[bytes], joined_on: date | None) -> bool:
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
    raised = {one.index: now for one in known if not (may_return and one.in_lists)}
    if not may_return:
        raised |= dict.fromkeys(await _like(session, keys, person_id), now)
    await put(session, raised)


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
    who = folded_name(name)
    labels = {"number": "", "email": who, "phone": who}
    return [
        _index(keys, label, one.hex(), labels[label]) for label, one in zip(labels, stored, strict=True) if one
    ]


@dataclass(frozen=True, slots=True)
class _Likeness:
    """What a member shares with others, who seldom have the same name as well."""

    association_id: int | None
    address: str | None
    born_year: int | None


async def _like(session: AsyncSession, keys: Keys, person_id: int) -> list[bytes]:
    """By what a real member may be known again, when a list says nothing of their own any more."""
    stands = select(Member.name, Member.number_index, Member.association_id, Member.address, Member.born_year)
    mine = (Member.person_id == person_id, Person.invented.is_(False))
    return [
        one
        for name, number, home, address, born in await session.execute(stands.join(Person).where(*mine))
        for one in _like_member(keys, name, _Likeness(home, address, born), numbered=number is not None)
    ]


def _like_member(keys: Keys, name: str, what: _Likeness, *, numbered: bool) -> list[bytes]:
    address = " ".join(re.findall(r"\w+", unicodedata.normalize("NFC", what.address or "").casefold()))
    labels = {
        "association": str(what.association_id),
        "address": address,
        "born_year": str(what.born_year or ""),
    }
    had = "numbered" if numbered else ""
    return [_index(keys, label, said, folded_name(name), had) for label, said in labels.items() if said]


def _index(keys: Keys, label: str, *parts: str) -> bytes:
    return keys.blind_index("tombstone", label, *parts)
