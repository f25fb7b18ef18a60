"""The tables at a start are those the code knows."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text

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


async def test_an_id_that_others_know_is_never_used_again(tmp_path):
    """Of a button in somebody's chat, or of a message that a platform remembers by its delivery's id."""
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'kallelse.db'}")
    await migrations.upgrade(database)

    async with database.engine.connect() as connection:
        tables = (await connection.execute(text("SELECT name, sql FROM sqlite_master"))).all()

    await database.close()
    once = {name for name, sql in tables if sql and "AUTOINCREMENT" in sql}
    known = {"activity", "association", "chat", "delivery", "draft", "person", "post", "question", "role"}
    register = {"approval", "audience", "label", "member", "office", "office_kind", "partner"}
    assert once == known | register
