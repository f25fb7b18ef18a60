"""The list of the processes that live."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from db import workers

pytestmark = pytest.mark.postgres


async def test_a_connection_of_before_holds_nothing_any_more(on_postgres):
    """After a network was away both may stand open: the old one must not keep an office."""
    async with on_postgres.engine.connect() as before, on_postgres.engine.connect() as now:
        worker = await workers.enlist(before)
        await before.execute(text("SELECT pg_advisory_lock(7)"))
        await before.commit()

        await workers.end_former(now, worker)
        free = await now.scalar(text("SELECT pg_try_advisory_lock(7)"))

        assert free
        with pytest.raises(DBAPIError):
            await before.execute(text("SELECT 1"))
        await before.invalidate()
        await now.invalidate()
