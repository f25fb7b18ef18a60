"""Messages of the local Telegram: what was posted, what stands there now, and who may see it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.servers.telegram_html import units

if TYPE_CHECKING:
    from tests.servers.telegram_chats import Chat
    from tests.servers.telegram_people import Person

Json = dict[str, Any]
SPECIAL = re.compile(
    r"(?<![\w/@])(?P<bot_command>/[a-zA-Z0-9_]{1,32}(?:@\w{3,32})?)|(?<![\w@])(?P<mention>@\w{3,32})"
)


@dataclass(frozen=True)
class Button:
    """One button under a message: what it says and what a press does."""

    label: str
    data: str | None
    url: str | None


@dataclass(frozen=True)
class Toast:
    """What a person saw at the top (or, as an alert, in the middle) after a press."""

    text: str
    alert: bool
    url: str | None


@dataclass(eq=False, repr=False)
class Message:
    """A message as it stands now; `versions` are the texts it had, the latest last."""

    id: int
    chat: Chat
    date: int
    text: str
    sender: Person | Chat | None  # None: the bot
    html: str = ""
    entities: list[Json] = field(default_factory=list)
    rows: list[list[Json]] = field(default_factory=list)
    thread_id: int | None = None
    reply_to: Message | None = None
    receiver: Person | None = None  # of the bot's ephemeral message
    ephemeral_id: int | None = None  # then `id` is 0
    replaces: Message | None = None  # shown in place of this one, to the receiver
    silent: bool = False
    protected: bool = False
    preview: bool = True
    media: Json = field(default_factory=dict)  # photo, document, venue, location as the API writes them
    content: bytes = b""  # of the photo or document
    service: Json = field(default_factory=dict)
    versions: list[str] = field(default_factory=list)
    deleted: bool = False

    @property
    def from_bot(self) -> bool:
        return self.sender is None

    @property
    def ephemeral(self) -> bool:
        return self.ephemeral_id is not None

    @property
    def edits(self) -> int:
        """How many times the bot has changed the text or the buttons."""
        return max(0, len(self.versions) - 1)

    @property
    def buttons(self) -> list[Button]:
        """All buttons, row by row."""
        return [Button(one["text"], one.get("callback_data"), one.get("url")) for row in self.rows for one in row]

    @property
    def labels(self) -> list[str]:
        return [button.label for button in self.buttons]

    def button(self, label: str) -> Button:
        """The button with this label, also when a count follows it (`Jag kommer · 12`)."""
        for button in self.buttons:
            if button.label == label or button.label.startswith(f"{label} ·"):
                return button
        raise AssertionError(f"no button {label!r} among {self.labels} under {self.text!r}")

    def __repr__(self) -> str:
        return f"<{'ephemeral ' if self.ephemeral else ''}message {self.text!r} {self.labels}>"

    def written(self, bot: Json) -> Json:
        """The message as the Bot API writes it."""
        out: Json = {"message_id": self.id, "date": self.date, "chat": self.chat.written()}
        out.update(self._who(bot))
        if self.ephemeral_id is not None:
            out["ephemeral_message_id"] = self.ephemeral_id
            out["receiver_user"] = self.receiver.written() if self.receiver else bot
        if self.thread_id is not None:
            out |= {"message_thread_id": self.thread_id, "is_topic_message": True}
        if self.reply_to is not None and not self.reply_to.ephemeral:
            out["reply_to_message"] = self.reply_to.written(bot)
        if self.rows:
            out["reply_markup"] = {"inline_keyboard": self.rows}
        return out | self._body()

    def _who(self, bot: Json) -> Json:
        if self.sender is None:
            return {"from": bot} if self.chat.kind != "channel" else {"sender_chat": self.chat.written()}
        written = self.sender.written()
        if "first_name" in written and "type" not in written:
            return {"from": written}
        if self.chat.kind == "channel":
            return {"sender_chat": written}
        return {"from": ANONYMOUS, "sender_chat": written, "author_signature": "arrangör"}

    def _body(self) -> Json:
        if self.service:
            return self.service
        name = "caption" if self.content else "text"
        out: Json = {**self.media}
        if self.text:
            out[name] = self.text
            entities = self.entities or found_entities(self.text)
            if entities:
                out["caption_entities" if self.content else "entities"] = entities
        return out


ANONYMOUS = {"id": 1087968824, "is_bot": True, "first_name": "Group", "username": "GroupAnonymousBot"}


def found_entities(text: str) -> list[Json]:
    """The commands and mentions a client marks in plain text."""
    return [
        {"type": found.lastgroup, "offset": units(text[: found.start()]), "length": units(found[0])}
        for found in SPECIAL.finditer(text)
    ]
