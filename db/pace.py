"""The pace that all workers on one PostgreSQL share: turns to speak are given out in one place."""

from datetime import timedelta

from sqlalchemy import Interval, bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession

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


async def take(session: AsyncSession, platform: str, **spans: timedelta) -> float:
    """Seconds until the first of the turns that are now ours; `turns` is how long all of them last together.

    `answers` is what was said beside the turns; it puts off what follows unless that is `most_ahead` late already,
    beyond what each worker may have `reserved`. Nothing goes for as long as `rest`, which the platform asked for.
    """
    return float(await session.scalar(_TAKE, {"platform": platform, **spans}) or 0)
