"""What fell due between a backup and its restore: perhaps somebody got it, so nobody gets it by itself."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from db import hold, restored
from schedules import digest, reminders
from tests import given as there
from tests.room import ADA, STOCKHOLM, text
from tests.schedules.test_digest import reader
from tests.schedules.test_reminders import FRIDAY_AT_SIX, SATURDAY_AT_NOON, planned
from tests.schedules.ticking import deliveries, posts, tick

HOUR = timedelta(hours=1)
MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=STOCKHOLM)


async def restore(room, at):
    """It is that moment, and a backup of now was restored just then."""
    made_at, room.now = room.now, at
    async with room.database.write() as session:
        await restored.settle(session, now=room.now, backup_at=made_at)


async def release(room, at):
    """It is that moment, and the operator released."""
    room.now = at
    async with room.database.write() as session:
        await hold.end(session, now=room.now, zone=STOCKHOLM)


async def test_a_reminder_that_fell_due_before_the_restore_is_held(room):
    """The evening before it probably reached everybody; two hours before it reaches them in any case."""
    await there.signup(room, ADA, await planned(room))

    await restore(room, FRIDAY_AT_SIX + HOUR)
    await tick(room, reminders.run)
    on_hold = await posts(room, "reminder")
    await release(room, FRIDAY_AT_SIX + 2 * HOUR)
    await tick(room, reminders.run)
    await tick(room, reminders.run, after=SATURDAY_AT_NOON - room.now)

    first, second = await posts(room, "reminder")
    assert on_hold == []
    assert [(row.state, row.reason) for row in await deliveries(room, first)] == [("held", "restored")]
    assert [row.state for row in await deliveries(room, second)] == ["ready"]


async def test_a_reminder_that_fell_due_on_hold_is_sent_after_it_as_it_reads_then(room):
    """Nobody had got it, and on the day itself it does not say "tomorrow"."""
    await there.signup(room, ADA, await planned(room))

    await restore(room, FRIDAY_AT_SIX - HOUR)
    await release(room, SATURDAY_AT_NOON - 4 * HOUR)
    await tick(room, reminders.run)

    (post,) = await posts(room, "reminder")
    assert [row.state for row in await deliveries(room, post)] == ["ready"]
    (message,) = await there.waiting(room, to=ADA)
    assert text(message).startswith("I dag: Demonstration")


@pytest.mark.parametrize(("at", "state"), [(MONDAY + HOUR, "held"), (MONDAY - HOUR, "ready")])
async def test_the_mondays_digest_is_not_said_again(room, at, state):
    """Restored after nine it was probably said; restored before, it was not."""
    association = await there.association(room, "Provstad")
    await there.activity(room, "Öppet möte", association, "2026-11-24 18:30")
    await reader(room, ADA, association)

    await restore(room, at)
    await release(room, at)
    await tick(room, digest.run, after=MONDAY + 2 * HOUR - at)

    (post,) = await posts(room, "digest")
    assert [row.state for row in await deliveries(room, post)] == [state]
