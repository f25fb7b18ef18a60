"""Whom a tombstone keeps away, and whom not."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import delete, func, select

from chat.address import Address, Platform
from db import people, register, tombstones
from db.models import Member, Person, Tombstone
from tests import given
from tests.room import ADA, BEN, KEYS, NOW, STOCKHOLM, Someone

DAY = timedelta(days=1)
TODAY = NOW.date()
OF_PAGE = Someone("Prova", Address(Platform.TRY, "persona"))
STANDS = {"name": "Testa Provsdotter", "number": "M 17", "email": "testa@example.org", "phone": "+46701234567"}
NEW = {"number": "M 99", "email": "ny@example.org", "phone": "+46709999999"}


async def member(room, person_id, *, made_at=NOW, **stands):
    """The person stands in the register like that."""
    number, email, phone = (stands.get(one) for one in ("number", "email", "phone"))
    async with room.database.write() as session:
        row = Member(
            person_id=person_id,
            name=stands["name"],
            number=number,
            number_index=register.number_index(KEYS, number) if number else None,
            email_index=register.email_index(KEYS, email) if email else None,
            phone_index=register.phone_index(KEYS, phone) if phone else None,
            association_id=stands.get("association_id"),
            address=stands.get("address"),
            born_year=stands.get("born_year"),
            created_at=made_at,
            updated_at=made_at,
        )
        session.add(row)


async def raise_for(room, person_id, **how):
    """The person's tombstones are raised now."""
    async with room.database.write() as session:
        await tombstones.raise_for(session, KEYS, person_id, now=room.now, **how)


async def is_forgotten(room, *, joined_on=None, **row):
    """What an import is told of that row."""
    async with room.database.read() as session:
        found = await tombstones.load(session, KEYS, STOCKHOLM)
    return found.is_forgotten(**(STANDS | row), joined_on=joined_on)


async def returned(room):
    """Who was forgotten and is here again."""
    async with room.database.read() as session:
        return await tombstones.returned(session, KEYS)


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({}, True),
        ({**NEW, "number": "m17", "name": "Somebody Else"}, True),
        ({**NEW, "email": " Testa@Example.org"}, True),
        ({**NEW, "phone": "+46701234567", "name": "PROVSDOTTER, Testa"}, True),
        ({"number": None, "email": None, "name": "Testa Provsdotter"}, True),
        (
            {"number": "M 18", "name": "Hitta Provsdotter"},
            False,
        ),  # of the same family, with its e-mail and telephone
        ({"number": None, "name": "Hitta Provsdotter"}, False),
        (NEW, False),  # of the same name
        ({"number": None, "email": None, "phone": None}, False),
        ({"joined_on": TODAY - DAY}, True),
        ({"joined_on": TODAY}, True),
        ({"joined_on": TODAY + DAY}, False),  # joined again
    ],
)
async def test_an_import_knows_the_forgotten_again(room, row, expected):
    """However the row is written, and nobody else for them."""
    person_id = await given.person(room, ADA)
    await member(room, person_id, **STANDS)

    await raise_for(room, person_id)

    assert await is_forgotten(room, **row) is expected


ALIKE = {"association_id": 1, "address": "Storgatan 1\n83130 Provstad", "born_year": 1980}
UNLIKE = {"association_id": 2, "address": None, "born_year": None}


@pytest.mark.parametrize(
    ("had", "row", "expected"),
    [
        (None, {**UNLIKE, "association_id": 1}, True),
        (None, {**UNLIKE, "address": "storgatan 1, 83130 PROVSTAD"}, True),
        (None, {**UNLIKE, "born_year": 1980}, True),
        (None, UNLIKE, False),
        (None, {"name": "Hitta Provsdotter"}, False),
        (None, {"number": "M 17"}, True),
        ("M 17", {}, True),  # the list leaves the number out now
        ("M 17", {"number": "M 18"}, False),  # two numbers are two people
        (None, {"joined_on": TODAY + DAY}, False),
    ],
)
async def test_who_had_nothing_of_their_own_is_known_by_what_is_like_them(room, had, row, expected):
    """A name and an association is all that many lists say."""
    await given.association(room, "Provstad")
    person_id = await given.person(room, ADA)
    await member(room, person_id, name=STANDS["name"], number=had, **ALIKE)

    await raise_for(room, person_id)

    async with room.database.read() as session:
        found = await tombstones.load(session, KEYS, STOCKHOLM)
    said = {"name": STANDS["name"], "number": None, "joined_on": None}
    assert found.is_like_forgotten(**(said | ALIKE | row)) is expected


async def test_the_day_is_the_one_on_the_wall(room):
    """Half past midnight in Stockholm is the evening before in UTC."""
    person_id = await given.person(room, ADA)
    await member(room, person_id, **STANDS)
    room.now = NOW.replace(hour=23, minute=30)

    await raise_for(room, person_id)

    assert await is_forgotten(room, joined_on=TODAY + DAY)
    assert not await is_forgotten(room, joined_on=TODAY + 2 * DAY)


async def test_who_only_left_may_come_back_with_the_next_list(room):
    """A fee paid late is no new membership: the list keeps the day they joined."""
    person_id = await given.person(room, ADA)
    await member(room, person_id, **STANDS)

    await raise_for(room, person_id, may_return=True)

    assert not await is_forgotten(room, joined_on=date(2001, 1, 1))
    assert await returned(room) == {person_id: NOW}


async def test_a_restore_finds_whoever_was_forgotten_by_each_of_their_tombstones(room):
    """In the older copy they may have been two persons, without a number, with another telephone."""
    ada = await given.person(room, ADA)
    await member(room, ada, **STANDS)
    await member(room, await given.person(room, BEN), **NEW, name="Hitta Provsdotter")
    await raise_for(room, ada)
    async with room.database.write() as session:
        raised = dict((await session.execute(select(Tombstone.index, Tombstone.at))).all())

    found = []
    for one, at in raised.items():
        async with room.database.write() as session:
            await session.execute(delete(Tombstone))
            await tombstones.put(session, {one: at})
        found.append(await returned(room))
    assert sorted(found, key=len) == [{}, *[{ada: NOW}] * 5]  # by what others may have too, nobody


async def test_who_came_anew_is_not_forgotten_by_a_restore(room):
    """They were welcome: with the same account, in the same list."""
    ada = await given.person(room, ADA)
    await member(room, ada, **STANDS)
    await raise_for(room, ada)
    async with room.database.write() as session:
        await session.delete(await session.get(Person, ada))
    room.passes(DAY)

    async with room.database.write() as session:
        new = await people.add_person(session, KEYS, ADA.address, language="sv", invented=False, now=room.now)
    await member(room, new.id, made_at=room.now, **STANDS)

    assert await returned(room) == {}


async def test_the_later_of_two_tombstones_stays(room):
    """What a restore carries over does not move a day."""
    async with room.database.write() as session:
        await tombstones.put(session, {b"a": NOW, b"b": NOW})
        await tombstones.put(session, {b"a": NOW - DAY, b"b": NOW + DAY})

        assert dict((await session.execute(select(Tombstone.index, Tombstone.at))).all()) == {
            b"a": NOW,
            b"b": NOW + DAY,
        }


async def test_personas_of_the_page_leave_no_tombstone(room):
    """They never meet real people, forgotten ones either."""
    await raise_for(room, await given.person(room, OF_PAGE))

    async with room.database.read() as session:
        assert await session.scalar(select(func.count()).select_from(Tombstone)) == 0
