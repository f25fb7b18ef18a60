"""The processes that share one PostgreSQL: who lives, and who is elected for what only one may do."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import uuid4

from sqlalchemy import DateTime, Interval, bindparam, delete, exists, func, insert, literal, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from db.models import Worker

LOCKS = 4_661_777  # a number that is ours alone; the second key of each advisory lock says what for
_NAME = text("SELECT set_config('application_name', 'kallelse ' || :worker, false)")
# A connection whose other end is stopped, or cut off by a network, keeps its locks until PostgreSQL ends it.
_END = (
    "SELECT pg_terminate_backend(pid, 1000) FROM pg_stat_activity "
    "JOIN worker ON application_name = 'kallelse ' || worker.id "
)
_END_FORMER = text(_END + "WHERE id = :worker AND pid <> pg_backend_pid()")
_END_SILENT = text(_END + "WHERE beat_at < clock_timestamp() - :silent_for").bindparams(
    bindparam("silent_for", type_=Interval())
)
_HELD = text(
    "SELECT objid::integer FROM pg_locks JOIN pg_database ON pg_database.oid = database "
    "WHERE locktype = 'advisory' AND classid = :locks AND objsubid = 2 AND granted "
    "AND datname = current_database()"
)
_now = func.clock_timestamp(type_=DateTime(timezone=True))


async def enlist(connection: AsyncConnection) -> str:
    """The id of a new worker, alive from now on, whose locks are held by this connection."""
    worker = uuid4().hex
    await connection.execute(_NAME, {"worker": worker})
    await connection.execute(insert(Worker).values(id=worker, beat_at=_now, backend=func.pg_backend_pid()))
    return worker


async def beat(connection: AsyncConnection, worker: str) -> bool:
    """The worker lives; False when the others have given it up: what it had is no longer its own."""
    await connection.execute(_NAME, {"worker": worker})
    query = update(Worker).where(Worker.id == worker).values(beat_at=_now, backend=func.pg_backend_pid())
    return bool((await connection.execute(query)).rowcount)


async def end_former(connection: AsyncConnection, worker: str) -> None:
    """Connections on which the worker spoke before this one are closed, and hold no lock for it."""
    await connection.execute(_END_FORMER, {"worker": worker})


async def give_up(connection: AsyncConnection, *, silent_for: timedelta) -> Sequence[str]:
    """The workers that were silent that long are dead, and whatever they were elected for is free."""
    # First, for who is no longer on the list is not looked for again.
    await connection.execute(_END_SILENT, {"silent_for": silent_for})
    silent = Worker.beat_at < _now - literal(silent_for, Interval())
    return list(await connection.scalars(delete(Worker).where(silent).returning(Worker.id)))


async def living(connection: AsyncConnection) -> int:
    """How many workers there are."""
    return await connection.scalar(select(func.count()).select_from(Worker)) or 0


async def are_living(connection: AsyncConnection, *, within: timedelta) -> bool:
    """Whether any worker was heard so lately."""
    lately = Worker.beat_at > _now - literal(within, Interval())
    return bool(await connection.scalar(select(exists(select(Worker.id).where(lately)))))


async def held(connection: AsyncConnection) -> set[int]:
    """The offices that somebody holds."""
    return set(await connection.scalars(_HELD, {"locks": LOCKS}))


async def elect(connection: AsyncConnection, office: int) -> bool:
    """True when this connection holds the office from now on, until it is closed or lost."""
    return bool(await connection.scalar(select(func.pg_try_advisory_lock(LOCKS, office))))


async def retire(connection: AsyncConnection, worker: str) -> None:
    """The worker is no more: what it left in the air is looked after by the others."""
    await connection.execute(delete(Worker).where(Worker.id == worker))
