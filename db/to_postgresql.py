"""Copies everything into an empty PostgreSQL as it is stored: what is encrypted stays so, ids stay the same."""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import LargeBinary, MetaData, Table, exists, func, insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from db.keys import Encrypted
from db.models import Base, Pace, Worker

LEFT_OUT = frozenset({Worker.__tablename__, Pace.__tablename__})  # of processes that run just now
BATCH = 1_000  # rows

Advance = Callable[[int], None]  # so many rows more


@dataclass(slots=True)
class Tally:
    """How many rows there were and, whatever their order, what stood in them."""

    rows: int = 0
    total: int = 0

    def add(self, rows: Iterable[Sequence[Any]]) -> None:
        """These rows are counted in. Times are UTC and truths are `bool` on both databases."""
        for row in rows:
            digest = hashlib.sha256(repr(tuple(row)).encode()).digest()
            self.total = (self.total + int.from_bytes(digest)) % 2**256
            self.rows += 1

    @property
    def hash(self) -> str:
        """The sum of the rows' SHA-256, in hexadecimal."""
        return f"{self.total:064x}"


def _stored() -> dict[str, Table]:
    """The tables by name, those that others refer to first; an encrypted column is the bytes that stand there."""
    stored = MetaData()
    for table in Base.metadata.sorted_tables:
        if table.name not in LEFT_OUT:
            for column in table.to_metadata(stored).columns:
                column.type = LargeBinary() if isinstance(column.type, Encrypted) else column.type
    return {table.name: table for table in stored.sorted_tables}


TABLES = _stored()


async def filled(target: AsyncConnection) -> str | None:
    """A table that has a row already; of a running process, too."""
    for table in Base.metadata.sorted_tables:
        if await target.scalar(select(exists(select(table)))):
            return table.name
    return None


async def count(source: AsyncSession) -> int:
    """How many rows there are to copy."""
    return sum([await source.scalar(select(func.count()).select_from(table)) or 0 for table in TABLES.values()])


async def copy(source: AsyncSession, target: AsyncConnection, advance: Advance) -> dict[str, Tally]:
    """What was read on SQLite, by table; it stands in the target's transaction, and ids go on behind it."""
    read: dict[str, Tally] = {}
    for name, table in TABLES.items():
        read[name] = Tally()
        for rows in (await source.execute(select(table))).partitions(BATCH):
            values = [dict(zip(table.columns.keys(), map(_writable, row), strict=True)) for row in rows]
            read[name].add(tuple(one.values()) for one in values)
            await target.execute(insert(table), values)
            advance(len(values))
    await _count_on(source, target)
    return read


def _writable(value: object) -> object:
    """The value without the one character that PostgreSQL cannot keep in a text."""
    return value.replace("\0", "") if isinstance(value, str) else value


async def _count_on(source: AsyncSession, target: AsyncConnection) -> None:
    """An id that was ever used is not used again, also where its row is gone."""
    rows = await source.execute(text("SELECT name, seq FROM sqlite_sequence"))
    used: dict[str, int] = {row.name: row.seq for row in rows}
    for name, table in TABLES.items():
        column = table.autoincrement_column
        if column is not None:
            last = max(used.get(name, 0), await target.scalar(select(func.max(column))) or 0)
            sequence = func.pg_get_serial_sequence(name, column.name)
            await target.execute(select(func.setval(sequence, max(last, 1), last > 0)))


async def tallies(target: AsyncConnection, advance: Advance) -> dict[str, Tally]:
    """What stands in each table now."""
    found: dict[str, Tally] = {}
    for name, table in TABLES.items():
        found[name] = Tally()
        async for rows in (await target.stream(select(table))).partitions(BATCH):
            found[name].add(rows)
            advance(len(rows))
    return found
