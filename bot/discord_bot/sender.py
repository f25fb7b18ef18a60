"""Sends what the outbox holds to channels and direct messages, and says truly what became of it."""

import hashlib
from base64 import urlsafe_b64encode
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import aiohttp

from bot.discord_bot import payloads
from bot.discord_bot.private import PrivateChannels
from bot.discord_bot.rest import Json, Rest, RestError
from chat.address import Platform
from chat.message import Document
from chat.sending import MessageGone, NotSent, Outgoing, Paused, Refused, SendError, Uncertain, Unreachable
from db.session import DATABASE_ERRORS

T = TypeVar("T")

UNREACHABLE = frozenset({50007, 50278, 10013, 50033})  # closed, no server in common, no such person
ABSENT = frozenset({10003, 50001, 50013})  # no such channel any more, or the bot neither sees it nor may write
UNKNOWN_MESSAGE = 10008
NONCE_SECONDS = 60.0  # that long Discord surely takes what has the same nonce for the same message
MAX_NONCE = 25  # characters


class DiscordSender:
    """The outward seam. Our own nonce lets a message be sent again without coming twice."""

    platform = Platform.DISCORD

    def __init__(self, rest: Rest, private: PrivateChannels, key: bytes) -> None:
        """`key` signs the buttons."""
        self._rest, self._private, self._key = rest, private, key

    async def send(self, outgoing: Outgoing) -> str:
        """The ids of the message's parts, joined by a comma; empty when only known to have come before."""
        channel = await self._channel(outgoing)
        flags = payloads.SILENT if outgoing.message.silent else 0
        parts = payloads.bodies(outgoing.message, self._key, flags=flags)
        sent = []
        for place, body in enumerate(parts):
            document = outgoing.message.document if place == len(parts) - 1 else None
            try:
                sent.append(await _truly(self._post, channel, body, _part_nonce(outgoing.nonce, place), document))
            except SendError as error:
                is_soon = isinstance(error, Paused) and error.seconds < NONCE_SECONDS
                if sent and not is_soon:  # a beginning stands there, and would come once more
                    raise Uncertain("only a part was sent") from error
                raise
        return ",".join(filter(None, sent))

    async def edit(self, outgoing: Outgoing, message_id: str) -> None:
        """The parts of the message look like this; parts that are left over are removed."""
        ids = [one for one in message_id.split(",") if one]
        if not ids:
            raise MessageGone("no message is known")
        channel = await self._channel(outgoing)
        parts = payloads.bodies(outgoing.message, self._key)
        kept = parts if len(parts) <= len(ids) else [*parts[: len(ids) - 1], parts[-1]]  # the last has the buttons
        for number, body in zip(ids, kept, strict=False):
            await _truly(self._patch, channel, number, body)
        for number in ids[len(kept) :]:
            await _truly(self._delete, channel, number)

    async def _channel(self, outgoing: Outgoing) -> str:
        if not outgoing.private:
            return outgoing.address.id
        try:
            return await _truly(self._private.get, outgoing.address.id)
        except (Uncertain, *DATABASE_ERRORS) as error:
            raise NotSent("no channel was opened") from error

    async def _post(self, channel: str, body: Json, nonce: str, document: Document | None) -> str:
        body = body | {"nonce": nonce, "enforce_nonce": True}
        try:
            made = await self._rest.call("POST", f"/channels/{channel}/messages", body, document=document)
        except RestError as error:
            if error.code == UNKNOWN_MESSAGE:
                return ""  # the nonce is used: the message came, and was deleted since
            raise
        return str(made["id"])

    async def _patch(self, channel: str, number: str, body: Json) -> None:
        changes = {name: body[name] for name in ("content", "components", "allowed_mentions")}
        bucket = f"PATCH {channel}"
        await self._rest.call("PATCH", f"/channels/{channel}/messages/{number}", changes, bucket=bucket)

    async def _delete(self, channel: str, number: str) -> None:
        await self._rest.call("DELETE", f"/channels/{channel}/messages/{number}", bucket=f"DELETE {channel}")


def _part_nonce(nonce: str, place: int) -> str:
    """The first part has the nonce itself, each further one its own that is always the same."""
    if not place and len(nonce) <= MAX_NONCE:
        return nonce
    return urlsafe_b64encode(hashlib.sha256(f"{nonce}/{place}".encode()).digest())[:MAX_NONCE].decode()


async def _truly(call: Callable[..., Awaitable[T]], *arguments: Any) -> T:
    """What the call gave, its errors as the outbox knows them."""
    try:
        return await call(*arguments)
    except RestError as error:
        raise told(error) from error
    except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
        raise NotSent(type(error).__name__) from error
    except (aiohttp.ClientError, TimeoutError) as error:
        raise Uncertain(type(error).__name__) from error


def told(error: RestError) -> SendError:
    """What an answer other than 2xx means for a message."""
    words = str(error)
    if error.status == 429:  # noqa: PLR2004 - too many requests
        return Paused(error.seconds, everywhere=error.everywhere)
    if error.status >= 500:  # noqa: PLR2004 - the class of server errors
        return Uncertain(words)
    if error.status == 401:  # noqa: PLR2004 - the token is refused: the operator's to mend
        return NotSent(words)
    if error.code in UNREACHABLE | ABSENT:
        return Unreachable(words)
    return MessageGone(words) if error.code == UNKNOWN_MESSAGE else Refused(words)
