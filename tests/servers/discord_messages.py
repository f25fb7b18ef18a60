"""Routes of the local Discord about channels and messages."""

from __future__ import annotations

import asyncio

from aiohttp import web

from tests.servers.discord_checks import ApiError, check_changes, check_message
from tests.servers.discord_gateway import Gateway
from tests.servers.discord_state import SILENT, Account, Channel, Json, Message
from tests.servers.discord_wire import Handler
from tests.servers.discord_world import World


class Messages:
    """What the bot reads and writes in channels."""

    def __init__(self, world: World, gateway: Gateway) -> None:
        """Routes are added by `routes`."""
        self.world, self.gateway = world, gateway

    def routes(self) -> dict[str, Handler]:
        """Method and path of everything here."""
        return {
            "GET /channels/{channel}": self.get_channel,
            "GET /channels/{channel}/messages": self.get_messages,
            "POST /channels/{channel}/messages": self.post_message,
            "POST /channels/{channel}/typing": self.type_in,
            "GET /channels/{channel}/messages/{message}": self.get_message,
            "PATCH /channels/{channel}/messages/{message}": self.patch_message,
            "DELETE /channels/{channel}/messages/{message}": self.delete_message,
        }

    def channel(self, request: web.Request, *, writing: bool = False) -> Channel:
        """The channel of the address, if the bot may go there."""
        channel = self.world.channels.get(int(request.match_info["channel"]))
        if channel is None:
            raise ApiError(404, 10003, "Unknown Channel")
        guild, person = channel.guild, channel.recipient
        if not channel.bot_sees or (guild and self.world.bot.id not in guild.members):
            raise ApiError(403, 50001, "Missing Access")
        if writing and not channel.bot_writes:
            raise ApiError(403, 50013, "Missing Permissions")
        if writing and person is not None:
            if not self.world.shares_a_guild(person):
                raise ApiError(403, 50278, "Cannot send messages to this user due to having no mutual guilds")
            if not person.dms_open:
                raise ApiError(403, 50007, "Cannot send messages to this user")
        return channel

    def message(self, request: web.Request) -> Message:
        """The message of the address."""
        message = self.channel(request).messages.get(int(request.match_info["message"]))
        if message is None or message.deleted or message.ephemeral:
            raise ApiError(404, 10008, "Unknown Message")
        return message

    async def get_channel(self, request: web.Request, *_: object) -> object:
        return self.channel(request).payload()

    async def type_in(self, request: web.Request, *_: object) -> None:
        self.channel(request, writing=True)

    async def get_messages(self, request: web.Request, *_: object) -> object:
        most = int(request.query.get("limit", 50))
        return [one.payload() for one in reversed(self.channel(request).shown[-most:])]

    async def get_message(self, request: web.Request, *_: object) -> object:
        return self.message(request).payload()

    async def post_message(self, request: web.Request, body: Json, files: dict[str, bytes]) -> object:
        channel = self.channel(request, writing=True)
        check_message(body, len(files))
        earlier = self._earlier(body)
        if earlier is not None:
            if earlier.deleted:
                raise ApiError(404, 10008, "Unknown Message")
            return earlier.payload() | {"nonce": earlier.nonce}
        message = self.write(channel, body, files)
        if body.get("nonce") is not None:
            self.world.nonces[str(body["nonce"])] = (message, asyncio.get_running_loop().time())
        self.gateway.tell_message("MESSAGE_CREATE", message)
        return message.payload() | {"nonce": message.nonce}

    def _earlier(self, body: Json) -> Message | None:
        if not body.get("enforce_nonce") or body.get("nonce") is None:
            return None
        message, at = self.world.nonces.get(str(body["nonce"]), (None, 0.0))
        return message if asyncio.get_running_loop().time() - at < self.world.nonce_seconds else None

    def write(
        self,
        channel: Channel,
        body: Json,
        files: dict[str, bytes],
        viewer: Account | None = None,
        flags: int = 0,
    ) -> Message:
        """A new message of the bot's in the channel."""
        message = Message(self.world.new_id(), channel, self.world.bot, self.world.timestamp(), viewer=viewer)
        message.flags = flags | int(body.get("flags") or 0) & (SILENT | 4)
        message.nonce = body.get("nonce")
        self.fill(message, body, files)
        channel.messages[message.id] = message
        return message

    def fill(self, message: Message, body: Json, files: dict[str, bytes]) -> None:
        """The message now says what the body says; what it leaves out stays."""
        if "content" in body:
            message.text = body["content"] or ""
        message.components = (
            _numbered(body.get("components") or []) if "components" in body else message.components
        )
        message.embeds = body.get("embeds") or [] if "embeds" in body else message.embeds
        message.files = message.files | files
        message.pinged = pinged(message.text, body.get("allowed_mentions"))

    async def patch_message(self, request: web.Request, body: Json, files: dict[str, bytes]) -> object:
        message = self.message(request)
        if message.author is not self.world.bot:
            raise ApiError(403, 50005, "Cannot edit a message authored by another user")
        self.change(message, body, files)
        return message.payload()

    def change(self, message: Message, body: Json, files: dict[str, bytes]) -> None:
        """Edit a message; those who may see it do."""
        check_changes(body)
        message.edits.append(message.text)
        self.fill(message, body, files)
        if not message.ephemeral:
            self.gateway.tell_message("MESSAGE_UPDATE", message)

    async def delete_message(self, request: web.Request, *_: object) -> None:
        message = self.message(request)
        guild = message.channel.guild
        rights = guild.members[self.world.bot.id].roles if guild else set()
        if message.author is not self.world.bot and not rights & {"administrator", "manager"}:
            raise (
                ApiError(403, 50013, "Missing Permissions")
                if guild
                else ApiError(403, 50003, "Cannot execute action on a DM channel")
            )
        message.deleted = True


def _numbered(rows: list[Json]) -> list[Json]:
    """Components as Discord gives them back: each with a number."""
    numbers = iter(range(1, 100))
    made = []
    for row in rows:
        number = next(numbers)
        parts = [part | {"id": next(numbers)} for part in row["components"]]
        made.append(row | {"id": number, "components": parts})
    return made


def pinged(text: str, allowed: Json | None) -> set[str]:
    """Whom the text calls: "everyone", or ids; as the allowed mentions let it."""
    kinds = (allowed or {}).get("parse", [] if allowed else ["everyone", "users", "roles"])
    called = {"everyone"} if "everyone" in kinds and ("@everyone" in text or "@here" in text) else set()
    for piece in text.split("<@")[1:]:
        name = piece.partition(">")[0].lstrip("!")
        if "users" in kinds or name in (allowed or {}).get("users", []):
            called.add(name)
    return called
