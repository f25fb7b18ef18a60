"""Workers whose steps are taken one at a time, and platforms on which every message waits for its fate."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import uuid4

from bot.delivery import Delivery
from bot.delivery.facts import nonce
from bot.lease import Alone
from bot.pacing import Pace
from chat.address import Platform
from chat.sending import Outgoing
from tests.bot.outbox_world import PATIENCE_SECONDS, UNPACED, World
from tests.room import KEYS

REMEMBERS = {Platform.TELEGRAM: timedelta(0), Platform.DISCORD: timedelta(minutes=2)}


@dataclass(slots=True, eq=False)
class Waiting:
    """A message on its way: `arrived` is set before its end is heard."""

    outgoing: Outgoing
    delivery_id: int
    end: asyncio.Future[None]
    arrived: bool = False


@dataclass(slots=True)
class Arrivals:
    """What stands on one platform: of each delivery, when each of its messages came."""

    platform: Platform
    clock: Callable[[], datetime]
    messages: dict[str, list[datetime]] = field(default_factory=dict)
    waits: list[int] = field(default_factory=list)  # chats paused: never

    def take(self, outgoing: Outgoing) -> None:
        """It is there; the same one again, while the platform remembers its nonce, is no second message."""
        now, known = self.clock(), self.messages.setdefault(outgoing.nonce, [])
        if not known or now - known[0] >= REMEMBERS[self.platform]:
            known.append(now)


@dataclass(slots=True)
class Door:
    """A worker's way to one platform."""

    platform: Platform
    arrivals: Arrivals
    on_start: Callable[[int, Outgoing], None]
    waiting: list[Waiting] = field(default_factory=list)

    async def send(self, outgoing: Outgoing) -> str:
        """The platform's id of the message, once its fate is told."""
        delivery_id = int(outgoing.nonce[13:], 16)
        assert outgoing.nonce == nonce(KEYS, delivery_id)
        self.on_start(delivery_id, outgoing)
        one = Waiting(outgoing, delivery_id, asyncio.get_running_loop().create_future())
        self.waiting.append(one)
        try:
            await one.end
        finally:
            self.waiting.remove(one)
        return f"{self.platform}:{delivery_id}"

    async def edit(self, outgoing: Outgoing, message_id: str) -> None:
        """Nothing is edited here."""


class Steps:
    """A worker of which each round, recovery and death is asked for."""

    def __init__(self, world: World, arrivals: dict[Platform, Arrivals], on_start: Callable[..., None]) -> None:
        """Begun, not yet at work."""
        self.lease = Alone()
        self.world = world
        self.doors = [Door(platform, arrivals[platform], on_start) for platform in arrivals]
        senders = {door.platform: door for door in self.doors}
        self.pace = Pace(UNPACED, clock=self._seconds)
        self.delivery = Delivery(
            world.database, KEYS, world.installation, senders, self.pace, clock=lambda: world.now, lease=self.lease
        )
        ledger = self.delivery._ledger  # noqa: SLF001 - its parts are moved by hand here
        self.writing = asyncio.ensure_future(ledger.run())

    def _seconds(self) -> float:
        return self.world.now.timestamp()

    @property
    def waiting(self) -> list[Waiting]:
        """What it has in the air."""
        return [one for door in self.doors for one in door.waiting]

    async def enlist(self) -> None:
        """It is a worker that lives, under a name never used before."""
        self.lease.worker, self.lease.is_safe = uuid4().hex, True
        await self.world.enlist(self.lease.worker)

    async def recover(self, owner: str = "") -> None:
        """What the dead, or `owner`, left is taken up."""
        await self.delivery._recover(owner)  # noqa: SLF001 - as above

    async def works(self) -> None:
        """One round of every lane; what begins is in the air, or has ended."""
        for lane in self.delivery.lanes:
            lane.breaker.closed_until = float("-inf")
            await lane._round()  # noqa: SLF001 - as above
        await self.settles()

    async def settles(self) -> None:
        """Nothing moves any more but what is in the air."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while len(self.waiting) != self._flying():  # noqa: ASYNC110 - tasks of the product, not events
                await asyncio.sleep(0)

    def _flying(self) -> int:
        return sum(len(lane._flying) for lane in self.delivery.lanes)  # noqa: SLF001 - as above

    async def lands(self, one: Waiting, error: Exception | None) -> None:
        """The message's end is heard."""
        if error is None:
            one.end.set_result(None)
        else:
            one.end.set_exception(error)
        await asyncio.sleep(0)
        await self.settles()

    async def dies(self) -> None:
        """It is gone; nothing more is written by it."""
        tasks = [task for lane in self.delivery.lanes for task in lane._flying]  # noqa: SLF001 - as above
        for task in (self.writing, *tasks):
            task.cancel()
        await asyncio.wait([self.writing, *tasks])
