"""Files on the local Telegram: what was uploaded, and what can be fetched."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tests.servers.telegram_checks import bad

Json = dict[str, Any]


@dataclass(frozen=True)
class Upload:
    """A file that came with a request."""

    name: str
    content: bytes


@dataclass
class Files:
    """All files the server has, by id: path and content."""

    stored: dict[str, tuple[str, bytes]] = field(default_factory=dict)

    def keep(self, content: bytes, path: str) -> Json:
        """The content is kept, and can be fetched; comes back as the Bot API writes it."""
        number = len(self.stored) + 1
        file_id = f"AgACAgQAAx{number:08d}"
        self.stored[file_id] = (path.replace("file.", f"file_{number}."), content)
        return self.written(file_id)

    def given(self, given: object) -> tuple[bytes, Json | None]:
        """The content of an upload, or of a file that the server has, then with how it is written."""
        if isinstance(given, Upload):
            return given.content, None
        if given not in self.stored:
            raise bad("wrong file identifier/HTTP URL specified")
        content = self.stored[str(given)][1]
        return content, self.written(str(given))

    def at(self, path: str) -> bytes | None:
        """The content behind a file path."""
        return next((content for known, content in self.stored.values() if known == path), None)

    def written(self, file_id: str) -> Json:
        """The file as the Bot API writes it."""
        path, content = self.stored[file_id]
        size = {"width": 640, "height": 480} if path.startswith("photos") else {}
        return {"file_id": file_id, "file_unique_id": file_id[-9:], "file_size": len(content), **size}
