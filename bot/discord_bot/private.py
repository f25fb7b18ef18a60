"""Direct messages: which channel leads to whom, and a stop when Discord says they are opened too fast."""

import time
from collections import OrderedDict

from bot.discord_bot.rest import Rest, RestError
from bot.pacing import Pace
from chat.address import Address, Platform
from db import private_channels
from db.keys import Keys
from db.session import Database

KEPT = 10_000  # channels remembered
TOO_FAST = 40003
PAUSE_SECONDS = 600.0  # after that answer nobody new is written to for a while: bots get quarantined


class PrivateChannels:
    """The channel of each person's direct messages; asked of Discord once, and kept."""

    def __init__(self, rest: Rest, database: Database, keys: Keys, pace: Pace) -> None:
        """None is looked up yet."""
        self._rest, self._database, self._keys, self._pace = rest, database, keys, pace
        self._known: OrderedDict[str, str] = OrderedDict()
        self._closed_until = 0.0

    async def get(self, user: str) -> str:
        """The channel's id. Errors: as `Rest.call`; nothing was sent then."""
        known = self._known.get(user)
        if known is not None:
            self._known.move_to_end(user)
            return known
        address = Address(Platform.DISCORD, user)
        async with self._database.glance() as session:
            channel = await private_channels.get_channel(session, self._keys, address)
        if channel is None:
            channel = await self._open(user)
            async with self._database.write() as session:
                await private_channels.set_channel(session, self._keys, address, channel)
        self.remember(user, channel)
        return channel

    async def _open(self, user: str) -> str:
        early = self._closed_until - time.monotonic()
        if early > 0:
            raise RestError(429, TOO_FAST, seconds=early)
        self._pace.count(Platform.DISCORD)
        try:
            made = await self._rest.call("POST", "/users/@me/channels", {"recipient_id": user})
        except RestError as error:
            if error.code != TOO_FAST:
                raise
            self._closed_until = time.monotonic() + PAUSE_SECONDS
            raise RestError(429, TOO_FAST, seconds=PAUSE_SECONDS) from error
        return str(made["id"])

    def remember(self, user: str, channel: str) -> None:
        """That channel leads to this person."""
        self._known[user] = channel
        if len(self._known) > KEPT:
            self._known.popitem(last=False)
