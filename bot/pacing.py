"""How fast we speak: the one component that every outgoing call passes, answers to people first.

A platform's limit for everything is kept by GCRA, evenly and without a burst; a chat's limit by the moments of its
last messages, exactly. Library limiters let a burst come on top: 59 sends in the worst second of a limit of 30.
The documented limits are "about" and mean bulk: an answer to somebody who waits goes at once and is counted, so
that the outbox gives way; what the platform itself asks for (429) holds back both.
"""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from chat.address import Address, Platform

MARGIN = 1.03  # a message that left in time may arrive a little early, seen from its neighbour
MOST_AHEAD = 5  # answers put bulk off by so many turns at most: many who ask never silence the outbox
MANY_CHATS = 5_000  # chats remembered before those at rest are forgotten


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `most` messages in any `seconds`."""

    most: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Limits:
    """What one platform bears. A message costs `private_cost` or 1 of `each_second`; no limits: None."""

    each_second: float | None = None
    private: Limit | None = None
    group: Limit | None = None
    private_cost: int = 1


LIMITS: Mapping[Platform, Limits] = {
    # 30 a second; about one a second in a private chat, with a small burst; 20 a minute in a group
    Platform.TELEGRAM: Limits(29, Limit(3, 3), Limit(20, 60)),
    # 50 a second, and a first private message is two requests: the conversation is opened before
    Platform.DISCORD: Limits(48, Limit(5, 5), Limit(5, 5), private_cost=2),
    Platform.TRY: Limits(),
}


class Gate:
    """Lets one through each `interval`; what is not used is not saved up (GCRA, burst 1)."""

    def __init__(self, each_second: float | None) -> None:
        """None: always open."""
        self.interval = 1 / each_second if each_second else 0.0
        self.opens_at = float("-inf")
        self._ahead = 0  # turns that answers took since one of the outbox went

    def take(self, now: float, cost: int) -> None:
        """One went through at `now`."""
        self.opens_at = max(self.opens_at, now) + self.interval * cost
        self._ahead = 0

    def pass_by(self, now: float, cost: int) -> None:
        """An answer went beside the gate at `now`; the next to wait pays for it, but not for ever."""
        if self._ahead < MOST_AHEAD:
            self.opens_at = max(self.opens_at, now) + self.interval * cost
            self._ahead += cost


class Window:
    """The moments of a chat's last messages: never more than the limit in any stretch of its length."""

    def __init__(self, limit: Limit | None) -> None:
        """None: always open."""
        self.seconds = limit.seconds * MARGIN if limit else 0.0
        self.taken: deque[float] = deque(maxlen=limit.most if limit else 0)

    @property
    def opens_at(self) -> float:
        """From when on another one may go."""
        full = self.taken.maxlen and len(self.taken) == self.taken.maxlen
        return self.taken[0] + self.seconds if full else float("-inf")

    def is_idle(self, now: float) -> bool:
        """True when its past does not matter any more."""
        return not self.taken or self.taken[-1] + self.seconds < now


@dataclass(slots=True, eq=False)
class Waiter:
    """One call that waits for its turn; `done` tells whether it may go."""

    chat: str
    private: bool
    done: Callable[[bool], None]


@dataclass(slots=True)
class Lane:
    """One platform's limits and queues. Pure: it is told the time and never waits."""

    limits: Limits
    gate: Gate = field(init=False)
    chats: dict[str, Window] = field(default_factory=dict)
    rests: dict[str, float] = field(default_factory=dict)  # chats that the platform asked us to leave alone
    paused_until: float = float("-inf")
    bulk: deque[Waiter] = field(default_factory=deque)

    def __post_init__(self) -> None:
        """The gate starts open."""
        self.gate = Gate(self.limits.each_second)

    def rests_until(self, chat: str) -> float:
        """Until when the platform asked us to leave that chat alone."""
        return max(self.rests.get(chat, float("-inf")), self.paused_until)

    def opens_at(self, chat: str) -> float:
        """From when on that chat may get a message of the outbox, whoever else waits."""
        window = self.chats.get(chat)
        return max(window.opens_at, self.rests_until(chat)) if window else self.rests_until(chat)

    def grant(self, now: float) -> float | None:
        """Lets go all who may at `now`; seconds until the next may, None when nobody waits."""
        while self.bulk:
            opens_at = max(self.gate.opens_at, self.paused_until)
            if opens_at > now:
                return opens_at - now
            waiter = next((one for one in self.bulk if self.opens_at(one.chat) <= now), None)
            if waiter is None:
                return min(self.opens_at(one.chat) for one in self.bulk) - now
            self.bulk.remove(waiter)
            self.gate.take(now, self._cost(waiter.private))
            self._note(waiter.chat, waiter.private, now)
            waiter.done(True)
        return None

    def answer(self, chat: str, *, private: bool, now: float) -> None:
        """An answer goes at `now`; the outbox gives way for it."""
        self.gate.pass_by(now, self._cost(private))
        self._note(chat, private, now)

    def _cost(self, private: bool) -> int:
        return self.limits.private_cost if private else 1

    def _note(self, chat: str, private: bool, now: float) -> None:
        if chat not in self.chats:
            self._tidy(now)
            self.chats[chat] = Window(self.limits.private if private else self.limits.group)
        self.chats[chat].taken.append(now)

    def _tidy(self, now: float) -> None:
        if len(self.chats) >= MANY_CHATS:
            self.chats = {chat: window for chat, window in self.chats.items() if not window.is_idle(now)}
            self.rests = {chat: until for chat, until in self.rests.items() if until > now}

    def pause(self, chat: str | None, until: float) -> None:
        """That chat, or everything (None), rests; what waits for it is sent back to the outbox."""
        if chat is None:
            self.paused_until = max(self.paused_until, until)
        else:
            self.rests[chat] = max(self.rests.get(chat, until), until)
        for waiter in [one for one in self.bulk if chat in {None, one.chat}]:
            self.bulk.remove(waiter)
            waiter.done(False)


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
        """An answer to somebody who waits may go now: only what the platform itself asked for holds it back."""
        lane, chat = self._lanes[address.platform], _chat(address)
        while (seconds := lane.rests_until(chat) - self._clock()) > 0:  # noqa: ASYNC110 - a moment, not an event
            await asyncio.sleep(seconds)
        lane.answer(chat, private=private, now=self._clock())

    async def take(self, address: Address, *, private: bool) -> bool:
        """True when a message of the outbox may go now; False when its chat was told to rest meanwhile."""
        queue = self._lanes[address.platform].bulk
        turn: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        waiter = Waiter(_chat(address), private, lambda go: None if turn.done() else turn.set_result(go))
        queue.append(waiter)
        self._pump(address.platform)
        try:
            return await turn
        except asyncio.CancelledError:
            if waiter in queue:
                queue.remove(waiter)
            raise

    def delay(self, address: Address) -> float:
        """Seconds until that chat may get a message; 0 when it is only a matter of the queue."""
        return max(0.0, self._lanes[address.platform].opens_at(_chat(address)) - self._clock())

    def pause(self, address: Address, seconds: float, *, everywhere: bool) -> None:
        """The platform asked to wait: this chat, or everything on it, rests that long."""
        until = self._clock() + seconds
        self._lanes[address.platform].pause(None if everywhere else _chat(address), until)

    def _pump(self, platform: Platform) -> None:
        timer = self._timers.pop(platform, None)
        if timer:
            timer.cancel()
        seconds = self._lanes[platform].grant(self._clock())
        if seconds is not None:
            loop = asyncio.get_running_loop()
            self._timers[platform] = loop.call_later(max(seconds, 0.0), self._pump, platform)


def _chat(address: Address) -> str:
    return address.id  # a topic shares its group's limit
