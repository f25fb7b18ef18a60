"""The unmodified discord.py as a bot that keeps what it hears, for tests of the local Discord."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import discord

from tests.servers.discord import DiscordServer

Answer = Callable[[Any], Awaitable[object]]


class Bot(discord.Client):
    """What it hears is in `heard`, what else happened in `got`; interactions go to `answer`."""

    def __init__(self, server: DiscordServer, answer: Answer | None = None, *, members: bool = True) -> None:
        """Not connected yet."""
        intents = discord.Intents.none()
        intents.guilds = intents.guild_messages = intents.dm_messages = True
        intents.members = members
        super().__init__(intents=intents, guild_ready_timeout=0.05, max_messages=None)
        self.server = server
        self.answer = answer
        self.heard: list[str] = []
        self.got: list[object] = []

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Nothing: the library would wait 5 s before it identifies again."""

    def keep(self, what: object) -> None:
        """Note what happened and wake those who wait for it."""
        self.got.append(what)
        self.server.world.changed()

    async def on_message(self, message: discord.Message) -> None:
        if not message.author.bot:
            self.heard.append(message.content)
            self.server.world.changed()

    async def on_member_join(self, member: discord.Member) -> None:
        self.keep(("joined", member.id))

    async def on_resumed(self) -> None:
        self.keep("resumed")

    async def on_ready(self) -> None:
        self.keep("ready")

    async def on_interaction(self, interaction: discord.Interaction) -> None:
        if self.answer is None:
            await interaction.response.send_message("Svar", ephemeral=True)
        else:
            await self.answer(interaction)
            self.server.world.changed()

    async def say(self, channel: Any, **body: Any) -> Any:
        """Post a message with exactly this body."""
        route = discord.http.Route("POST", "/channels/{channel_id}/messages", channel_id=channel.id)
        return await self.http.request(route, json=body)

    async def put_commands(self, *names: str) -> Any:
        """Register slash commands with an English name."""
        made: list[Any] = [
            {"name": name, "description": "Vad som händer", "name_localizations": {"en-GB": "week"}, "type": 1}
            for name in names
        ]
        assert self.application_id
        return await self.http.bulk_upsert_global_commands(self.application_id, payload=made)


@asynccontextmanager
async def running(bot: Bot) -> AsyncIterator[Bot]:
    """The bot, connected and ready; what ends it earlier is raised."""
    async with bot:
        task = asyncio.create_task(bot.start(bot.server.token))
        task.add_done_callback(lambda _: bot.server.world.changed())
        try:
            await bot.server.until(lambda: "ready" in bot.got or task.done(), 10, "a bot that is ready")
            if task.done():
                await task
            yield bot
        finally:
            await bot.close()
            await asyncio.gather(task, return_exceptions=True)
