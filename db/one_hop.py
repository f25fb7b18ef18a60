"""aiosqlite with one visit to its thread for a statement instead of four (cursor, execute, fetch, close).

Each visit costs about 0.1 ms of CPU, more than most of our statements; SQLAlchemy fetches all rows at once anyway.
The first statement of a transaction brings its BEGIN along, for the driver's own comes too late for reading first.
"""

import sqlite3
from collections.abc import Iterable, Sequence
from types import TracebackType
from typing import Any, Self

import aiosqlite


class OneHopCursor:
    """The part of aiosqlite's cursor that SQLAlchemy's adapter uses; rows wait here after `execute`."""

    def __init__(self, connection: "OneHopConnection") -> None:
        """Has run nothing yet."""
        self._connection = connection
        self._rows: list[Any] = []
        self.description: Any = None
        self.rowcount = -1
        self.lastrowid: int | None = None
        self.arraysize = 1

    async def __aenter__(self) -> Self:
        """Nothing to open."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing to close."""

    async def execute(self, statement: str, parameters: Sequence[Any] = ()) -> Self:
        """The statement has run, and all its rows are here."""
        await self._connection.visit(self._run, "execute", statement, parameters)
        return self

    async def executemany(self, statement: str, parameters: Iterable[Sequence[Any]]) -> Self:
        """The statement has run for each set of parameters."""
        await self._connection.visit(self._run, "executemany", statement, parameters)
        return self

    def _run(self, connection: sqlite3.Connection, how: str, statement: str, parameters: Any) -> None:
        if not connection.in_transaction:
            connection.execute(self._connection.begin)
        cursor = getattr(connection, how)(statement, parameters)
        self.description = cursor.description
        self._rows = cursor.fetchall() if cursor.description else []
        self.rowcount = cursor.rowcount
        self.lastrowid = cursor.lastrowid
        cursor.close()

    async def fetchall(self) -> list[Any]:
        """The rows, once."""
        rows, self._rows = self._rows, []
        return rows

    async def close(self) -> None:
        """Nothing to close: the driver's cursor is gone since `execute`."""


class OneHopConnection(aiosqlite.Connection):
    """An aiosqlite connection whose cursors visit its thread once a statement. `begin` opens a transaction."""

    begin = "BEGIN"

    def cursor(self) -> OneHopCursor:  # type: ignore[override]  # only SQLAlchemy's adapter asks for cursors
        """A cursor that needs no opening."""
        return OneHopCursor(self)

    async def visit(self, work: Any, *arguments: Any) -> None:
        """`work` has run on the connection's thread with the driver's connection."""
        await self._execute(work, self._conn, *arguments)  # type: ignore[no-untyped-call]  # aiosqlite's, untyped


def connect(database: str, *, begin: str, pragmas: Sequence[str], thread: str, **options: Any) -> OneHopConnection:
    """A connection to await, for SQLAlchemy's `async_creator_fn`.

    Its thread has that name, and never keeps the process alive.
    """

    def opened() -> sqlite3.Connection:
        driver: sqlite3.Connection = sqlite3.connect(database, isolation_level=None, **options)
        for pragma in pragmas:
            driver.execute(f"PRAGMA {pragma}")
        return driver

    connection = OneHopConnection(opened, iter_chunk_size=64)
    connection.begin = begin
    own = connection._thread  # noqa: SLF001 - SQLAlchemy does the same for connections it makes itself
    own.daemon, own.name = True, thread
    return connection
