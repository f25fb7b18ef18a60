"""How the tables came to be: Alembic migrations, run at the start of the process.

After a change of `db/models.py`: `python -m db.migrations "what changes"`, then read what it wrote.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text

from db.session import Database

if TYPE_CHECKING:
    from alembic.config import Config

HERE = Path(__file__).parent
ONE_AT_A_TIME = 4_661_776  # any number that is ours alone, for PostgreSQL's advisory lock


class NewerDatabaseError(Exception):
    """The database was made by a later version of the program."""


def newest() -> str:
    """The revision that the code expects; files in `versions` begin with their number."""
    return max((path.name.split("_")[0] for path in (HERE / "versions").glob("[0-9]*.py")), default="")


async def upgrade(database: Database) -> None:
    """The tables are those that the code expects. Errors: NewerDatabaseError."""
    async with database.read() as session:
        there = await (await session.connection()).run_sync(revision)
    if there != newest():
        async with database.engine.begin() as connection:
            await connection.run_sync(migrate)


def revision(connection: Connection) -> str:
    """The revision of the tables that are there; empty when there are none."""
    if not inspect(connection).has_table("alembic_version"):
        return ""
    return str(connection.scalar(text("SELECT version_num FROM alembic_version")) or "")


def migrate(connection: Connection) -> None:
    """The missing migrations have run, in the connection's transaction. Errors: NewerDatabaseError."""
    there = revision(connection)
    if there > newest():
        raise NewerDatabaseError(f"The database was made by a later version of Kallelse (revision {there}).")
    from alembic import command  # noqa: PLC0415 - takes 0.1 s and megabytes, and most starts do not need it

    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:one)"), {"one": ONE_AT_A_TIME})
    command.upgrade(alembic_config(connection), "head")


def alembic_config(connection: Connection) -> "Config":
    """What Alembic wants to know; it works in the given connection."""
    from alembic.config import Config  # noqa: PLC0415 - as above

    config = Config()
    config.set_main_option("script_location", str(HERE).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config
