"""A gateway session of the local Discord and the websocket that it is told over."""

from __future__ import annotations

import asyncio
import contextlib
import json
import zlib
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.servers.discord_state import Json


@dataclass(eq=False)
class Session:
    """What outlives a connection: the events since it was made."""

    id: str
    intents: int
    events: list[str] = field(default_factory=list)
    connection: Connection | None = None

    def give(self, event: str, data: Json) -> None:
        """Number the event, keep it for a resume, and send it when somebody listens."""
        sequence = len(self.events) + 1
        self.events.append(json.dumps({"op": 0, "t": event, "s": sequence, "d": data}))
        if self.connection is not None:
            self.connection.send(self.events[-1])


class Connection:
    """One websocket: what is queued is sent in order, compressed as the client asked."""

    def __init__(self, socket: web.WebSocketResponse, request: web.Request) -> None:
        """Nothing is sent before `run`."""
        self.socket = socket
        self.request = request
        self.session: Session | None = None
        self.silent = False
        self._queue: asyncio.Queue[str] = asyncio.Queue()
        self._zlib = zlib.compressobj() if request.query.get("compress") == "zlib-stream" else None

    def send(self, text: str) -> None:
        """Queue a text; the writer takes it."""
        if not self.silent:
            self._queue.put_nowait(text)

    def op(self, number: int, data: Any = None) -> None:
        """Queue a payload that is no event."""
        self.send(json.dumps({"op": number, "d": data, "s": None, "t": None}))

    async def write(self) -> None:
        """Everything queued is sent, until cancelled or the connection is gone."""
        with contextlib.suppress(ConnectionError):
            while True:
                text = await self._queue.get()
                if self._zlib is None:
                    await self.socket.send_str(text)
                else:
                    made = self._zlib.compress(text.encode()) + self._zlib.flush(zlib.Z_SYNC_FLUSH)
                    await self.socket.send_bytes(made)

    def drop(self) -> None:
        """Cut the wire: no close frame."""
        if self.request.transport is not None:
            self.request.transport.abort()
