"""A real PostgreSQL for tests: the one of the environment, else the machine's own in a temporary folder."""

import atexit
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import make_url, text
from sqlalchemy.ext.asyncio import create_async_engine

GIVEN = "KALLELSE_TEST_POSTGRES_URL"
for_all = False  # rooms are on PostgreSQL instead of SQLite: --database postgres
_servers: list[str] = []
_stack = ExitStack()
atexit.register(_stack.close)
BESIDE = "a test"  # the name of a test's own connections, which outlive the product's
UNPRIVILEGED = "nobody"  # PostgreSQL refuses to run as root


@contextmanager
def postgres(*, durable: bool = False) -> Iterator[str]:
    """The address of an empty database; skips the test where there is none, or fails it where one is required.

    `durable`: what is committed is on disk, as in a real one.
    """
    if os.environ.get(GIVEN):
        yield os.environ[GIVEN]
        return
    programs = _programs()
    if programs is None:
        missing = f"no PostgreSQL: set {GIVEN}, or install the server (initdb, pg_ctl)"
        if "postgres" in os.environ.get("KALLELSE_REQUIRE", ""):
            pytest.fail(missing)
        pytest.skip(missing)
    with tempfile.TemporaryDirectory() as folder:
        yield from _served(programs, Path(folder), durable=durable)


async def chosen() -> str | None:
    """The address of an empty database when all tests run on PostgreSQL; the server ends with the tests."""
    if not for_all:
        return None
    if not _servers:
        _servers.append(_stack.enter_context(postgres()))
    return await new_database(_servers[0])


async def new_database(server: str) -> str:
    """The address of an empty database of that server's."""
    name = f"story_{uuid.uuid4().hex}"
    engine = create_async_engine(server, isolation_level="AUTOCOMMIT")
    async with engine.connect() as connection:
        await connection.execute(text(f"CREATE DATABASE {name}"))
    await engine.dispose()
    return make_url(server).set(database=name).render_as_string(hide_password=False)


def _programs() -> Path | None:
    found = shutil.which("initdb")
    places = [Path(found).parent] if found else sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    return next((place for place in reversed(places) if (place / "initdb").exists()), None)


def _served(programs: Path, folder: Path, *, durable: bool) -> Iterator[str]:
    who = UNPRIVILEGED if os.geteuid() == 0 else None
    data, port = folder / "data", _free_port()
    if who:
        os.chown(folder, pwd.getpwnam(who).pw_uid, -1)
    _run(who, programs / "initdb", "-D", data, "-U", "kallelse", "--auth=trust", "--no-sync", "--encoding=UTF8")
    # Nothing outlives a test: without syncing it is several times faster.
    syncing = "on" if durable else "off"
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync={syncing}"
    _run(who, programs / "pg_ctl", "-D", data, "-o", options, "-l", folder / "log", "-w", "start")
    try:
        yield f"postgresql+asyncpg://kallelse@127.0.0.1:{port}/postgres"
    finally:
        _run(who, programs / "pg_ctl", "-D", data, "-m", "immediate", "stop")


def _run(who: str | None, *command: object) -> None:
    words = [str(word) for word in command]
    subprocess.run(words, user=who, cwd="/", check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


async def end_connections(url: str) -> None:
    """Every connection of the product's to that database is ended by the server."""
    engine = create_async_engine(url, isolation_level="AUTOCOMMIT")
    end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() "
    async with engine.connect() as connection:
        beside = {"beside": BESIDE}
        await connection.execute(text(end + "AND pid <> pg_backend_pid() AND application_name <> :beside"), beside)
    await engine.dispose()
