"""Direct messages: which channel leads to whom, and a stop when Discord says they are opened too fast."""

import time
from collections import OrderedDict

from bot.discord_bot.rest import Rest, RestError

KEPT = 10_000  # channels remembered
TOO_FAST = 40003
PAUSE_SECONDS = 600.0  # after that answer nobody new is written to for a while: bots get quarantined


class PrivateChannels:
    """The channel of each person's direct messages; asked of Discord once."""

    def __init__(self, rest: Rest) -> None:
        """None is known."""
        self._rest = rest
        self._known: OrderedDict[str, str] = OrderedDict()
        self._closed_until = 0.0

    async def get(self, user: str) -> str:
        """The channel's id. Errors: as `Rest.call`; nothing was sent then."""
        known = self._known.get(user)
        if known is not None:
            self._known.move_to_end(user)
            return known
        early = self._closed_until - time.monotonic()
        if early > 0:
            raise RestError(429, TOO_FAST, seconds=early)
        try:
            made = await self._rest.call("POST", "/users/@me/channels", {"recipient_id": user})
        except RestError as error:
            if error.code != TOO_FAST:
                raise
            self._closed_until = time.monotonic() + PAUSE_SECONDS
            raise RestError(429, TOO_FAST, seconds=PAUSE_SECONDS) from error
        self.remember(user, str(made["id"]))
        return str(made["id"])

    def remember(self, user: str, channel: str) -> None:
        """That channel leads to this person."""
        self._known[user] = channel
        if len(self._known) > KEPT:
            self._known.popitem(last=False)
