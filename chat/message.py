"""What is said: text in a small markup, buttons, and what goes with them."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from markupsafe import Markup

from chat.form import OpenForm

MAX_ARGUMENT = 55  # bytes of "route:argument": Telegram takes 64, the MAC needs 9
MAX_LABEL = 60  # characters; Discord takes 80, telephones show about 40


class Shown(StrEnum):
    """Where a handler's answer appears; declared with the handler, for Discord fixes it with the first sign."""

    HERE = "here"  # in the chat, for everybody there
    PRIVATELY = "privately"  # for the asker only; ephemeral in groups, and nothing rather than public
    IN_PLACE = "in_place"  # instead of the pressed message when only the presser sees it, else as PRIVATELY
    FORM = "form"  # like PRIVATELY, and the answer may open a form: never deferred


@dataclass(frozen=True, slots=True)
class Button:
    """A press that comes back as `route` and `argument`, a link (`url`), or the way into the private chat.

    `opens` is the payload of a deep link: `/start PAYLOAD` in the private chat. Where a platform has no such
    link the press is answered privately instead.
    """

    label: str
    route: str = ""
    argument: str = ""
    url: str = ""
    opens: str = ""

    def __post_init__(self) -> None:
        """Refuse a button that no platform could carry."""
        if len([way for way in (self.route, self.url, self.opens) if way]) != 1:
            raise ValueError("a button has one of route, url and opens")
        if len(f"{self.route}:{self.argument}".encode()) > MAX_ARGUMENT:
            raise ValueError(f"longer than {MAX_ARGUMENT} bytes: {self.route}")
        if len(self.label) > MAX_LABEL:
            object.__setattr__(self, "label", self.label[: MAX_LABEL - 1].rstrip() + "…")


Rows = tuple[tuple[Button, ...], ...]


@dataclass(frozen=True, slots=True)
class Document:
    """A file that goes with a message."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Message:
    """One message. `text` has only <b>, <i> and <a href>; values in it are escaped.

    Adapters convert, split at the platform's limits, and never let the text mention anybody.
    """

    text: Markup
    rows: Rows = ()
    document: Document | None = None  # only in replies; the outbox carries none
    silent: bool = False  # arrives without a sound

    @classmethod
    def of(cls, text: Markup, *buttons: Button, each: int = 3) -> Message:
        """A message with its buttons in rows of at most `each`."""
        rows = tuple(tuple(buttons[start : start + each]) for start in range(0, len(buttons), each))
        return cls(text, rows)

    def plus(self, text: Markup | None = None, *row: Button) -> Message:
        """The same with a paragraph and a row of buttons added below."""
        joined = self.text if text is None else self.text + Markup("\n\n") + text
        return replace(self, text=joined, rows=self.rows + ((row,) if row else ()))

    @property
    def buttons(self) -> tuple[Button, ...]:
        """All buttons, row by row."""
        return tuple(button for row in self.rows for button in row)


@dataclass(frozen=True, slots=True)
class Reply:
    """What the one who asked gets, and what else the platform should do.

    `also` follows as messages of their own, in order, where the first was shown.
    """

    message: Message | None = None
    also: tuple[Message, ...] = ()
    form: OpenForm | None = None  # only where the request's style is FormStyle.PAGES
    delete_request: bool = False  # take away what the person sent (a code in a group)
    approve_join: bool = False
    refresh_menu: bool = False  # what the person may do has changed
    test_message: Message | None = (
        None  # Discord: sent as a DM after the commit, see Event.UNBLOCKED; others ignore it
    )
    beside: bool = False  # never instead of the pressed message: a refusal must not cost its buttons
    clear_buttons: bool = False  # take the buttons off the pressed message, when it is the presser's own
    pressed: Message | None = None  # what the pressed message becomes, when it is the presser's own


def to_json(message: Message) -> str:
    """The message as the outbox keeps it."""
    rows = [[_button_json(button) for button in row] for row in message.rows]
    kept: dict[str, Any] = {"text": str(message.text), "rows": rows}
    if message.silent:
        kept["silent"] = True
    return json.dumps(kept, ensure_ascii=False, separators=(",", ":"))


def _button_json(button: Button) -> dict[str, str]:
    names = ("label", "route", "argument", "url", "opens")
    return {name: getattr(button, name) for name in names if getattr(button, name)}


def from_json(kept: str) -> Message:
    """The message that `to_json` kept."""
    raw = json.loads(kept)
    rows = tuple(tuple(Button(**button) for button in row) for row in raw["rows"])
    return Message(Markup(raw["text"]), rows, silent=raw.get("silent", False))  # noqa: S704 - to_json wrote markup, typed text is escaped in it
