"""Short reads in the loop: the driver itself gives what SQLAlchemy would give."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.exc import DBAPIError

from db import agenda, chats, copies, deliveries, people, reminders
from db.agenda import Viewer
from db.models import Level
from db.session import Database
from tests import given
from tests.room import ADA, BEN, GROUP, KEYS, NOW

END = datetime(2026, 11, 29, 19, tzinfo=UTC)  # of the course


async def published(room):
    """A call that waits for Ben, has its reminders, and is followed by something that has an end."""
    exempelby = await given.association(room, "Exempelby")
    await given.organiser(room, ADA, of=exempelby)
    await given.bound_chat(room, association_id=exempelby, level=Level.INTERNAL)
    await room.presses(await room.says("/start", by=BEN), "Ja, skriv hit", by=BEN)
    who = await room.presses(
        await room.says("/kallelse\nÖppet möte\nlördag 28/11 kl 14\nTorget\nVälkomna!", by=ADA), "Alla", by=ADA
    )
    await room.presses(await room.presses(who, "Exempelby", by=ADA), "Publicera", by=ADA)
    evening = await given.activity(room, "Kvällskurs", exempelby, "2026-11-29 18:00", is_open=False, hours=2)
    await given.signup(room, BEN, evening)


async def what_is_asked_most(session):
    """What the prepared statements find, one after the other."""
    ben = await people.get_person(session, KEYS, BEN.address)
    assert ben is not None
    viewer, until = Viewer(invented=False, person_id=ben.id, account_id=ben.account_id), NOW + timedelta(days=30)
    return {
        "persons": (ben, await people.get_person(session, KEYS, ADA.address)),
        "chat": await chats.get_chat(session, KEYS, GROUP.address),
        "agenda": await agenda.entries(session, viewer, now=NOW, since=NOW, until=until),
        "over": await agenda.entries(session, viewer, now=END, since=END, until=until),
        "due": await deliveries.due(session, BEN.address.platform.value),
        "due persons": await deliveries.due(session, BEN.address.platform.value, chats=False),
        "stale": await copies.stale_posts(session),
        "reminder": await reminders.next_due(session),
    }


async def test_a_glance_finds_what_an_ordinary_session_finds(room):
    """Moments, truths and nothing at all are stored in other forms than they are read in."""
    await published(room)

    async with room.database.read() as session:
        ordinary = await what_is_asked_most(session)
    async with room.database.glance() as session:
        glanced = await what_is_asked_most(session)

    assert glanced == ordinary
    assert all(glanced[name] for name in ("persons", "chat", "agenda", "due", "due persons", "reminder"))
    assert [entry.ends_at for entry in glanced["agenda"]] == [None, END]
    assert glanced["over"] == []


async def test_a_glance_sees_what_was_committed_just_before(room):
    """Who was just granted a right has it at the next press."""
    async with room.database.glance() as session:
        before = await people.get_person(session, KEYS, ADA.address)
        await given.person(room, ADA)
        after = await people.get_person(session, KEYS, ADA.address)

    assert before is None
    assert after is not None


async def test_a_glance_that_fails_tells_no_values(tmp_path):
    """An error of the driver is met where every error of the database is, and carries nobody's words."""
    empty = Database(f"sqlite+aiosqlite:///{tmp_path / 'empty.db'}")

    async with empty.glance() as session:
        with pytest.raises(DBAPIError) as caught:
            await agenda.entries(
                session, Viewer(invented=False), now=NOW, since=NOW, until=NOW, kind="hemligheten"
            )
    await empty.close()

    assert "no such table" in str(caught.value)
    assert "hemligheten" not in str(caught.value)
