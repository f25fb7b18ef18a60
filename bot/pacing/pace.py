"""Lets each call go when it is its turn."""

import asyncio
import time
from collections.abc import Callable, Mapping

from bot.pacing.gates import LIMITS, SHORT_SECONDS, Limits, Turn
from bot.pacing.lane import Lane, Waiter
from chat.address import Address, Platform


class Pace:
    """Who wants to say something asks here first."""

    def __init__(
        self, limits: Mapping[Platform, Limits] = LIMITS, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """`clock` gives seconds."""
        self.limits = limits
        self._clock = clock
        self._lanes = {platform: Lane(limits.get(platform, Limits())) for platform in Platform}
        self._timers: dict[Platform, asyncio.TimerHandle] = {}

    async def before_reply(self, address: Address, *, private: bool = True) -> None:
        """An answer to somebody who waits may go now.

        What the platform asked for holds it back, and a full second for a moment.
        """
        lane, chat = self._lanes[address.platform], _chat(address)
        while (seconds := lane.rests_until(chat) - self._clock()) > 0:  # noqa: ASYNC110 - a moment, not an event
            await asyncio.sleep(seconds)
        now = self._clock()
        await asyncio.sleep(lane.answer(chat, private=private, now=now) - now)

    def count(self, platform: Platform) -> None:
        """A call that says nothing goes now; the outbox gives way for it."""
        self._lanes[platform].gate.pass_by(self._clock())

    async def take(self, address: Address, *, private: bool) -> Turn | None:
        """The turn of a message of the outbox, which goes now; None when its chat is full or told to rest."""
        queue = self._lanes[address.platform].bulk
        given: asyncio.Future[Turn | None] = asyncio.get_running_loop().create_future()
        waiter = Waiter(_chat(address), private, lambda turn: None if given.done() else given.set_result(turn))
        queue.append(waiter)
        self._pump(address.platform)
        try:
            # Also when it is told at once: whoever asks again and again leaves others the loop.
            await asyncio.sleep(0)
            return await given
        except asyncio.CancelledError:
            if waiter in queue:
                queue.remove(waiter)
            raise

    def landed(self, address: Address, turn: Turn) -> None:
        """What became of the message is known: `turn` is over."""
        self._lanes[address.platform].gate.landed(turn, self._clock())
        self._pump(address.platform)

    def delay(self, address: Address) -> float:
        """Seconds until that chat may get a message; 0 when it is only a matter of the queue."""
        return max(0.0, self._lanes[address.platform].opens_at(_chat(address)) - self._clock())

    def pause(self, address: Address, seconds: float, *, everywhere: bool | None) -> bool:
        """The platform asked to wait: this chat rests that long; so does everything on it, when that is True.

        `everywhere` None: the platform does not say.
        """
        lane, chat, now = self._lanes[address.platform], _chat(address), self._clock()
        if everywhere is None:
            everywhere = lane.concerns_all(chat, now)
        lane.pause(chat, now + seconds)
        if everywhere:
            lane.pause(None, now + seconds)
        return everywhere

    def _pump(self, platform: Platform) -> None:
        timer = self._timers.pop(platform, None)
        if timer:
            timer.cancel()
        lane, now = self._lanes[platform], self._clock()
        seconds = lane.grant(now)
        lane.send_back_late(now + SHORT_SECONDS)
        if seconds is not None:
            loop = asyncio.get_running_loop()
            self._timers[platform] = loop.call_later(max(seconds, 0.0), self._pump, platform)


def _chat(address: Address) -> str:
    return address.id  # a topic shares its group's limit
