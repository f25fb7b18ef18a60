"""What becomes true in a database that was restored: what may have happened since is not done again by itself.

Between the backup and its restore the bot lived on, perhaps for hours, and nothing tells what it did then. So
whatever was due before the restore may have been done.
"""

import sqlite3
from collections.abc import Collection, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import delete, or_, select, text, true, update
from sqlalchemy.ext.asyncio import AsyncSession

from db import approvals, copies, hold, tombstones
from db.backup import connect
from db.installation import get_setting, set_setting
from db.models import Account, Arrival, Base, Code, Consent, Delivery, Post, State

AT = "restored_at"  # the setting that remembers the last restore
REASON = "restored"
SKIPPED = 1_000_000  # ids that the lost life may have given away: buttons with them stand in chats


async def settle(session: AsyncSession, *, now: datetime, backup_at: datetime | None) -> None:
    """The database is on HOLD, and what may have been done since the backup was made is not done anew."""
    await hold.begin(session, now=now, backup_at=backup_at)
    await set_setting(session, AT, now.isoformat())
    await copies.expire(session, now=now)
    await approvals.lapse(session, now=now)  # somebody may have said yes to them since
    await _doubt_deliveries(session, now=now)
    # Newcomers are greeted within a minute, and codes work once: both may have happened.
    await session.execute(update(Arrival).where(~Arrival.welcomed).values(welcomed=True, first_name=None))
    await session.execute(delete(Code).where(Code.used_at.is_(None)))
    await _skip_ids(session)


async def _doubt_deliveries(session: AsyncSession, *, now: datetime) -> None:
    """What had its time, or was in the air, may have arrived: a person decides. How far a post is, nobody asks."""
    unsure = or_(
        Delivery.state == State.SENDING.value,
        (Delivery.state == State.READY.value) & (Delivery.not_before <= now),
    )
    progress = select(Post.id).where(Post.key.startswith("progress:"))
    for state, which in ((State.CANCELLED, Delivery.post_id.in_(progress)), (State.HELD, true())):
        values = {"state": state.value, "reason": REASON, "owner": None}
        await session.execute(update(Delivery).where(unsure, which).values(**values))


async def restored_at(session: AsyncSession) -> datetime | None:
    """When the database was last restored."""
    value = await get_setting(session, AT)
    return datetime.fromisoformat(value) if value else None


def is_unsure(due_at: datetime, restored_at: datetime | None) -> bool:
    """True when what was due then may have been sent before the last restore."""
    return restored_at is not None and due_at <= restored_at


async def doubt(session: AsyncSession, post_ids: Collection[int]) -> None:
    """Nobody gets these posts by itself: a person decides about each delivery."""
    waits = (Delivery.post_id.in_(post_ids), Delivery.state == State.READY.value)
    await session.execute(update(Delivery).where(*waits).values(state=State.HELD.value, reason=REASON))


_BEGIN_SEQUENCE = text(
    "INSERT INTO sqlite_sequence (name, seq) SELECT :name, 0"
    " WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = :name)"
)
_SKIP = text("UPDATE sqlite_sequence SET seq = seq + :more WHERE name = :name")
_SKIP_ON_POSTGRES = text(
    "SELECT setval(sequence, nextval(sequence) + :more)"
    " FROM CAST(pg_get_serial_sequence(:name, 'id') AS regclass) AS sequence"
)


async def _skip_ids(session: AsyncSession) -> None:
    """New rows get ids that were never used, also not after the backup was made."""
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    for table in Base.metadata.sorted_tables:
        if table.dialect_options["sqlite"]["autoincrement"]:
            values = {"name": table.name, "more": SKIPPED}
            if is_sqlite:
                await session.execute(_BEGIN_SEQUENCE, {"name": table.name})
            await session.execute(_SKIP if is_sqlite else _SKIP_ON_POSTGRES, values)


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """What people took back, as the database knows it that a restore replaces: it stays taken back.

    `tombstones`: when each was raised. `stopped`, `refused`: accounts, by blind index.
    """

    tombstones: Mapping[bytes, datetime]
    stopped: frozenset[bytes]
    refused: frozenset[bytes]


def withdrawn(replaced: Path, *, key_check: str) -> Withdrawn | None:
    """What was taken back there; None when it cannot be read, or is another installation's."""
    try:
        with closing(connect(replaced)) as connection:
            if connection.execute("SELECT value FROM setting WHERE name = 'key_check'").fetchone() != (key_check,):
                return None
            raised = connection.execute("SELECT blind_index, at FROM tombstone")
            stopped = connection.execute("SELECT address_index FROM account WHERE stopped")
            refused = connection.execute(
                "SELECT address_index FROM account WHERE consent = ?", (Consent.NO.value,)
            )
            return Withdrawn(
                {index: datetime.fromisoformat(at).replace(tzinfo=UTC) for index, at in raised},
                frozenset(index for (index,) in stopped),
                frozenset(index for (index,) in refused),
            )
    except sqlite3.Error:
        return None


async def withdraw(session: AsyncSession, what: Withdrawn) -> None:
    """Whoever has said no since has said no here as well, and the tombstones raised since stand here."""
    await tombstones.put(session, what.tombstones)
    await session.execute(update(Account).where(Account.address_index.in_(what.stopped)).values(stopped=True))
    refused = update(Account).where(Account.address_index.in_(what.refused))
    await session.execute(refused.values(consent=Consent.NO.value))
