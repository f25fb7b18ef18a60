"""Requests to the local Bot API read, refusals written, and what goes wrong on purpose."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from aiohttp import BodyPartReader, web

from tests.servers.telegram_checks import ApiError
from tests.servers.telegram_files import Upload

if TYPE_CHECKING:
    from tests.servers.telegram_chats import Chat

Json = dict[str, Any]


@dataclass
class Fault:
    """What goes wrong with the next `times` calls of `method` (any if empty).

    Kinds: `drop` (done, then the connection is closed), `refuse` (closed before anything is done), `slow`
    (done, answered after `seconds`), `429` (`seconds` is retry_after), or an HTTP status from 500 up.
    """

    method: str
    kind: str
    times: int = 1
    seconds: float = 1
    chat: Chat | None = None

    def fits(self, method: str, chat_id: object) -> bool:
        here = self.chat is None or str(self.chat.id) == str(chat_id)
        return self.times > 0 and self.method in ("", method) and here


def abort(request: web.Request) -> None:
    if request.transport is not None:
        request.transport.abort()
    raise ConnectionResetError("cut on purpose")


def chat_id_of(params: Json) -> int | None:
    value = params.get("chat_id")
    return int(value) if value is not None and str(value).lstrip("-").isdigit() else None


def refused(error: ApiError) -> web.Response:
    body: Json = {"ok": False, "error_code": error.code, "description": error.description}
    if error.parameters:
        body["parameters"] = error.parameters
    return web.json_response(body, status=error.code)


async def read(request: web.Request) -> Json:
    """The parameters, from the query and the body in any of the three forms the Bot API takes."""
    values: Json = dict(request.query)
    if request.content_type == "application/json" and request.can_read_body:
        values |= await request.json()
    elif request.content_type == "application/x-www-form-urlencoded":
        values |= dict(await request.post())
    elif request.content_type == "multipart/form-data":
        await _read_parts(request, values)
    return values


async def _read_parts(request: web.Request, values: Json) -> None:
    files: dict[str, Upload] = {}
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader) or part.name is None:
            continue
        content = bytes(await part.read(decode=True))
        if part.filename is not None:
            files[part.name] = Upload(part.filename, content)
        else:
            values[part.name] = content.decode()
    attached = {f"attach://{name}": upload for name, upload in files.items()}
    values |= {name: attached[value] for name, value in values.items() if value in attached}
    values |= {name: upload for name, upload in files.items() if f"attach://{name}" not in values.values()}
