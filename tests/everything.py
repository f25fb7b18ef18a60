"""A database full of everything: the demo's district, and rows of the worst kind in every table."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Boolean, Date, Integer, LargeBinary, String, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.opening import Opened
from db import demo
from db.keys import Encrypted
from db.models import Base, Pace, Worker
from db.session import UtcDateTime
from tests.room import NOW

TABLES = [
    table for table in Base.metadata.sorted_tables if table.name not in {Worker.__tablename__, Pace.__tablename__}
]
TEXTS = ("Påhittsås 🚌🏽‍♀️ ⚑ \u202e", 'it\'s "quoted" \\ %s :x\r\n\t', "lång " * 5_000)


async def fill(house: Opened, *, rounds: int = 3) -> None:
    """The demo's district is there, and so many more rows in every table."""
    async with house.database.write() as session:
        await demo.seed(session, house.keys, house.installation, now=NOW)
        for number in range(rounds):
            for table in TABLES:
                await _add(session, table, number)


async def fill_for(session: AsyncSession, person_id: int, *, number: int = 3) -> None:
    """One more row in every table, the person's wherever a row can be somebody's."""
    for table in TABLES:
        if table.name != "person":
            await session.execute(insert(table).values(await row_of(session, table, number, person_id)))


async def _add(session: AsyncSession, table: Any, number: int) -> None:
    await session.execute(insert(table).values(await row_of(session, table, number)))


async def row_of(session: AsyncSession, table: Any, number: int, person_id: int | None = None) -> dict[str, Any]:
    """A row of that table, about the newest of what it refers to, or about that person."""
    row: dict[str, Any] = {}
    for column in table.columns:
        reference = next(iter(column.foreign_keys), None)
        if person_id and reference is not None and reference.column.table.name == "person":
            row[column.name] = person_id
        elif reference is not None:
            newest = select(reference.column).order_by(reference.column.desc()).limit(1)
            row[column.name] = await session.scalar(newest)
        elif column is not table.autoincrement_column:
            row[column.name] = _value(column, number)
    if table.name == "delivery":  # to a person or to a chat
        row["chat_id" if number % 2 else "person_id"] = None
    return row


def _value(column: Any, number: int) -> Any:
    if column.nullable and number == 1:
        return None
    of_type = {
        UtcDateTime: NOW + timedelta(days=200 * number, microseconds=number),
        Date: (NOW + timedelta(days=200 * number)).date(),
        Boolean: bool(number % 2),
        Integer: number,
        String: f"{number} {TEXTS[number % len(TEXTS)]}",
        Encrypted: TEXTS[number % len(TEXTS)],
        LargeBinary: bytes([number % 256, 0, 255]) + f"{column} {number}".encode(),
    }
    return of_type[type(column.type)]


async def contents(session: AsyncSession) -> dict[str, set[tuple[Any, ...]]]:
    """Every row of every table as the product reads it, what is encrypted in the clear."""
    return {table.name: {tuple(row) for row in await session.execute(select(table))} for table in TABLES}


def moments(rows: set[tuple[Any, ...]]) -> set[datetime]:
    """All times in these rows."""
    return {value for row in rows for value in row if isinstance(value, datetime)}
