"""One thing that somebody did on a platform, read into words that every handler knows."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, StrEnum
from types import MappingProxyType

from chat.address import Address

LARGEST = 2**31 - 1  # what a column of integers holds on PostgreSQL


class Kind(StrEnum):
    """What was done; together with `route` it finds the handler."""

    COMMAND = "command"  # route: the name as typed, lower case, without slash and @bot
    PRESS = "press"  # route and argument of the button; an empty route: forged or broken
    FORM = "form"  # a page of a form: route is the form, argument "draft:page", values raw texts
    TEXT = "text"  # free text in private, or where the bot was mentioned (mention taken off)
    EVENT = "event"  # route is one of Event; the platform tells, nobody waits for an answer


class Event(StrEnum):
    """Routes of `Kind.EVENT`. `sender` is whom it is about."""

    JOINED = "joined"  # a person came into a chat
    LEFT = "left"
    BOT_ADDED = "bot_added"  # sender: who added it
    BOT_REMOVED = "bot_removed"
    CHAT_MOVED = "chat_moved"  # argument: the chat's new id
    BLOCKED = "blocked"  # the person blocked the bot, or a test message was refused; chat is the private one
    UNBLOCKED = "unblocked"  # messages arrive again, or the test message did; the reply is shown to the asker
    UNTRIED = "untried"  # nobody knows whether a test message arrives; the reply is shown to the asker
    JOIN_ASKED = "join_asked"  # wants to be let into a chat; the bot may write to them shortly


class Fact(Enum):
    """What a handler may declare that it must know; the adapter asks the platform first."""

    CHAT_ADMIN = "chat_admin"  # the sender is an identified administrator of the chat


class FormStyle(StrEnum):
    """How forms are shown to the one who asked."""

    STEPS = "steps"  # a question at a time, answered by text and buttons
    PAGES = "pages"  # a modal or an HTML form


@dataclass(frozen=True, slots=True)
class Chat:
    """Where it was done. In private, `address` is the person's own."""

    address: Address
    private: bool
    title: str = ""
    channel: bool = False  # only administrators write in it


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that came with a message in private. `size` is what the platform says, in bytes.

    `content` is None when nobody takes such a file from the sender, when it is too large, or could not be had.
    """

    name: str
    size: int
    content: bytes | None = field(default=None, repr=False)

    @property
    def suffix(self) -> str:
        """The end of its name, by which a handler is found: "csv"."""
        return self.name.rpartition(".")[2].lower()


@dataclass(frozen=True, slots=True)
class Request:
    """One command, press, page of a form, text or event.

    `update` names it among the platform's updates: two requests with the same one have one effect.
    `sender` is None where the platform hides who acted (channels, anonymous administrators).
    `sender_name` is what the platform shows; it is used to greet, and kept only where a docstring says so.
    """

    kind: Kind
    route: str
    chat: Chat
    sender: Address | None
    argument: str = ""
    text: str = ""  # Kind.TEXT: what was written
    values: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    sender_name: str = ""
    language: str = ""  # the client's guess, "sv" or "en-GB"; empty when unknown
    facts: frozenset[Fact] = frozenset()
    forms: FormStyle = FormStyle.STEPS
    update: str = ""  # the platform's id of the update; empty: never repeated
    message: str = ""  # the platform's id of the pressed or sent message
    forwarded: bool = False  # somebody else's words, passed on: never a command
    attachment: Attachment | None = None  # Kind.TEXT: then `text` is what stands under it
    own_message: bool = False  # the answer, or the pressed message, is seen by this person only


def whole_number(text: str) -> int:
    """The number that the text is; 0, which is nobody's id, for other text and for what no column holds."""
    is_number = text.isascii() and text.isdecimal() and len(text) <= len(str(LARGEST))
    number = int(text) if is_number else 0
    return number if number <= LARGEST else 0
