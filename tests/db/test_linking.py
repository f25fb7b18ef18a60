"""Two persons become one: nothing of either is lost, whatever tables there are."""

from __future__ import annotations

import asyncio
import math
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Column, event, func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.util import await_only

from chat.message import Button, Reply
from db import codes, linking, merging, people
from db.linking import MOST_A_DAY, TYPED
from db.models import Delivery, Draft, Insider, Member, Person, Post, Role, Signup
from tests import everything, given
from tests.handlers.linked import code_for, is_linked, member
from tests.room import ADA, BEN, CEM, KEYS, NOW, Room, Someone, room_on, text


async def test_whatever_is_the_guests_becomes_the_persons(room):
    """A table added next year is among these by itself."""
    async with room.database.write() as session:
        for number in range(2):
            for table in everything.TABLES:
                await session.execute(insert(table).values(await everything.row_of(session, table, number)))
        columns = [one for one in merging.references() if one.table.name != Member.__tablename__]
        assert len(columns) > 10
        for number, column in enumerate(columns, 7):
            await _is_moved(session, column, number)


async def _is_moved(session: AsyncSession, column: Column[Any], number: int) -> None:
    guest, person = Person(language="sv", created_at=NOW), Person(language="sv", created_at=NOW)
    session.add_all([guest, person])
    await session.flush()
    values = await everything.row_of(session, column.table, 2 * number + 1)
    await session.execute(insert(column.table).values(values | {column.name: guest.id}))
    rows = select(func.count()).select_from(column.table)
    before = await session.scalar(rows)

    await merging.merge(session, guest.id, person.id, now=NOW)

    assert await session.scalar(rows.where(column == person.id)) == 1, column
    assert await session.scalar(rows) == before, column
    assert await session.scalar(select(Person.id).where(Person.id == guest.id)) is None, column


async def _two(room: Room) -> tuple[int, int]:
    return await given.person(room, ADA), await given.person(room, BEN)


async def test_of_two_rows_that_cannot_both_stand_one_does(room):
    """The later answer, the message that came furthest, the draft that was touched last; else the person's own."""
    guest, person = await _two(room)
    home = await given.association(room, "Provstad")
    meeting = await given.activity(room, "Möte", home, "2026-11-24 18:30")
    async with room.database.write() as session:
        post = Post(key="x", kind="call", private="{}", group="{}", priority=1, created_at=NOW)
        session.add(post)
        await session.flush()
        for who, hours, answer, state in ((guest, 1, "coming", "sent"), (person, 0, "no", "ready")):
            at = NOW + timedelta(hours=hours)
            session.add_all([
                Signup(activity_id=meeting, person_id=who, answer=answer, name="x", answered_at=at),
                Delivery(post_id=post.id, person_id=who, lane="telegram", priority=1, state=state, not_before=at),
                Draft(person_id=who, form="call", argument="", style="steps", data=f"{hours}", expires_at=at),
                Insider(person_id=who, association_id=home, confirmed_at=at),
            ])  # fmt: skip

    async with room.database.write() as session:
        await merging.merge(session, guest, person, now=NOW)

    async with room.database.read() as session:
        assert (await session.execute(select(Signup.person_id, Signup.answer))).all() == [(person, "coming")]
        assert (await session.execute(select(Delivery.person_id, Delivery.state))).all() == [(person, "sent")]
        assert (await session.execute(select(Draft.person_id, Draft.data))).all() == [(person, "1")]
        assert (await session.execute(select(Insider.person_id, Insider.confirmed_at))).all() == [(person, NOW)]


async def test_a_member_is_not_merged_into_another(room):
    """Two members are two people: only an account can go from one to the other."""
    await member(room)
    await member(room, "Prova", email=None)
    async with room.database.write() as session:
        one, other = await session.scalars(select(Member.person_id))
        with pytest.raises(ValueError, match="not merged"):
            await merging.merge(session, one, other, now=NOW)


async def test_numbers_that_are_no_references_follow_and_posts_are_found(room):
    """Who granted a role, and what organisers were told of the guest, are the person's now."""
    guest, person = await _two(room)
    async with room.database.write() as session:
        session.add(Role(person_id=person, role="host", name="x", granted_by=guest, granted_at=NOW))
        for who in (guest, person):
            key = f"insider:{who}:1:2026-11-22"
            session.add(Post(key=key, kind="personal", private="{}", group="{}", priority=1, created_at=NOW))

    async with room.database.write() as session:
        await merging.merge(session, guest, person, now=NOW)

    async with room.database.read() as session:
        assert (await session.scalars(select(Role.granted_by))).all() == [person]
        told = (await session.scalars(select(Post.key).order_by(Post.key))).all()
        assert told == [f"insider:{person}:1:2026-11-22", f"insider:{person}:1:2026-11-22:{guest}"]


async def _crowd(room: Room, most: int = 50) -> list[Someone]:
    crowd = [Someone(f"N{n}", ADA.address.__class__(ADA.address.platform, f"77{n}")) for n in range(most)]
    for one in crowd:
        await given.person(room, one)
    return crowd


async def _race(room: Room) -> None:
    """Fifty who hold one code press at the same moment."""
    testa = await member(room)
    crowd, code = await _crowd(room), await code_for(room, testa)
    yes = Button("x", "linking.yes", f"{code}:{testa}")

    answers = await asyncio.gather(*(room.presses(yes, by=one) for one in crowd))

    told = [text(answer) for answer in answers]
    assert sum(answer.startswith("Fint!") for answer in told) == 1
    assert told.count("Den koden gäller inte.") == 49
    assert [await is_linked(room, one, testa) for one in crowd].count(True) == 1


async def test_of_fifty_who_use_a_code_at_once_one_is_linked(room):
    """A single-use code is used a single time."""
    await _race(room)


@pytest.mark.postgres
async def test_of_fifty_on_postgresql_one_is_linked(on_postgres):
    """There they really are at once."""
    async with room_on(on_postgres) as room:
        await _race(room)


@pytest.mark.postgres
async def test_of_many_codes_for_one_member_one_is_used(on_postgres):
    """Who presses later finds theirs burnt, and nobody waits for another who waits for them."""
    async with room_on(on_postgres) as room:
        testa, crowd = await member(room), await _crowd(room, 20)
        buttons = [Button("x", "linking.yes", f"{await code_for(room, testa)}:{testa}") for _ in crowd]

        answers = await asyncio.gather(
            *(room.presses(yes, by=one) for yes, one in zip(buttons, crowd, strict=True))
        )

        told = [text(answer) for answer in answers]
        assert sum(answer.startswith("Fint!") for answer in told) == 1
        assert told.count("Den koden gäller inte.") == len(crowd) - 1


@pytest.mark.postgres
async def test_an_answer_given_while_persons_become_one_is_not_lost(on_postgres):
    """It waits, and is then refused with a word: never taken, and gone with the guest."""
    async with room_on(on_postgres) as room:
        guest, person = await _two(room)
        home = await given.association(room, "Provstad")
        meeting = await given.activity(room, "Möte", home, "2026-11-24 18:30")
        answer = Button("x", "signup.answer", f"{meeting}:coming")
        pressed: list[asyncio.Task[Reply]] = []

        def in_the_last_moment(connection, cursor, statement: str, *_: object) -> None:
            if statement.startswith("DELETE FROM person"):
                pressed.append(asyncio.create_task(room.presses(answer, by=ADA)))
                await_only(asyncio.sleep(0.5))

        event.listen(on_postgres.engine.sync_engine, "before_cursor_execute", in_the_last_moment)
        async with room.database.write() as session:
            await merging.merge(session, guest, person, now=NOW)
        (pressing,) = pressed

        assert "kunde inte spara" in text(await pressing)
        assert "Du är anmäld" in text(await room.presses(answer, by=ADA))


def test_guessing_is_hopeless():
    """A link has 128 bits; digits have five tries a code, and three codes a day for each asker and member."""
    link = 2.0 ** (8 * codes.LONG_BYTES)
    guesses_a_second, year = 1000, 365 * 24 * 3600.0
    chance_of_link = 20_000 * guesses_a_second * year / link  # with every member's code open for a year
    tries_a_day = codes.MOST_TRIES * MOST_A_DAY
    chance_of_digits = 1 - math.pow(1 - 1 / 10**codes.DIGITS, tries_a_day * 365)  # against one member, for a year

    assert chance_of_link < 1e-20
    assert chance_of_digits < 1e-4


async def test_the_digits_are_the_askers_alone(room):
    """Read over a shoulder they are worth nothing to anybody else, and five wrong tries end them."""
    testa = await member(room)
    ada, cem = await given.person(room, ADA), await given.person(room, CEM)
    async with room.database.write() as session:
        _, digits = await codes.new_digits(
            session, KEYS, TYPED, argument=str(testa), person_id=ada, valid=timedelta(minutes=10), now=NOW
        )

        async def valid(person_id: int, typed: str = digits) -> bool:
            return bool(await linking.offered(session, KEYS, typed, person_id=person_id, now=NOW))

        assert await valid(ada)
        assert await valid(ada, f" {digits[:4]} {digits[4:]}")
        assert not await valid(cem)
        for _ in range(codes.MOST_TRIES - 1):
            await codes.miss(session, TYPED, person_id=ada, now=NOW)
        assert await valid(ada)
        await codes.miss(session, TYPED, person_id=ada, now=NOW)
        assert not await valid(ada)
        assert await people.get_person(session, KEYS, ADA.address) is not None
