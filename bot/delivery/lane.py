"""One platform's way out: about a second's worth is claimed; each has its intent before, its outcome after."""

import asyncio
import logging
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.delivery import decisions
from bot.delivery.breaker import Breaker
from bot.delivery.decisions import SEND_SECONDS, Facts, Next, Reason
from bot.delivery.facts import address_of, facts_of, nonce
from bot.delivery.ledger import Ledger
from bot.delivery.rendering import Copy, Rendering
from bot.lease import Lease, Office
from bot.pacing import SHORT_SECONDS, Pace
from chat.address import Address
from chat.sending import NotSent, Outgoing, Paused, Sender, SendError, Uncertain
from db import deliveries
from db.installation import Installation
from db.keys import Keys
from db.models import State
from db.session import DATABASE_ERRORS, Database, driver_error

log = logging.getLogger(__name__)

LOOK_SECONDS = 1.0
DRAIN_SECONDS = 15.0
UNPACED_BATCH = 500  # where a platform has no limit


@dataclass(frozen=True, slots=True)
class Tools:
    """What every lane shares."""

    database: Database
    ledger: Ledger
    lease: Lease
    pace: Pace
    rendering: Rendering
    keys: Keys
    installation: Installation
    clock: Callable[[], datetime]
    wake: Callable[[], None]


class Lane:
    """Sends what waits on one platform until it is told to stop."""

    def __init__(self, sender: Sender, tools: Tools) -> None:
        """`sender` says which platform."""
        self.sender = sender
        self.tools = tools
        self.signal = asyncio.Event()
        self.breaker = Breaker()
        self._stopping = False
        self._flying: set[asyncio.Task[None]] = set()
        self._muddled = False  # something may be claimed that is not flying
        limits = tools.pace.limits[sender.platform]
        self._most = int(limits.each_second) if limits.each_second else UNPACED_BATCH
        # Few have their intent committed before their turn: what is called off must not be in the air.
        self._starting = asyncio.Semaphore(max(2, self._most // 6) if limits.each_second else self._most)

    @property
    def _batch(self) -> int:
        """What the platform takes in a second, shared between the workers."""
        return max(2, self._most // self.tools.lease.living)

    def stop(self) -> None:
        """Nothing more is claimed."""
        self._stopping = True
        self.signal.set()

    async def run(self) -> None:
        """Claims and sends until stopped; then what is in the air lands, within some seconds."""
        while not self._stopping:
            try:
                seconds = await self._round()
            except DATABASE_ERRORS as error:
                log.error("%s: nothing could be claimed: %s", self.sender.platform, driver_error(error))
                self._muddled = True
                seconds = LOOK_SECONDS
            await self._rest(seconds)
        await self._drain()

    async def _rest(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(max(0.0, min(seconds, LOOK_SECONDS))):
                await self.signal.wait()
        except TimeoutError:
            return
        self.signal.clear()

    async def _drain(self) -> None:
        if self._flying:
            _, late = await asyncio.wait(self._flying, timeout=DRAIN_SECONDS)
            for task in late:
                task.cancel()
            if late:
                log.warning("%s: %d deliveries had not landed at the end", self.sender.platform, len(late))

    async def _round(self) -> float:
        """Starts what may go now; seconds until something else may."""
        rest = self.breaker.closed_until - time.monotonic()
        room = (1 if self.breaker.is_open else self._batch) - len(self._flying)
        if rest > 0 or room <= 0 or not self.tools.lease.is_safe:
            return max(rest, 0.0) or LOOK_SECONDS
        if self._muddled and self._flying:
            return LOOK_SECONDS
        if self._muddled:
            await self._give_back()
        chats = self.tools.lease.holds(Office.CHATS)
        async with self.tools.database.glance() as session:
            waiting = await deliveries.due(session, self.sender.platform.value, chats=chats)
        now = self.tools.clock()
        ready = [priority for priority, moment in waiting if moment <= now]
        if ready:
            for copy in await self._claim(sorted(ready), room, now, chats=chats):
                self._start(copy)
            return 0.0 if len(self._flying) < self._batch else LOOK_SECONDS
        return min(((moment - now).total_seconds() for _, moment in waiting), default=LOOK_SECONDS)

    async def _give_back(self) -> None:
        """What was claimed here when the database failed, and never taken up, waits again."""
        async with self.tools.database.write() as session:
            await deliveries.unclaim(session, owner=self.tools.lease.worker, lane=self.sender.platform.value)
        self._muddled = False

    async def _claim(self, priorities: list[int], room: int, now: datetime, *, chats: bool) -> list[Copy]:
        """The most urgent that wait, at most `room`, now ours."""
        ids: list[int] = []
        lane, owner = self.sender.platform.value, self.tools.lease.worker
        async with self.tools.database.write() as session:
            for priority in priorities:
                if len(ids) < room:
                    most = room - len(ids)
                    ids += await deliveries.claim(
                        session, lane, priority, now=now, most=most, owner=owner, chats=chats
                    )
        return await self._copies(ids)

    async def _copies(self, ids: Sequence[int]) -> list[Copy]:
        """What these deliveries say; one that cannot be read is dead and does not hold up the others."""
        try:
            async with self.tools.database.read() as session:
                return await self.tools.rendering.copies(session, await deliveries.load(session, ids))
        except DATABASE_ERRORS:
            raise
        except Exception as error:  # noqa: BLE001 - a key that is missing, a post without words: whatever it is
            if len(ids) == 1:
                await self._bury(ids[0], error)
                return []
        return [copy for one in ids for copy in await self._copies([one])]

    async def _bury(self, delivery_id: int, error: Exception) -> None:
        log.error("delivery %d cannot be read: %s", delivery_id, type(error).__name__)
        async with self.tools.database.write() as session:
            await deliveries.bury(session, delivery_id, reason=Reason.BROKEN.value)

    def _start(self, copy: Copy) -> None:
        task = asyncio.create_task(self._deliver(copy))
        self._flying.add(task)
        task.add_done_callback(self._landed)

    def _landed(self, task: asyncio.Task[None]) -> None:
        self._flying.discard(task)
        if len(self._flying) <= self._batch // 2:
            self.signal.set()
        if not task.cancelled() and task.exception() is not None:
            log.error("a delivery was left in the air", exc_info=task.exception())

    async def _deliver(self, copy: Copy) -> None:
        facts = facts_of(copy.row, self.tools.installation.quiet_hours)
        address = address_of(copy.row)
        hindrance = self._hindrance(facts, address)
        if hindrance is not None or address is None:
            await self.tools.ledger.end(copy.row, None, hindrance or Next(State.DEAD, Reason.UNREACHABLE))
            return
        async with self._starting:
            attempt = None if self._stopping else await self.tools.ledger.intend(copy.row.id)
            if attempt is None:
                return
            turn = await self.tools.pace.take(address, private=facts.to_person)
        if turn is not None and self.tools.lease.is_safe:
            following = await self._try(copy, facts, address)
            self.tools.pace.landed(address, turn)
        else:
            following = self._wait(facts, address)
        await self.tools.ledger.end(
            copy.row, attempt, following, shown=(copy.revision, copy.row.counts)
        )  # fmt: skip
        self._tell(copy, following)

    def _hindrance(self, facts: Facts, address: Address | None) -> Next | None:
        """What keeps it from being tried now."""
        found = decisions.before(facts, self.tools.clock(), self.tools.installation.zone)
        if found is None and address is not None and self.tools.pace.delay(address) > SHORT_SECONDS:
            return self._wait(facts, address)
        return found

    def _wait(self, facts: Facts, address: Address) -> Next:
        seconds = max(self.tools.pace.delay(address), SHORT_SECONDS)
        return decisions.waits(facts, seconds, self.tools.clock(), self.tools.installation.zone)

    async def _try(self, copy: Copy, facts: Facts, address: Address) -> Next:
        outgoing = Outgoing(address, facts.to_person, copy.message, nonce(self.tools.keys, copy.row.id))
        try:
            message_id = await self._send(outgoing)
        except SendError as error:
            return self._failed(facts, address, error)
        self.breaker.worked()
        self.tools.rendering.remember(copy)
        return decisions.sent(message_id, self.tools.clock())

    async def _send(self, outgoing: Outgoing) -> str:
        try:
            async with asyncio.timeout(min(SEND_SECONDS, self.tools.lease.send_seconds)):
                return await self.sender.send(outgoing)
        except SendError:
            raise
        except TimeoutError as error:
            raise Uncertain from error
        except Exception as error:
            log.warning(
                "%s: an error that says nothing of the message: %s", self.sender.platform, type(error).__name__
            )
            raise Uncertain from error

    def _failed(self, facts: Facts, address: Address, error: SendError) -> Next:
        broken = self.breaker.is_open
        if isinstance(error, NotSent):
            self.breaker.failed(time.monotonic())
        else:
            self.breaker.worked()
        if isinstance(error, Paused):
            self.tools.pace.pause(address, error.seconds, everywhere=error.everywhere)
        luck = random.random()  # noqa: S311 - spreads retries, guards nothing
        now, zone = self.tools.clock(), self.tools.installation.zone
        return decisions.failed(facts, error, now, zone, luck=luck, broken=broken)

    def _tell(self, copy: Copy, following: Next) -> None:
        """What somebody must know or do next is logged, by number."""
        match following:
            case Next(reason=Reason.REFUSED):
                log.error("%s refused delivery %d: our mistake, or the chat is gone", copy.row.lane, copy.row.id)
            case Next(state=State.HELD | State.DEAD):
                log.warning("delivery %d is %s: %s", copy.row.id, following.state, following.reason)
        if following.next_account or following.moved_to:
            self.tools.wake()
