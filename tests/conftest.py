"""What every test can ask for."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from db import migrations
from db.session import Database
from tests import postgres
from tests.room import Room, open_room


def pytest_addoption(parser: pytest.Parser) -> None:
    """What is tested on SQLite can be tested on PostgreSQL as well."""
    parser.addoption("--database", choices=["sqlite", "postgres"], default="sqlite")


def pytest_configure(config: pytest.Config) -> None:
    """Rooms are on the database that was asked for."""
    postgres.for_all = config.getoption("--database") == "postgres"


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[Room]:
    """A room to talk to the bot in, empty at the start."""
    async with open_room(tmp_path) as opened:
        yield opened


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The address of a PostgreSQL that tests may use as they like."""
    with postgres.postgres() as url:
        yield url


@pytest.fixture
async def postgres_url(postgres_server: str) -> str:
    """The address of an empty database."""
    return await postgres.new_database(postgres_server)


@pytest.fixture
async def on_postgres(postgres_url: str) -> AsyncIterator[Database]:
    """A database with the tables of the migrations, empty."""
    opened = Database(postgres_url)
    await migrations.upgrade(opened)
    yield opened
    await opened.close()
