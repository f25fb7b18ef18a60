"""The real process: started as an operator starts it, seen from outside, and killed."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import sys
from pathlib import Path
from time import monotonic
from typing import Any

import aiohttp

from tests.stories.seen import within

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 15.0


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


class Process:
    """`python -m bot run` (or another `command`) on one data directory, as often as the story needs."""

    def __init__(self, folder: Path, **settings: str) -> None:
        """Not running."""
        self.folder, self.port = folder, free_port()
        ours = {"DATA_DIR": str(folder), "WEB_PORT": str(self.port), "ENV_FILE": "", "QUIET_HOURS": ""} | settings
        kept = {name: value for name, value in os.environ.items() if not name.startswith("KALLELSE_")}
        self.environment = kept | {f"KALLELSE_{name}": value for name, value in ours.items()}
        self.command = "run"
        self.log = ""
        self._child: asyncio.subprocess.Process | None = None
        self._reader: asyncio.Task[None] | None = None

    @property
    def is_running(self) -> bool:
        """Whether it was started and has not been ended by us."""
        return self._child is not None

    async def start(self) -> float:
        """The seconds until /healthz answered."""
        began = monotonic()
        await self.launch()
        await within(START_SECONDS, self._is_healthy)
        return monotonic() - began

    async def launch(self) -> None:
        """It has been told to start."""
        self._child = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", self.command, cwd=ROOT, env=self.environment,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
        self._reader = asyncio.create_task(self._read(self._child))

    async def _read(self, child: asyncio.subprocess.Process) -> None:
        assert child.stdout is not None
        async for line in child.stdout:
            self.log += line.decode()

    async def _is_healthy(self) -> bool:
        assert self._child is not None
        assert self._child.returncode is None, f"it ended:\n{self.log}"
        try:
            return (await self.get("/healthz"))[0] == 200
        except aiohttp.ClientConnectionError:
            return False

    async def get(self, path: str) -> tuple[int, Any]:
        """Status and content of one of its pages."""
        address = f"http://127.0.0.1:{self.port}{path}"
        async with aiohttp.ClientSession() as session, session.get(address) as answer:
            is_json = answer.content_type == "application/json"
            return answer.status, await (answer.json() if is_json else answer.text())

    async def ended(self, seconds: float = 20) -> int:
        """Its exit code, once it has ended."""
        assert self._child is not None
        assert self._reader is not None
        code = await asyncio.wait_for(self._child.wait(), seconds)
        await self._reader
        self._child = None
        return code

    async def stop(self) -> int:
        """Its exit code after SIGTERM."""
        self.signal(signal.SIGTERM)
        return await self.ended()

    async def kill(self) -> None:
        """It is gone without a word."""
        self.signal(signal.SIGKILL)
        await self.ended()

    def signal(self, number: int) -> None:
        """It has got that signal."""
        assert self._child is not None
        self._child.send_signal(number)

    async def clean_up(self) -> None:
        """It runs no more, whatever the test left."""
        if self._child is not None:
            if self._child.returncode is None:
                self._child.kill()
            await self.ended()


async def doctor(process: Process) -> dict[str, Any]:
    """What `doctor` says of that process, running or not."""
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "doctor", "--json",
        cwd=ROOT, env=process.environment, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    out, _ = await child.communicate()
    found: dict[str, Any] = json.loads(out)
    assert child.returncode == (0 if found["ready"] else 1)
    return found
