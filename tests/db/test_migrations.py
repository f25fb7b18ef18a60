"""The tables at a start are those the code knows."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from db import migrations
from db.models import Base
from db.session import Database


async def test_the_migrations_make_the_tables_that_the_models_describe(tmp_path):
    """A column without a migration would break every installation that is already running."""
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'kallelse.db'}")
    await migrations.upgrade(database)

    async with database.engine.connect() as connection:
        found = await connection.run_sync(differences)

    await database.close()
    assert found == []


def differences(connection):
    return compare_metadata(MigrationContext.configure(connection), Base.metadata)


async def test_a_second_start_changes_nothing(tmp_path):
    """Every start runs the migrations."""
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'kallelse.db'}")
    await migrations.upgrade(database)

    await migrations.upgrade(database)

    async with database.engine.connect() as connection:
        revision = await connection.run_sync(
            lambda plain: MigrationContext.configure(plain).get_current_revision()
        )
    await database.close()
    assert revision == migrations.newest() != ""
