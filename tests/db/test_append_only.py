"""The audit log is added to and nothing else, on both databases, however their tables came to be."""

import pytest

from db import migrations
from db.models import Base
from db.session import Database
from tests.db.append_only import allowed, kept


@pytest.fixture(params=["migrated", "made"])
async def database(request, tmp_path):
    """A database as an installation has it, and one as the tests have it."""
    opened = Database(f"sqlite+aiosqlite:///{tmp_path / 'kallelse.db'}")
    if request.param == "migrated":
        await migrations.upgrade(opened)
    else:
        async with opened.engine.begin() as connection:
            await connection.run_sync(Base.metadata.create_all)
    yield opened
    await opened.close()


async def test_nobody_changes_what_was_noted(database):
    """Not by a mistake in the code either: the database refuses."""
    assert await allowed(database) == []
    assert await kept(database) == [2, 3]


@pytest.mark.postgres
async def test_nor_on_postgresql(on_postgres):
    """Several workers, the same promise."""
    assert await allowed(on_postgres) == []
    assert await kept(on_postgres) == [2, 3]
