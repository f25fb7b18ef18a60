"""The product as it runs, with no platform's limits: shows what one process could send."""

import asyncio
from datetime import UTC, datetime

from bot import logs
from bot.app import Process
from bot.opening import opened
from bot.pacing import Limits
from bot.settings import load
from bot.supervise import Stop
from chat.address import Platform

NONE = {platform: Limits() for platform in Platform}


def clock() -> datetime:
    """The present moment."""
    return datetime.now(UTC)  # noqa: TID251 - a program of its own, as bot/__main__.py is


async def main() -> None:
    """Runs until it is told to stop."""
    logs.start("WARNING")
    stop, settings = Stop(), load()
    async with opened(settings) as house:
        await Process(settings, house, clock, limits=NONE).live(stop, None)


if __name__ == "__main__":
    asyncio.run(main())
