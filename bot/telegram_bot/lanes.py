"""Work in lanes: in order within a lane, side by side between lanes."""

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any

from bot.logs import brief

log = logging.getLogger(__name__)


class Lanes:
    """Each chat is a lane."""

    def __init__(self) -> None:
        """All empty."""
        self._last: dict[int, asyncio.Task[None]] = {}
        self._all: set[asyncio.Task[None]] = set()

    def add(self, lane: int, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """The work runs when what was added to its lane before has ended, however that ended."""
        task = asyncio.create_task(_after(self._last.get(lane), work))
        self._last[lane] = task
        self._all.add(task)
        task.add_done_callback(lambda done: self._forget(lane, done))
        return task

    def _forget(self, lane: int, done: asyncio.Task[None]) -> None:
        self._all.discard(done)
        if self._last.get(lane) is done:
            del self._last[lane]

    async def drain(self, seconds: float) -> bool:
        """All work has ended; False when some of it took longer and was cut off."""
        if not self._all:
            return True
        _, late = await asyncio.wait(self._all, timeout=seconds)
        for task in late:
            task.cancel()
        if late:
            await asyncio.wait(late)
        return not late


async def _after(before: asyncio.Task[None] | None, work: Coroutine[Any, Any, None]) -> None:
    try:
        if before is not None:
            await asyncio.wait({before})
    except asyncio.CancelledError:
        work.close()
        raise
    try:
        await work
    except Exception as error:  # noqa: BLE001 - whatever one piece of work throws, those behind it go on
        log.error("work on an update failed: %s", brief(error))
