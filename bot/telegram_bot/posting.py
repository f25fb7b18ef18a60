"""Single calls that put a part of a message into a chat, change it or take it away."""

from typing import Any

import telegram
from telegram.error import BadRequest, TelegramError

from bot.telegram_bot import errors
from bot.telegram_bot.layout import Json, Part

QUIET_LINKS = {"link_preview_options": {"is_disabled": True}}


async def send(
    bot: telegram.Bot, chat_id: int, part: Part, thread_id: int | None, extra: Json
) -> telegram.Message:
    """The part is in the chat, and comes back as the library reads it."""
    more = {**extra, "reply_markup": {"inline_keyboard": part.keyboard}} if part.keyboard else extra
    silent = part.silent or None
    if part.document:
        return await bot.send_document(
            chat_id,
            part.document.content,
            filename=part.document.name,
            message_thread_id=thread_id,
            disable_notification=silent,
            api_kwargs=more,
        )
    return await bot.send_message(
        chat_id,
        part.html,
        parse_mode="HTML",
        message_thread_id=thread_id,
        disable_notification=silent,
        api_kwargs={**QUIET_LINKS, **more},
    )


async def edit(bot: telegram.Bot, chat_id: int, message_id: int, part: Part) -> None:
    """The message looks like the part now; also when it did before."""
    try:
        await bot.edit_message_text(
            part.html,
            chat_id,
            message_id,
            parse_mode="HTML",
            api_kwargs={**QUIET_LINKS, "reply_markup": {"inline_keyboard": part.keyboard}},
        )
    except BadRequest as error:
        _unless_same(error)


async def edit_ephemeral(bot: telegram.Bot, place: Json, part: Part) -> None:
    """The ephemeral message at `place` (chat, receiver and its id) looks like the part now."""
    changes: dict[str, Any] = {"text": part.html, "parse_mode": "HTML", **QUIET_LINKS}
    changes["reply_markup"] = {"inline_keyboard": part.keyboard}
    try:
        await bot.do_api_request("editEphemeralMessageText", {**place, **changes})
    except BadRequest as error:
        _unless_same(error)


async def clear_buttons(bot: telegram.Bot, chat_id: int, message_id: int, place: Json | None) -> None:
    """The message (the ephemeral one at `place`, if given) has no buttons any more."""
    try:
        if place is None:
            await bot.edit_message_reply_markup(chat_id, message_id)
        else:
            await bot.do_api_request("editEphemeralMessageReplyMarkup", place)
    except BadRequest as error:
        _unless_same(error)


def _unless_same(error: TelegramError) -> None:
    if not (isinstance(error, BadRequest) and errors.says(error, errors.NOT_MODIFIED)):
        raise error
