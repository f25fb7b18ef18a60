"""A local mail server: takes letters, or answers and breaks off as it is told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.smtp import SMTP


@dataclass
class MailServer:
    """A server that keeps what it is given; `answers` say otherwise, by the command."""

    port: int = 0
    answers: dict[str, str] = field(default_factory=dict)
    taken: list[tuple[str, list[str], bytes]] = field(default_factory=list)
    drops: bool = False  # the connection, once it has the message

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name and way to call
        self, server: SMTP, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        """Another one who is to get the next letter."""
        if "RCPT" in self.answers:
            return self.answers["RCPT"]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        """The letter itself."""
        if "DATA" in self.answers:
            return self.answers["DATA"]
        self.taken.append((envelope.mail_from, envelope.rcpt_tos, envelope.content))
        if self.drops:
            assert isinstance(server.transport, asyncio.Transport)
            server.transport.abort()
        return "250 OK"

    @property
    def letters(self) -> list[EmailMessage]:
        """What was taken, as mail programs read it."""
        return [message_from_bytes(content, policy=default) for _, _, content in self.taken]


@asynccontextmanager
async def serving() -> AsyncIterator[MailServer]:
    """Such a server on a port of its own."""
    kept = MailServer()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(kept, loop=loop, hostname="exempel.example"), "127.0.0.1", 0)
    kept.port = server.sockets[0].getsockname()[1]
    try:
        yield kept
    finally:
        server.close()
        await server.wait_closed()
