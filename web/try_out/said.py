"""What a message on the page holds, and how it is kept."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from dataclasses import asdict, dataclass, replace
from typing import Any

from chat.form import FieldKind, OpenForm, ShownField
from chat.message import Document, Message, from_json, to_json


@dataclass(frozen=True, slots=True)
class Said:
    """What stands in one bubble: what a persona typed, or what the bot says, with the form it opens."""

    typed: str = ""
    message: Message | None = None
    form: OpenForm | None = None

    def without_buttons(self) -> Said:
        """The same, with nothing left to press."""
        return replace(self, form=None, message=replace(self.message, rows=()) if self.message else None)


GONE = ""  # what is kept of a message that was taken away


def pack(said: Said) -> str:
    """What the database keeps."""
    kept: dict[str, Any] = {}
    if said.typed:
        kept["typed"] = said.typed
    if said.message:
        kept["message"] = to_json(said.message)
        document = said.message.document
        if document:
            kept["document"] = [document.name, b64encode(document.content).decode()]
    if said.form:
        kept["form"] = asdict(said.form)
    return json.dumps(kept, ensure_ascii=False)


def unpack(kept: str) -> Said | None:
    """What `pack` kept; None for a message that was taken away."""
    if kept == GONE:
        return None
    raw = json.loads(kept)
    return Said(raw.get("typed", ""), _message(raw), _form(raw.get("form")))


def _message(raw: dict[str, Any]) -> Message | None:
    if "message" not in raw:
        return None
    message = from_json(raw["message"])
    if "document" not in raw:
        return message
    name, content = raw["document"]
    return replace(message, document=Document(name, b64decode(content)))


def _form(raw: dict[str, Any] | None) -> OpenForm | None:
    return OpenForm(**{**raw, "fields": tuple(_field(one) for one in raw["fields"])}) if raw else None


def _field(raw: dict[str, Any]) -> ShownField:
    choices = tuple((key, label) for key, label in raw["choices"])
    return ShownField(
        **{**raw, "kind": FieldKind(raw["kind"]), "choices": choices, "offers": tuple(raw["offers"])}
    )
