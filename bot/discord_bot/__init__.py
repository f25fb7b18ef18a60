"""Discord: an adapter of the inward seam and a Sender of the outward one."""

from bot.discord_bot.gateway import DiscordBot
from bot.discord_bot.sender import DiscordSender

__all__ = ["DiscordBot", "DiscordSender"]
