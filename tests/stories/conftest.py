"""The stage of every story, once for each platform, and what stories of the real process need."""

from __future__ import annotations

import asyncio
import logging
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
from tests.stories.process import Process
from tests.stories.stage import Stage

OURS = {"bot", "handlers", "db", "schedules", "web", "chat", "texts"}  # whose log lines reach the operator
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
    platform: str,
    new_data: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> AsyncIterator[Stage]:
    """The product running on that platform, with a newcomer, a member, an organiser and their group.

    At the end its log must hold nobody, and no error but those that the story is about.
    """
    caplog.set_level(logging.INFO)
    for one in Platform:  # people in a story answer faster than people: nobody is made to wait for a limit
        monkeypatch.setitem(pacing.LIMITS, one, Limits())
    data = Path(shutil.copytree(new_data, tmp_path / "data"))
    made = Stage(DRIVERS[platform](), data)
    await made.open()
    try:
        yield made
    finally:
        await made.close()
    records = [record for when in ("setup", "call") for record in caplog.get_records(when)]
    assert made.goes_wrong or [one.getMessage() for one in records if one.levelno >= logging.ERROR] == []
    said = [one.getMessage() for one in records if one.name.partition(".")[0] in OURS]
    assert [line for line in said if any(secret in line for secret in made.secrets())] == []


@pytest.fixture
async def telegram():
    """A Telegram with a group."""
    driver = OnTelegram()
    await driver.start()
    yield driver
    await driver.stop()


@pytest.fixture
async def discord():
    """A Discord with a server."""
    driver = OnDiscord()
    await driver.start()
    yield driver
    await driver.stop()


@pytest.fixture
async def driver(request):
    """The platform that the story is told on."""
    opened = OnTelegram() if request.param == "telegram" else OnDiscord()
    await opened.start()
    yield opened
    await opened.stop()


@pytest.fixture
async def make(tmp_path):
    """Makes processes on one data directory; none is left behind."""
    made = []

    def one(**settings):
        made.append(Process(tmp_path / "data", **settings))
        return made[-1]

    yield one
    for process in made:
        await process.clean_up()
