"""What the process says on standard error: one line a happening, and nothing about any person.

Only our own rooms speak below WARNING: libraries log tokens (httpx) and values (aiosqlite) there. Tracebacks
become the kinds of error and a place, for an exception's words can quote a person's. The last thing that
happens to a line is redaction, in case something slipped through all the same.
"""

import asyncio
import copy
import logging
import re
import sys
import threading
import traceback
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, TextIO

import structlog
from structlog.typing import EventDict, WrappedLogger

log = logging.getLogger(__name__)

ROOMS = ("bot", "chat", "db", "handlers", "schedules", "texts", "web")
CHECKOUT = Path(__file__).resolve().parent.parent
QUIET = (
    "httpx",
    "httpcore",
    "telegram",
    "discord",
    "aiohttp",
    "aiosqlite",
    "asyncio",
    "apscheduler",
    "uvicorn",
)
LEAST_SECRET = 6  # characters; shorter ones would be found inside ordinary words

PATTERNS = [
    (re.compile(r"(?<!\d)\d{6,12}:[A-Za-z0-9_-]{30,}"), "[token]"),  # no \b: Telegram's addresses say bot123…
    (re.compile(r"[\w-]{23,28}\.[\w-]{6,7}\.[\w-]{27,}"), "[token]"),
    (re.compile(r"://[^/\s@]+@"), "://***@"),
    (re.compile(r"(?<![\w-])[A-Za-z0-9]{4}(?:-[A-Za-z0-9]{4}){2}(?![\w-])"), "[code]"),
    (re.compile(r"/(channels|guilds|interactions|members|users|webhooks)/[^\s?\"')]+"), r"/\1/[id]"),
    (re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"), "[mail]"),
    (re.compile(r"\+\d(?:[ -]?\d){7,}"), "[phone]"),
    (re.compile(r"\s*[\r\n]+\s*"), " | "),
]


def redact(line: str, secrets: Iterable[str] = ()) -> str:
    """`line` without `secrets`, tokens, passwords, codes and addresses, and on one line."""
    for secret in secrets:
        line = line.replace(secret, "[secret]")
    for pattern, instead in PATTERNS:
        line = pattern.sub(instead, line)
    return line


def brief(error: BaseException) -> str:
    """The kinds of error down to the first cause and where it came from in our code, without their words."""
    chain = list(_causes(error))
    kinds = " from ".join(type(one).__qualname__ for one in chain)
    place = _place(error.__traceback__) or _place(chain[-1].__traceback__)
    return f"{kinds} at {place}" if place else kinds


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _place(trace: TracebackType | None) -> str:
    frames = traceback.extract_tb(trace)
    ours = [frame for frame in frames if _is_ours(frame.filename)] or frames
    if not ours:
        return ""
    path = Path(ours[-1].filename)
    name = path.relative_to(CHECKOUT) if _is_ours(str(path)) else Path(path.parent.name, path.name)
    return f"{name}:{ours[-1].lineno} in {ours[-1].name}"


def _is_ours(file: str) -> bool:
    return any(Path(file).is_relative_to(CHECKOUT / room) for room in ROOMS)


class Formatter(structlog.stdlib.ProcessorFormatter):
    """The last formatter of every line."""

    def __init__(self, secrets: Iterable[str]) -> None:
        """`secrets` are the process's own, taken out wherever they stand."""
        super().__init__(processors=[_render], foreign_pre_chain=[structlog.stdlib.add_log_level, _stamp])
        self._secrets = [secret for secret in secrets if len(secret) >= LEAST_SECRET]

    def format(self, record: logging.LogRecord) -> str:
        """One line; an exception is named and placed, not quoted."""
        record = copy.copy(record)
        error = record.exc_info[1] if record.exc_info else None
        record.exc_info = record.exc_text = record.stack_info = None
        line = super().format(record)
        return redact(f"{line} ({brief(error)})" if error else line, self._secrets)


class Handler(logging.StreamHandler[TextIO]):
    """Standard error. A line that cannot be formatted is told of; logging itself would print its values."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's name
        """Only the place is written."""
        self.stream.write(f"{record.name}: the line logged at {record.pathname}:{record.lineno} is wrong\n")


_stamp = structlog.processors.TimeStamper(fmt="%Y-%m-%dT%H:%M:%SZ", utc=True)


def _render(logger: WrappedLogger, name: str, event: EventDict) -> str:
    record = event["_record"]
    return f"{event['timestamp']} {event['level']:<8} {record.name}: {event['event']}"


def start(level: str = "INFO", secrets: Iterable[str] = ()) -> None:
    """From now on all that is logged, and every error nobody caught, is a safe line on standard error."""
    handler = Handler()
    handler.setFormatter(Formatter(secrets))
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    for name in ROOMS:
        logging.getLogger(name).setLevel(level)
    logging.captureWarnings(True)
    sys.excepthook = lambda kind, error, trace: _uncaught(error)
    sys.unraisablehook = lambda caught: _uncaught(caught.exc_value)
    threading.excepthook = lambda caught: _uncaught(caught.exc_value)


def _uncaught(error: BaseException | None) -> None:
    if error is not None and not isinstance(error, KeyboardInterrupt):
        log.critical("an error nobody expected: %s", brief(error))


def watch(loop: asyncio.AbstractEventLoop) -> None:
    """Errors that a loop's tasks and callbacks leave behind are logged like all others."""

    def caught(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        error = context.get("exception")
        log.error("%s%s", context["message"], f" ({brief(error)})" if error else "")

    loop.set_exception_handler(caught)
