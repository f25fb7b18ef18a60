"""Telegram's HTML read as the real server reads it: plain text, entities, and its words for what is wrong."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from tests.servers.telegram_checks import ApiError

NAMES = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "a": "text_link",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
}
NAMED = {"&lt;": "<", "&gt;": ">", "&amp;": "&", "&quot;": '"'}
TOKEN = re.compile(r"<(/?)([^\s>/]*)([^>]*)>|(&(?:lt|gt|amp|quot|#\d{1,7}|#[xX][0-9a-fA-F]{1,6});)|([^<&]+|&|<)")
ATTRIBUTE = re.compile(r"""([a-zA-Z-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""")


def units(text: str) -> int:
    """The length of `text` as Telegram counts it, in UTF-16 code units."""
    return len(text.encode("utf-16-le")) // 2


@dataclass
class _Open:
    tag: str
    at: int  # byte offset of the tag in what was sent
    offset: int  # UTF-16 offset in the plain text
    extra: dict[str, str]


@dataclass
class _Reading:
    source: str
    plain: list[str] = field(default_factory=list)
    length: int = 0
    stack: list[_Open] = field(default_factory=list)
    entities: list[dict[str, Any]] = field(default_factory=list)

    def add(self, text: str) -> None:
        self.plain.append(text)
        self.length += units(text)

    def open(self, tag: str, attributes: str, at: int) -> None:
        if tag not in NAMES:
            raise _refusal(f'Unsupported start tag "{tag}" at byte offset {at}')
        values = {name.lower(): "".join(rest) for name, *rest in ATTRIBUTE.findall(attributes)}
        if tag == "span" and values.get("class") != "tg-spoiler":
            raise _refusal(f'Tag "span" must have class "tg-spoiler" at byte offset {at}')
        extra = {"url": unescape(values.get("href", ""))} if tag == "a" else {}
        self.stack.append(_Open(tag, at, self.length, extra))

    def close(self, tag: str, at: int) -> None:
        if not self.stack:
            raise _refusal(f"Unexpected end tag at byte offset {at}")
        opened = self.stack.pop()
        if tag and tag != opened.tag:
            raise _refusal(f'Unmatched end tag at byte offset {at}, expected "</{opened.tag}>", found "</{tag}>"')
        span = self.length - opened.offset
        if span and not (opened.tag == "a" and not opened.extra["url"]):
            entity = {"type": NAMES[opened.tag], "offset": opened.offset, "length": span, **opened.extra}
            self.entities.append(entity)


def unescape(text: str) -> str:
    """`text` with the few character references Telegram knows replaced."""
    return re.sub(r"&(?:lt|gt|amp|quot);", lambda found: NAMED[found[0]], text)


def _refusal(what: str) -> ApiError:
    return ApiError(400, f"Bad Request: can't parse entities: {what}")


def _reference(text: str) -> str:
    if text in NAMED:
        return NAMED[text]
    digits = text[2:-1]
    return chr(int(digits[1:], 16) if digits[0] in "xX" else int(digits))


def read_html(source: str) -> tuple[str, list[dict[str, Any]]]:
    """The plain text and the entities of `source`; the server's 400 if it is not Telegram's HTML."""
    reading = _Reading(source)
    for found in TOKEN.finditer(source):
        closing, tag, attributes, reference, text = found.groups()
        at = len(source[: found.start()].encode())
        if text is not None:
            if text == "<":
                raise _refusal(f"Unclosed start tag at byte offset {at}")
            reading.add(text)
        elif reference is not None:
            reading.add(_reference(reference))
        elif closing:
            reading.close(tag.lower(), at)
        else:
            reading.open(tag.lower(), attributes, at)
    if reading.stack:
        raise _refusal(f'Can\'t find end tag corresponding to start tag "{reading.stack[-1].tag}"')
    return _trimmed("".join(reading.plain), reading.entities)


def _trimmed(plain: str, entities: list[dict[str, Any]]) -> tuple[str, list[dict[str, Any]]]:
    """The text without the white space around it, and the entities moved to fit."""
    left = units(plain) - units(plain.lstrip())
    text = plain.strip()
    length = units(text)
    moved = []
    for entity in entities:
        start = max(0, entity["offset"] - left)
        end = min(length, entity["offset"] - left + entity["length"])
        if end > start:
            moved.append({**entity, "offset": start, "length": end - start})
    return text, sorted(moved, key=lambda entity: (entity["offset"], -entity["length"]))
