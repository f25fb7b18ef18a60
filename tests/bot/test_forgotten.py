"""Erase, then restore, then import: the person stays erased, on both databases, as the operator does it."""

from __future__ import annotations

import shutil
import subprocess
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import func, make_url, select

from bot import backups, holding
from bot.opening import opened
from bot.settings import Settings
from chat.address import Address, Platform
from db import people, register, tombstones
from db.models import Member, Person
from handlers.privacy import forget_person
from tests.room import NOW, STOCKHOLM

TESTA, HITTA = Address(Platform.TELEGRAM, "1001"), Address(Platform.TELEGRAM, "1002")
LIST: list[dict[str, Any]] = [
    {"name": "Testa Provsdotter", "number": "17", "email": "testa@example.org"},
    {"name": "Hitta", "number": "18", "email": None},
]


async def arrive(house, address, name, number):
    """A member with an account; their id."""
    async with house.database.write() as session:
        person = await people.add_person(session, house.keys, address, language="sv", invented=False, now=NOW)
        index = register.number_index(house.keys, number)
        stands = {"name": name, "number": number, "number_index": index, "created_at": NOW, "updated_at": NOW}
        session.add(Member(person_id=person.id, **stands))
        return person.id


async def lived_in(settings):
    """Two are there; the ids of the two."""
    async with opened(settings) as house:
        return [await arrive(house, TESTA, "Testa Provsdotter", "17"), await arrive(house, HITTA, "Hitta", "18")]


async def forget(settings, person_id):
    """As /glommig does it."""
    async with opened(settings) as house, house.database.write() as session:
        await forget_person(session, house.keys, person_id, installation=house.installation, now=NOW)


async def stays_forgotten(settings, hitta):
    """Only Hitta is there, and the same file brings nobody back."""
    async with opened(settings) as house, house.database.read() as session:
        known = await tombstones.load(session, house.keys, STOCKHOLM)
        there = list(await session.scalars(select(Person.id)))
        members = list(await session.scalars(select(Member.person_id)))
    back = [one for one in LIST if not known.is_forgotten(phone=None, joined_on=None, **one)]
    return there == members == [hitta] and back == LIST[1:]


def run(url, program, *arguments):
    """PostgreSQL's own program on that database, as the operator runs it."""
    if shutil.which(program) is None:
        pytest.skip(f"no {program}: install PostgreSQL's client")
    reached = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    subprocess.run([program, f"--dbname={reached}", *arguments], check=True, capture_output=True)


async def test_on_sqlite_a_restore_forgets_again(tmp_path):
    """The database that is put aside knows who was forgotten since."""
    settings = Settings(data_dir=tmp_path / "data", _env_file=None)
    testa, hitta = await lived_in(settings)
    kept = backups.back_up(settings, None, now=NOW)
    await forget(settings, testa)

    found = await backups.restore(settings, kept, may_replace=lambda _: True, now=NOW)

    assert "1 had used /glommig since, and are forgotten here as well." in backups.told(found)
    assert await stays_forgotten(settings, hitta)


async def test_a_second_restore_of_the_same_backup_forgets_again(tmp_path):
    """What was carried over once is carried over the next time."""
    settings = Settings(data_dir=tmp_path / "data", _env_file=None)
    testa, hitta = await lived_in(settings)
    kept = backups.back_up(settings, None, now=NOW)
    await forget(settings, testa)

    for hour in range(2):
        await backups.restore(settings, kept, may_replace=lambda _: True, now=NOW.replace(hour=10 + hour))

    assert await stays_forgotten(settings, hitta)


@pytest.mark.postgres
@pytest.mark.long
async def test_on_postgresql_the_table_is_carried_over(tmp_path, postgres_url):
    """With the commands of docs/running.md."""
    settings = Settings(data_dir=tmp_path / "data", database_url=SecretStr(postgres_url), _env_file=None)
    testa, hitta = await lived_in(settings)
    dump, stones = tmp_path / "kallelse.dump", tmp_path / "forgotten.sql"
    run(postgres_url, "pg_dump", "--format=custom", f"--file={dump}")
    await forget(settings, testa)

    run(postgres_url, "pg_dump", "--data-only", "--table=tombstone", "--inserts", "--on-conflict-do-nothing",
        f"--file={stones}")  # fmt: skip
    run(postgres_url, "pg_restore", "--clean", "--if-exists", "--no-owner", "--single-transaction", str(dump))
    run(postgres_url, "psql", "--quiet", "--single-transaction", f"--file={stones}")
    async with opened(settings) as house:
        async with house.database.read() as session:
            assert await session.scalar(select(func.count()).select_from(Person)) == 2
        said = await holding.begin(house, after_restore=True, now=NOW)

    assert said.startswith("1 had used /glommig, and are forgotten here as well. On HOLD")
    assert await stays_forgotten(settings, hitta)
