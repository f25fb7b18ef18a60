"""The smallest bot on discord.py with one slash command: what ours is measured beside."""

import asyncio
import os

import aiohttp
import discord
from discord import app_commands


class Bot(discord.Client):
    """Answers /echo."""

    def __init__(self) -> None:
        """With the intents that ours has."""
        intents = discord.Intents.none()
        intents.guilds = intents.members = intents.guild_messages = intents.dm_messages = True
        super().__init__(intents=intents)
        self.tree = app_commands.CommandTree(self)

    async def setup_hook(self) -> None:
        """The command is known to Discord."""
        await self.tree.sync()


async def main() -> None:
    """Runs until it is stopped."""
    url, token = os.environ["KALLELSE_DISCORD_API_URL"], os.environ["KALLELSE_DISCORD_TOKEN"]
    discord.http.Route.BASE = url
    headers = {"Authorization": f"Bot {token}"}
    async with aiohttp.ClientSession() as session, session.get(f"{url}/gateway/bot", headers=headers) as answer:
        gateway = (await answer.json())["url"]
    discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = discord.gateway.yarl.URL(gateway)  # type: ignore[attr-defined]  # the module imports it for itself
    bot = Bot()

    @bot.tree.command(name="echo", description="Echo")
    async def echo(interaction: discord.Interaction) -> None:
        await interaction.response.send_message("echo", ephemeral=True)

    async with bot:
        await bot.start(token)


if __name__ == "__main__":
    asyncio.run(main())
