"""A local Discord: REST and gateway over real sockets, with scripted people."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from types import TracebackType
from typing import Any, TypeVar

from aiohttp import web

from tests.servers.discord_checks import ApiError
from tests.servers.discord_gateway import Gateway
from tests.servers.discord_interactions import Interactions
from tests.servers.discord_limits import Fault, Faults, Limits, Planned
from tests.servers.discord_messages import Messages
from tests.servers.discord_people import Person
from tests.servers.discord_rest import Rest
from tests.servers.discord_state import Account, Channel, Guild, Json, Member, Message
from tests.servers.discord_wire import ROOT, Guard, Handler, answer
from tests.servers.discord_world import World

__all__ = ["Channel", "DiscordServer", "Fault", "Guild", "Message", "Person"]

T = TypeVar("T")


class DiscordServer:
    """Use it as `async with DiscordServer() as server`; `server.url` is what DISCORD_API_URL would be.

    Nothing is limited until `server.limits.enforced`; `server.requests` counts by "METHOD /path/{id}".
    """

    def __init__(self, token: str = "local-discord-token") -> None:
        """Not listening yet; things can be made already."""
        self.world = World(token)
        self.limits = Limits()
        self.faults = Faults()
        self.gateway = Gateway(self.world)
        self.guard = Guard(self.world, self.limits, self.faults)
        self.rest = Rest(self.world, self.gateway)
        self.messages = Messages(self.world, self.gateway)
        self.interactions = Interactions(self.messages)
        self.port = 0
        self.fetched: list[str] = []  # the files that were asked for
        self.loses_files = False
        self._runner: web.AppRunner | None = None

    @property
    def token(self) -> str:
        """What the bot must identify with."""
        return self.world.token

    @property
    def url(self) -> str:
        """The address of the REST API."""
        return f"http://127.0.0.1:{self.port}{ROOT}"

    @property
    def files_url(self) -> str:
        """Where files that people sent are kept."""
        return f"http://127.0.0.1:{self.port}/attachments"

    @property
    def requests(self) -> Counter[str]:
        """How often each route was asked."""
        return self.faults.requests

    async def __aenter__(self) -> DiscordServer:
        await self.start()
        return self

    async def __aexit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        await self.stop()

    async def start(self) -> None:
        """Listen, on the same port as before if there was one."""
        app = web.Application(client_max_size=30 << 20)
        app.router.add_get("/", self.gateway.serve)
        self._add(app, self.rest.routes() | self.messages.routes())
        self._add(app, self.interactions.routes(), open_to_all=True)
        app.router.add_get("/attachments/{message}/{name}", self._serve_file)
        app.router.add_route("*", "/{anything:.*}", _unknown)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self.port, reuse_address=True)
        await site.start()
        self.port = self._runner.addresses[0][1]
        self.gateway.url = f"ws://127.0.0.1:{self.port}"

    async def _serve_file(self, request: web.Request) -> web.Response:
        """A file that somebody sent; whoever asks must not show it the bot's token."""
        channels = self.world.channels.values()
        messages = {str(number): one for channel in channels for number, one in channel.messages.items()}
        sent = messages.get(request.match_info["message"])
        content = sent.files.get(request.match_info["name"]) if sent and not self.loses_files else None
        self.fetched.append(request.match_info["name"])
        if content is None or "Authorization" in request.headers:
            raise web.HTTPForbidden
        return web.Response(body=content)

    def _add(self, app: web.Application, routes: dict[str, Handler], *, open_to_all: bool = False) -> None:
        for route, handler in routes.items():
            method, path = route.split()
            app.router.add_route(method, ROOT + path, self.guard.guarded(route, handler, open_to_all=open_to_all))

    async def stop(self) -> None:
        """Cut everything and listen no more: connections are refused until `start`."""
        for one in tuple(self.gateway.connections):
            one.drop()
        for interaction in self.world.interactions.values():
            if interaction.timer is not None:
                interaction.timer.cancel()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    def guild(self, name: str = "Exempeldistriktet", *, with_bot: bool = True) -> Guild:
        """A new guild with the bot in it."""
        guild = Guild(self.world.new_id(), name)
        self.world.guilds[guild.id] = guild
        if with_bot:
            self.adds_bot(guild)
        return guild

    def adds_bot(self, guild: Guild) -> None:
        """The bot is in the guild from now on, and hears of it."""
        guild.members[self.world.bot.id] = Member(self.world.bot, self.world.timestamp())
        self.gateway.tell_guild(guild)

    def removes_bot(self, guild: Guild) -> None:
        """The bot is thrown out of the guild."""
        del guild.members[self.world.bot.id]
        self.gateway.tell("GUILD_DELETE", {"id": str(guild.id)}, 1)

    def channel(self, guild: Guild, name: str = "allmänt") -> Channel:
        """A new text channel."""
        channel = Channel(self.world.new_id(), name, guild)
        guild.channels.append(channel)
        self.world.channels[channel.id] = channel
        self.gateway.tell_channel("CHANNEL_CREATE", channel)
        return channel

    def deletes(self, channel: Channel) -> None:
        """The channel is gone."""
        assert channel.guild is not None
        channel.guild.channels.remove(channel)
        del self.world.channels[channel.id]
        self.gateway.tell_channel("CHANNEL_DELETE", channel)

    def person(self, name: str, *guilds: Guild, locale: str = "sv-SE", roles: tuple[str, ...] = ()) -> Person:
        """Somebody new, in these guilds."""
        person = Person(self, self.world.new_id(), name, locale)
        self.world.accounts[person.id] = person
        for guild in guilds:
            person.joins(guild, *roles)
        return person

    def fault(
        self, kind: Fault, route: str, *, times: int = 1, seconds: float = 0, status: int = 0, code: int = 0
    ) -> None:
        """Let the next requests whose "METHOD /path" matches go wrong; `status` is for Fault.ERROR."""
        error = ApiError(status, code, f"{status}: a planned fault") if status else None
        if status == 429:
            error = self.limits.too_many(seconds, {"X-RateLimit-Scope": "shared"})
        self.faults.planned.append(Planned(kind, re.compile(route), times, seconds, error))

    def bodies(self, route: str) -> list[Json]:
        """What was sent to the routes that match, oldest first."""
        return [body for name, body in self.faults.bodies if re.search(route, name)]

    async def until(self, wanted: Callable[[], T], seconds: float = 5, what: str = "the condition") -> T:
        """What `wanted` returned as soon as it was true; AssertionError after so many seconds."""
        return await self.world.until(wanted, seconds, what)

    async def ready(self, seconds: float = 10) -> None:
        """Somebody has identified and listens."""
        await self.until(
            lambda: any(one.session for one in self.gateway.connections), seconds, "a gateway session"
        )

    def drop_gateway(self) -> None:
        """Cut every gateway connection without a word; sessions can be resumed."""
        for one in tuple(self.gateway.connections):
            one.drop()

    def forget_sessions(self) -> None:
        """What was missed is lost: a resume is answered with an invalid session."""
        self.gateway.sessions.clear()

    def asks_to_reconnect(self) -> None:
        """Op 7: connect again and resume."""
        for one in self.gateway.connections:
            one.op(7)

    def invalidates_sessions(self) -> None:
        """Op 9: identify again, everything missed is lost."""
        self.forget_sessions()
        for one in self.gateway.connections:
            one.op(9, False)

    def falls_silent(self) -> None:
        """Half-open: the connections stay, nothing comes any more."""
        for one in self.gateway.connections:
            one.silent = True

    async def closes_gateway(self, code: int) -> None:
        """Every gateway connection is closed with that code."""
        await self.gateway.close_all(code)

    def known(self, account_id: int) -> Account:
        """The account with that id."""
        return self.world.accounts[account_id]


async def _unknown(_request: web.Request) -> Any:
    return answer({"message": "404: Not Found", "code": 0}, 404)
