"""Pauses between tries to reach the platform, and the words in which it is reported."""

import asyncio
import logging
import random
from collections.abc import Callable

from telegram.error import Conflict, InvalidToken, RetryAfter, TelegramError

from bot.telegram_bot import errors

log = logging.getLogger(__name__)

FIRST_SECONDS = 1.0
LONGEST_SECONDS = 300.0


class Backoff:
    """Reports what is wrong, waits ever longer while it is, and starts over when it is not."""

    def __init__(self, report: Callable[[str], None]) -> None:
        """`report` is told "ok" or a reason without values."""
        self._report = report
        self._said = ""
        self._pause = FIRST_SECONDS

    @property
    def is_well(self) -> bool:
        """True when the last try succeeded."""
        return self._said == "ok"

    def succeeded(self) -> None:
        """The platform answers."""
        self._pause = FIRST_SECONDS
        self._say("ok")

    def failed(self, reason: str) -> None:
        """The platform answers, and yet something is wrong."""
        self._say(reason)

    async def wait(self, error: TelegramError) -> None:
        """It is time for another try."""
        self._say(reason(error))
        if isinstance(error, RetryAfter):
            await asyncio.sleep(errors.seconds_of(error))
            return
        pause, self._pause = self._pause, min(self._pause * 2, LONGEST_SECONDS)
        await asyncio.sleep(random.uniform(0.1, 1.0) * pause)  # noqa: S311 - spreads retries, hides nothing

    def _say(self, what: str) -> None:
        if what != self._said:
            log.log(logging.INFO if what == "ok" else logging.WARNING, "Telegram: %s", what)
            self._said = what
            self._report(what)


def reason(error: TelegramError) -> str:
    """Why the platform does not serve us, for the operator."""
    match error:
        case InvalidToken():
            return "refused: Telegram does not know the token"
        case Conflict():
            return "refused: another process fetches updates with the same token"
        case RetryAfter():
            return "told to wait"
    return "cannot be reached"
