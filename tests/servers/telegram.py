"""A local Telegram for tests: the Bot API over real sockets, with people, limits and faults.

async with TelegramServer() as server:
    bot = telegram.Bot(server.token, base_url=f"{server.url}/bot")
    testa = server.person("Testa")
    testa.says("/vecka")
    answer = await testa.next_message()
"""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from typing import Any, Self

from aiohttp import web

from tests.servers.telegram_chats import Chat
from tests.servers.telegram_checks import BY_LOWER, ApiError, read_parameters
from tests.servers.telegram_http import Fault, abort, chat_id_of, read, refused
from tests.servers.telegram_limits import Limits
from tests.servers.telegram_methods import methods
from tests.servers.telegram_world import World

Json = dict[str, Any]


class TelegramServer(World):
    """One bot's Bot API server. Limits are off unless asked for; `strict` refuses what the schema lacks."""

    def __init__(
        self, *, strict: bool = True, limits: bool = False, privacy: bool = True, record: bool = True
    ) -> None:
        super().__init__()
        self.token = "123456789:AAlocalTestServerTokenAAAAAAAAAAAAA"
        self.strict, self.privacy, self.record = strict, privacy, record
        self.limits = Limits(on=limits)
        self.texts: dict[tuple[str, str], str] = {}  # descriptions, by name and language
        self.faults: list[Fault] = []
        self.counts: Counter[str] = Counter()
        self.calls: deque[tuple[str, Json]] = deque(maxlen=10_000)
        self.fetched: list[str] = []  # the files that were asked for
        self.loses_files = False
        self.port = 0
        self._methods = methods(self)
        self._runner: web.AppRunner | None = None

    # its life

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        self.updates.close()
        await self.outage()

    async def start(self) -> None:
        """It listens, on the same port as before if there was one."""
        app = web.Application(client_max_size=50 * 2**20)
        app.router.add_route("*", "/bot{token}/{method}", self._serve)
        app.router.add_get("/file/bot{token}/{path:.+}", self._serve_file)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self.port, reuse_address=True)
        await site.start()
        self.port = self._runner.addresses[0][1]

    async def outage(self) -> None:
        """Connections are closed and new ones refused, until `start`."""
        if self._runner is not None:
            runner, self._runner = self._runner, None
            await runner.cleanup()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def fail(
        self, method: str, kind: str | int, *, times: int = 1, seconds: float = 1, chat: Chat | None = None
    ) -> None:
        """The next `times` calls of `method` go wrong; see Fault."""
        self.faults.append(Fault(method, str(kind), times, seconds, chat))

    # http

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        try:
            method = self._method(request)
            raw = await read(request)
            self._count(method, raw)
            fault = self._fault(method, raw)
            if fault is not None:
                self._before(fault, request)
            result = await self._call(method, raw)
            if fault is not None:
                await self._after(fault, request)
            return web.json_response({"ok": True, "result": result})
        except ApiError as error:
            return refused(error)

    def _method(self, request: web.Request) -> str:
        if request.match_info["token"] != self.token:
            raise ApiError(401, "Unauthorized")
        try:
            return BY_LOWER[request.match_info["method"].lower()]
        except KeyError:
            raise ApiError(404, "Not Found: method not found") from None

    def _count(self, method: str, raw: Json) -> None:
        self.counts[method] += 1
        if self.record:
            self.calls.append((method, raw))
        self.changed()

    async def _call(self, method: str, raw: Json) -> Any:
        params = read_parameters(method, raw, strict=self.strict)
        self.limits.check(method, chat_id_of(params))
        result = self._methods[method](params)
        return await result if asyncio.iscoroutine(result) else result

    def _fault(self, method: str, raw: Json) -> Fault | None:
        for fault in self.faults:
            if fault.fits(method, raw.get("chat_id")):
                fault.times -= 1
                return fault
        return None

    def _before(self, fault: Fault, request: web.Request) -> None:
        if fault.kind == "429":
            seconds = int(fault.seconds)
            raise ApiError(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)
        if fault.kind.isdigit():
            raise ApiError(int(fault.kind), "Internal Server Error")
        if fault.kind == "refuse":
            abort(request)

    async def _after(self, fault: Fault, request: web.Request) -> None:
        if fault.kind == "drop":
            abort(request)
        if fault.kind == "slow":
            await asyncio.sleep(fault.seconds)

    async def _serve_file(self, request: web.Request) -> web.Response:
        content = None if self.loses_files else self.files.at(request.match_info["path"])
        self.fetched.append(request.match_info["path"])
        if content is None or request.match_info["token"] != self.token:
            raise web.HTTPNotFound
        return web.Response(body=content)
