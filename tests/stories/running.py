"""The whole product, running in the test's own loop on one data directory, by a clock that the story moves."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot import server
from bot.app import Process
from bot.opening import Opened, opened
from bot.settings import Settings
from bot.supervise import Stop
from schedules import jobs

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)  # a Monday, 10.00 in Stockholm


class Told(Stop):
    """Told by the story rather than by a signal, and without the deadline that ends the process."""

    def __init__(self) -> None:
        """Not told yet; signals stay the tests' own."""
        self._event = asyncio.Event()

    def ask(self) -> None:
        """The product is to end."""
        self._event.set()

    async def wait(self) -> None:
        """Comes back when the product is to end."""
        await self._event.wait()


class Product:
    """Started and stopped as often as a story needs; what it remembers stays in its folder."""

    def __init__(self, folder: Path, settings: dict[str, str], clock: Callable[[], datetime]) -> None:
        """Not running."""
        values: dict[str, Any] = {name.lower(): value for name, value in settings.items()}
        self.settings = Settings(
            data_dir=folder, web_port=0, organisation="Exempeldistriktet", _env_file=None, **values
        )
        self.clock = clock
        self.process: Process
        self.opened: Opened
        self.web = ""
        self._told = Told()
        self._stack = AsyncExitStack()
        self._life: asyncio.Task[int] | None = None

    async def start(self) -> None:
        """Every part runs."""
        listening = server.bind("127.0.0.1", 0)
        self.web = f"http://127.0.0.1:{listening.getsockname()[1]}"
        self.opened = await self._stack.enter_async_context(opened(self.settings))
        self._told = Told()
        self.process = Process(self.settings, self.opened, self.clock)
        self._life = asyncio.create_task(self.process.live(self._told, listening))

    async def stop(self) -> None:
        """It has ended in order, as after a signal."""
        if self._life is not None:
            self._told.ask()
            life, self._life = self._life, None
            assert await asyncio.wait_for(life, 20) == 0
        await self._stack.aclose()

    async def look(self) -> None:
        """All clock work that is due by now is done, and delivery looks at once."""
        for job in jobs(self.opened.keys):
            async with self.opened.database.write() as session:
                await job.run(session, now=self.clock(), installation=self.opened.installation)
        self.process._wake()  # noqa: SLF001 - what the clock does when it has queued something
