"""A new encryption key: what is encrypted is encrypted anew, in batches beside those who write."""

import secrets
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, LargeBinary, MetaData, Table, func, or_, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncSession

from db.keys import KEY_ID_BYTES, Encrypted, Keys, open_value, seal_value
from db.models import Base
from db.session import Database

KEPT = timedelta(days=30)  # older keys, as backups are
BATCH = 200  # rows in one transaction: a writer waits for a few milliseconds


@dataclass(frozen=True, slots=True)
class Sealed:
    """A table as it is stored, and its encrypted columns: what each is called as associated data."""

    table: Table
    names: Mapping[str, str]  # by column


def _sealed() -> list[Sealed]:
    stored = MetaData()
    found = []
    for table in Base.metadata.sorted_tables:
        copy = table.to_metadata(stored)
        names = {one.name: one.type.name for one in copy.columns if isinstance(one.type, Encrypted)}
        for name in names:
            copy.c[name].type = LargeBinary()
        if names:
            found.append(Sealed(copy, names))
    return found


SEALED = _sealed()


def with_new_key(keys: Keys) -> Keys:
    """The same with one more, which encrypts from now on."""
    key_id = next(
        one for one in iter(lambda: secrets.token_bytes(KEY_ID_BYTES), None) if one not in keys.encryption
    )
    return replace(keys, encryption={**keys.encryption, key_id: secrets.token_bytes(32)})


def newest(keys: Keys) -> bytes:
    """The id of the key that encrypts."""
    return next(reversed(keys.encryption))


async def older(session: AsyncSession, key_id: bytes) -> int:
    """How many rows hold a value that is not under that key."""
    counts = [select(func.count()).select_from(one.table).where(_is_older(one, key_id)) for one in SEALED]
    return sum([await session.scalar(query) or 0 for query in counts])


def _is_older(one: Sealed, key_id: bytes) -> ColumnElement[bool]:
    return or_(*(_id_of(one.table.c[name]) != key_id for name in one.names))


def _id_of(column: ColumnElement[Any]) -> ColumnElement[bytes]:
    return func.substr(column, 1, KEY_ID_BYTES, type_=LargeBinary())


async def renew(database: Database, key_id: bytes) -> Counter[bytes]:
    """How many values were under which other key, and are under that one, which encrypts now.

    Rows that somebody else writes at this moment are left: it is done when nothing is found.
    """
    found: Counter[bytes] = Counter()
    for one in SEALED:
        last: tuple[Any, ...] | None = None
        while True:
            async with database.write() as session:
                rows = await _batch(session, one, key_id, last)
                for row in rows:
                    found += await _renew(session, one, row, key_id)
            if not rows:
                break
            last = tuple(rows[-1][column.name] for column in one.table.primary_key)
    return found


async def _batch(
    session: AsyncSession, one: Sealed, key_id: bytes, last: tuple[Any, ...] | None
) -> list[Mapping[str, Any]]:
    place = tuple(one.table.primary_key)
    query = select(*place, *(one.table.c[name] for name in one.names)).where(_is_older(one, key_id))
    if last is not None:
        query = query.where(tuple_(*place) > tuple_(*last))
    locked = query.order_by(*place).limit(BATCH).with_for_update(skip_locked=True)  # SQLite has one writer
    return [dict(row) for row in (await session.execute(locked)).mappings()]


async def _renew(session: AsyncSession, one: Sealed, row: Mapping[str, Any], key_id: bytes) -> Counter[bytes]:
    old = {name: row[name] for name in one.names if row[name] is not None and row[name][:KEY_ID_BYTES] != key_id}
    fresh = {name: seal_value(one.names[name], open_value(one.names[name], value)) for name, value in old.items()}
    here = [column == row[column.name] for column in one.table.primary_key]
    await session.execute(update(one.table).where(*here).values(fresh))
    return Counter(value[:KEY_ID_BYTES] for value in old.values())


def retire(keys: Keys, found: Iterable[bytes], *, now: datetime) -> Keys:
    """The same, knowing since when nothing is under the older keys; under those just `found`, since now."""
    at = dict.fromkeys(list(keys.encryption)[:-1], now)
    kept = {one: moment for one, moment in keys.retired.items() if one in at and one not in set(found)}
    return replace(keys, retired=at | kept)


def needed(keys: Keys, backups: Collection[datetime], *, now: datetime) -> Keys:
    """The same without the older keys that no backup needs: none of these, and none elsewhere of the last 30 days.

    A backup needs every key that was in use when it was made.
    """
    long_ago = {one: at for one, at in keys.retired.items() if at < now - KEPT}
    return without(keys, [one for one, at in long_ago.items() if all(made_at > at for made_at in backups)])


def without(keys: Keys, gone: Iterable[bytes]) -> Keys:
    """The same without these keys."""
    encryption = {one: key for one, key in keys.encryption.items() if one not in set(gone)}
    retired = {one: moment for one, moment in keys.retired.items() if one in encryption}
    return replace(keys, encryption=encryption, retired=retired)
