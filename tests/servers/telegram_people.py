"""Scripted people on the local Telegram: what they do, and what they see."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.servers.telegram_chats import Chat
from tests.servers.telegram_checks import ApiError
from tests.servers.telegram_messages import Message, Toast

if TYPE_CHECKING:
    from tests.servers.telegram_world import World

Json = dict[str, Any]
REQUEST_OPEN = 300  # seconds: how long a bot may write to somebody who asked to join


@dataclass(eq=False, repr=False)
class Press:
    """A press of a button; `toast` is what the bot answered it with, None until then."""

    id: str
    person: Person
    message: Message
    at: float
    toast: Toast | None = None
    answered: bool = False

    async def answer(self, within: float = 5) -> Toast:
        """The toast, as soon as it is there (an empty one if the bot only stopped the spinner)."""
        await self.message.chat.server.until(lambda: self.answered, within)
        assert self.toast is not None
        return self.toast


@dataclass(eq=False, repr=False)
class Person:
    """A person with a Telegram account."""

    server: World
    id: int
    name: str
    language: str | None = "sv"
    username: str | None = None
    chat: Chat = field(init=False)
    has_started: bool = False
    has_blocked: bool = False
    offline: bool = False  # then ephemeral messages never arrive
    toasts: list[Toast] = field(default_factory=list)
    received: list[Message] = field(default_factory=list)  # everything the bot ever sent to this person alone
    _read: int = 0

    def __post_init__(self) -> None:
        self.chat = Chat(self.server, self.id, "private", person=self, bot_status="member")

    # what they see

    @property
    def inbox(self) -> list[Message]:
        """The bot's messages for this person alone as they stand: private, and ephemeral in groups."""
        return [message for message in self.received if not message.deleted]

    def sees(self, group: Chat) -> list[Message]:
        """What this person sees in `group` now, ephemeral messages included."""
        mine = [one for one in group.log if not (one.deleted or one.service)]
        mine = [one for one in mine if not one.ephemeral or self in (one.receiver, one.sender)]
        replaced = {id(one.replaces) for one in mine if one.replaces}
        return [one for one in mine if id(one) not in replaced]

    async def next_message(self, within: float = 5) -> Message:
        """The first message of the bot to this person that has not been read in this way before."""
        await self.server.until(lambda: len(self.received) > self._read, within)
        self._read += 1
        return self.received[self._read - 1]

    def read_all(self) -> None:
        """What has come so far counts as read."""
        self._read = len(self.received)

    def menu(self, chat: Chat | None = None) -> list[Json]:
        """The commands offered to this person in `chat` (private if none), as the client picks them."""
        return self.server.menus.offered(self, chat or self.chat)

    # what they do

    def opens(self, payload: str = "") -> Message:
        """They open the bot, by a link if there is a payload, and press Start."""
        return self.says(f"/start {payload}".strip())

    def says(
        self,
        text: str,
        chat: Chat | None = None,
        *,
        ephemeral: bool | None = None,
        thread_id: int | None = None,
        reply_to: Message | None = None,
        media: Json | None = None,
        content: bytes = b"",
    ) -> Message:
        """What they wrote, also given to the bot where it may see it.

        A command goes out as an ephemeral message where the menu says so, unless `ephemeral` decides.
        """
        chat = chat or self.chat
        self._opens_private(chat)
        sender = chat if self.id in chat.anonymous else self
        message = self.server.new_message(chat, text, sender=sender, media=media, content=content)
        message.thread_id, message.reply_to = thread_id, reply_to
        if ephemeral if ephemeral is not None else self._is_ephemeral(text, chat, reply_to):
            message.id, message.ephemeral_id = 0, self.server.next_ephemeral(self)
        if self.server.is_for_bot(message):
            self.server.push("message", message.written(self.server.bot_user), chat)
        return message

    def sends_photo(self, content: bytes, caption: str = "", chat: Chat | None = None) -> Message:
        """They send a picture."""
        media = {"photo": [self.server.files.keep(content, "photos/file.jpg")]}
        return self.says(caption, chat, media=media, content=content)

    def sends_file(self, name: str, content: bytes, caption: str = "", chat: Chat | None = None) -> Message:
        """They send a file."""
        kept = self.server.files.keep(content, f"documents/file.{name.rpartition('.')[2]}")
        return self.says(caption, chat, media={"document": {**kept, "file_name": name}}, content=content)

    def sends_place(self, latitude: float, longitude: float) -> Message:
        """They send a place on the map."""
        return self.says("", media={"location": {"latitude": latitude, "longitude": longitude}})

    def edits(self, message: Message, text: str) -> None:
        """They change what they wrote."""
        message.text, message.entities = text, []
        if self.server.is_for_bot(message):
            written = message.written(self.server.bot_user) | {"edit_date": self.server.date()}
            self.server.push("edited_message", written, message.chat)

    def presses(self, message: Message, label: str) -> Press:
        """They press the button; a link to the bot opens it, with its payload."""
        button = message.button(label)
        press = Press(self.server.next_query(), self, message, self.server.now())
        if button.url is not None:
            self._follows(button.url)
            press.answered, press.toast = True, Toast("", alert=False, url=button.url)
            return press
        return self.sends_data(message, button.data or "", press)

    def sends_data(self, message: Message, data: str, press: Press | None = None) -> Press:
        """A press with this data, which a forged client may choose freely."""
        press = press or Press(self.server.next_query(), self, message, self.server.now())
        self.server.presses[press.id] = press
        query = {
            "id": press.id,
            "from": self.written(),
            "message": message.written(self.server.bot_user),
            "chat_instance": str(message.chat.id),
            "data": data,
        }
        self.server.push("callback_query", query, message.chat)
        return press

    def _follows(self, url: str) -> None:
        found = re.fullmatch(rf"https://t\.me/{self.server.username}\?start=([\w-]{{0,64}})", url)
        if found:
            self.opens(found[1])

    def joins(self, group: Chat) -> None:
        """They are in the group, or have asked to be where an administrator decides."""
        if not group.join_by_request:
            group.adds([self], by=self)
            return
        group.requests[self.id] = self.server.now()
        if group.is_bot_admin:
            request = {"chat": group.written(), "from": self.written(), "user_chat_id": self.id}
            self.server.push("chat_join_request", request | {"date": self.server.date()}, group)

    def leaves(self, group: Chat) -> None:
        """They are out of the group."""
        group.drops(self, by=self)

    def blocks_bot(self) -> None:
        """The bot can no longer reach them."""
        self.has_blocked = True
        self._tell("member", "kicked")

    def unblocks(self) -> None:
        """The bot can reach them again."""
        self.has_blocked = False
        self._tell("kicked", "member")

    def _tell(self, old: str, new: str) -> None:
        change = self.chat.changed(self.written(), self.server.bot_user, old, new)
        self.server.push("my_chat_member", change, self.chat)

    def _opens_private(self, chat: Chat) -> None:
        if chat is self.chat:
            if self.has_blocked:
                self.unblocks()
            self.has_started = True

    def _is_ephemeral(self, text: str, chat: Chat, reply_to: Message | None) -> bool:
        if chat.kind not in ("group", "supergroup"):
            return False
        if reply_to is not None and reply_to.ephemeral:
            return True
        found = re.match(r"/([a-z0-9_]+)(?:@(\w+))?", text)
        if not found or (found[2] or self.server.username) != self.server.username:
            return False
        return any(one["command"] == found[1] and one.get("is_ephemeral") for one in self.menu(chat))

    # how the server sees them

    def names(self) -> Json:
        return {"first_name": self.name} | ({"username": self.username} if self.username else {})

    def written(self) -> Json:
        """The user as the Bot API writes it."""
        language = {"language_code": self.language} if self.language else {}
        return {"id": self.id, "is_bot": False, **self.names(), **language}

    def require_open(self) -> None:
        """The server's 403 if the bot may not write to this person."""
        if self.has_blocked:
            raise ApiError(403, "Forbidden: bot was blocked by the user")
        if not self.has_started and not self._has_asked_lately():
            raise ApiError(403, "Forbidden: bot can't initiate conversation with a user")

    def _has_asked_lately(self) -> bool:
        now = self.server.now()
        asked = [chat.requests[self.id] for chat in self.server.chats.values() if self.id in chat.requests]
        return any(now - at <= REQUEST_OPEN for at in asked)
