"""How the process fares: alive, ready, and its figures."""

from collections.abc import Callable, Mapping

from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, generate_latest
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from web import guard

PARTS = ("database", "clock", "telegram", "discord", "email", "delivery", "backup")
FINE = frozenset({"ok", "off"})
States = Callable[[], Mapping[str, str]]


def health_routes(states: States, *, public: bool) -> list[Route]:
    """/healthz, /readyz and /metrics; `states` says "ok", "off" or a reason for each part."""

    async def healthz(_: Request) -> Response:
        return PlainTextResponse("ok\n")

    async def readyz(_: Request) -> Response:
        found = states()
        parts = {name: found.get(name, "off") for name in PARTS}
        ready = all(state in FINE for state in parts.values())
        return JSONResponse({"ready": ready, **parts}, 200 if ready else 503)

    async def metrics(request: Request) -> Response:
        if public or not guard.is_local(request):
            raise HTTPException(404)
        return Response(generate_latest(REGISTRY), headers={"content-type": CONTENT_TYPE_LATEST})

    return [Route("/healthz", healthz), Route("/readyz", readyz), Route("/metrics", metrics)]
