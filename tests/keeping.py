"""A Sender that keeps what it is given, and fails when it is told to."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass, field

from chat.address import Platform
from chat.markup import plain
from chat.sending import Outgoing


@dataclass(slots=True)
class Keeper:
    """What was sent and edited, in order. `fails` are raised by the next sends, `edit_fails` by the next edits.

    `answers` are raised by whatever goes to that address.
    While `gate` is cleared every send waits.
    """

    platform: Platform = Platform.TELEGRAM
    kept: list[Outgoing] = field(default_factory=list)
    edits: list[tuple[str, Outgoing]] = field(default_factory=list)
    fails: deque[Exception] = field(default_factory=deque)
    edit_fails: deque[Exception] = field(default_factory=deque)
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    answers: dict[str, Exception] = field(default_factory=dict)
    tried: int = 0

    def __post_init__(self) -> None:
        """The gate is open."""
        self.gate.set()

    async def send(self, outgoing: Outgoing) -> str:
        """The place of the message among those kept."""
        self.tried += 1
        await self.gate.wait()
        if outgoing.address.id in self.answers:
            raise self.answers[outgoing.address.id]
        if self.fails:
            raise self.fails.popleft()
        self.kept.append(outgoing)
        return str(len(self.kept))

    async def edit(self, outgoing: Outgoing, message_id: str) -> None:
        """The edit is kept."""
        if self.edit_fails:
            raise self.edit_fails.popleft()
        self.edits.append((message_id, outgoing))

    @property
    def texts(self) -> list[str]:
        """What was sent, as a person reads it."""
        return [plain(outgoing.message.text) for outgoing in self.kept]

    @property
    def addresses(self) -> list[str]:
        """Where it was sent."""
        return [outgoing.address.id for outgoing in self.kept]
