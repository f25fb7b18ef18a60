"""HOLD: nothing goes out while it is in force; and what a restored database does not do by itself."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from db import arrivals, codes, copies, deliveries, hold, outbox, reminders, restored
from db.installation import get_setting
from db.models import Arrival, Code, Delivery, PostKind, Priority, Reminder
from db.restored import SKIPPED
from tests.bot.outbox_world import World, said
from tests.room import KEYS, NOW, STOCKHOLM, open_room

HOUR = timedelta(hours=1)


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """An empty outbox."""
    async with open_room(tmp_path) as room:
        yield World(room.database)


async def begin(world: World) -> None:
    """The operator has said hold."""
    await world.does(lambda session: hold.begin(session, now=world.now))


async def release(world: World) -> None:
    """The operator has said release."""
    await world.does(lambda session: hold.end(session, now=world.now, zone=STOCKHOLM))


async def settle(world: World) -> None:
    """The database was restored from a backup of a day ago."""
    await world.does(lambda session: restored.settle(session, now=world.now, backup_at=world.now - 24 * HOUR))


async def claimable(world: World) -> list[int]:
    """What could be claimed now."""
    async with world.database.write() as session:
        return await deliveries.claim(session, "telegram", 1, now=world.now, most=99, owner="main")


async def test_on_hold_nothing_waits_to_be_sent_or_edited_and_no_reminder_is_due(world):
    """Whoever looks what is to be done, in whatever process, finds nothing."""
    activity = await world.activity(starts_in=HOUR)
    await world.person(1)
    post = await world.post(activity_id=activity)
    await world.does(lambda session: outbox.revise(session, [post], private={"sv": said("Ny tid")}))
    async with world.database.write() as session:
        session.add(Reminder(activity_id=activity, rule="two_hours", version=1, due_at=world.now - HOUR))

    async def found() -> list[int]:
        async with world.database.glance() as session:
            due = await deliveries.due(session, "telegram")
            swept = await reminders.due(session, now=world.now)
            return [len(due), len(await copies.stale_posts(session)), len(swept)]

    before = await found()
    await begin(world)
    held, claimed = await found(), await claimable(world)
    await release(world)

    assert before == [1, 1, 1]
    assert (held, claimed) == ([0, 0, 0], [])
    assert await found() == [1, 1, 1]
    assert len(await claimable(world)) == 1


async def test_what_was_claimed_a_moment_before_is_not_sent_either(world):
    """Sends begun after the HOLD was committed: none."""
    await world.person(1)
    await world.post()
    (one,) = await claimable(world)

    await begin(world)

    async with world.database.write() as session:
        assert await deliveries.intend(session, [one], owner="main", now=world.now) == {}
    assert await world.states() == ["ready"]


async def test_a_release_lets_a_running_delivery_go_on_within_seconds(world):
    """No restart, and once."""
    await world.person(1)
    async with world.delivering():
        await begin(world)
        await world.post()
        async with world.database.glance() as session:
            assert await deliveries.due(session, "telegram") == []

        await release(world)
        await world.reached("sent")

    assert len(world.telegram.kept) == 1


async def test_nobody_gets_yesterdays_reminder(world):
    """It says "tomorrow": released on the day itself it would send people there a day late."""
    activity = await world.activity(starts_in=30 * HOUR)
    await world.person(1)
    kind = {"kind": PostKind.REMINDER, "priority": Priority.REMINDER, "quiet": None, "activity_id": activity}
    await world.post("reminder:1:day_before:1", **kind)
    world.now += 24 * HOUR
    await world.post("reminder:1:two_hours:1", **kind)
    await begin(world)

    async with world.database.read() as session:
        (told,) = await hold.waiting(session, now=world.now, zone=STOCKHOLM)
    await release(world)

    assert (told.kind, told.count, told.since) == ("reminder", 1, world.now)
    assert await world.states() == ["expired", "ready"]


async def test_what_had_its_time_before_the_restore_is_decided_by_a_person(world):
    """It may have been sent after the backup was made; what is still to come goes out by itself."""
    await world.person(1)
    for number in range(8):
        await world.post(f"call:{number}")
    await world.post("progress:1", PostKind.PERSONAL)
    changes = {
        2: {"state": "claimed", "owner": "main"},
        3: {"state": "sending", "owner": "main"},
        4: {"state": "sent"},
        5: {"state": "dead", "reason": "refused"},
        6: {"expires_at": world.now},
        7: {"not_before": world.now + 2 * HOUR},
        8: {"state": "held", "reason": "uncertain"},
    }
    async with world.database.write() as session:
        for row, values in changes.items():
            await session.execute(update(Delivery).where(Delivery.id == row).values(**values))
    world.now += HOUR

    await settle(world)
    await release(world)

    assert [(row.state, row.reason) for row in await world.rows()] == [
        ("held", "restored"), ("held", "restored"), ("held", "restored"), ("sent", None), ("dead", "refused"),
        ("expired", "expired"), ("ready", None), ("held", "uncertain"), ("cancelled", "restored"),
    ]  # fmt: skip


async def test_what_is_made_after_a_restore_never_has_a_number_given_away_before(world):
    """Old cards stand in the groups: their buttons must not sign anybody up to another activity."""
    await world.person(1)
    first = await world.post("call:1", activity_id=await world.activity())

    await settle(world)
    activity = await world.activity(starts_in=HOUR)
    second = await world.post("call:2", activity_id=activity)

    assert second - first >= SKIPPED
    assert activity > SKIPPED
    async with world.database.read() as session:
        assert await session.scalar(select(func.max(Delivery.id))) > SKIPPED


async def test_codes_and_greetings_of_before_are_used_up(world):
    """A code works once, and nobody is welcomed twice: both may have happened since."""
    chat = await world.chat()
    async with world.database.write() as session:
        code = await codes.new_code(session, KEYS, "admin", valid=48 * HOUR, now=NOW)
        session.add(Arrival(chat_id=chat, address_index=b"x", at=NOW, first_name="Testa"))

    await settle(world)

    async with world.database.write() as session:
        assert await codes.redeem(session, KEYS, "admin", code, now=NOW) is None
        assert await arrivals.waiting(session, now=NOW + HOUR) == []
        assert await session.scalar(select(func.count()).where(Code.used_at.is_(None))) == 0
        assert await session.scalar(select(Arrival.first_name)) is None


async def test_hold_says_since_when_and_after_which_backup(world):
    """What the console, /readyz and organisers are told."""
    await settle(world)
    async with world.database.read() as session:
        found = await hold.get_hold(session)
        assert found == hold.Hold(NOW, NOW - 24 * HOUR)
    await release(world)
    async with world.database.read() as session:
        assert await hold.get_hold(session) is None
        assert await get_setting(session, restored.AT) == NOW.isoformat()
    await begin(world)
    async with world.database.read() as session:
        assert await hold.get_hold(session) == hold.Hold(NOW, None)
