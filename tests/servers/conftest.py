"""Fixtures of the local platforms' own tests."""

from collections.abc import AsyncIterator

import pytest
import telegram
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route
from telegram.request import HTTPXRequest

from tests.servers.discord import DiscordServer
from tests.servers.telegram import TelegramServer


@pytest.fixture
async def server(monkeypatch):
    """A local Discord that discord.py takes for the real one."""
    async with DiscordServer() as running:
        monkeypatch.setattr(Route, "BASE", running.url)
        monkeypatch.setattr(DiscordWebSocket, "DEFAULT_GATEWAY", yarl.URL(running.gateway.url))
        yield running


@pytest.fixture
async def bot(server: TelegramServer, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[telegram.Bot]:
    """The unmodified library's bot on the local Telegram that a test calls `server`."""
    # Spans of time come as timedelta, without a warning for each.
    monkeypatch.setenv("PTB_TIMEDELTA", "true")
    async with telegram.Bot(
        server.token,
        base_url=f"{server.url}/bot",
        base_file_url=f"{server.url}/file/bot",
        get_updates_request=HTTPXRequest(connection_pool_size=2),
    ) as one:
        yield one
