"""Telegram's speed limits, and 429 for those who do not keep them."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from math import ceil
from time import monotonic
from typing import Any

from tests.servers.telegram_checks import ApiError

GUARDED = ("send", "edit", "forward", "copy")


@dataclass
class Window:
    """At most `most` in any `seconds`; who goes over waits until the window has room."""

    most: int
    seconds: float
    taken: deque[float] = field(default_factory=deque)
    closed_until: float = 0.0

    def take(self, now: float) -> float:
        """Seconds to wait, 0 if one was taken."""
        while self.taken and self.taken[0] <= now - self.seconds:
            self.taken.popleft()
        if now < self.closed_until:
            return self.closed_until - now
        if len(self.taken) < self.most:
            self.taken.append(now)
            return 0.0
        wait = max(1.0, self.taken[0] + self.seconds - now)
        self.closed_until = now + ceil(wait)  # the real server holds on to what it said
        return wait


class Limits:
    """30 a second in all, about 1 a second in a private chat, 20 a minute in a group; `on` switches them."""

    def __init__(self, *, on: bool) -> None:
        self.on = on
        self.refused = 0
        self.overall = Window(30, 1)
        self.chats: dict[Any, Window] = {}

    def check(self, method: str, chat_id: int | None) -> None:
        """A 429 if this call comes too soon."""
        if not self.on or chat_id is None or not method.startswith(GUARDED):
            return
        now = monotonic()
        wait = self._chat(chat_id).take(now) or self.overall.take(now)
        if wait:
            self.refused += 1
            seconds = max(1, ceil(wait))
            raise ApiError(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)

    def _chat(self, chat_id: int) -> Window:
        if chat_id not in self.chats:
            # private: 1/s with a small burst, as the real one shows it; a group: 20 a minute
            self.chats[chat_id] = Window(3, 3) if chat_id > 0 else Window(20, 60)
        return self.chats[chat_id]
