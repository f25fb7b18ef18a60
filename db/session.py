"""The way into the database: one write connection and a few readers on SQLite, a pool on PostgreSQL."""

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime
from functools import cached_property, partial
from types import MappingProxyType
from typing import Any, TypeVar, cast

from sqlalchemy import CursorResult, DateTime, Engine, Select, create_engine, event, make_url
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.orm import Session
from sqlalchemy.pool import PoolProxiedConnection
from sqlalchemy.types import TypeDecorator

from db.one_hop import connect
from db.prepared import Prepared

T = TypeVar("T")

Rows = Select[*tuple[Any, ...]]  # a query whose columns its docstring names

# The database cannot be reached or does not do what it is asked. A lost connection to PostgreSQL is an OSError.
DATABASE_ERRORS = (DBAPIError, PoolTimeoutError, OSError)

READERS = 4
BUSY_SECONDS = 10.0
LONGEST_SECONDS = 60.0  # one statement on PostgreSQL; it ends on a network that swallows answers too
PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON")


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment, kept as UTC; SQLite would drop the zone. Naive moments are refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """The same moment in UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive moment")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """The moment with its zone, UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Glance(AsyncSession):
    """A session whose reads are done in the loop itself, on an ordinary engine, without a thread or a greenlet.

    What is prepared is read by the driver; the ORM's session is there when something else is asked.
    """

    def __init__(self, engine: Engine, driver: sqlite3.Connection) -> None:
        """`driver` has no transaction open, and nobody else reads on it while it reads."""
        self._engine = engine
        self._driver = driver

    @cached_property
    def sync_session(self) -> Session:  # type: ignore[override]  # made when it is needed, which is seldom
        """The ordinary session."""
        return Session(self._engine, expire_on_commit=False, autoflush=False)

    def rows(self, prepared: Prepared, values: Mapping[str, Any]) -> Sequence[Any]:
        """The rows of a prepared statement, as things are now."""
        return prepared.read(self._driver, values)

    async def run_sync(self, fn: Callable[..., T], *arguments: Any, **options: Any) -> T:
        """What `fn` gives back."""
        return fn(self.sync_session, *arguments, **options)

    async def execute(self, *arguments: Any, **options: Any) -> Any:
        """As the ordinary session does it."""
        return self.sync_session.execute(*arguments, **options)

    async def scalar(self, *arguments: Any, **options: Any) -> Any:
        """As the ordinary session does it."""
        return self.sync_session.scalar(*arguments, **options)

    async def scalars(self, *arguments: Any, **options: Any) -> Any:
        """As the ordinary session does it."""
        return self.sync_session.scalars(*arguments, **options)

    async def __aexit__(self, *_: object) -> None:
        """The ordinary session is closed: without a task, for it cannot be interrupted."""
        if "sync_session" in vars(self):
            self.sync_session.close()


class Database:
    """Opens sessions. `write` is one transaction, committed at its end; `read` sees a settled state."""

    def __init__(self, url: str) -> None:
        """`url` is SQLAlchemy's, with an async driver."""
        self.is_sqlite = url.startswith("sqlite")
        self._thread = f"database {id(self)}"
        sqlite_engine = partial(_sqlite_engine, url, self._thread)
        self._writer = sqlite_engine(1, "BEGIN IMMEDIATE") if self.is_sqlite else _postgres_engine(url)
        self._reader = sqlite_engine(READERS, "BEGIN", "query_only=ON") if self.is_sqlite else self._writer
        self._glancer = _inline_engine(url) if self.is_sqlite else None
        self._driver: PoolProxiedConnection | None = None  # held for what is prepared

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncSession]:
        """One transaction: committed when the block ends, rolled back when it raises."""
        async with (
            AsyncSession(self._writer, expire_on_commit=False, autoflush=False) as session,
            session.begin(),
        ):
            yield session

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        """A session that only reads; on SQLite it never waits for a writer."""
        async with AsyncSession(self._reader, expire_on_commit=False, autoflush=False) as session:
            yield session

    def glance(self) -> AbstractAsyncContextManager[AsyncSession]:
        """A session for a few indexed reads, which on SQLite run in the loop itself; else like `read`."""
        if self._glancer is None:
            return self.read()
        if self._driver is None:
            self._driver = self._glancer.raw_connection()
        return Glance(self._glancer, cast("sqlite3.Connection", self._driver.driver_connection))

    @property
    def engine(self) -> AsyncEngine:
        """The engine that writes, for migrations."""
        return self._writer

    async def close(self) -> None:
        """All connections are closed."""
        await self._writer.dispose()
        await self._reader.dispose()
        if self._driver is not None:
            self._driver.close()
        if self._glancer is not None:
            self._glancer.dispose()
        for thread in threading.enumerate():
            if thread.name == self._thread:  # a statement that was cancelled ends by itself, and tells the loop
                await asyncio.to_thread(thread.join, BUSY_SECONDS)


def _sqlite_engine(url: str, thread: str, connections: int, begin: str, *more: str) -> AsyncEngine:
    return create_async_engine(
        url,
        pool_size=connections,
        max_overflow=0,
        hide_parameters=True,
        connect_args={
            "timeout": BUSY_SECONDS,
            "async_creator_fn": partial(connect, begin=begin, pragmas=(*PRAGMAS, *more), thread=thread),
        },
    )


def _inline_engine(url: str) -> Engine:
    # No limit to its connections: waiting for one would hold up the loop.
    engine = create_engine(
        make_url(url).set(drivername="sqlite"),
        max_overflow=-1,
        hide_parameters=True,
        connect_args={"isolation_level": None},
    )
    event.listen(engine, "connect", _prepare_glance)
    event.listen(engine, "begin", lambda connection: connection.connection.cursor().execute("BEGIN"))
    return engine


def _prepare_glance(driver: sqlite3.Connection, _: object) -> None:
    for pragma in (*PRAGMAS, "query_only=ON"):
        driver.execute(f"PRAGMA {pragma}")


def _postgres_engine(url: str) -> AsyncEngine:
    waits = {"timeout": BUSY_SECONDS, "command_timeout": LONGEST_SECONDS, "server_settings": {"jit": "off"}}
    return create_async_engine(url, hide_parameters=True, pool_pre_ping=True, connect_args=waits)


def driver_error(error: Exception) -> str:
    """The driver's name for what went wrong; its words may hold what somebody wrote."""
    return type(getattr(error, "orig", None) or error).__name__


async def rows(
    session: AsyncSession, prepared: Prepared, values: Mapping[str, Any] = MappingProxyType({})
) -> Sequence[Any]:
    """The rows of a prepared statement, without the ORM's part in it: for what every update asks."""
    if isinstance(session, Glance):
        return session.rows(prepared, values)
    return await session.run_sync(lambda plain: plain.connection().execute(prepared.query, values).all())


async def affected(session: AsyncSession, query: Any, values: Mapping[str, Any] | None = None) -> int:
    """How many rows the statement inserted, changed or deleted."""
    result = await session.execute(query, values)
    return cast("CursorResult[Any]", result).rowcount


def insert(session: AsyncSession, table: Any) -> Any:
    """An INSERT that knows ON CONFLICT, in the dialect of the session's database."""
    return (sqlite if session.get_bind().dialect.name == "sqlite" else postgresql).insert(table)
