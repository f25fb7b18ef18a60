"""A process among the others that share its database: whether it may send, and what it is elected for.

On SQLite it is alone: the lock of the data directory sees to it. On PostgreSQL every process says a few times a
lease that it lives. Who is silent for a whole lease is given up by the others; who has not been heard for a third
of one stops sending by itself, and a message takes at most half of one: nothing is sent by two.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from datetime import timedelta
from enum import IntEnum
from typing import Protocol
from uuid import uuid4

from sqlalchemy.ext.asyncio import AsyncConnection

from db import workers
from db.session import DATABASE_ERRORS, Database, driver_error

log = logging.getLogger(__name__)

LEASE_SECONDS = 30.0
BEATS = 8  # a lease: an office that falls vacant is taken over within one lease and one beat


class Office(IntEnum):
    """What one process does for all; the numbers are PostgreSQL's for its locks."""

    GATEWAY = 1  # hears the platforms
    CLOCK = 2
    CHATS = 3  # writes to groups and edits: their limits are kept by one


class Lease(Protocol):
    """What the parts ask of it."""

    @property
    def worker(self) -> str:
        """Under this name deliveries are claimed."""

    @property
    def is_safe(self) -> bool:
        """True while nobody else can have taken over what this process has claimed."""

    @property
    def living(self) -> int:
        """How many processes share the work."""

    @property
    def send_seconds(self) -> float:
        """After that long a message must have landed, or be uncertain."""

    def holds(self, office: Office) -> bool:
        """True while this process is the one for that office."""

    async def while_holding(self, office: Office, work: Callable[[], Awaitable[None]]) -> None:
        """Waits for the office, then works until the work ends or the office is lost."""

    async def next_beat(self) -> None:
        """Comes back when others may have died."""

    async def run(self) -> None:
        """Keeps the lease until cancelled."""


class Alone:
    """The lease of a process that has its database to itself."""

    is_safe = True
    living = 1
    send_seconds = float("inf")

    def __init__(self) -> None:
        """Nothing was ever claimed under this name before."""
        self.worker = uuid4().hex

    def holds(self, office: Office) -> bool:
        """True."""
        return True

    async def while_holding(self, office: Office, work: Callable[[], Awaitable[None]]) -> None:
        """Works until the work ends."""
        await work()

    async def next_beat(self) -> None:
        """Never comes back."""
        await asyncio.Event().wait()

    async def run(self) -> None:
        """There is nothing to keep."""
        await asyncio.Event().wait()


class Shared:
    """The lease of one process among several, on one connection that also holds the locks of its offices."""

    def __init__(self, database: Database, seconds: float, offices: Iterable[Office]) -> None:
        """`offices`: those that this process stands for."""
        self.worker = ""
        self.living = 1
        self._database = database
        self._seconds = seconds
        self._offices = frozenset(offices)
        self._held: frozenset[Office] = frozenset()
        self._changed = asyncio.Condition()
        self._beaten = float("-inf")

    @property
    def is_safe(self) -> bool:
        """True while nobody else can have taken over what this process has claimed."""
        return time.monotonic() - self._beaten < self._seconds / 3

    @property
    def send_seconds(self) -> float:
        """After that long a message must have landed, or be uncertain."""
        return self._seconds / 2

    def holds(self, office: Office) -> bool:
        """True while this process is the one for that office."""
        return office in self._held and self.is_safe

    async def while_holding(self, office: Office, work: Callable[[], Awaitable[None]]) -> None:
        """Waits for the office, then works until the work ends or the office is lost."""
        await self._until(lambda: office in self._held)
        working = asyncio.ensure_future(work())
        lost = asyncio.create_task(self._until(lambda: office not in self._held))
        try:
            await asyncio.wait({working, lost}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (working, lost):
                task.cancel()
            await asyncio.wait({working, lost})
        if not working.cancelled():
            working.result()

    async def next_beat(self) -> None:
        """Comes back when others may have died."""
        async with self._changed:
            await self._changed.wait()

    async def _until(self, met: Callable[[], bool]) -> None:
        async with self._changed:
            await self._changed.wait_for(met)

    async def run(self) -> None:
        """Keeps the lease until cancelled; then what is left in the air is the others'."""
        while True:
            try:
                await self._connected()
            except DATABASE_ERRORS as error:
                log.warning("the database does not hear us: %s", driver_error(error))
            finally:
                await self._hold(())
            await asyncio.sleep(self._seconds / BEATS)

    async def _connected(self) -> None:
        async with self._database.engine.connect() as opened:
            connection = await opened.execution_options(isolation_level="AUTOCOMMIT")
            try:
                async with asyncio.timeout(self._seconds / BEATS):
                    await workers.end_former(connection, self.worker)
                while True:
                    async with asyncio.timeout(self._seconds / BEATS):
                        await self._beat(connection)
                    await asyncio.sleep(self._seconds / BEATS)
            except asyncio.CancelledError:
                await self._retire()
                raise
            finally:
                # Its locks go with it; back in the pool it would keep them.
                await connection.invalidate()

    async def _retire(self) -> None:
        """Said on another connection: ours may have been cut off in the middle of a word."""
        with suppress(*DATABASE_ERRORS):
            async with asyncio.timeout(self._seconds / BEATS), self._database.engine.begin() as connection:
                await workers.retire(connection, self.worker)

    async def _beat(self, connection: AsyncConnection) -> None:
        began = time.monotonic()
        if not self.worker or not await workers.beat(connection, self.worker):
            self.worker = await workers.enlist(connection)
        self._beaten = began
        for dead in await workers.give_up(connection, silent_for=timedelta(seconds=self._seconds)):
            log.warning("worker %s is dead", dead)
        self.living = await workers.living(connection)
        vacant = self._offices - self._held
        await self._hold([*self._held, *[one for one in vacant if await workers.elect(connection, one)]])

    async def _hold(self, offices: Iterable[Office]) -> None:
        held = frozenset(offices)
        if held != self._held:
            log.info("elected for: %s", ", ".join(sorted(one.name.lower() for one in held)) or "nothing")
        async with self._changed:
            self._held = held
            self._changed.notify_all()
