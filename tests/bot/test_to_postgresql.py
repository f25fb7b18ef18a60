"""From the SQLite file to PostgreSQL: everything arrives, or nothing does and the operator learns why."""

import asyncio
import hashlib
import json
import shutil
import sqlite3

import pytest
from pydantic import SecretStr
from sqlalchemy import func, select, text

from bot import to_postgresql
from bot.errors import OperatorError
from bot.lock import locked
from bot.opening import opened
from bot.settings import Settings
from db.keys import load_keys, use_keys
from db.models import Base, Delivery, Post
from db.session import Database
from tests.bot.commanding import says
from tests.everything import TABLES, contents, fill, moments
from tests.room import NOW
from tests.stories.process import Process

pytestmark = pytest.mark.postgres


@pytest.fixture
def settings(tmp_path):
    """Of an installation on SQLite."""
    return Settings(data_dir=tmp_path / "data", organisation="Exempeldistriktet", _env_file=None)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A data directory with something in every table, and what stands there, as the product reads it."""
    folder = tmp_path_factory.mktemp("full") / "data"

    async def make():
        async with opened(Settings(data_dir=folder, _env_file=None)) as house:
            await fill(house)
            async with house.database.read() as session:
                return folder, await contents(session)

    return asyncio.run(make())


@pytest.fixture
def full(made, settings):
    """What stands in the data directory of the settings, in every table."""
    folder, found = made
    shutil.copytree(folder, settings.data_dir)
    use_keys(load_keys(folder / "keys.json"))
    return found


@pytest.fixture
def refusal(settings, postgres_url):
    """The sentence with which the copy is refused, in this process."""

    async def said(url=postgres_url):
        with pytest.raises(OperatorError) as told:
            await to_postgresql.copy(settings.model_copy(update={"database_url": SecretStr(url)}))
        return str(told.value)

    return said


@pytest.fixture
def copies(command, postgres_url):
    """Runs the command towards an empty database."""
    return lambda *more: command("to-postgresql", *more, DATABASE_URL=postgres_url)


async def rows(database):
    """How many rows there are in all tables together."""
    async with database.read() as session:
        return sum(
            [await session.scalar(select(func.count()).select_from(one)) for one in Base.metadata.sorted_tables]
        )


async def test_everything_arrives_and_is_read_with_the_same_keys(copies, full, settings, postgres_url):
    """Every row of every table, also of one that is added tomorrow; the file is not touched."""
    file = settings.data_dir / "kallelse.db"
    before = hashlib.sha256(file.read_bytes()).digest()

    ended = copies("--json")

    assert ended.returncode == 0, ended.stderr
    told = json.loads(ended.stdout)["tables"]
    assert {name: one["rows"] for name, one in told.items()} == {name: len(found) for name, found in full.items()}
    assert min(len(found) for found in full.values()) > 0
    moved = settings.model_copy(update={"database_url": SecretStr(postgres_url)})
    async with opened(moved) as house, house.database.read() as session:
        assert await contents(session) == full
    assert all(one.tzinfo for found in full.values() for one in moments(found))
    assert hashlib.sha256(file.read_bytes()).digest() == before


@pytest.mark.long
async def test_an_id_of_the_past_is_not_used_again(copies, full, settings, postgres_url):
    """Discord takes a message with a delivery's id of before for the earlier one, and shows nothing."""
    async with opened(settings) as house, house.database.write() as session:
        last = await session.scalar(select(func.max(Delivery.id))) or 0
        await session.execute(text("DELETE FROM delivery"))

    assert copies().returncode == 0

    database = Database(postgres_url)
    async with database.write() as session:
        post_id = await session.scalar(select(Post.id).limit(1))
        person_id = await session.scalar(text("SELECT id FROM person LIMIT 1"))
        row = Delivery(post_id=post_id, person_id=person_id, lane="try", priority=1, not_before=NOW)
        session.add(row)
        await session.flush()
        next_id = row.id
    async with database.read() as session:
        for table in TABLES:
            column = table.autoincrement_column
            if column is not None:
                new = await session.scalar(text(f"SELECT nextval(pg_get_serial_sequence('{table}', 'id'))"))
                assert new > (await session.scalar(select(func.max(column))) or 0)
    await database.close()
    assert next_id == last + 1


@pytest.mark.long
async def test_what_arrives_damaged_is_found_and_nothing_is_kept(copies, full, on_postgres):
    """One letter in the middle of one row, changed on its way."""
    await _when_inserted(on_postgres, "activity", "IF NEW.id = 7 THEN NEW.title := NEW.title || '.'; END IF")

    ended = copies()

    says(ended, "Nothing was copied: it would not be the same in activity.", 1)
    assert await rows(on_postgres) == 0


async def _when_inserted(database, table, statement):
    """From now on the server does that before it takes a row of that table."""
    function = (
        f"CREATE FUNCTION first() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN {statement}; RETURN NEW; END$$"
    )
    trigger = f"CREATE TRIGGER first BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION first()"
    async with database.engine.begin() as connection:
        await connection.execute(text(function))
        await connection.execute(text(trigger))


@pytest.mark.long
async def test_killed_halfway_nothing_is_there_and_the_next_try_copies_all(
    copies, command, full, settings, on_postgres
):
    """A power cut between two tables."""
    await _when_inserted(on_postgres, "delivery", "PERFORM pg_advisory_xact_lock(1)")
    url = on_postgres.engine.url.render_as_string(hide_password=False)
    process = Process(settings.data_dir, DATABASE_URL=url)
    async with on_postgres.engine.begin() as connection:
        await connection.execute(text("SELECT pg_advisory_xact_lock(1)"))
        process.command = "to-postgresql"
        await process.launch()
        await _waits(on_postgres)
        while_it_runs = command("run")
        await process.kill()
    assert await rows(on_postgres) == 0

    ended = copies()

    assert while_it_runs.returncode == 1
    assert f"Kallelse already runs with {settings.data_dir}" in while_it_runs.stderr
    assert ended.returncode == 0, ended.stderr
    assert await rows(on_postgres) == sum(len(found) for found in full.values())


async def _waits(database):
    async with asyncio.timeout(20), database.engine.connect() as connection:
        query = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'advisory'")
        while not await connection.scalar(query):
            await connection.rollback()
            await asyncio.sleep(0.05)


async def test_a_running_bot_is_not_copied(refusal, full, settings):
    """What it takes meanwhile would be missing."""
    with locked(settings.data_dir):
        assert f"Kallelse already runs with {settings.data_dir}." in await refusal()


@pytest.mark.long
async def test_only_an_empty_database_is_written(copies, full, on_postgres):
    """Two installations are never mixed; a second try after the first is told so."""
    assert copies().returncode == 0
    there = await rows(on_postgres)

    says(copies(), "The database of KALLELSE_DATABASE_URL holds data already (association).", 2)
    assert await rows(on_postgres) == there


async def test_a_database_of_a_later_version_is_not_written(refusal, full, on_postgres):
    """Nobody knows what its tables mean."""
    async with on_postgres.engine.begin() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    assert await refusal() == "The database was made by a later version of Kallelse (revision 9999)."


async def test_a_file_of_another_version_is_brought_up_to_date_first(refusal, full, settings):
    """The command changes nothing in the file, so it cannot do that itself."""
    _in_the_file(settings, "UPDATE alembic_version SET version_num = '0001'")

    assert f"{settings.default_file} is of another version. Start and stop this one" in await refusal()


def _in_the_file(settings, statement):
    with sqlite3.connect(settings.data_dir / "kallelse.db") as connection:
        connection.execute(statement)
    connection.close()


async def test_the_key_file_of_another_installation_is_refused(refusal, full, settings):
    """PostgreSQL would hold what nobody can read."""
    (settings.data_dir / "keys.json").unlink()
    assert f"{settings.data_dir / 'keys.json'} is missing" in await refusal()
    load_keys(settings.data_dir / "keys.json")

    assert "keys.json does not belong to this database." in await refusal()


@pytest.mark.long
async def test_a_character_that_postgresql_cannot_keep_does_not_stop_the_copy(
    copies, full, settings, postgres_url
):
    """NUL shows nowhere, and SQLite takes it."""
    _in_the_file(settings, "UPDATE activity SET title = 'Soppa' || char(0) || ' och samtal' WHERE id = 3")

    assert copies().returncode == 0

    database = Database(postgres_url)
    async with database.read() as session:
        title = await session.scalar(text("SELECT title FROM activity WHERE id = 3"))
    await database.close()
    assert title == "Soppa och samtal"


async def test_what_cannot_be_copied_to_is_named(refusal, full):
    """The setting was forgotten, or names a server that is not there."""
    away = "postgresql+asyncpg://nobody@127.0.0.1:1/nothing"

    assert "KALLELSE_DATABASE_URL must be the address of the PostgreSQL database" in await refusal("")
    assert await refusal(away) == "The database cannot be reached (ConnectionRefusedError)."


async def test_nothing_is_made_where_nothing_is(refusal, tmp_path):
    """A wrong DATA_DIR is not answered by an empty installation."""
    assert await refusal() == f"There is no {tmp_path / 'data' / 'kallelse.db'} to copy from."
    assert not (tmp_path / "data").exists()
