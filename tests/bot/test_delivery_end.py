"""Ends, crashes and outages: nobody is lost, and what is uncertain is decided."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text, update

from bot.delivery import Delivery
from bot.delivery.facts import nonce
from bot.pacing import Pace
from chat.address import Platform
from chat.sending import NotSent, Paused, Uncertain
from db.models import Delivery as Row
from db.models import PostKind
from tests.bot.outbox_world import UNPACED, World, until
from tests.room import KEYS, NOW, open_room


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """An empty outbox."""
    async with open_room(tmp_path) as room:
        yield World(room.database)


async def _left(world: World, state: str, tried: bool) -> bool:
    (row,) = await world.rows()
    return tried and row.state == state and row.owner is None


async def test_an_end_in_order_leaves_nothing_uncertain(world):
    """SIGTERM: what is in the air lands, the rest waits untouched."""
    await world.person(1)
    await world.post()
    world.telegram.gate.clear()
    delivery = world.delivery()
    running = asyncio.create_task(delivery.run())
    await world.reached("sending")

    stopping = asyncio.create_task(delivery.stop())
    await asyncio.sleep(0)
    await world.post("later")
    world.telegram.gate.set()
    await stopping
    await running

    assert await world.states() == ["sent", "ready"]


@pytest.mark.parametrize(
    ("kind", "reason", "minutes_left", "platform", "expected"),
    [
        (PostKind.CALL, None, 600, Platform.TELEGRAM, "sent"),
        (PostKind.CALL, "again", 600, Platform.TELEGRAM, "held"),
        (PostKind.DIGEST, None, 600, Platform.TELEGRAM, "held"),
        (PostKind.REMINDER, None, 60, Platform.TELEGRAM, "sent"),
        (PostKind.REMINDER, None, 20, Platform.TELEGRAM, "held"),
        (PostKind.DIGEST, None, 600, Platform.DISCORD, "sent"),
    ],
)
async def test_what_was_in_the_air_at_a_crash_is_decided_by_kind(  # noqa: PLR0917 - a row of the table
    world, kind, reason, minutes_left, platform, expected
):
    """The written policy: once more where silence is worse, held where twice is."""
    await world.person(1, platform=platform)
    await world.post(kind=kind, expires_at=NOW + timedelta(minutes=minutes_left))
    await _leave_in_the_air(world, reason)

    delivery = world.delivery()
    running = asyncio.create_task(delivery.run())
    await until(lambda: _decided(world))
    world.now += timedelta(seconds=10)
    delivery.wake()
    await world.reached(expected)
    await delivery.stop()
    await running


async def _leave_in_the_air(world: World, reason: str | None) -> None:
    values = {"state": "sending", "attempt": 1, "owner": "main", "sent_at": world.now, "reason": reason}
    await world.does(lambda session: session.execute(update(Row).values(**values)))


async def _decided(world: World) -> bool:
    return await world.states() != ["sending"]


async def test_a_post_that_cannot_be_read_does_not_hold_up_the_others(world):
    """One damaged row must not silence everybody."""
    await world.person(1)
    broken = await world.post("broken")
    await world.post("sound")
    damaged = text("UPDATE post SET private = :nothing WHERE id = :id").bindparams(id=broken, nothing=b"\0")
    await world.does(lambda session: session.execute(damaged))

    async with world.delivering():
        await world.reached("dead", "sent")

    assert (await world.rows())[0].reason == "broken"


async def test_discord_is_asked_with_the_same_nonce(world):
    """Within its memory Discord takes the second try for the first."""
    await world.person(1, platform=Platform.DISCORD)
    await world.post()
    world.discord.fails.append(Uncertain())

    async with world.delivering() as delivery:
        await until(lambda: _left(world, "ready", world.discord.tried == 1))
        world.now += timedelta(seconds=5)
        delivery.wake()
        await world.reached("sent")

    (kept,) = world.discord.kept
    assert kept.nonce == nonce(KEYS, 1)
    assert len(nonce(KEYS, 2**40)) <= 25


async def test_a_platform_that_asks_to_wait_is_waited_for(world):
    """A 429 costs time, not a try, and nothing goes before the platform's own word."""
    pace = Pace(UNPACED)
    for number in (1, 2, 3):
        await world.person(number)
    await world.post()
    world.telegram.fails.append(Paused(0.5, everywhere=True))
    begun = time.monotonic()

    async with world.delivering(pace) as delivery:
        await until(lambda: _sent_later(world, delivery))

    assert [row.attempt for row in await world.rows()] == [1, 1, 1]
    assert time.monotonic() - begun >= 0.5


async def test_a_person_whom_telegram_lets_rest_does_not_hold_up_the_others(world):
    """The rest of one chat may be half a minute: everybody else is told meanwhile, and this one later, once."""
    for number in (1, 2, 3):
        await world.person(number)
    await world.post()
    world.telegram.fails.append(Paused(30, everywhere=None))

    async with world.delivering(Pace(UNPACED)):
        await until(lambda: _stand(world, ["ready", "sent", "sent"]))
        (first, *_) = await world.rows()

    assert first.not_before - world.now >= timedelta(seconds=30)
    assert first.attempt == 0


async def _stand(world: World, states: list[str]) -> bool:
    return await world.states() == states


async def _sent_later(world: World, delivery: Delivery) -> bool:
    world.now += timedelta(seconds=0.1)
    delivery.wake()
    return await world.states() == ["sent"] * 3


async def test_a_dead_platform_does_not_use_up_the_tries(world):
    """An outage of an hour must not end in "gave up after eight tries"."""
    await world.person(1)
    await world.post()
    world.telegram.fails.extend(NotSent() for _ in range(15))

    async with world.delivering() as delivery:
        await until(lambda: _time_passes(world, delivery))

    assert world.telegram.tried == 16
    (row,) = await world.rows()
    assert row.attempt < 8


async def _time_passes(world: World, delivery: Delivery) -> bool:
    """Twenty minutes go by, for the ledger and for the breaker, which counts real seconds."""
    world.now += timedelta(minutes=20)
    for lane in delivery.lanes:
        lane.breaker.closed_until = float("-inf")
    delivery.wake()
    return await world.states() == ["sent"]
