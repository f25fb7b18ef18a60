"""The library's requests, made with aiohttp: a fifth of the CPU, and it is known what was surely not sent."""

import json
import logging
from dataclasses import dataclass
from functools import cache
from typing import Any, cast

import aiohttp
from telegram.error import NetworkError, TelegramError, TimedOut
from telegram.request import BaseRequest, RequestData

from bot.files import fetched

log = logging.getLogger(__name__)

READ_SECONDS = 15.0
CONNECT_SECONDS = 5.0
CONNECTIONS = 64
KEEP_IDLE_SECONDS = 30.0  # shorter than the platform keeps a connection: a stale one makes a send uncertain

AS_JSON = {"Content-Type": "application/json"}
ENCODE = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode  # `json.dumps` makes one a call
NOT_SENT = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError)  # refused, no name, TLS, no connection


def is_not_sent(error: BaseException) -> bool:
    """True when the request surely never left: told by the cause, never by the library's class."""
    return isinstance(error.__cause__, NOT_SENT)


@dataclass(frozen=True, slots=True)
class Plain:
    """Parameters written as they are; stands in for the library's RequestData."""

    parameters: dict[str, Any]
    contains_files: bool = False


class AiohttpRequest(BaseRequest):
    """One pool of connections, opened by `initialize` and again after `shutdown`."""

    def __init__(self) -> None:
        """Not connected yet."""
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float:
        """Seconds that an answer may take."""
        return READ_SECONDS

    async def initialize(self) -> None:
        """The pool is open. Safe to repeat."""
        if self._session is None:
            connector = aiohttp.TCPConnector(limit=CONNECTIONS, keepalive_timeout=KEEP_IDLE_SECONDS)
            self._session = aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar())

    async def shutdown(self) -> None:
        """All connections are closed. Safe to repeat."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def fetch(self, url: str, most: int) -> bytes | None:
        """The file there, at most so many bytes; None when it cannot be had."""
        if self._session is None:
            return None
        try:
            return await fetched(self._session, url, most)
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:  # ValueError: no address
            log.warning("a file could not be fetched: %s", type(error).__name__)
            return None

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """The answer. Errors: TelegramError; the library's own would write the whole answer to the log."""
        try:
            return cast("dict[str, Any]", json.loads(payload.decode("utf-8", "replace")))
        except ValueError:
            raise TelegramError("not JSON") from None

    async def call(self, url: str, parameters: dict[str, Any]) -> Any:
        """What the method at `url` gives, as it came: making the library's objects of it costs more than sending.

        Errors: the library's.
        """
        return await self.post(url, cast("RequestData", Plain(parameters)))

    async def do_request(  # noqa: PLR0917 - the library's signature
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = BaseRequest.DEFAULT_NONE,
        write_timeout: Any = BaseRequest.DEFAULT_NONE,
        connect_timeout: Any = BaseRequest.DEFAULT_NONE,
        pool_timeout: Any = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """Status and body of the answer. Errors: NetworkError or TimedOut, with aiohttp's error as cause."""
        if self._session is None:
            raise NetworkError("not connected")
        seconds = read_timeout if isinstance(read_timeout, (int, float)) else READ_SECONDS
        try:
            async with self._session.request(
                method, url, timeout=_timeout(seconds), **_body(request_data)
            ) as answer:
                return answer.status, await answer.read()
        except TimeoutError as error:
            raise TimedOut(type(error).__name__) from error
        except aiohttp.ClientError as error:
            raise NetworkError(type(error).__name__) from error  # its words hold the address


@cache
def _timeout(seconds: float) -> aiohttp.ClientTimeout:
    return aiohttp.ClientTimeout(total=seconds, connect=CONNECT_SECONDS)


def _body(data: RequestData | None) -> dict[str, Any]:
    if data is None or not data.parameters:
        return {}
    if not data.contains_files:
        return {"data": ENCODE(data.parameters).encode(), "headers": AS_JSON}
    form = aiohttp.FormData()
    for name, value in data.json_parameters.items():
        form.add_field(name, value)
    for name, (filename, content, kind) in (data.multipart_data or {}).items():
        form.add_field(name, content, filename=filename, content_type=kind)
    return {"data": form}
