"""What an error of the platform means for a delivery."""

from datetime import timedelta

from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)

from bot.telegram_bot.request import is_not_sent
from chat.sending import MessageGone, Moved, NotSent, Paused, Refused, SendError, Uncertain, Unreachable

NOBODY = ("chat not found", "user not found", "peer_id_invalid")
GONE = ("message to edit not found", "message can't be edited", "message_id_invalid")
NOT_MODIFIED = "message is not modified"


def seconds_of(error: RetryAfter) -> float:
    """How long the platform asks to wait."""
    wait = error.retry_after
    return wait.total_seconds() if isinstance(wait, timedelta) else float(wait)


def says(error: BadRequest, *words: str) -> bool:
    """True when the refusal is one of these; the library changes the case of the platform's words."""
    said = error.message.lower()
    return any(one in said for one in words)


def send_error(error: TelegramError, *, private: bool) -> SendError:  # noqa: PLR0911 - a table of cases
    """What became of the message. BadRequest first: for the library it is a NetworkError."""
    match error:
        case RetryAfter():
            # It does not say which limit was met. In a group it is the group's own, 20 a minute.
            return Paused(seconds_of(error), everywhere=None if private else False)
        case ChatMigrated():
            return Moved(str(error.new_chat_id))
        case BadRequest():
            return _refused(error, private=private)
        case Forbidden():
            return Unreachable("forbidden") if private else Refused("not in the chat")
        case InvalidToken():
            return NotSent("token refused")
        case NetworkError() if is_not_sent(error):
            return NotSent("no connection")
    return Uncertain(type(error).__name__)


def _refused(error: BadRequest, *, private: bool) -> SendError:
    if says(error, *GONE):
        return MessageGone("message gone")
    if private and says(error, *NOBODY):
        return Unreachable("unknown account")
    return Refused("bad request")
