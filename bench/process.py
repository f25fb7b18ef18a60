"""A program under measurement: started, its CPU and memory read from the kernel, stopped."""

import asyncio
import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Self

TICKS = os.sysconf("SC_CLK_TCK")
REPOSITORY = Path(__file__).parent.parent


class Program:
    """`python -m MODULE …` in a process of its own."""

    def __init__(self, *arguments: str, environment: Mapping[str, str]) -> None:
        """Not started yet."""
        self._arguments = arguments
        inherited = {name: os.environ[name] for name in ("PATH", "PYTHONPATH") if name in os.environ}
        self._environment = {**inherited, "PYTHONWARNINGS": "ignore", **environment}
        self._process: asyncio.subprocess.Process | None = None

    async def __aenter__(self) -> Self:
        """It runs."""
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", *self._arguments, cwd=REPOSITORY, env=self._environment
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        """It is gone."""
        assert self._process is not None
        if self._process.returncode is None:
            self._process.send_signal(signal.SIGTERM)
        await self._process.wait()

    async def ended(self) -> None:
        """It has done all it was to do. Errors: RuntimeError."""
        assert self._process is not None
        if await self._process.wait():
            raise RuntimeError(f"{' '.join(self._arguments)} ended with {self._process.returncode}")

    @property
    def pid(self) -> int:
        """Its process id."""
        assert self._process is not None
        return self._process.pid

    def cpu_seconds(self) -> float:
        """User and system time it has taken so far, all threads."""
        fields = Path(f"/proc/{self.pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def memory_mib(self) -> float:
        """What it holds in memory now, shared pages counted in parts (PSS)."""
        for line in Path(f"/proc/{self.pid}/smaps_rollup").read_text(encoding="utf-8").splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1024
        raise RuntimeError("the kernel tells no memory figure")
