"""A room to talk to the bot in: real dispatch and real SQLite, without a platform around them."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bot.dispatch import Dispatch
from chat.address import Address, Platform
from chat.markup import plain
from chat.message import Button, Message, Reply
from chat.request import Attachment, Chat, Event, Fact, FormStyle, Kind, Request
from db.installation import Installation, district
from db.keys import Keys, use_keys
from db.models import Base
from db.session import Database
from handlers import FEATURES
from handlers.feature import Routes
from tests import postgres

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)  # a Sunday, 10.00 in Stockholm
STOCKHOLM = ZoneInfo("Europe/Stockholm")


@dataclass(frozen=True, slots=True)
class Someone:
    """A person who talks to the bot from one account."""

    name: str
    address: Address
    language: str = "sv"


ADA = Someone("Ada", Address(Platform.TELEGRAM, "1001"))
BEN = Someone("Ben", Address(Platform.TELEGRAM, "1002"))
CEM = Someone("Cem", Address(Platform.DISCORD, "1003"))
DORIS = Someone("Doris", Address(Platform.TELEGRAM, "1004"), language="en")
GROUP = Chat(Address(Platform.TELEGRAM, "-2001"), private=False, title="Provstads grupp")


@dataclass(slots=True)
class Room:
    """Says and presses things as somebody and gives back what the bot answers."""

    database: Database
    dispatch: Dispatch
    now: datetime = NOW
    queued: int = 0
    _updates: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    async def says(
        self, text: str, *, by: Someone, chat: Chat | None = None, facts: set[Fact] | None = None
    ) -> Reply:
        """The reply to a command ("/vecka") or free text; an empty Reply when nothing is said."""
        name, _, rest = text.partition(" ") if "\n" not in text.split(" ", maxsplit=1)[0] else text.partition("\n")
        command = text.startswith("/")
        request = Request(
            kind=Kind.COMMAND if command else Kind.TEXT,
            route=name[1:].lower() if command else "",
            argument=rest.strip() if command else "",
            text="" if command else text,
            **self._from(by, chat, facts),
        )
        return await self.gives(request)

    async def presses(
        self, what: Reply | Message | Button, label: str = "", *, by: Someone, chat: Chat | None = None
    ) -> Reply:
        """The reply to a press on the button with that label (a count behind it may be left out)."""
        button = what if isinstance(what, Button) else find_button(what, label)
        if button.opens:
            return await self.says(f"/start {button.opens}", by=by)
        own = chat is None or chat.private
        request = Request(
            kind=Kind.PRESS,
            route=button.route,
            argument=button.argument,
            own_message=own,
            **self._from(by, chat, None),
        )
        return await self.gives(request)

    async def sends_file(self, name: str, content: bytes, *, by: Someone, size: int | None = None) -> Reply:
        """The reply to a file sent in private; like the adapters, the room gives its content to who takes it."""
        sent = Attachment(name, len(content) if size is None else size)
        request = Request(kind=Kind.TEXT, route="", attachment=sent, **self._from(by, None, None))
        if await self.dispatch.fetches(request) >= len(content) > 0:
            request = replace(request, attachment=replace(sent, content=content))
        return await self.gives(request)

    async def sends_page(self, reply: Reply, values: dict[str, str], *, by: Someone) -> Reply:
        """The reply to the open form filled in; fields not named keep what they show."""
        assert reply.form is not None
        filled = {one.name: values.get(one.name, one.value) for one in reply.form.fields}
        request = Request(
            kind=Kind.FORM,
            route=reply.form.route,
            argument=reply.form.argument,
            values=filled,
            **self._from(by, None, None),
        )
        return await self.gives(replace(request, forms=FormStyle.PAGES))

    async def happens(self, event: Event, *, by: Someone, chat: Chat = GROUP, argument: str = "") -> Reply:
        """The reply to something that nobody asked for."""
        return await self.gives(
            Request(kind=Kind.EVENT, route=event.value, argument=argument, **self._from(by, chat, None))
        )

    async def gives(self, request: Request) -> Reply:
        """The reply to any request."""
        return await self.dispatch.handle(request) or Reply()

    def passes(self, span: timedelta) -> None:
        """That much time goes by."""
        self.now += span

    def _from(self, by: Someone, chat: Chat | None, facts: set[Fact] | None) -> dict[str, Any]:
        update = f"{by.address.id}:{next(self._updates)}"
        return {
            "chat": chat or Chat(by.address, private=True),
            "sender": by.address,
            "sender_name": by.name,
            "language": by.language,
            "facts": frozenset(facts or ()),
            "update": update,
            "forms": FormStyle.PAGES if by.address.platform is Platform.TRY else FormStyle.STEPS,
        }  # fmt: skip


def text(reply: Reply | Message) -> str:
    """Everything a reply says, as a person reads it."""
    messages = (reply,) if isinstance(reply, Message) else tuple(m for m in (reply.message, *reply.also) if m)
    return "\n\n".join(plain(message.text) for message in messages)


def labels(reply: Reply | Message) -> list[str]:
    """The labels of all its buttons."""
    return [button.label for button in _buttons(reply)]


def find_button(reply: Reply | Message, label: str) -> Button:
    """The button with that label, with or without a count behind it."""
    for button in _buttons(reply):
        if label in {button.label, button.label.split(" · ")[0]}:
            return button
    raise AssertionError(f"no button {label!r} among {labels(reply)} of {text(reply)!r}")


def _buttons(reply: Reply | Message) -> list[Button]:
    messages = (reply,) if isinstance(reply, Message) else tuple(m for m in (reply.message, *reply.also) if m)
    return [button for message in messages for button in message.buttons]


KEYS = Keys.fresh()


@asynccontextmanager
async def open_room(folder: Path, *, language: str = "sv") -> AsyncIterator[Room]:
    """A room with an empty database, in that folder unless all tests run on PostgreSQL."""
    on_postgres = await postgres.chosen()
    database = Database(on_postgres or await _with_tables(folder))
    if on_postgres:
        async with database.engine.begin() as connection:
            await connection.run_sync(Base.metadata.create_all)
    try:
        async with room_on(database, language=language) as room:
            yield room
    finally:
        await database.close()


_empty: list[bytes] = []  # a file with all tables: copied, it is there in a tenth of the time


async def _with_tables(folder: Path) -> str:
    """The address of a SQLite file in that folder, with empty tables."""
    file = folder / "kallelse.db"
    url = f"sqlite+aiosqlite:///{file}"
    if not _empty:
        first = Database(url)
        async with first.engine.begin() as connection:
            await connection.run_sync(Base.metadata.create_all)
        await first.close()
        _empty.append(file.read_bytes())
    file.write_bytes(_empty[0])
    return url


@asynccontextmanager
async def room_on(database: Database, *, language: str = "sv") -> AsyncIterator[Room]:
    """A room on a database that has its tables."""
    use_keys(KEYS)
    installation = Installation("Exempeldistriktet", language, STOCKHOLM, "21-08")
    async with database.write() as session:
        await district(session, installation.organisation, invented=False, now=NOW)
    room: Room

    def queued() -> None:
        room.queued += 1

    dispatch = Dispatch(database, KEYS, Routes(FEATURES), installation, clock=lambda: room.now, on_queued=queued)
    room = Room(database, dispatch)
    yield room
