"""Serves the web pages from the process's own loop, on a socket taken before anything else starts."""

import contextlib
import errno
import socket
from collections.abc import Iterator

import uvicorn
from starlette.types import ASGIApp

from bot.errors import OperatorError

CLOSE_WITHIN_SECONDS = 3
BACKLOG = 512  # connections that may wait to be taken


class PortError(OperatorError):
    """The web pages cannot be served there."""


def bind(host: str, port: int) -> socket.socket:
    """A listening socket. Errors: PortError."""
    try:
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        return socket.create_server(address[:2], family=family, backlog=BACKLOG)
    except socket.gaierror:
        raise PortError(f"KALLELSE_WEB_HOST {host} is no address of this machine.") from None
    except OSError as error:
        raise PortError(_sentence(error, host, port)) from error


def _sentence(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} on {host} is taken by another program. Stop it, or choose another KALLELSE_WEB_PORT."
    if error.errno == errno.EADDRNOTAVAIL:
        return f"KALLELSE_WEB_HOST {host} is no address of this machine."
    return f"KALLELSE_WEB_PORT {port} on {host} cannot be used: {error.strerror}."


class Server(uvicorn.Server):
    """Uvicorn without its own signal handlers: the process has one way to end."""

    def __init__(self, app: ASGIApp) -> None:
        """`app` is served once `serve` is awaited with a socket."""
        config = uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            lifespan="off",
            ws="none",
            proxy_headers=False,  # what a proxy says of the client decides nothing here
            server_header=False,
            timeout_graceful_shutdown=CLOSE_WITHIN_SECONDS,
        )
        super().__init__(config)

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Signals stay ours."""
        yield
