"""The connection to Discord: what comes in is handed on, and a lost connection leaves the rest of us alone."""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime
from typing import Any

import aiohttp
import discord
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bot.discord_bot.arrivals import Arrivals
from bot.discord_bot.commands import described, put_commands
from bot.discord_bot.conversation import Conversation
from bot.discord_bot.private import PrivateChannels
from bot.discord_bot.rest import Rest, RestError
from bot.discord_bot.sender import DiscordSender
from bot.dispatch import Dispatch
from bot.pacing import Pace
from texts import translator

log = logging.getLogger(__name__)

TALK = frozenset({discord.MessageType.default, discord.MessageType.reply})  # the rest is the app itself
GUILD_WAIT_SECONDS = 1.0  # after the last server is told of, before we are ready
GIVE_UP_SECONDS = 120.0  # a session can be resumed about that long; then we start anew
LAST_ANSWERS_SECONDS = 5.0  # at the end

CONNECTING = "connecting"
RECONNECTING = "the connection was lost, connecting again"
TOKEN_REFUSED = 4004  # the code with which the gateway closes
WRONG_TOKEN = "the token is refused"  # noqa: S105 - a sentence about it
UNREACHABLE = "Discord cannot be reached"
NO_MEMBERS = "the members intent is not allowed in Discord's developer portal: nobody is welcomed on arrival"


class Client(discord.Client):
    """The library's gateway, without its caches of members and messages."""

    def __init__(self, bot: "DiscordBot", *, members: bool) -> None:
        """`members`: the privileged intent without which nobody's arrival is told."""
        intents = discord.Intents(guilds=True, members=members, guild_messages=True, dm_messages=True)
        super().__init__(
            intents=intents,
            max_messages=None,
            chunk_guilds_at_startup=False,
            member_cache_flags=discord.MemberCacheFlags.none(),
            guild_ready_timeout=GUILD_WAIT_SECONDS,
        )
        self._bot = bot
        self._under_way: set[asyncio.Task[None]] = set()

    async def setup_hook(self) -> None:
        """Where the gateway is, is asked of the API: the library would go to the official one."""
        _, url, _ = await self.http.get_bot_gateway()
        DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(url)

    def dispatch(self, event: str, /, *args: Any, **kwargs: Any) -> None:
        """Nothing begins any more once closed: the library's own "ready" may come after, and find no loop."""
        if not self.is_closed():
            super().dispatch(event, *args, **kwargs)

    def _schedule_event(self, *args: Any, **kwargs: Any) -> asyncio.Task[None]:
        task = super()._schedule_event(*args, **kwargs)
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        return task

    async def finished(self) -> None:
        """What is under way has had a moment to come to its end, and nothing of it runs any more."""
        if self._under_way:
            _, late = await asyncio.wait(self._under_way, timeout=LAST_ANSWERS_SECONDS)
            for one in late:
                one.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def on_interaction(self, interaction: discord.Interaction) -> None:
        await self._bot.conversation.interaction(interaction)

    async def on_message(self, message: discord.Message) -> None:
        if message.type in TALK and not message.author.bot and self.user is not None:
            await self._bot.conversation.message(message, self.user.id)

    async def on_member_join(self, member: discord.Member) -> None:
        await self._bot.arrivals.joined(member)

    async def on_raw_member_remove(self, payload: discord.RawMemberRemoveEvent) -> None:
        guild = self.get_guild(payload.guild_id)
        if guild is not None:
            await self._bot.arrivals.left(guild, payload.user.id)

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        await self._bot.arrivals.removed(list(guild.text_channels))

    async def on_guild_join(self, guild: discord.Guild) -> None:
        await self._bot.arrivals.returned(guild.text_channels)

    async def on_guild_available(self, guild: discord.Guild) -> None:
        await self._bot.arrivals.returned(guild.text_channels)

    async def on_guild_channel_update(
        self, before: discord.abc.GuildChannel, after: discord.abc.GuildChannel
    ) -> None:
        await self._bot.arrivals.returned([after])

    async def on_guild_channel_delete(self, channel: discord.abc.GuildChannel) -> None:
        await self._bot.arrivals.removed([channel])

    async def on_ready(self) -> None:
        self._bot.is_connected()
        if self.intents.members:
            await self._bot.arrivals.catch_up(list(self.guilds))

    async def on_resumed(self) -> None:
        self._bot.is_connected()

    async def on_disconnect(self) -> None:
        self._bot.is_disconnected()

    async def on_error(self, event_method: str, /, *args: Any, **kwargs: Any) -> None:
        """Logged by place; the library would print what came."""
        log.exception("%s failed", event_method)  # noqa: LOG004 - the library calls this while it handles one


class DiscordBot:
    """The adapter and its Sender. `status` is "ok" or the reason why it is not."""

    def __init__(
        self,
        token: str,
        dispatch: Dispatch,
        pace: Pace,
        *,
        clock: Callable[[], datetime],
        api_url: str | None = None,
    ) -> None:
        """`api_url`: the root of another server than Discord's own."""
        self.status = CONNECTING
        self._token = token
        self._dispatch = dispatch
        self._members = True
        self._patience: asyncio.Timeout | None = None
        key = dispatch.keys.buttons
        self._rest = Rest(token, api_url)
        private = PrivateChannels(self._rest, dispatch.database, dispatch.keys, pace)
        self.sender = DiscordSender(self._rest, private, key)
        self.conversation = Conversation(dispatch, self._rest, self.sender, private, pace)
        self.arrivals = Arrivals(dispatch, self._rest, clock)
        Route.BASE = self._rest.url  # the library has no other way to another server

    def _say(self, status: str) -> None:
        """The reason is shown, and logged when it is another than before."""
        if status != self.status:
            log.log(logging.INFO if status == "ok" else logging.WARNING, "Discord: %s", status)
        self.status = status

    async def _stay(self, client: Client) -> None:
        """Connected as long as the library gets through; it waits ever longer between its tries."""
        try:
            async with asyncio.timeout(GIVE_UP_SECONDS) as self._patience:
                await client.connect()
        finally:
            self._patience = None

    def is_connected(self) -> None:
        """Events come."""
        if self._patience is not None:
            self._patience.reschedule(None)
        self._say("ok" if self._members else NO_MEMBERS)

    def is_disconnected(self) -> None:
        """No events come; the library tries again for a while."""
        if self._patience is not None and self._patience.when() is None:
            self._patience.reschedule(asyncio.get_running_loop().time() + GIVE_UP_SECONDS)
        if self.status in {"ok", NO_MEMBERS}:
            self._say(RECONNECTING)

    async def run(self) -> None:
        """Connected until cancelled; raises when it cannot, and is to be called again later."""
        try:
            await self._connected()
        except discord.PrivilegedIntentsRequired:
            if not self._members:
                raise
            self._members = False
            await self._connected()

    async def _connected(self) -> None:
        discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False  # it never speaks
        client = Client(self, members=self._members)
        try:
            async with client:
                await client.login(self._token)
                await self._tell_commands(client.application_id or 0)
                await self._stay(client)
        except discord.LoginFailure:
            self._say(WRONG_TOKEN)
            raise
        except discord.ConnectionClosed as error:
            self._say(WRONG_TOKEN if error.code == TOKEN_REFUSED else f"closed by Discord ({error.code})")
            raise
        except (
            aiohttp.ClientError,
            OSError,
            TimeoutError,
            discord.HTTPException,
            discord.GatewayNotFound,
        ) as error:
            self._say(f"{UNREACHABLE} ({type(error).__name__})")
            raise
        except AttributeError as error:
            # discord.py #10520: the first connection failed, and the library looks into what it does not have
            self._say(UNREACHABLE)
            raise ConnectionError(UNREACHABLE) from error
        finally:
            await client.finished()

    async def close(self) -> None:
        """No connection is left; nothing can be sent any more."""
        await self._rest.close()

    async def _tell_commands(self, application: int) -> None:
        """Discord lists our commands; without them buttons and messages still work."""
        zone = self._dispatch.installation.zone
        swedish, english = translator("sv", zone), translator("en", zone)
        wanted = [described(one, swedish, english) for one in self._dispatch.routes.all_commands]
        try:
            if await put_commands(self._rest, application, wanted):
                log.info("%s commands were registered", len(wanted))
        except RestError as error:
            log.error("the commands were refused by Discord: %s", error)
