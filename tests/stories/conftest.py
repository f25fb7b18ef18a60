"""The stage of every story, once for each platform."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from bot import pacing
from bot.opening import opened
from bot.pacing import Limits
from bot.settings import Settings
from chat.address import Platform
from tests.stories.driver import Driver
from tests.stories.on_discord import OnDiscord
from tests.stories.on_telegram import OnTelegram
from tests.stories.on_try import OnTry
from tests.stories.stage import Stage

DRIVERS: dict[str, Callable[[], Driver]] = {"telegram": OnTelegram, "discord": OnDiscord, "try": OnTry}


@pytest.fixture(params=["telegram", "discord", "try"])
def platform(request: pytest.FixtureRequest) -> str:
    """Where the story is told; a story that only some can tell says so with `parametrize`."""
    return str(request.param)


@pytest.fixture(scope="session")
def new_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory as a first start leaves it: stories begin with a copy."""
    folder = tmp_path_factory.mktemp("new") / "data"

    async def start_once() -> None:
        async with opened(Settings(data_dir=folder, _env_file=None)):
            pass

    asyncio.run(start_once())
    return folder


@pytest.fixture
async def stage(
    platform: str, new_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Stage]:
    """The product running on that platform, with a newcomer, a member, an organiser and their group."""
    for one in Platform:  # people in a story answer faster than people: nobody is made to wait for a limit
        monkeypatch.setitem(pacing.LIMITS, one, Limits())
    data = Path(shutil.copytree(new_data, tmp_path / "data"))
    made = Stage(DRIVERS[platform](), data)
    await made.open()
    try:
        yield made
    finally:
        await made.close()
