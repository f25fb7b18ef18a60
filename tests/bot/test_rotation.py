"""A new key beside a running bot: nothing is lost, and in the end nothing is under the old one."""

from __future__ import annotations

import asyncio
import os
import sys
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from pydantic import SecretStr
from sqlalchemy import select, update

from bot import backups, rotation
from bot.errors import OperatorError
from bot.lock import locked
from bot.opening import KEY_FILE, opened
from bot.settings import Settings
from db import backup, people, workers
from db import rotation as renewing
from db.keys import NONCE_BYTES, Encrypted, read_keys, save_keys
from db.models import Base, Question
from db.question import add_question
from tests import everything, postgres
from tests.bot.commanding import ROOT
from tests.room import ADA, NOW

MANY = 8_000


@pytest.fixture(autouse=True)
def _hurried(monkeypatch):
    """In this process nobody has to be waited for."""
    monkeypatch.setattr(rotation, "TAKEN_UP_SECONDS", 0)


@pytest.fixture
def settings(tmp_path):
    """Of an installation on SQLite."""
    return Settings(data_dir=tmp_path / "data", _env_file=None)


async def rotate(settings, *, drop_old=False, now=NOW):
    """The command, in this process; what it did."""
    async with opened(settings) as house:
        return await rotation.rotate(settings, house, clock=lambda: now, drop_old=drop_old)


async def begun(settings):
    """The command in a process of its own."""
    given = {"KALLELSE_DATA_DIR": str(settings.data_dir), "KALLELSE_ENV_FILE": ""}
    if settings.database_url:
        given["KALLELSE_DATABASE_URL"] = settings.database_url.get_secret_value()
    kept = {name: value for name, value in os.environ.items() if not name.startswith("KALLELSE_")}
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "keys", "rotate", cwd=ROOT, env=kept | given, stdout=asyncio.subprocess.PIPE
    )


async def older(house, settings):
    """How many rows are not under the newest key of the file."""
    async with house.database.read() as session:
        return await renewing.older(session, renewing.newest(read_keys(settings.data_dir / KEY_FILE)))


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def any_settings(request, settings):
    """Of an installation on each database."""
    if request.param == "sqlite":
        return settings
    server = request.getfixturevalue("postgres_server")
    url = asyncio.run(postgres.new_database(server))
    return settings.model_copy(update={"database_url": SecretStr(url)})


async def write(house, stop, kept):
    """Somebody who asks and changes what they asked, as fast as they are let, until told to stop."""
    async with house.database.write() as session:
        mine = await people.add_person(session, house.keys, ADA.address, language="sv", invented=False, now=NOW)
    about: Any = {"person_id": mine.id, "association_id": None, "activity_id": None, "now": NOW}
    while not stop.is_set():
        text = f"Får kanariefågel {len(kept)} följa med?"
        async with house.database.write() as session:
            number = await add_question(session, **about, text=text)
        kept[number] = text
        if number % 3 == 0:
            async with house.database.write() as session:
                await session.execute(update(Question).where(Question.id == number - 1).values(text="Ändrad"))
            kept[number - 1] = "Ändrad"
        await asyncio.sleep(0.001)


@pytest.mark.parametrize(
    ("many", "values", "stay", "went"),
    [
        (1, "1 value was encrypted anew", "1 older key stays in it", "1 older key was dropped"),
        (2, "2 values were encrypted anew", "2 older keys stay in it", "2 older keys were dropped"),
    ],
)
def test_what_was_done_is_told_with_the_files_path(tmp_path, many, values, stay, went):
    """Where the file to copy is, and whole sentences of one as of many."""
    path = tmp_path / KEY_FILE

    said = "\n".join(rotation.told(rotation.Rotated(is_new=True, values=many, kept=many, dropped=many), path))

    assert f"Copy {path} to where you keep its copy" in said
    assert [words for words in (values, stay, went) if words not in said] == []


@pytest.mark.long
async def test_under_load_nothing_is_lost_and_nothing_stays_under_the_old_key(any_settings):
    """Another process rotates; this one writes on, takes the new key up by itself and reads everything."""
    async with opened(any_settings) as house:
        path = any_settings.data_dir / KEY_FILE
        await everything.fill(house, rounds=1)
        stop, kept = asyncio.Event(), dict[int, str]()
        tasks = [
            asyncio.create_task(rotation.follow(house.keys, path)),
            asyncio.create_task(write(house, stop, kept)),
        ]
        await asyncio.sleep(0.2)
        before = renewing.newest(house.keys)

        child = await begun(any_settings)
        said, _ = await child.communicate()
        during = len(kept)
        stop.set()
        await tasks[1]
        tasks[0].cancel()

        async with house.database.read() as session:
            found = dict((await session.execute(select(Question.id, Question.text))).all())
            await everything.contents(session)  # everything can be read
        assert child.returncode == 0, said
        assert b"A new key encrypts" in said
        assert during > 20
        assert kept.items() <= found.items()
        assert await older(house, any_settings) == 0
        assert renewing.newest(house.keys) != before
        assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.long
async def test_killed_in_the_middle_it_goes_on_where_it_was(any_settings):
    """Kill -9: some values are under the one key, some under the other, all can be read; the next run ends it."""
    async with opened(any_settings) as house:
        async with house.database.write() as session:
            mine = await people.add_person(
                session, house.keys, ADA.address, language="sv", invented=False, now=NOW
            )
            session.add_all(Question(person_id=mine.id, text=f"Fråga {n}", asked_at=NOW) for n in range(MANY))
        child = await begun(any_settings)
        while not 0 < await older(house, any_settings) < MANY - 500:
            pass
        child.kill()
        await child.wait()
        left = await older(house, any_settings)
        keys = len(read_keys(any_settings.data_dir / KEY_FILE).encryption)

        again = await begun(any_settings)
        said, _ = await again.communicate()

        async with house.database.read() as session:
            texts = set(await session.scalars(select(Question.text)))
        assert left > 0
        assert b"The rotation that was begun is at its end" in said
        assert len(read_keys(any_settings.data_dir / KEY_FILE).encryption) == keys == 2
        assert texts == {f"Fråga {n}" for n in range(MANY)}
        assert await older(house, any_settings) == 0


async def test_a_key_that_is_not_known_yet_is_looked_for_in_the_file(settings):
    """Between the look of every second, too: a value under the new key can be read at once."""
    async with opened(settings) as house:
        mine = await _person(house)
        path = settings.data_dir / KEY_FILE
        new = renewing.with_new_key(read_keys(path))
        elsewhere = seal_under(new, "question.text", "Hej")
        raw = next(one.table for one in renewing.SEALED if one.table.name == "question")
        async with house.database.write() as session:
            await add_question(session, person_id=mine, association_id=None, activity_id=None, text="x", now=NOW)
            await session.execute(update(raw).values(text=elsewhere))

        async with house.database.read() as session:
            with pytest.raises(ValueError, match="its key is not in the key file"):
                await session.scalar(select(Question.text))
            save_keys(path, new)
            assert await session.scalar(select(Question.text)) == "Hej"


async def _person(house):
    async with house.database.write() as session:
        known = await people.add_person(session, house.keys, ADA.address, language="sv", invented=False, now=NOW)
        return known.id


def seal_under(keys, name, text):
    """What a process stores that has those keys."""
    key_id, nonce = renewing.newest(keys), bytes(NONCE_BYTES)
    return key_id + nonce + AESGCM(keys.encryption[key_id]).encrypt(nonce, text.encode(), name.encode())


@pytest.mark.long
async def test_an_older_key_stays_as_long_as_a_backup_may_need_it(settings):
    """Also one that was made in the middle: it holds values under both."""
    async with opened(settings) as house:
        await everything.fill(house, rounds=1)
    first = backups.back_up(settings, None, now=NOW)

    kept = await rotate(settings)
    await backups.restore(settings, first, may_replace=lambda _: True, now=NOW)
    back = await rotate(settings)
    needed = await rotate(settings, now=NOW + timedelta(days=31))
    first.unlink()
    async with opened(settings) as house:
        assert await older(house, settings) == 0
    early = await rotate(settings, now=NOW + timedelta(days=29))
    dropped = await rotate(settings, now=NOW + timedelta(days=31))

    assert (kept.is_new, kept.kept, kept.dropped) == (True, 1, 0)
    assert (back.is_new, back.kept, back.dropped) == (False, 1, 0)
    assert needed.dropped == 0
    assert (early.is_new, early.kept, early.dropped) == (True, 3, 0)
    assert (dropped.is_new, dropped.dropped) == (True, 1)


async def test_dropped_at_once_it_opens_no_backup_of_before(settings):
    """That is what is meant where the old key is in wrong hands."""
    async with opened(settings) as house:
        await everything.fill(house, rounds=1)
    first = backups.back_up(settings, None, now=NOW)

    done = await rotate(settings, drop_old=True)

    assert (done.kept, done.dropped) == (0, 1)
    with pytest.raises(OperatorError, match="another key file"):
        await backups.restore(settings, first, may_replace=lambda _: True, now=NOW)
    async with opened(settings) as house, house.database.read() as session:
        await everything.contents(session)


async def test_nothing_is_dropped_beside_a_running_bot(settings):
    """What it writes under the dropped key before it has looked could be read by nobody."""
    async with opened(settings) as house:
        await everything.fill(house, rounds=1)
    before = (settings.data_dir / KEY_FILE).read_bytes()

    with locked(settings.data_dir), pytest.raises(OperatorError, match="already runs"):
        await rotate(settings, drop_old=True)

    assert (settings.data_dir / KEY_FILE).read_bytes() == before
    assert (await rotate(settings, drop_old=True)).dropped == 1


@pytest.mark.postgres
async def test_nor_beside_another_machine(settings, postgres_server):
    """It may hold an older copy of the file, or stand still; a rotation that drops nothing is for running bots."""
    url = SecretStr(await postgres.new_database(postgres_server))
    shared = settings.model_copy(update={"database_url": url})
    async with opened(shared) as house, house.database.engine.begin() as connection:
        worker = await workers.enlist(connection)

    with pytest.raises(OperatorError, match="1 processes are on the list"):
        await rotate(shared, drop_old=True)
    kept = await rotate(shared)
    async with opened(shared) as house, house.database.engine.begin() as connection:
        await workers.retire(connection, worker)
    dropped = await rotate(shared, drop_old=True)

    assert (kept.kept, kept.dropped) == (1, 0)
    assert (dropped.kept, dropped.dropped) == (0, 2)


async def test_backups_are_sealed_with_the_new_key_without_a_restart(settings):
    """Else they would be worth nothing once the old one is gone."""
    async with opened(settings) as house:
        following = asyncio.create_task(rotation.follow(house.keys, settings.data_dir / KEY_FILE))
        await asyncio.sleep(0)
        await rotate(settings)
        await asyncio.sleep(1.3 * rotation.LOOK_SECONDS)
        following.cancel()

        assert renewing.newest(house.keys) == renewing.newest(read_keys(settings.data_dir / KEY_FILE))


async def test_two_do_not_rotate_at_once(settings):
    """Two new keys would each be the newest in one file; nor beside a restore, which holds the same folder."""
    async with opened(settings):
        pass
    with backup.workshop(settings.data_dir), pytest.raises(OperatorError, match="at this moment"):
        await rotate(settings)


def test_every_encrypted_column_is_encrypted_anew():
    """Generated from the tables."""
    names = {name for one in renewing.SEALED for name in one.names.values()}

    assert names == {
        column.type.name
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, Encrypted)
    }
