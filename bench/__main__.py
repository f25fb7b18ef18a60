"""Runs some measurements, or all: `python -m bench [NAME …]`, the names as in `ALL`."""

import asyncio
import sys
from importlib import import_module

from bench.figures import machine

ALL = (
    "telegram_updates",
    "discord_commands",
    "idle",
    "agenda",
    "clock",
    "broadcast",
    "deliveries",
    "ledger",
    "audience",
    "workers",
    "memory",
    "import_members",
)


async def main(names: tuple[str, ...]) -> None:
    """The tables are printed."""
    print(machine())
    for name in names:
        module = import_module(f"bench.{name}")
        print(f"\n{(module.__doc__ or '').strip()}\n\n{await module.measure()}", flush=True)


if __name__ == "__main__":
    asyncio.run(main(tuple(sys.argv[1:]) or ALL))
