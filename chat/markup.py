"""Reading and splitting the small markup of messages: <b>, <i> and <a href>."""

import html
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from markupsafe import Markup, escape

_TAG = re.compile(r'<(/?)(b|i|a)(?: href="([^"]*)")?>')
_CHUNK = re.compile(r"\n+|[^\S\n]+|\S+")
_INVISIBLE = re.compile(
    "[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]"
)


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text in one style: unescaped, with the tags that are open around it."""

    text: str
    bold: bool = False
    italic: bool = False
    href: str = ""

    def markup(self) -> Markup:
        """The stretch as markup again, its tags opened and closed."""
        made = escape(self.text)
        if self.href:
            made = Markup('<a href="{}">{}</a>').format(self.href, made)
        if self.italic:
            made = Markup("<i>{}</i>").format(made)
        return Markup("<b>{}</b>").format(made) if self.bold else made


def runs(text: Markup) -> Iterator[Run]:
    """The text as stretches of one style each, in order."""
    style: dict[str, str] = {}
    raw, start = str(text), 0  # a slice of Markup would be Markup, and made anew
    for tag in _TAG.finditer(raw):
        if tag.start() > start:
            yield _run(raw[start : tag.start()], style)
        if tag[1]:
            style.pop(tag[2], None)
        else:
            style[tag[2]] = html.unescape(tag[3] or "on")
        start = tag.end()
    if start < len(raw):
        yield _run(raw[start:], style)


def _run(raw: str, style: dict[str, str]) -> Run:
    return Run(html.unescape(raw), "b" in style, "i" in style, style.get("a", ""))


def plain(text: Markup) -> str:
    """The text without markup, as a person would read it aloud."""
    return html.unescape(_TAG.sub("", str(text)))


def clean(typed: str) -> str:
    r"""What a person typed without control, zero-width and direction marks; line ends are "\n"."""
    return _INVISIBLE.sub("", typed.replace("\r\n", "\n").replace("\r", "\n")).strip()


def one_line(typed: str) -> str:
    """What a person typed, cleaned and on one line."""
    return " ".join(clean(typed).split())


def split(text: Markup, limit: int, length: Callable[[Run], int]) -> list[Markup]:
    """The text in pieces of at most `limit`, cut between lines or words, never inside markup.

    `length` measures a run as the platform counts it. A word longer than `limit` is cut between characters.
    """
    pieces: list[list[Run]] = [[]]
    room = limit
    for chunk in _chunks(text, limit, length):
        size = length(chunk)
        if size > room:
            pieces.append(_carried(pieces[-1], limit - size, length))
            room = limit - sum(length(run) for run in pieces[-1])
        pieces[-1].append(chunk)
        room -= size
    made = (Markup("").join(run.markup() for run in _joined(_trimmed(piece))) for piece in pieces)
    return [piece for piece in made if piece] or [Markup("")]


def _chunks(text: Markup, limit: int, length: Callable[[Run], int]) -> Iterator[Run]:
    """Words and the spaces between them, none longer than `limit`."""
    for run in runs(text):
        for found in _CHUNK.findall(run.text):
            chunk = Run(found, run.bold, run.italic, run.href)
            if length(chunk) <= limit:
                yield chunk
            else:
                yield from (Run(letter, run.bold, run.italic, run.href) for letter in found)


def _carried(piece: list[Run], room: int, length: Callable[[Run], int]) -> list[Run]:
    """The last line of a full piece, taken over to the next one when it fits and is not all of it."""
    for index in range(len(piece) - 1, 0, -1):
        if "\n" in piece[index].text:
            tail = piece[index + 1 :]
            if index >= len(piece) // 2 and sum(length(run) for run in tail) <= room:
                del piece[index:]
                return tail
            return []
    return []


def _trimmed(piece: list[Run]) -> list[Run]:
    while piece and not piece[0].text.strip():
        piece = piece[1:]
    while piece and not piece[-1].text.strip():
        piece = piece[:-1]
    return piece


def _joined(piece: list[Run]) -> list[Run]:
    """The same with neighbours of one style made one run."""
    joined: list[Run] = []
    for run in piece:
        if joined and replace(joined[-1], text=run.text) == run:
            joined[-1] = replace(run, text=joined[-1].text + run.text)
        else:
            joined.append(run)
    return joined
