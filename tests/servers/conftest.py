"""Fixtures of the local platforms' own tests."""

import pytest
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

from tests.servers.discord import DiscordServer


@pytest.fixture
async def server(monkeypatch):
    """A local Discord that discord.py takes for the real one."""
    async with DiscordServer() as running:
        monkeypatch.setattr(Route, "BASE", running.url)
        monkeypatch.setattr(DiscordWebSocket, "DEFAULT_GATEWAY", yarl.URL(running.gateway.url))
        yield running
