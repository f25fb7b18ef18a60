"""The pace of several processes: each reserves the turns it needs in the database, a few at a time."""

import asyncio
import logging
import time
from collections.abc import Callable, Mapping
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from bot.pacing.gates import LIMITS, MARGIN, MOST_AHEAD, Limits, Turn, Turns
from bot.pacing.pace import Pace
from chat.address import Address, Platform
from db import pace
from db.keys import Keys
from db.session import DATABASE_ERRORS, Database, driver_error

log = logging.getLogger(__name__)

AT_ONCE = 3  # turns: few enough that what is urgent elsewhere waits for a tenth of a second at most
ANSWERS_SECONDS = 0.1  # answers are told to the others this much later, together
PAUSE_SECONDS = 1.0  # after the database did not answer; nothing is sent meanwhile


class SharedPace(Pace):
    """Who wants to say something asks here first; the platforms' limits hold for all processes together.

    A private chat has as many seats as messages at once, and each message takes one. A group's own limit needs no
    sharing: one process writes to all of them.
    """

    def __init__(
        self,
        database: Database,
        keys: Keys,
        limits: Mapping[Platform, Limits] = LIMITS,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`clock` gives seconds."""
        super().__init__(limits, clock=clock)
        self._database, self._keys = database, keys
        self._reserving: dict[Platform, asyncio.Task[None]] = {}
        self._turns: dict[Platform, Turns] = {}
        self._answered: dict[Platform, list[Address]] = {platform: [] for platform in limits}
        for platform, limit in limits.items():
            if limit.each_second:
                self._turns[platform] = self._lanes[platform].gate = Turns(limit.each_second)

    async def before_reply(self, address: Address, *, private: bool = True) -> None:
        """An answer may go now; the other processes' outbox gives way for it too."""
        await super().before_reply(address, private=private)
        if private and address.platform in self._turns:
            self._answered[address.platform].append(address)
        self._tell(address.platform)

    def count(self, platform: Platform) -> None:
        """A call that says nothing goes now; the other processes' outbox gives way for it too."""
        super().count(platform)
        self._tell(platform)

    def _tell(self, platform: Platform) -> None:
        if platform in self._turns:
            asyncio.get_running_loop().call_later(ANSWERS_SECONDS, self._ask, platform)

    async def take(self, address: Address, *, private: bool) -> Turn | None:
        """The turn of a message of the outbox, which goes now; None when its chat is full or told to rest."""
        turn = await super().take(address, private=private)
        if turn is None or not private or self.limits[address.platform].private is None:
            return turn
        seconds = await self._sit(address)
        if seconds is None:
            return turn
        self._lanes[address.platform].fill(address.id, self._clock() + seconds)
        return None

    async def _sit(self, address: Address) -> float | None:
        """None: the message has a seat in its chat; else the seconds until it may ask again."""
        try:
            async with self._database.write() as session:
                return await self._take_seat(session, address)
        except DATABASE_ERRORS as error:
            log.error("%s: no seat could be taken: %s", address.platform, driver_error(error))
            return PAUSE_SECONDS

    async def _take_seat(self, session: AsyncSession, address: Address, *, at_once: bool = False) -> float | None:
        limit = self.limits[address.platform].private
        if limit is None:
            return None
        chat = self._keys.blind_index("pace", address.platform, address.id).hex()
        seats = [f"{chat} {place}" for place in range(limit.most)]
        span = timedelta(seconds=limit.seconds * MARGIN)
        return await pace.sit(session, seats, span=span, at_once=at_once)

    def pause(self, address: Address, seconds: float, *, everywhere: bool | None) -> bool:
        """The platform asked to wait: this chat rests that long; or everything on it, in all processes."""
        everywhere = super().pause(address, seconds, everywhere=everywhere)
        turns = self._turns.get(address.platform)
        if everywhere and turns:
            turns.reserved.clear()
            turns.lost_seconds = max(turns.lost_seconds, seconds)
            self._ask(address.platform)
        return everywhere

    def _pump(self, platform: Platform) -> None:
        turns = self._turns.get(platform)
        if turns:
            turns.forget_missed(self._clock())
        super()._pump(platform)
        if turns:
            self._ask(platform)

    def _ask(self, platform: Platform) -> None:
        """Turns are being reserved, when some are needed."""
        running = self._reserving.get(platform)
        if self._needs(platform) and (running is None or running.done()):
            self._reserving[platform] = asyncio.create_task(self._reserve(platform))

    def _needs(self, platform: Platform) -> bool:
        turns = self._turns[platform]
        return bool(self._wanted(platform) or turns.owed or turns.lost_seconds)

    def _wanted(self, platform: Platform) -> int:
        """How many turns could be used as soon as they come."""
        lane, now = self._lanes[platform], self._clock()
        if self._turns[platform].reserved:
            return 0
        return min(AT_ONCE, sum(lane.opens_at(one.chat) <= now for one in lane.bulk))

    async def _reserve(self, platform: Platform) -> None:
        """Nothing that could go waits for a turn that is not known."""
        while self._needs(platform):
            try:
                await self._take(platform, self._wanted(platform))
            except DATABASE_ERRORS as error:
                log.error("%s: no turn could be reserved: %s", platform, driver_error(error))
                await asyncio.sleep(PAUSE_SECONDS)
            else:
                super()._pump(platform)

    async def _take(self, platform: Platform, wanted: int) -> None:
        turns = self._turns[platform]
        owed, lost = turns.owed, turns.lost_seconds
        answered, self._answered[platform] = self._answered[platform], []
        async with self._database.write() as session:
            seconds = await pace.take(
                session,
                platform.value,
                turns=timedelta(seconds=wanted * turns.interval),
                answers=timedelta(seconds=owed * turns.interval),
                most_ahead=timedelta(seconds=MOST_AHEAD * turns.interval),
                reserved=timedelta(seconds=AT_ONCE * turns.interval),
                rest=timedelta(seconds=lost),
            )
            for address in answered:
                await self._take_seat(session, address, at_once=True)
        turns.owed -= owed
        if turns.lost_seconds == lost:
            turns.lost_seconds = 0.0
        first = self._clock() + seconds
        turns.reserved.extend(first + place * turns.interval for place in range(wanted))
