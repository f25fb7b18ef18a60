"""What stands before every REST route of the local Discord: counting, faults, the token, the limits."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable

from aiohttp import web

from tests.servers.discord_checks import ApiError
from tests.servers.discord_limits import Fault, Faults, Limits, Planned
from tests.servers.discord_state import Json
from tests.servers.discord_world import World

ROOT = "/api/v10"
Handler = Callable[[web.Request, Json, dict[str, bytes]], Awaitable[object]]


def answer(body: object, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    """JSON with exactly the content type that Discord sends; None is 204."""
    if body is None:
        return web.Response(status=204, headers=headers)
    made = {"Content-Type": "application/json"} | (headers or {})
    return web.Response(body=json.dumps(body).encode(), status=status, headers=made)


async def read_body(request: web.Request) -> tuple[Json, dict[str, bytes]]:
    """The JSON of a request and its files by name."""
    if request.content_type == "multipart/form-data":
        form = await request.post()
        files = {one.filename: one.file.read() for one in form.values() if isinstance(one, web.FileField)}
        told = form.get("payload_json", "{}")
        return json.loads(told if isinstance(told, str | bytes | bytearray) else "{}"), files
    raw = await request.read()
    if raw and request.content_type != "application/json":
        raise ApiError(400, 50035, "Invalid Form Body")
    return (json.loads(raw) if raw else {}), {}


class Guard:
    """The way in: what gets past it reaches a handler."""

    def __init__(self, world: World, limits: Limits, faults: Faults) -> None:
        """Handlers are put behind it by `guarded`."""
        self.world, self.limits, self.faults = world, limits, faults

    def guarded(
        self, route: str, handler: Handler, *, open_to_all: bool
    ) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        """The handler behind counting, faults, the token and the limits."""

        async def serve(request: web.Request) -> web.StreamResponse:
            self.faults.requests[route] += 1
            fault = self.faults.next(route)
            try:
                return await self._serve(request, route, handler, fault, open_to_all=open_to_all)
            except ApiError as error:
                return answer(error.body, error.status, error.headers)
            finally:
                self.world.changed()

        return serve

    async def _serve(
        self, request: web.Request, route: str, handler: Handler, fault: Planned | None, *, open_to_all: bool
    ) -> web.StreamResponse:
        body, files = await read_body(request)
        if fault and fault.kind is Fault.DROPPED_BEFORE:
            return _cut(request)
        if fault and fault.kind is Fault.SLOW:
            await asyncio.sleep(fault.seconds)
        if fault and fault.error:
            raise fault.error
        if not open_to_all and request.headers.get("Authorization") != f"Bot {self.world.token}":
            raise ApiError(401, 0, "401: Unauthorized")
        about = request.match_info.get("channel") or request.match_info.get("token") or ""
        headers = self.limits.check(route, about, asyncio.get_running_loop().time())
        self.faults.bodies.append((route, body))
        made = await handler(request, body, files)
        return _cut(request) if fault and fault.kind is Fault.DROPPED_AFTER else answer(made, headers=headers)


def _cut(request: web.Request) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response()
