"""Sending, editing, deleting and answering on the local Telegram, refused in the real server's words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.servers.telegram_chats import Chat
from tests.servers.telegram_checks import bad, read_buttons
from tests.servers.telegram_html import read_html, units
from tests.servers.telegram_messages import Message, Toast

if TYPE_CHECKING:
    from tests.servers.telegram import TelegramServer
    from tests.servers.telegram_people import Person

Json = dict[str, Any]
TEXT, CAPTION = 4096, 1024
EPHEMERAL_EDIT = 1024  # the real server measures this text as a caption (telegram-bot-api issue 881)
WINDOW = 15  # seconds in which a bot that is no administrator may answer with an ephemeral message
NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same as a "
    "current content and reply markup of the message"
)
EXPIRED = "query is too old and response timeout expired or query ID is invalid"
PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"RIFF")


class Sending:
    """The methods that put something before people."""

    def __init__(self, server: TelegramServer) -> None:
        self.server = server

    # sending

    def send_message(self, params: Json) -> Json:
        text, entities = self._text(params, "text", TEXT, "message is too long")
        if not text:
            raise bad("message text is empty")
        return self._send(params, text, entities, {}, b"")

    def send_photo(self, params: Json) -> Json:
        content, known = self.server.files.given(params["photo"])
        if not content.startswith(PICTURES):
            raise bad("IMAGE_PROCESS_FAILED")
        photo = known or self.server.files.keep(content, "photos/file.jpg")
        return self._send_captioned(params, {"photo": [photo]}, content)

    def send_document(self, params: Json) -> Json:
        content, known = self.server.files.given(params["document"])
        name = getattr(params["document"], "name", "document")
        document = known or {**self.server.files.keep(content, f"documents/{name}"), "file_name": name}
        return self._send_captioned(params, {"document": document}, content)

    def send_venue(self, params: Json) -> Json:
        place = {"latitude": params["latitude"], "longitude": params["longitude"]}
        venue = {"location": place, "title": params["title"], "address": params["address"]}
        return self._send(params, "", [], {"venue": venue, "location": place}, b"")

    def send_location(self, params: Json) -> Json:
        place = {"latitude": params["latitude"], "longitude": params["longitude"]}
        return self._send(params, "", [], {"location": place}, b"")

    def _send_captioned(self, params: Json, media: Json, content: bytes) -> Json:
        text, entities = self._text(params, "caption", CAPTION, "message caption is too long")
        return self._send(params, text, entities, media, content)

    def _text(self, params: Json, name: str, most: int, too_long: str) -> tuple[str, list[Json]]:
        raw = params.get(name) or ""
        mode = (params.get("parse_mode") or "").lower()
        if mode not in ("", "html"):
            raise bad("unsupported parse_mode")
        text, entities = read_html(raw) if mode == "html" else (raw.strip(), params.get("entities", []))
        if units(text) > most:
            raise bad(too_long)
        return text, entities

    def _send(self, params: Json, text: str, entities: list[Json], media: Json, content: bytes) -> Json:
        chat = self.server.chat_at(params["chat_id"])
        chat.require_bot()
        rows = read_buttons(params.get("reply_markup"), strict=self.server.strict)
        receiver, replaces = self._receiver(chat, params)
        message = self.server.new_message(chat, text, sender=None, media=media, content=content)
        message.html = params.get("text") or params.get("caption") or ""
        message.entities, message.rows = entities, rows
        message.thread_id = self._thread(chat, params)
        message.silent = params.get("disable_notification", False)
        message.protected = params.get("protect_content", False)
        message.preview = not (params.get("link_preview_options") or {}).get("is_disabled", False)
        message.reply_to = self._replied(chat, params)
        message.versions.append(text)
        if receiver is not None:
            message.id, message.ephemeral_id = 0, self.server.next_ephemeral(receiver)
            message.receiver, message.replaces = receiver, replaces
        self.server.deliver(message)
        return message.written(self.server.bot_user)

    def _thread(self, chat: Chat, params: Json) -> int | None:
        thread: int | None = params.get("message_thread_id")
        if thread is not None and not any(one.id == thread for one in chat.log):
            raise bad("message thread not found")
        return thread

    def _replied(self, chat: Chat, params: Json) -> Message | None:
        reply = params.get("reply_parameters") or {}
        wanted = reply.get("message_id") or params.get("reply_to_message_id")
        if "ephemeral_message_id" in reply:
            return next((one for one in chat.log if one.ephemeral_id == reply["ephemeral_message_id"]), None)
        if not wanted:
            return None
        for message in chat.log:
            if message.id == wanted and not message.deleted:
                return message
        if reply.get("allow_sending_without_reply") or params.get("allow_sending_without_reply"):
            return None
        raise bad("message to be replied not found")

    # ephemeral messages

    def _receiver(self, chat: Chat, params: Json) -> tuple[Person | None, Message | None]:
        """Who alone may see the message, and what it stands in place of; None and None for a public one."""
        given = params.get("ephemeral_message_parameters") or params
        if not given.get("receiver_user_id"):
            return None, None
        if chat.kind not in ("group", "supergroup"):
            raise bad("ephemeral messages can be sent only to groups and supergroups")
        person = self.server.people.get(int(given["receiver_user_id"]))
        if person is None or chat.members.get(person.id, "left") in ("left", "kicked"):
            raise bad("USER_NOT_PARTICIPANT")
        press = self.server.presses.get(str(given.get("callback_query_id", "")))
        in_time = press is not None and press.person is person and press.message.chat is chat
        in_time = in_time and press is not None and self.server.now() - press.at <= WINDOW
        if not (chat.is_bot_admin or in_time or self._answers_command(chat, person, params)):
            raise bad("MESSAGE_NOT_COMMAND")
        if not given.get("replace_callback_query_message"):
            return person, None
        if press is None or press.message.ephemeral:
            raise bad("MESSAGE_NOT_REPLACEABLE")
        return person, press.message

    def _answers_command(self, chat: Chat, person: Person, params: Json) -> bool:
        wanted = (params.get("reply_parameters") or {}).get("ephemeral_message_id")
        since = self.server.date() - WINDOW
        return wanted is not None and any(
            one.ephemeral_id == wanted and one.sender is person and one.date >= since for one in chat.log
        )

    def _ephemeral(self, params: Json) -> Message:
        chat = self.server.chat_at(params["chat_id"])
        chat.require_bot()
        for message in chat.log:
            same = message.ephemeral_id == params["ephemeral_message_id"] and not message.deleted
            whose = message.receiver or message.sender
            if same and whose is not None and whose.id == params["receiver_user_id"]:
                return message
        raise bad("message to edit not found")

    def edit_ephemeral_text(self, params: Json) -> bool:
        message = self._ephemeral(params)
        text, entities = self._text(params, "text", EPHEMERAL_EDIT, "MEDIA_CAPTION_TOO_LONG")
        self._change(message, params, text, entities, "text")
        return True

    def edit_ephemeral_markup(self, params: Json) -> bool:
        message = self._ephemeral(params)
        self._change(message, params, message.text, message.entities, None)
        return True

    def edit_ephemeral_caption(self, params: Json) -> bool:
        message = self._ephemeral(params)
        text, entities = self._text(params, "caption", CAPTION, "message caption is too long")
        self._change(message, params, text, entities, "caption")
        return True

    def delete_ephemeral(self, params: Json) -> bool:
        self._ephemeral(params).deleted = True
        return True

    # editing and deleting

    def edit_text(self, params: Json) -> Json:
        message = self._editable(params)
        text, entities = self._text(params, "text", TEXT, "message is too long")
        if not text:
            raise bad("message text is empty")
        if message.media:
            raise bad("there is no text in the message to edit")
        self._change(message, params, text, entities, "text")
        return message.written(self.server.bot_user)

    def edit_caption(self, params: Json) -> Json:
        message = self._editable(params)
        if not message.media:
            raise bad("there is no caption in the message to edit")
        text, entities = self._text(params, "caption", CAPTION, "message caption is too long")
        self._change(message, params, text, entities, "caption")
        return message.written(self.server.bot_user)

    def edit_markup(self, params: Json) -> Json:
        message = self._editable(params)
        self._change(message, params, message.text, message.entities, None)
        return message.written(self.server.bot_user)

    def _editable(self, params: Json) -> Message:
        chat = self.server.chat_at(params.get("chat_id"))
        chat.require_bot()
        for message in reversed(chat.log):
            if message.id == params.get("message_id") and not message.deleted:
                if not message.from_bot:
                    raise bad("message can't be edited")
                return message
        raise bad("message to edit not found")

    def _change(self, message: Message, params: Json, text: str, entities: list[Json], name: str | None) -> None:
        rows = read_buttons(params.get("reply_markup"), strict=self.server.strict)
        if (text, entities, rows) == (message.text, message.entities, message.rows):
            raise bad(NOT_MODIFIED)
        message.text, message.entities, message.rows = text, entities, rows
        if name is not None:
            message.html = params.get(name) or ""
        message.versions.append(text)
        self.server.changed()

    def delete(self, params: Json) -> bool:
        chat = self.server.chat_at(params["chat_id"])
        chat.require_bot()
        for message in chat.log:
            if message.id == params["message_id"] and message.id and not message.deleted:
                if not (message.from_bot or chat.person or chat.is_bot_admin):
                    raise bad("message can't be deleted")
                message.deleted = True
                self.server.changed()
                return True
        raise bad("message to delete not found")

    def answer(self, params: Json) -> bool:
        """The press is answered; a text is seen by the one who pressed."""
        press = self.server.presses.get(params["callback_query_id"])
        if press is None or press.answered:
            raise bad(EXPIRED)
        text, url = params.get("text", ""), params.get("url")
        if units(text) > 200:
            raise bad("MESSAGE_TOO_LONG")
        if url and not url.startswith(
            (f"https://t.me/{self.server.username}?start=", f"t.me/{self.server.username}?start=")
        ):
            raise bad("URL_INVALID")
        press.answered, press.toast = True, Toast(text, params.get("show_alert", False), url)
        if text:
            press.person.toasts.append(press.toast)
        self.server.changed()
        return True
