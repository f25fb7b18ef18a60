"""What every answer and every request passes: headers that forbid, and a limit to what is sent."""

import asyncio

from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MAX_BODY = 1024 * 1024  # bytes; the largest Telegram update is far smaller
BODY_SECONDS = 20.0  # for all of it: who sends a byte now and then holds nothing open
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",  # "no-referrer" would take the Origin off our own forms
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}


class Protection:
    """Adds the headers, and ends a request whose body is too large or comes too slowly."""

    def __init__(self, app: ASGIApp) -> None:
        """`app` answers."""
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def sends(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                headers.setdefault("cache-control", "no-cache" if "etag" in headers else "no-store")
            await send(message)

        await self.app(scope, _bounded(receive), sends)


def _bounded(receive: Receive) -> Receive:
    """`receive`, that raises 413 as soon as more than MAX_BODY came, and 408 when it does not all come in time."""
    taken, ends = 0, asyncio.get_running_loop().time() + BODY_SECONDS
    is_complete = False

    async def receives() -> Message:
        nonlocal taken, is_complete
        try:
            async with asyncio.timeout_at(None if is_complete else ends):
                message = await receive()
        except TimeoutError:
            raise HTTPException(408) from None
        is_complete = not message.get("more_body", False)
        taken += len(message.get("body", b""))
        if taken > MAX_BODY:
            raise HTTPException(413)
        return message

    return receives
