"""Discord's REST, said plainly: one request, its answer, and what surely was not sent.

The library's own client repeats by itself after 429 and 5xx, so that nobody could tell what became of a
message, and it sends one request at a time where no limit is known.
"""

import asyncio
import json
import time
from collections.abc import Mapping
from typing import Any

import aiohttp

from chat.message import Document

OFFICIAL = "https://discord.com/api/v10"
USER_AGENT = "DiscordBot (https://discord.com/developers/docs, 1.0)"  # the form that Discord asks for
TIMEOUT = aiohttp.ClientTimeout(total=15, sock_connect=5)  # seconds
LONGEST_WAIT = 10.0  # seconds that an answer to a person may wait for a limit
PAUSE_SECONDS = 0.3  # after a 5xx
TRIES = 3

Json = dict[str, Any]
_in_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class RestError(Exception):
    """An answer other than 2xx; `code` is Discord's own, 0 when there is none. Carries no words of Discord's."""

    def __init__(self, status: int, code: int = 0, *, seconds: float = 0.0, everywhere: bool = False) -> None:
        """`seconds` to wait (429), for every route when `everywhere`."""
        super().__init__(f"{status} {code}")
        self.status = status
        self.code = code
        self.seconds = seconds
        self.everywhere = everywhere


class Rest:
    """The API under one token. A request is sent once; `patiently` for answers that somebody waits for."""

    def __init__(self, token: str, url: str | None = None) -> None:
        """`url` is the root of the API; None: the official one."""
        self.url = url or OFFICIAL
        self._headers = {"User-Agent": USER_AGENT, "Authorization": f"Bot {token}"}
        self._session: aiohttp.ClientSession | None = None
        self._empty_until: dict[str, float] = {}  # limits that are used up, by bucket

    async def close(self) -> None:
        """No connection is left."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def call(
        self, method: str, path: str, body: Any = None, *, bucket: str = "", document: Document | None = None
    ) -> Any:
        """What the API answered. `bucket` names requests that share a limit.

        Errors: RestError (429 also when a limit is known to be used up: then nothing was sent),
        aiohttp.ClientError, TimeoutError.
        """
        bucket = bucket or f"{method} {path}"
        early = self._empty_until.get(bucket, 0.0) - time.monotonic()
        if early > 0:
            raise RestError(429, seconds=early)
        data, headers = _encoded(body, document)
        session = self._opened()
        async with session.request(method, self.url + path, data=data, headers=headers) as response:
            raw = await response.read()
            self._note(bucket, response.headers)
            if response.status < 300:  # noqa: PLR2004 - the class of success
                return json.loads(raw) if raw else None
            raise _error(response, raw)

    async def patiently(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        bucket: str = "",
        document: Document | None = None,
        repeatable: bool = True,
    ) -> Any:
        """Like `call`, tried again when it was early; `repeatable` also when the answer was lost or a 5xx."""
        for again in range(TRIES - 1, -1, -1):
            try:
                return await self.call(method, path, body, bucket=bucket, document=document)
            except RestError as error:
                pause = error.seconds if error.status == 429 else PAUSE_SECONDS  # noqa: PLR2004 - too early
                if not (again and pause <= LONGEST_WAIT and _may_help(error, repeatable=repeatable)):
                    raise
                await asyncio.sleep(pause)
            except aiohttp.ClientError:
                if not (again and repeatable):
                    raise
        raise AssertionError("the last try returns or raises")

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            connector = aiohttp.TCPConnector(limit=0)
            self._session = aiohttp.ClientSession(
                connector=connector,
                timeout=TIMEOUT,
                headers=self._headers,
                cookie_jar=aiohttp.DummyCookieJar(),
            )
        return self._session

    def _note(self, bucket: str, headers: Mapping[str, str]) -> None:
        """Remember a limit that this request used up."""
        if headers.get("X-RateLimit-Remaining") == "0":
            now = time.monotonic()
            self._empty_until = {name: until for name, until in self._empty_until.items() if until > now}
            self._empty_until[bucket] = now + float(headers.get("X-RateLimit-Reset-After", 0))


def _may_help(error: RestError, *, repeatable: bool) -> bool:
    """True when the same request may go well later."""
    return error.status == 429 or (repeatable and error.status >= 500)  # noqa: PLR2004 - too early, their fault


def _encoded(body: Any, document: Document | None) -> tuple[Any, dict[str, str]]:
    if body is None:
        return None, {}
    text = _in_json(body)
    if document is None:
        return text.encode("utf-8", "replace"), {"Content-Type": "application/json"}
    form = aiohttp.FormData(quote_fields=False)
    form.add_field("payload_json", text, content_type="application/json")
    form.add_field("files[0]", document.content, filename=document.name, content_type="application/octet-stream")
    return form, {}


def _error(response: aiohttp.ClientResponse, raw: bytes) -> RestError:
    try:
        told = json.loads(raw)
        code, seconds = int(told.get("code", 0)), float(told.get("retry_after", 0))
        everywhere = bool(told.get("global"))
    except (ValueError, AttributeError, TypeError):
        code, seconds, everywhere = 0, 0.0, True  # a proxy before the API: nobody gets through it
    if response.status == 429:  # noqa: PLR2004 - too many requests
        seconds = seconds or float(response.headers.get("Retry-After", 1))
    return RestError(response.status, code, seconds=seconds, everywhere=everywhere)
