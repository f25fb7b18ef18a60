"""The local Telegram without its network: people, chats, messages, a clock, and waiting for what happens."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from time import monotonic
from typing import Any

from tests.servers.telegram_chats import Chat
from tests.servers.telegram_checks import bad
from tests.servers.telegram_files import Files
from tests.servers.telegram_menus import Menus
from tests.servers.telegram_messages import Message
from tests.servers.telegram_people import Person, Press
from tests.servers.telegram_updates import Updates

Json = dict[str, Any]
STARTED = 1_795_338_000  # 2026-11-22 09:00 UTC


class World:
    """Everything that exists on the server. In a group, privacy mode decides what the bot sees."""

    privacy = True

    def __init__(self) -> None:
        self.username = "kallelse_test_bot"
        self.updates = Updates()
        self.menus = Menus()
        self.people: dict[int, Person] = {}
        self.chats: dict[int, Chat] = {}
        self.presses: dict[str, Press] = {}
        self.files = Files()
        self._shift = 0.0
        self._began = monotonic()
        self._numbers = Counter[str]()
        self._waiting: set[asyncio.Future[None]] = set()

    @property
    def bot_user(self) -> Json:
        return {"id": 123456789, "is_bot": True, "first_name": "Kallelse", "username": self.username}

    def now(self) -> float:
        """The server's clock, in seconds since the epoch."""
        return STARTED + self._shift + monotonic() - self._began

    def date(self) -> int:
        return int(self.now())

    def advance(self, seconds: float) -> None:
        """The server's clock is this much later."""
        self._shift += seconds

    # who is there

    def person(self, name: str, *, language: str | None = "sv", username: str | None = None) -> Person:
        """A new person, who has not met the bot."""
        self._numbers["person"] += 1
        one = Person(self, 5_000_000_000 + self._numbers["person"], name, language, username)
        self.people[one.id] = one
        self.chats[one.id] = one.chat
        return one

    def new_chat(self, kind: str, title: str, **extra: Any) -> Chat:
        """A chat without anybody in it."""
        self._numbers[kind] += 1
        number = self._numbers[kind]
        start = {"group": -4_000_000_000, "supergroup": -1_002_000_000_000, "channel": -1_003_000_000_000}[kind]
        chat = self.chats[start - number] = Chat(self, start - number, kind, title, **extra)
        return chat

    def group(
        self,
        title: str,
        members: list[Person] | None = None,
        *,
        kind: str = "supergroup",
        bot: str = "member",
        admins: list[Person] | None = None,
        **extra: Any,
    ) -> Chat:
        """A group that has been there for long: no updates say so. `bot` is left, member or administrator."""
        chat = self.new_chat(kind, title, **extra)
        chat.members = {one.id: "member" for one in members or []}
        chat.members |= {one.id: "administrator" for one in admins or []}
        chat.bot_status = bot
        return chat

    def channel(self, title: str, *, bot: str = "administrator") -> Chat:
        """A channel."""
        return self.group(title, kind="channel", bot=bot)

    # waiting

    def changed(self) -> None:
        """Everybody who waits for something looks again."""
        for waiting in self._waiting:
            if not waiting.done():
                waiting.set_result(None)

    async def until(self, condition: Callable[[], object], within: float = 30) -> None:
        """The condition is true; TimeoutError if it is not within that many seconds."""
        async with asyncio.timeout(within):
            while not condition():
                waiting = asyncio.get_running_loop().create_future()
                self._waiting.add(waiting)
                try:
                    await waiting
                finally:
                    self._waiting.discard(waiting)

    # what the parts share

    def push(self, kind: str, content: Json, chat: Chat) -> None:
        """The bot is given this update, if it asked for the kind."""
        self.updates.add(kind, content, chat.id)
        self.changed()

    def is_for_bot(self, message: Message) -> bool:
        """Whether the bot may see what a person wrote: privacy mode hides most of a group from it."""
        chat = message.chat
        if chat.person is not None or message.ephemeral or chat.is_bot_admin:
            return True
        if chat.bot_status in ("left", "kicked"):
            return False
        replied = message.reply_to is not None and message.reply_to.from_bot
        meant = message.text.startswith("/") or f"@{self.username}" in message.text
        return replied or meant or not self.privacy

    def new_message(
        self,
        chat: Chat,
        text: str,
        *,
        sender: Person | Chat | None,
        media: Json | None = None,
        content: bytes = b"",
    ) -> Message:
        """A message in the chat's log."""
        self._numbers[f"message {chat.id}"] += 1
        number = self._numbers[f"message {chat.id}"]
        message = Message(number, chat, self.date(), text, sender, media=media or {}, content=content)
        chat.log.append(message)
        self.changed()
        return message

    def deliver(self, message: Message) -> None:
        """The one it is for, if it is for one alone, has got the message."""
        alone = message.receiver or message.chat.person
        if alone is not None and not (message.ephemeral and alone.offline):
            alone.received.append(message)
        self.changed()

    def next_ephemeral(self, person: Person) -> int:
        self._numbers["ephemeral"] += 1
        return 29_000_000 + self._numbers["ephemeral"]

    def next_query(self) -> str:
        self._numbers["query"] += 1
        return str(4_382_000_000_000_000_000 + self._numbers["query"])

    def chat_at(self, chat_id: object) -> Chat:
        """The chat with this id; the server's 400 if there is none."""
        try:
            return self.chats[int(str(chat_id))]
        except (ValueError, KeyError):
            raise bad("chat_id is empty" if chat_id in ("", None) else "chat not found") from None
