"""The gateway of the local Discord: identify, resume, intents, and all the ways to lose a connection."""

from __future__ import annotations

import asyncio
import json

from aiohttp import WSMsgType, web

from tests.servers.discord_session import Connection, Session
from tests.servers.discord_state import Account, Channel, Guild, Json, Message
from tests.servers.discord_world import World

GUILDS = 1 << 0
MEMBERS = 1 << 1
PRESENCES = 1 << 8
GUILD_MESSAGES = 1 << 9
DIRECT_MESSAGES = 1 << 12
MESSAGE_CONTENT = 1 << 15
PRIVILEGED = MEMBERS | PRESENCES | MESSAGE_CONTENT
CHUNK = 1000  # members in one GUILD_MEMBERS_CHUNK
_NOTHING = (
    *("emojis", "stickers", "features", "threads", "presences", "voice_states"),
    *("stage_instances", "guild_scheduled_events", "soundboard_sounds"),
)
_ZERO = ("verification_level", "afk_timeout", "premium_tier", "system_channel_flags")
MOST_BYTES = 4096  # of what a client may send at once


class ClosedError(Exception):
    """The gateway ends the connection with a code."""

    def __init__(self, code: int) -> None:
        """`code` as Discord documents it."""
        super().__init__(code)
        self.code = code


class Gateway:
    """All sessions and connections, and what is told to them."""

    def __init__(self, world: World) -> None:
        """Everything works; both privileged intents of the application are allowed."""
        self.world = world
        self.allowed_intents = PRIVILEGED
        self.heartbeat_seconds = 41.25
        self.refusing = False
        self.identified = 0
        self.resumed = 0
        self.sessions: dict[str, Session] = {}
        self.connections: set[Connection] = set()
        self.url = ""

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """One websocket from its hello to its end."""
        if self.refusing:
            return web.Response(status=503)
        socket = web.WebSocketResponse(max_msg_size=0, autoping=True)
        await socket.prepare(request)
        connection = Connection(socket, request)
        self.connections.add(connection)
        writer = asyncio.create_task(connection.write())
        try:
            await self._talk(connection)
        except ClosedError as closed:
            await socket.close(code=closed.code)
        finally:
            writer.cancel()
            self._gone(connection)
        return socket

    def _gone(self, connection: Connection) -> None:
        self.connections.discard(connection)
        session = connection.session
        if session is not None and session.connection is connection:
            session.connection = None
            if connection.socket.close_code in {1000, 1001}:
                self.sessions.pop(session.id, None)
        self.world.changed()

    async def _talk(self, connection: Connection) -> None:
        query = connection.request.query
        if query.get("v") != "10" or query.get("encoding") != "json":
            raise ClosedError(4012)
        connection.op(10, {"heartbeat_interval": int(self.heartbeat_seconds * 1000)})
        while True:
            try:
                frame = await connection.socket.receive(timeout=self.heartbeat_seconds * 1.5)
            except TimeoutError:
                raise ClosedError(4009) from None
            if frame.type is not WSMsgType.TEXT:
                return
            self._read(connection, frame.data)

    def _read(self, connection: Connection, raw: str) -> None:
        try:
            payload = json.loads(raw if len(raw.encode()) <= MOST_BYTES else "")
            number, data = payload["op"], payload["d"]
        except (ValueError, TypeError, KeyError):
            raise ClosedError(4002) from None
        if number == 1:
            connection.op(11)
        elif number == 2:
            self._identify(connection, data)
        elif number == 6:
            self._resume(connection, data)
        elif connection.session is None:
            raise ClosedError(4003)
        elif number == 8:
            self._send_members(connection.session, data)
        elif number not in {3, 4}:
            raise ClosedError(4001)

    def _identify(self, connection: Connection, data: Json) -> None:
        if connection.session is not None:
            raise ClosedError(4005)
        if data.get("token") != self.world.token:
            raise ClosedError(4004)
        intents = data.get("intents")
        if not isinstance(intents, int) or not data.get("properties"):
            raise ClosedError(4013)
        if intents & PRIVILEGED & ~self.allowed_intents:
            raise ClosedError(4014)
        self.identified += 1
        session = Session(f"session-{self.world.new_id()}", intents, connection=connection)
        connection.session = self.sessions[session.id] = session
        mine = [one for one in self.world.guilds.values() if self.world.bot.id in one.members]
        session.give("READY", self._ready(session, mine))
        for guild in mine if intents & GUILDS else ():
            session.give("GUILD_CREATE", self._guild(guild, unavailable=False))
        self.world.changed()

    def _ready(self, session: Session, guilds: list[Guild]) -> Json:
        flags = (1 << 15 if self.allowed_intents & MEMBERS else 0) | 1 << 23
        return {
            "v": 10,
            "user": self.world.bot.payload() | {"verified": True, "mfa_enabled": True, "flags": 0},
            "guilds": [{"id": str(guild.id), "unavailable": True} for guild in guilds],
            "session_id": session.id,
            "session_type": "normal",
            "resume_gateway_url": self.url,
            "private_channels": [],
            "application": {"id": str(self.world.bot.id), "flags": flags},
            "shard": [0, 1],
        }

    def _guild(self, guild: Guild, *, unavailable: bool) -> Json:
        return {
            "id": str(guild.id),
            "name": guild.name,
            "unavailable": unavailable,
            "owner_id": "1",
            "member_count": len(guild.members),
            "large": len(guild.members) > 250,
            "members": [guild.member_payload(self.world.bot)],
            "channels": [one.payload() for one in guild.channels if one.bot_sees],
            "roles": guild.roles_payload(),
            "preferred_locale": guild.locale,
            **dict.fromkeys(_NOTHING, ()),
            **dict.fromkeys(_ZERO, 0),
        }

    def _resume(self, connection: Connection, data: Json) -> None:
        if data.get("token") != self.world.token:
            raise ClosedError(4004)
        session = self.sessions.get(str(data.get("session_id")))
        if session is None:
            connection.op(9, False)
            return
        if not isinstance(data.get("seq"), int) or not 0 <= data["seq"] <= len(session.events):
            raise ClosedError(4007)
        self.resumed += 1
        connection.session, session.connection = session, connection
        for missed in session.events[data["seq"] :]:
            connection.send(missed)
        session.give("RESUMED", {})
        self.world.changed()

    def _send_members(self, session: Session, data: Json) -> None:
        guild = self.world.guilds[int(data["guild_id"])]
        wanted = {int(one) for one in data.get("user_ids") or []}
        if not wanted and not session.intents & MEMBERS:
            return
        found = [one.account for one in guild.members.values() if not wanted or one.account.id in wanted]
        parts = [found[start : start + CHUNK] for start in range(0, len(found), CHUNK)] or [[]]
        for place, part in enumerate(parts):
            chunk: Json = {
                "guild_id": str(guild.id),
                "members": [guild.member_payload(account) for account in part],
                "chunk_index": place,
                "chunk_count": len(parts),
                "not_found": [],
            }
            session.give("GUILD_MEMBERS_CHUNK", chunk | ({"nonce": data["nonce"]} if data.get("nonce") else {}))

    def tell(self, event: str, data: Json, intents: int = 0) -> None:
        """Every session with these intents gets the event."""
        for session in self.sessions.values():
            if session.intents & intents == intents:
                session.give(event, data)
        self.world.changed()

    def tell_guild(self, guild: Guild) -> None:
        """The bot was added to a guild."""
        self.tell("GUILD_CREATE", self._guild(guild, unavailable=False), GUILDS)

    def tell_channel(self, event: str, channel: Channel) -> None:
        """A channel was made, changed or removed."""
        self.tell(event, channel.payload(), GUILDS)

    def tell_member(self, event: str, guild: Guild, account: Account) -> None:
        """Somebody came or left; without the members intent nobody hears of it."""
        data = {"user": account.payload()}
        if account.id in guild.members:
            data = guild.member_payload(account)
        self.tell(event, data | {"guild_id": str(guild.id)}, MEMBERS)

    def tell_message(self, event: str, message: Message) -> None:
        """A message came or changed; its content is told as the intents allow."""
        guild = message.channel.guild
        for session in self.sessions.values():
            if session.intents & (GUILD_MESSAGES if guild else DIRECT_MESSAGES):
                session.give(event, self._readable(session, message, guild))
        self.world.changed()

    def _readable(self, session: Session, message: Message, guild: Guild | None) -> Json:
        data = message.payload()
        mine = message.author is self.world.bot
        mentioned = f"<@{self.world.bot.id}>" in message.text
        if mentioned:
            data["mentions"] = [self.world.bot.payload()]
        if guild is None:
            return data
        data["guild_id"] = str(guild.id)
        if message.author.id in guild.members:
            data["member"] = guild.member_payload(message.author)
        if not (mine or mentioned or session.intents & MESSAGE_CONTENT):
            data |= {"content": "", "components": [], "embeds": [], "attachments": []}
        return data

    async def close_all(self, code: int) -> None:
        """Every connection is closed with that code."""
        for one in tuple(self.connections):
            await one.socket.close(code=code)
