"""Posts sent and edited on Telegram: once, with a true word about what became of each."""

from telegram.error import TelegramError

from bot.telegram_bot import errors
from bot.telegram_bot.layout import Layout, Part
from bot.telegram_bot.posting import Posting
from chat.sending import Outgoing, Refused, Uncertain


async def send(posting: Posting, layout: Layout, outgoing: Outgoing) -> str:
    """The ids of the messages that now stand there, joined by commas. Errors: SendError."""
    ids: list[str] = []
    for part in layout.post(outgoing.message):
        try:
            sent = await posting.send(_chat(outgoing), part, _thread(outgoing))
        except TelegramError as error:
            if ids:  # a beginning stands there: another try would show it twice
                raise Uncertain("only a part was sent") from error
            raise errors.send_error(error, private=outgoing.private) from error
        ids.append(str(sent))
    return ",".join(ids)


async def edit(posting: Posting, layout: Layout, outgoing: Outgoing, message_id: str) -> None:
    """The messages with these ids look like this now; what has no room in them is left out."""
    ids = [int(one) for one in message_id.split(",") if one.isdecimal()]
    parts = [part for part in layout.parts(outgoing.message) if part.document is None]
    if not ids:
        raise Refused("no message id")
    parts[len(ids) - 1 :] = [_last(parts[len(ids) - 1 :])] if len(parts) >= len(ids) else []
    try:
        for one, part in zip(ids, parts, strict=False):
            await posting.edit(_chat(outgoing), one, part)
        for one in ids[len(parts) :]:
            await posting.delete(_chat(outgoing), one)
    except TelegramError as error:
        raise errors.send_error(error, private=outgoing.private) from error


def _last(parts: list[Part]) -> Part:
    """The first of these parts with the buttons of the last."""
    return Part(parts[0].html, parts[-1].keyboard, parts[0].silent)


def _chat(outgoing: Outgoing) -> int:
    try:
        return int(outgoing.address.id)
    except ValueError as error:
        raise Refused("not an id of this platform") from error


def _thread(outgoing: Outgoing) -> int | None:
    return int(outgoing.address.thread) if outgoing.address.thread else None
