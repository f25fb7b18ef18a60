"""The same code on PostgreSQL: tables, dialogues, the outbox."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy import text as text_of

from db import held, progress, reminders
from db.models import Delivery, Signup
from db.outbox import Quiet
from schedules import reminders as schedule
from tests import given
from tests.db.test_migrations import differences
from tests.handlers.holding import asked, deliveries, held_digest
from tests.room import ADA, BEN, STOCKHOLM, room_on, text
from tests.schedules.ticking import tick

QUIET = Quiet(STOCKHOLM, "21-08")
SATURDAY = "2026-11-28 14:00"

pytestmark = pytest.mark.postgres


async def test_the_migrations_make_the_same_tables_on_postgresql(on_postgres):
    """Who outgrows one machine must not find the code was for SQLite only."""
    async with on_postgres.engine.connect() as connection:
        assert await connection.run_sync(differences) == []


async def test_a_call_is_published_and_answered_on_postgresql(on_postgres):
    """Form, publication, fan-out and sign-up: the statements that differ most between the two."""
    async with room_on(on_postgres) as room:
        exempelby = await given.association(room, "Exempelby")
        await given.organiser(room, ADA, of=exempelby)
        asked = await room.says("/start", by=BEN)
        await room.presses(asked, "Ja, skriv hit", by=BEN)

        who = await room.presses(
            await room.says("/kallelse\nÖppet möte\nlördag 28/11 kl 14\nTorget\nVälkomna!", by=ADA), "Alla", by=ADA
        )
        preview = await room.presses(who, "Exempelby", by=ADA)
        await room.presses(preview, "Publicera", by=ADA)
        await room.presses(preview, "Publicera", by=ADA)
        week = await room.says("/vecka", by=BEN)
        card = await room.presses(week, "Öppet möte", by=BEN)
        answer = await room.presses(card, "Jag kommer", by=BEN)

        assert "privat till 1" in text(preview)
        assert "Du är anmäld" in text(answer)
        async with on_postgres.read() as session:
            assert await session.scalar(select(func.count()).select_from(Signup)) == 1
            # one private copy, and the organiser's own progress
            assert await session.scalar(select(func.count()).select_from(Delivery)) == 2


@pytest.mark.parametrize("rules", ["C", "sv-x-icu", "en-x-icu"])
@pytest.mark.parametrize("of", [progress, held])
async def test_keys_are_found_by_their_prefix_however_the_database_sorts(on_postgres, rules, of):
    """A district's database is made with its language's rules, where a semicolon stands before a colon."""
    sorted_so = text_of(f'SELECT CAST(:key AS text) COLLATE "{rules}" BETWEEN :prefix AND :after')
    async with on_postgres.read() as session:
        found = {
            key: await session.scalar(sorted_so, {"key": key, "prefix": of.PREFIX, "after": of.AFTER})
            for key in (f"{of.PREFIX}7", f"{of.PREFIX}123:1", "call:7", "reminder:7:two_hours:1")
        }

    assert list(found.values()) == [True, True, False, False]


async def test_held_messages_are_asked_about_and_sent_on_postgresql(on_postgres):
    """Grouping, filtered counts and the comparison with nothing at all, as the other database has them."""
    async with room_on(on_postgres) as room:
        exempelby = await given.association(room, "Exempelby")
        await given.organiser(room, ADA, of=exempelby)
        post_id = await held_digest(room, exempelby)
        async with room.database.read() as session:
            flow = await progress.flow(session, post_id, now=room.now)

        (question,) = await asked(room, ADA)
        await room.presses(question, "Skicka ändå", by=ADA)

        assert flow.held == 2
        assert [one.state for one in await deliveries(room, post_id)] == ["ready", "ready"]
        assert await asked(room, ADA) == []


async def test_reminders_are_planned_swept_and_said_anew_on_postgresql(on_postgres):
    """The sweep is a few statements over many activities: they differ between the two."""
    async with room_on(on_postgres) as room:
        march = await given.activity(room, "Demonstration", await given.association(room, "Exempelby"), SATURDAY)
        await given.signup(room, ADA, march)
        async with on_postgres.write() as session:
            planned = await reminders.plan(session, march, now=room.now, quiet=QUIET)
            again = await reminders.plan(session, march, now=room.now, quiet=QUIET)

        await tick(room, schedule.run, after=planned["day_before"] - room.now)
        await tick(room, schedule.run, after=timedelta(hours=6, minutes=1))
        last = await tick(room, schedule.run, after=planned["two_hours"] - room.now)

        words = [message.text.split(":")[0] for message in await given.waiting(room, to=ADA)]
        assert (again, last) == (planned, None)
        assert words == ["<b>I morgon", "<b>I dag", "<b>I dag"]
