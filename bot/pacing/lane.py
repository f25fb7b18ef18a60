"""One platform's limits and queues."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from math import isfinite

from bot.pacing.gates import Gate, Limits, Turn, Turns, Window

MANY_CHATS = 5_000  # chats remembered before those at rest are forgotten
TOGETHER_SECONDS = 2.0  # two chats refused this close together are refused for what all of them do


@dataclass(slots=True, eq=False)
class Waiter:
    """One call that waits for its turn; `done` is given it, or None when it may not go."""

    chat: str
    private: bool
    done: Callable[[Turn | None], None]


@dataclass(slots=True)
class Lane:
    """One platform's limits and queues. Pure: it is told the time and never waits."""

    limits: Limits
    gate: Gate | Turns = field(init=False)
    chats: dict[str, Window] = field(default_factory=dict)
    rests: dict[str, float] = field(default_factory=dict)  # chats that the platform asked us to leave alone
    filled: dict[str, float] = field(default_factory=dict)  # chats that other processes have filled until then
    paused_until: float = float("-inf")
    refused: tuple[str, float] = ("", float("-inf"))  # the chat that was asked to rest last, and when
    bulk: deque[Waiter] = field(default_factory=deque)

    def __post_init__(self) -> None:
        """The gate starts open, for this process alone."""
        self.gate = Gate(self.limits.each_second)

    def rests_until(self, chat: str) -> float:
        """Until when the platform asked us to leave that chat alone."""
        return max(self.rests.get(chat, float("-inf")), self.paused_until)

    def opens_at(self, chat: str) -> float:
        """From when on that chat may get a message of the outbox, whoever else waits."""
        window = self.chats.get(chat)
        others = max(self.rests_until(chat), self.filled.get(chat, float("-inf")))
        return max(window.opens_at, others) if window else others

    def grant(self, now: float) -> float | None:
        """Lets go all who may at `now`; seconds until the next may, None when nobody waits or no turn is known."""
        while self.bulk:
            waiter = next((one for one in self.bulk if self.opens_at(one.chat) <= now), None)
            if waiter is None:
                return min(self.opens_at(one.chat) for one in self.bulk) - now
            if self.gate.opens_at > now:
                return self.gate.opens_at - now if isfinite(self.gate.opens_at) else None
            self.bulk.remove(waiter)
            self._note(waiter.chat, waiter.private, now)
            waiter.done(self.gate.take(now))
        return None

    def answer(self, chat: str, *, private: bool, now: float) -> float:
        """When an answer goes that is wanted at `now`; the outbox gives way for it."""
        goes_at = self.gate.pass_by(now)
        self._note(chat, private, goes_at)
        return goes_at

    def _note(self, chat: str, private: bool, now: float) -> None:
        if chat not in self.chats:
            self._tidy(now)
            self.chats[chat] = Window(self.limits.private if private else self.limits.group)
        self.chats[chat].taken.append(now)

    def _tidy(self, now: float) -> None:
        if len(self.chats) >= MANY_CHATS:
            self.chats = {chat: window for chat, window in self.chats.items() if not window.is_idle(now)}
            self.rests = {chat: until for chat, until in self.rests.items() if until > now}
            self.filled = {chat: until for chat, until in self.filled.items() if until > now}

    def concerns_all(self, chat: str, now: float) -> bool:
        """True when a rest asked of that chat at `now` is about everything: another was asked just before."""
        (other, asked_at), self.refused = self.refused, (chat, now)
        return other != chat and now - asked_at <= TOGETHER_SECONDS

    def pause(self, chat: str | None, until: float) -> None:
        """That chat, or everything (None), rests; what waits for it is sent back to the outbox."""
        if chat is None:
            self.paused_until = max(self.paused_until, until)
        else:
            self.rests[chat] = max(self.rests.get(chat, until), until)
        self._send_back([one for one in self.bulk if chat in {None, one.chat}])

    def fill(self, chat: str, until: float) -> None:
        """Other processes have filled that chat; what waits for it is sent back to the outbox."""
        self.filled[chat] = until
        self._send_back([one for one in self.bulk if one.chat == chat])

    def send_back_late(self, until: float) -> None:
        """Who waits for a chat that opens only after `until` is sent back: others need the place."""
        self._send_back([one for one in self.bulk if self.opens_at(one.chat) > until])

    def _send_back(self, waiters: list[Waiter]) -> None:
        for waiter in waiters:
            self.bulk.remove(waiter)
            waiter.done(None)
