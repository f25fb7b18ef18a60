"""The pace that all workers on one PostgreSQL share: turns to speak, and seats in a chat, are given out here."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Interval, bindparam, delete, text
from sqlalchemy.ext.asyncio import AsyncSession

from db.models import Pace

KEPT = timedelta(hours=1)  # no clock is as wrong as that

# Answers have gone already: what is sent later waits for them, as long as they have not put it off too far.
_TAKE = text(
    "INSERT INTO pace AS shared (platform, opens_at) VALUES (:platform, clock_timestamp() + :rest + :turns) "
    "ON CONFLICT (platform) DO UPDATE SET opens_at = "
    "GREATEST(shared.opens_at, clock_timestamp() + :rest) + :turns "
    "+ CASE WHEN shared.opens_at < clock_timestamp() + :most_ahead + :reserved * (SELECT count(*) FROM worker) "
    "THEN :answers ELSE interval '0' END "
    "RETURNING EXTRACT(EPOCH FROM opens_at - :turns - clock_timestamp())"
).bindparams(
    *(bindparam(name, type_=Interval()) for name in ("turns", "answers", "most_ahead", "reserved", "rest"))
)

# The seat that opens first. Its row says so as it is now, whatever the others were doing when this began.
# Nobody waits for the disk: what a crash of the database loses is over before it is back.
_SIT = text(
    "WITH first AS (SELECT seat, opens_at "
    "FROM set_config('synchronous_commit', 'off', true), unnest(CAST(:seats AS text[])) AS seat "
    "LEFT JOIN pace ON platform = seat ORDER BY opens_at NULLS FIRST LIMIT 1), "
    "taken AS (INSERT INTO pace AS shared (platform, opens_at) SELECT seat, clock_timestamp() + :span FROM first "
    "ON CONFLICT (platform) DO UPDATE SET opens_at = clock_timestamp() + :span "
    "WHERE :at_once OR shared.opens_at <= clock_timestamp() RETURNING opens_at) "
    "SELECT GREATEST(0, EXTRACT(EPOCH FROM opens_at - clock_timestamp())) FROM first "
    "WHERE NOT EXISTS (SELECT FROM taken)"
).bindparams(bindparam("span", type_=Interval()))


async def take(session: AsyncSession, platform: str, **spans: timedelta) -> float:
    """Seconds until the first of the turns that are now ours; `turns` is how long all of them last together.

    `answers` is what was said beside the turns; it puts off what follows unless that is `most_ahead` late already,
    beyond what each worker may have `reserved`. Nothing goes for as long as `rest`, which the platform asked for.
    """
    return float(await session.scalar(_TAKE, {"platform": platform, **spans}) or 0)


async def sit(
    session: AsyncSession, seats: Sequence[str], *, span: timedelta, at_once: bool = False
) -> float | None:
    """None: one of these seats is ours for that span; else the seconds until one of them opens.

    `at_once`: one is taken from whoever has it, for an answer has gone already.
    """
    seconds = await session.scalar(_SIT, {"seats": list(seats), "span": span, "at_once": at_once})
    return None if seconds is None else float(seconds)


async def forget_old(session: AsyncSession, *, now: datetime) -> None:
    """What opened long ago says nothing any more."""
    await session.execute(delete(Pace).where(Pace.opens_at < now - KEPT))
