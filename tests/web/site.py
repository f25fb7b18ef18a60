"""The web pages served on a real socket, with real dispatch behind them and a small feature to play with."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from html import unescape
from typing import Any

import httpx

from bot.server import Server, bind
from tests.room import KEYS, Room
from web import Parts, make_app
from web.try_out import TrySender

MESSAGE = 'name="message" value="'
FINE = {"database": "ok", "clock": "ok", "telegram": "off", "discord": "off"}


@dataclass(slots=True)
class Site:
    """A served site: its address, the room behind it, and a client that speaks to it."""

    url: str
    room: Room
    sender: TrySender
    states: dict[str, str]
    client: httpx.AsyncClient

    async def does(self, path: str, *, persona: str = "medlem", **sent: str) -> str:
        """The page after that form was sent as the persona."""
        answer = await self.client.post(f"/try/{path}", data={"persona": persona, **sent})
        assert answer.status_code == 200, answer.text
        return answer.text

    async def shows(self, persona: str = "medlem", language: str = "") -> str:
        """The page as the persona sees it."""
        answer = await self.client.get("/try", params={"persona": persona, "lang": language})
        assert answer.status_code == 200
        return answer.text

    async def presses(self, label: str, *, persona: str = "medlem") -> str:
        """The page after a press on the last button of that label."""
        page = await self.shows(persona)
        pattern = rf'{MESSAGE}(\d+)">(?:(?!{MESSAGE}).)*?name="data" value="([^"]+)"[^>]*>{re.escape(label)}<'
        found = re.findall(pattern, page, re.DOTALL)
        assert found, f"no button {label}"
        message, data = found[-1]
        return await self.does("press", persona=persona, message=message, data=unescape(data))


def pane(page: str, name: str) -> str:
    """What stands in the pane "talk" or "group" of a page."""
    found = re.search(rf'<div id="{name}".*?(?=<section|<form id="write"|$)', page, re.DOTALL)
    assert found
    return found[0]


@dataclass(slots=True)
class Serving:
    """Options of a site."""

    public: bool = False
    states: Mapping[str, str] = field(default_factory=lambda: dict(FINE))
    routes: Sequence[Any] = ()
    host: str = "127.0.0.1"


@asynccontextmanager
async def served(room: Room, serving: Serving | None = None) -> AsyncIterator[Site]:
    """The site, serving until the block ends."""
    options = serving or Serving()
    states = dict(options.states)
    server, socket = _server(room, options, states)
    task = asyncio.create_task(server.serve([socket]))
    url = f"http://{options.host}:{socket.getsockname()[1]}"
    sender = TrySender(room.database, lambda: room.now)
    try:
        async with httpx.AsyncClient(base_url=url, follow_redirects=True) as client:
            await until(lambda: server.started)
            yield Site(url, room, sender, states, client)
    finally:
        server.should_exit = True
        await task


def _server(room: Room, options: Serving, states: dict[str, str]) -> tuple[Server, Any]:
    dispatch = room.dispatch
    parts = Parts(
        inward=dispatch,
        database=room.database,
        keys=KEYS,
        installation=dispatch.installation,
        clock=lambda: room.now,
        states=lambda: states,
        public=options.public,
        routes=options.routes,
    )
    return Server(make_app(parts)), bind(options.host, 0)


async def until(done: Callable[[], object], seconds: float = 30) -> None:
    """Waits until `done` says so; TimeoutError when it does not in time."""
    async with asyncio.timeout(seconds):
        while not done():  # noqa: ASYNC110 - what is waited for belongs to a library and has no event
            await asyncio.sleep(0.01)
