"""Creates the tables, or brings those of an earlier version up to date, at every start."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from db.session import Database


def config(connection: Connection | None = None) -> Config:
    """Alembic's settings, with the connection it is to use."""
    made = Config()
    made.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    made.attributes["connection"] = connection
    return made


async def upgrade(database: Database) -> None:
    """The tables are those of db/models.py. Safe to repeat; all or nothing."""
    async with database.engine.begin() as connection:
        await connection.run_sync(lambda plain: command.upgrade(config(plain), "head"))


def newest() -> str:
    """The revision that this version of the code needs."""
    return ScriptDirectory.from_config(config()).get_current_head() or ""
