"""A database seen from beside the product: plain SQL, and copies of all that is committed, to be put back.

A copy is its rows: nothing is migrated and no file is made, so that thousands of crashes can be tried. Everything
here happens at once, while the product's loop stands still; no transaction of the product's is waited for.
"""

from __future__ import annotations

import asyncio
import re
import sqlite3
import threading
from collections.abc import Coroutine, Hashable, Mapping, Sequence
from functools import cached_property
from itertools import count
from pathlib import Path
from typing import Any, Protocol

import asyncpg  # type: ignore[import-untyped]  # it has no types of its own

from db.models import Base
from db.session import Database
from tests.postgres import BESIDE

THE_LIVING = "worker"  # this table is in no copy: whoever lived then is given up


class Ground(Protocol):
    """What a story or a walk stands on."""

    url: str

    def query(self, sql: str, *values: object) -> Sequence[Mapping[str, Any]]:
        """The rows, as they are committed; each value stands at a question mark."""

    def script(self, sql: str) -> None:
        """These statements are done."""

    def taken(self) -> Hashable:
        """All that is committed; equal to another copy when the same rows are there."""

    def put_back(self, copy: Any) -> None:
        """The database holds just that, and no worker lives."""

    def close(self) -> None:
        """Nothing is left open."""


class OnSqlite:
    """A file."""

    def __init__(self, file: Path) -> None:
        """With whatever is in it."""
        self.url = f"sqlite+aiosqlite:///{file}"
        self._plain = sqlite3.connect(file, isolation_level=None)
        self._plain.row_factory = sqlite3.Row

    def query(self, sql: str, *values: object) -> Sequence[Mapping[str, Any]]:
        """As the ground's."""
        return self._plain.execute(sql, values).fetchall()

    def script(self, sql: str) -> None:
        """As the ground's."""
        self._plain.executescript(sql)

    @cached_property
    def _tables(self) -> list[str]:
        return [row["name"] for row in self.query("SELECT name FROM sqlite_master WHERE type = 'table'")]

    def taken(self) -> Hashable:
        """As the ground's."""
        self._plain.execute("BEGIN")
        rows = {name: tuple(map(tuple, self.query(f'SELECT * FROM "{name}"'))) for name in self._tables}  # noqa: S608 - names of our tables
        self._plain.execute("COMMIT")
        return tuple((name, found) for name, found in rows.items() if found and name != THE_LIVING)

    def put_back(self, copy: Any) -> None:
        """As the ground's."""
        self._plain.execute("BEGIN IMMEDIATE")
        for name in self._tables:
            self._plain.execute(f'DELETE FROM "{name}"')  # noqa: S608 - as above
        for name, rows in copy:
            places = ", ".join("?" * len(rows[0]))
            self._plain.executemany(f'INSERT INTO "{name}" VALUES ({places})', rows)  # noqa: S608 - as above
        self._plain.execute("COMMIT")

    def close(self) -> None:
        """As the ground's."""
        self._plain.close()


class OnPostgres:
    """A database of a server's, on a connection with a loop of its own."""

    def __init__(self, url: str) -> None:
        """With whatever is in it."""
        self.url = url
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        name = {"application_name": BESIDE}
        connecting = asyncpg.connect(url.replace("+asyncpg", ""), server_settings=name)
        self._plain: asyncpg.Connection = self._do(connecting)

    def _do(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def query(self, sql: str, *values: object) -> Sequence[Mapping[str, Any]]:
        """As the ground's."""
        numbers = count(1)
        numbered = re.sub(r"\?", lambda _: f"${next(numbers)}", sql)
        rows: list[Mapping[str, Any]] = self._do(self._plain.fetch(numbered, *values))
        return rows

    def script(self, sql: str) -> None:
        """As the ground's."""
        self._do(self._plain.execute(sql))

    @cached_property
    def _tables(self) -> list[str]:
        found = self.query("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
        return [row["tablename"] for row in found]

    def taken(self) -> Hashable:
        """As the ground's."""
        of_each = "SELECT '{0}', jsonb_agg(to_jsonb(one))::text FROM \"{0}\" one"
        each = [of_each.format(name) for name in self._tables if name != THE_LIVING]
        counters = "SELECT '', jsonb_object_agg(sequencename, last_value)::text FROM pg_sequences"
        return tuple((name, found) for name, found in self.query(" UNION ALL ".join([*each, counters])) if found)

    def put_back(self, copy: Any) -> None:
        """As the ground's."""
        rows = dict(copy)
        counters = rows.pop("")
        into = 'INSERT INTO "{0}" SELECT * FROM jsonb_populate_recordset(NULL::"{0}", $rows${1}$rows$)'
        counted = "SELECT setval(key::regclass, coalesce(value::bigint, 1), value IS NOT NULL) FROM {}"
        steps = [
            "BEGIN",
            "SET LOCAL session_replication_role = replica",  # rows in any order, and no trigger
            *(f'DELETE FROM "{name}"' for name in self._tables),  # noqa: S608 - names of our tables
            *(into.format(name, found) for name, found in rows.items()),
            counted.format(f"jsonb_each_text($rows${counters}$rows$)"),
            "COMMIT",
        ]
        self.script(";".join(steps))

    def close(self) -> None:
        """As the ground's."""
        self._do(self._plain.close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


async def with_tables(place: Path | str) -> Ground:
    """Ground with the tables and nothing in them, in that file or in the empty database at that address."""
    database = Database(place if isinstance(place, str) else f"sqlite+aiosqlite:///{place}")
    async with database.engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    await database.close()
    return OnPostgres(place) if isinstance(place, str) else OnSqlite(place)
