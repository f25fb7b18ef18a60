"""Delivery as a whole: a lane a platform, one ledger, the edits, and an orderly start and end."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.delivery import decisions
from bot.delivery.decisions import Next, Reason
from bot.delivery.edits import Edits
from bot.delivery.facts import facts_of
from bot.delivery.lane import DRAIN_SECONDS, Lane, Tools
from bot.delivery.ledger import Ledger, columns
from bot.delivery.rendering import Rendering
from bot.lease import Alone, Lease
from bot.pacing import Pace
from chat.address import Platform
from chat.sending import Sender
from db import deliveries
from db.installation import Installation
from db.keys import Keys
from db.models import State
from db.session import Database, driver_error

log = logging.getLogger(__name__)


class Delivery:
    """Empties the outbox while `run` runs. `wake` is for whoever has just committed something to say."""

    def __init__(
        self,
        database: Database,
        keys: Keys,
        installation: Installation,
        senders: Mapping[Platform, Sender],
        pace: Pace,
        *,
        clock: Callable[[], datetime],
        lease: Lease | None = None,
    ) -> None:
        """What waits on a platform that is not among `senders` goes on waiting until it expires.

        `lease` None: nobody else works with this database.
        """
        self._lease = lease or Alone()
        self._ledger = Ledger(database, keys, self._lease, clock)
        rendering = Rendering(installation)
        self._tools = Tools(
            database, self._ledger, self._lease, pace, rendering, keys, installation, clock, self.wake
        )
        self.lanes = [Lane(sender, self._tools) for sender in senders.values()]
        self._edits = Edits(senders, self._tools)
        self._running = False
        self._ended = asyncio.Event()

    def wake(self) -> None:
        """There may be something to send or edit: it is looked at at once."""
        for lane in self.lanes:
            lane.signal.set()
        self._edits.signal.set()

    async def run(self) -> None:
        """Sends until `stop`. Nothing is claimed by it afterwards, and what was in the air has landed."""
        self._running = True
        self._ended.clear()
        await self._recover(self._lease.worker)
        beside = [asyncio.create_task(self._ledger.run()), asyncio.create_task(self._look_after_the_dead())]
        try:
            async with asyncio.TaskGroup() as group:
                for lane in self.lanes:
                    group.create_task(lane.run())
                group.create_task(self._edits.run())
            async with self._tools.database.write() as session:
                await deliveries.unclaim(session, owner=self._lease.worker)
        finally:
            for task in beside:
                task.cancel()
            await asyncio.wait(beside)
            self._running = False
            self._ended.set()

    async def stop(self) -> None:
        """Nothing more begins; what is in the air has up to 15 seconds to land."""
        for lane in self.lanes:
            lane.stop()
        self._edits.stop()
        if self._running:
            with suppress(TimeoutError):
                async with asyncio.timeout(DRAIN_SECONDS + 1):
                    await self._ended.wait()

    async def _look_after_the_dead(self) -> None:
        """What other workers leave behind is recovered until cancelled."""
        while True:
            await self._lease.next_beat()
            try:
                await self._recover("")
            except Exception as error:  # noqa: BLE001 - an end that nobody sees would leave the dead for ever
                log.error("what is in the air could not be looked at: %s", driver_error(error))

    async def _recover(self, owner: str) -> None:
        """What a worker that died, or was called `owner`, had claimed waits again.

        What it was sending is uncertain, and decided.
        """
        async with self._tools.database.write() as session:
            await deliveries.unclaim(session, owner=owner)
            for one in await deliveries.in_flight(session, owner=owner):
                following = await self._after_a_death(session, one.id)
                log.warning("delivery %d was in the air at the last end: %s", one.id, following.state)
                await deliveries.settle(
                    session, one.id, attempt=one.attempt, owner=one.owner, values=columns(following)
                )

    async def _after_a_death(self, session: AsyncSession, delivery_id: int) -> Next:
        """What follows; one that cannot be read is held, and does not hold up the others."""
        try:
            (row,) = await deliveries.load(session, [delivery_id])
            facts = facts_of(row, self._tools.installation.quiet_hours)
        except ValueError:
            return Next(State.HELD, Reason.BROKEN)
        return decisions.after_a_death(facts, self._tools.clock(), self._tools.installation.zone)
