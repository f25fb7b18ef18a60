"""Everything one could do to a row of the audit log but add it, and what then is left."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.exc import DBAPIError

from db.models import Audit
from db.session import Database
from tests.room import NOW

TRIES = {
    "changed": update(Audit).where(Audit.id == 2).values(action="nothing"),
    "emptied": update(Audit).values(actor_id=None),
    "taken away": delete(Audit).where(Audit.id == 2),
    "all taken away": delete(Audit),
    "the newest taken away": delete(Audit).where(Audit.id == 3),
}
ON_SQLITE = {
    "replaced": text("INSERT OR REPLACE INTO audit (id, at, action, object) VALUES (2, '2026-01-01', 'a', 'b')"),
    "put over it": text(
        "INSERT INTO audit (id, at, action, object) VALUES (2, '2026-01-01', 'a', 'b') "
        "ON CONFLICT (id) DO UPDATE SET action = 'nothing'"
    ),
}
ON_POSTGRESQL = {
    "emptied at once": text("TRUNCATE audit"),
    "emptied with others": text("TRUNCATE audit, setting CASCADE"),
    "put over it": text(
        "INSERT INTO audit (id, at, action, object) VALUES (2, now(), 'a', 'b') "
        "ON CONFLICT (id) DO UPDATE SET action = 'nothing'"
    ),
}


async def allowed(database: Database) -> list[str]:
    """What of all that went through, on a log of three steps: over 24 months old, not quite, and of today."""
    moments = (NOW - timedelta(days=732), NOW - timedelta(days=729), NOW)
    async with database.write() as session:
        await session.execute(
            insert(Audit), [{"at": at, "actor_id": 1, "action": "grant", "object": "person:2"} for at in moments]
        )
    went = []
    more = ON_SQLITE if database.is_sqlite else ON_POSTGRESQL
    for name, statement in (TRIES | more).items():
        try:
            async with database.write() as session:
                await session.execute(statement)
            went.append(name)
        except DBAPIError as refused:
            went += [] if "append-only" in str(refused.orig) else [f"{name}: for another reason"]
    return went


async def kept(database: Database) -> list[int]:
    """The steps that are left when the oldest one is forgotten."""
    async with database.write() as session:
        await session.execute(delete(Audit).where(Audit.id == 1))
    async with database.read() as session:
        return list(await session.scalars(select(Audit.id).where(Audit.action == "grant").order_by(Audit.id)))
