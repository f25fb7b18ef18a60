"""Single calls that put a part of a message into a chat, change it or take it away, or fetch what was sent."""

import logging

import telegram
from telegram.error import BadRequest, TelegramError

from bot.telegram_bot import errors
from bot.telegram_bot.layout import Json, Part
from bot.telegram_bot.request import AiohttpRequest

log = logging.getLogger(__name__)

QUIET_LINKS = {"is_disabled": True}


class Posting:
    """Makes the calls that every answer and every delivery needs, in the cheapest way."""

    def __init__(self, bot: telegram.Bot, request: AiohttpRequest) -> None:
        """`request` is the one that `bot` uses."""
        self._bot = bot
        self._request = request

    async def send(self, chat_id: int, part: Part, thread_id: int | None = None, **more: Json) -> int:
        """The part is in the chat, under the id that comes back; 0: as an ephemeral message."""
        if part.document:
            sent = await self._bot.send_document(
                chat_id,
                part.document.content,
                filename=part.document.name,
                message_thread_id=thread_id,
                disable_notification=part.silent,
                api_kwargs=more,
            )
            return sent.message_id
        what: Json = {"chat_id": chat_id, **_text(part), **more}
        if part.keyboard:
            what["reply_markup"] = {"inline_keyboard": part.keyboard}
        if thread_id is not None:
            what["message_thread_id"] = thread_id
        if part.silent:
            what["disable_notification"] = True
        return int((await self._call("sendMessage", what))["message_id"])

    async def edit(self, chat_id: int, message_id: int, part: Part) -> None:
        """The message looks like the part now; also when it did before."""
        await self._change("editMessageText", {"chat_id": chat_id, "message_id": message_id}, part)

    async def edit_ephemeral(self, place: Json, part: Part) -> None:
        """The ephemeral message at `place` (chat, receiver and its id) looks like the part now."""
        await self._change("editEphemeralMessageText", place, part)

    async def clear_buttons(self, chat_id: int, message_id: int, place: Json | None) -> None:
        """The message (the ephemeral one at `place`, if given) has no buttons any more."""
        if place is None:
            await self._edited("editMessageReplyMarkup", {"chat_id": chat_id, "message_id": message_id})
        else:
            await self._edited("editEphemeralMessageReplyMarkup", place)

    async def delete(self, chat_id: int, message_id: int) -> None:
        """The message is gone."""
        await self._call("deleteMessage", {"chat_id": chat_id, "message_id": message_id})

    async def answer(self, query_id: str, **what: object) -> None:
        """The press is answered."""
        await self._call("answerCallbackQuery", {"callback_query_id": query_id, **what})

    async def fetch(self, file_id: str, most: int) -> bytes | None:
        """What somebody sent, at most so many bytes; None when it cannot be had."""
        try:
            file = await self._bot.get_file(file_id)
        except TelegramError as error:
            log.warning("a file could not be asked for: %s", type(error).__name__)
            return None
        return await self._request.fetch(file.file_path or "", most)

    async def _change(self, method: str, place: Json, part: Part) -> None:
        await self._edited(method, {**place, **_text(part), "reply_markup": {"inline_keyboard": part.keyboard}})

    async def _edited(self, method: str, what: Json) -> None:
        try:
            await self._call(method, what)
        except BadRequest as error:
            if not errors.says(error, errors.NOT_MODIFIED):
                raise

    async def _call(self, method: str, what: Json) -> Json:
        found: Json = await self._request.call(f"{self._bot.base_url}/{method}", what)
        return found


def _text(part: Part) -> Json:
    return {"text": part.html, "parse_mode": "HTML", "link_preview_options": QUIET_LINKS}
