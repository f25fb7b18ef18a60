"""Who comes into and leaves a server, also while the bot was away; one of its channels stands for the server."""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import aiohttp
import discord

from bot.discord_bot.reading import address, channel_chat, event
from bot.discord_bot.rest import Json, Rest, RestError
from bot.dispatch import Dispatch
from chat.address import Address
from chat.request import Chat, Event, Request
from db import discord_chats
from db.discord_chats import Bound

log = logging.getLogger(__name__)

PAGE = 1000  # members a request
LOOKS_BACK = timedelta(days=30)  # who came earlier is not new any more


class Arrivals:
    """Tells handlers of joins and leaves, with the channel where a welcome belongs."""

    def __init__(self, dispatch: Dispatch, rest: Rest, clock: Callable[[], datetime]) -> None:
        """`clock` bounds how far back missed joins are looked for."""
        self._dispatch, self._rest, self._clock = dispatch, rest, clock

    async def joined(self, member: discord.Member) -> None:
        """Somebody came."""
        place = await self._place(member.guild)
        if place and not member.bot:
            joined_at = member.joined_at.isoformat() if member.joined_at else ""
            await self._tell(place[1], member.guild, address(member.id), member.display_name, joined_at)

    async def left(self, guild: discord.Guild, user: int) -> None:
        """Somebody went."""
        place = await self._place(guild)
        if place:
            await self._dispatch.handle(event(Event.LEFT, place[1], user))

    async def removed(self, channels: list[discord.abc.GuildChannel]) -> None:
        """The bot is no longer in these channels."""
        for bound, chat in await self._bound(channels):
            log.info("chat %s is gone", bound.chat_id)
            await self._dispatch.handle(event(Event.BOT_REMOVED, chat, 0))

    async def returned(self, channels: Sequence[discord.abc.GuildChannel]) -> None:
        """Channels that were lost and where the bot may write again get what they are bound to."""
        by_address = {address(one.id): one for one in channels if _may_write(one)}
        async with self._dispatch.database.read() as session:
            lost = await discord_chats.lost_among(session, self._dispatch.keys, list(by_address))
        for one in lost:
            channel = by_address[one]
            await self._dispatch.handle(event(Event.BOT_ADDED, channel_chat(channel, channel.guild), 0))

    async def catch_up(self, guilds: list[discord.Guild]) -> None:
        """Who came while nobody listened is told of now."""
        for guild in guilds:
            try:
                await self._catch_up(guild)
            except (RestError, aiohttp.ClientError, TimeoutError) as error:
                log.warning("the members of a server could not be asked for: %s", type(error).__name__)

    async def _catch_up(self, guild: discord.Guild) -> None:
        place = await self._place(guild)
        after = 0
        while place:
            path = f"/guilds/{guild.id}/members?limit={PAGE}&after={after}"
            page = await self._rest.patiently("GET", path, bucket=f"GET members {guild.id}")
            await self._tell_missed(guild, place, page)
            if len(page) < PAGE:
                return
            after = max(int(one["user"]["id"]) for one in page)

    async def _tell_missed(self, guild: discord.Guild, place: tuple[Bound, Chat], page: list[Json]) -> None:
        bound, chat = place
        since = max(bound.since, self._clock() - LOOKS_BACK)
        new = {address(one["user"]["id"]): one for one in page if _is_new(one, since)}
        if not new:
            return
        async with self._dispatch.database.read() as session:
            missed = await discord_chats.not_arrived(session, self._dispatch.keys, bound.chat_id, list(new))
        for who in sorted(missed, key=lambda one: int(one.id)):
            await self._tell(chat, guild, who, _name(new[who]), str(new[who]["joined_at"]))

    async def _tell(self, chat: Chat, guild: discord.Guild, who: Address, name: str, joined_at: str) -> None:
        moment = datetime.fromisoformat(joined_at).timestamp() if joined_at else 0
        # By its keyed hash: what stands in the database names no account.
        update = self._dispatch.keys.blind_index("join", str(guild.id), who.id, f"{moment:.0f}").hex()
        request: Request = event(Event.JOINED, chat, int(who.id), name, update=update)
        await self._dispatch.handle(request)

    async def _place(self, guild: discord.Guild) -> tuple[Bound, Chat] | None:
        """The bound channel where people are welcomed: where Discord greets them, else the first."""
        found = await self._bound(list(guild.text_channels))
        greeting = str(guild.system_channel.id) if guild.system_channel else ""
        return next((one for one in found if one[0].address.id == greeting), found[0] if found else None)

    async def _bound(self, channels: list[discord.abc.GuildChannel]) -> list[tuple[Bound, Chat]]:
        by_address = {address(one.id): one for one in channels}
        async with self._dispatch.database.read() as session:
            found = await discord_chats.bound_among(session, self._dispatch.keys, list(by_address))
        return [(one, channel_chat(by_address[one.address], by_address[one.address].guild)) for one in found]


def _may_write(channel: discord.abc.GuildChannel) -> bool:
    guild = channel.guild
    me: discord.Member | None = guild.me
    if me is None or guild.get_role(guild.id) is None:
        return True  # what the bot may do is not known: the next message will show it
    allowed = channel.permissions_for(me)
    return allowed.view_channel and allowed.send_messages


def _is_new(member: Json, since: datetime) -> bool:
    if member["user"].get("bot") or not member.get("joined_at"):
        return False
    return datetime.fromisoformat(member["joined_at"]) >= since


def _name(member: Json) -> str:
    user = member["user"]
    return str(member.get("nick") or user.get("global_name") or user["username"])
