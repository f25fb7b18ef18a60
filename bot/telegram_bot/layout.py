"""Our messages as Telegram takes them: HTML in pieces, and signed buttons."""

import re
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup, escape

from chat import markup
from chat.markup import Run
from chat.message import Button, Document, Message, Rows
from chat.signing import sign

Json = dict[str, Any]
MAX_TEXT = 4096  # UTF-16 units, after the markup is read
MAX_POP_UP = 200  # characters

# A name after @ notifies its owner wherever it stands, except in code.
_MENTION = re.compile(r"(?<![\w@])@\w{3,32}")


@dataclass(frozen=True, slots=True)
class Part:
    """What one call sends: a text or a file, with the buttons when it is the last."""

    html: str
    keyboard: list[list[Json]]
    silent: bool
    document: Document | None = None


class Layout:
    """Converts messages. `username` is the bot's, for the links that open it."""

    def __init__(self, key: bytes, username: str) -> None:
        """`key` signs the buttons."""
        self._key = key
        self.username = username
        self._posted: tuple[Message, list[Part]] | None = None

    def post(self, message: Message) -> list[Part]:
        """As `parts`, made once when it goes to many, one after another."""
        if self._posted is None or self._posted[0] is not message:
            self._posted = message, self.parts(message)
        return self._posted[1]

    def parts(self, message: Message) -> list[Part]:
        """The calls that show the message, in order; the buttons stand under the last text."""
        texts = [html(piece) for piece in pieces(message.text)]
        parts = [Part(text, [], message.silent) for text in texts[:-1]]
        parts.append(Part(texts[-1], self.keyboard(message.rows), message.silent))
        if message.document:
            parts.append(Part("", [], message.silent, message.document))
        return parts

    def keyboard(self, rows: Rows) -> list[list[Json]]:
        """The buttons as Telegram writes them."""
        return [[self._button(button) for button in row] for row in rows]

    def _button(self, button: Button) -> Json:
        if button.url:
            return {"text": button.label, "url": button.url}
        if button.opens:
            return {"text": button.label, "url": self.link(button.opens)}
        return {"text": button.label, "callback_data": sign(self._key, button.route, button.argument)}

    def link(self, payload: str) -> str:
        """The address that opens the private chat."""
        return f"https://t.me/{self.username}?start={payload}"


def length(run: Run) -> int:
    """The run's length as Telegram counts it."""
    return len(run.text.encode("utf-16-le")) // 2


def pieces(text: Markup) -> list[Markup]:
    """The text in pieces that one message can hold."""
    if len(text) <= MAX_TEXT // 2:  # a character is at most two units
        return [text]
    return markup.split(text, MAX_TEXT, length)


def html(text: Markup) -> str:
    """The text in Telegram's HTML, which ours is already, with nobody mentioned."""
    if "@" not in text:
        return str(text)
    return "".join(_run(run) for run in markup.runs(text))


def _run(run: Run) -> str:
    if run.href or "@" not in run.text:
        return str(run.markup())
    made = Markup()
    start = 0
    for found in _MENTION.finditer(run.text):
        made += escape(run.text[start : found.start()]) + Markup("<code>{}</code>").format(found[0])
        start = found.end()
    made += escape(run.text[start:])
    made = Markup("<i>{}</i>").format(made) if run.italic else made
    return str(Markup("<b>{}</b>").format(made) if run.bold else made)


def pop_up(text: Markup) -> str:
    """The beginning of the text, as much as a pop-up holds, cut between words."""
    plain = markup.plain(text).strip()
    if len(plain.encode("utf-16-le")) // 2 <= MAX_POP_UP:
        return plain
    shorter = (
        plain[: MAX_POP_UP // 2] if len(plain.encode("utf-16-le")) > 2 * len(plain) else plain[: MAX_POP_UP - 1]
    )
    return shorter.rsplit(maxsplit=1)[0] + "…"


def first_line(text: Markup) -> str:
    """The first line, as much as a pop-up holds."""
    return pop_up(Markup(text.strip().partition("\n")[0]))  # noqa: S704 - markup already, and lines keep their tags
