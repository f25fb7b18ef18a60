"""What stands on somebody's screen, and waiting for it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Mapping
from dataclasses import dataclass, field
from time import monotonic
from typing import Any, TypeVar

T = TypeVar("T")
PATIENCE_SECONDS = 30.0  # far more than anything takes; what comes later has not come
FIRST_LOOK_SECONDS, LAST_LOOK_SECONDS = 0.005, 0.05


@dataclass(frozen=True, slots=True)
class Seen:
    """One message as it stands now. `source` is the platform's own, to press its buttons."""

    key: Hashable
    text: str
    labels: tuple[str, ...] = ()
    source: Any = None
    data: Mapping[str, str] = field(default_factory=dict)  # what a press on each button sends

    @property
    def looks(self) -> tuple[str, tuple[str, ...]]:
        """What changes when the message is edited."""
        return self.text, self.labels

    def has(self, label: str) -> bool:
        """Whether it has that button; a count may follow its label."""
        return any(one == label or one.startswith(f"{label} ·") for one in self.labels)

    def shows(self, texts: tuple[str, ...], buttons: tuple[str, ...]) -> bool:
        """Whether it says all of these and has all of these buttons."""
        return all(text in self.text for text in texts) and all(self.has(label) for label in buttons)

    def __str__(self) -> str:
        return f"{self.text!r} {list(self.labels)}"


Look = Callable[[], Awaitable[list[Seen]]]


class Screen:
    """What one can see in one place, and what of it was there before."""

    def __init__(self, name: str, look: Look) -> None:
        """`look` gives everything that stands there now, oldest first."""
        self.name = name
        self._look = look
        self._known: dict[Hashable, object] = {}

    async def everything(self) -> list[Seen]:
        """All that stands there now, oldest first."""
        return await self._look()

    async def fresh(self) -> list[Seen]:
        """What is new or has changed since it was last looked at."""
        return [one for one in await self._look() if self._known.get(one.key) != one.looks]

    async def turn(self) -> None:
        """All that stands there counts as read."""
        self._known = {one.key: one.looks for one in await self._look()}

    def read(self, one: Seen) -> None:
        """That message counts as read."""
        self._known[one.key] = one.looks

    async def sees(self, *texts: str, buttons: tuple[str, ...] = ()) -> Seen:
        """The first new message that says all of these and has all of these buttons, as soon as it is there."""

        async def found() -> Seen | None:
            return next((one for one in await self.fresh() if one.shows(texts, buttons)), None)

        try:
            one = await within(PATIENCE_SECONDS, found)
        except TimeoutError:
            fresh = "\n".join(map(str, await self.fresh())) or "nothing new"
            raise AssertionError(f"{self.name} sees no {texts} {buttons}, but:\n{fresh}") from None
        self.read(one)
        return one


async def within(seconds: float, look: Callable[[], Awaitable[T | None]]) -> T:
    """What `look` finds, as soon as it finds anything. Errors: TimeoutError."""
    until, pause = monotonic() + seconds, FIRST_LOOK_SECONDS
    while not (found := await look()):
        if monotonic() > until:
            raise TimeoutError
        await asyncio.sleep(pause)
        pause = min(pause * 2, LAST_LOOK_SECONDS)
    return found
