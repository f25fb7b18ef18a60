"""What the platform posts to the webhook, checked before it is believed."""

import hmac
import json
from typing import Any

from starlette.requests import Request

Json = dict[str, Any]
HEADER = "X-Telegram-Bot-Api-Secret-Token"
MAX_BYTES = 1_000_000  # the platform's updates are far smaller


class RefusedRequest(Exception):
    """Carries the status of the answer."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


async def read(request: Request, secret: str) -> Json:
    """The update that was posted. Errors: RefusedRequest."""
    given = request.headers.get(HEADER, "")
    if not hmac.compare_digest(given.encode(), secret.encode()):
        raise RefusedRequest(403)
    try:
        update = json.loads(await _body(request))
    except (ValueError, RecursionError) as error:
        raise RefusedRequest(400) from error
    if not isinstance(update, dict) or not isinstance(update.get("update_id"), int):
        raise RefusedRequest(400)
    return update


async def _body(request: Request) -> bytes:
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BYTES:
            raise RefusedRequest(413)
    return body
