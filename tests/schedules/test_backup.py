"""A backup an hour, beside the running bot."""

import logging
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta

import pytest

from db import backup
from db.backup import Place
from schedules import backup as schedule
from tests.room import KEYS, NOW


@pytest.fixture
def place(room, tmp_path):
    """The room's database and a folder for its backups."""
    [database] = tmp_path.glob("*.db")
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("CREATE TABLE alembic_version (version_num)")
    return Place(database, tmp_path / "backups", KEYS)


async def test_each_hour_has_its_backup_and_a_start_just_after_none(place):
    """Who starts the bot again and again does not fill the disk."""
    for minutes in (0, 10, 60, 75, 120):
        await schedule.run(place, now=NOW + timedelta(minutes=minutes))

    made = sorted(backup.made(place.folder).values())
    assert [(moment - NOW) / timedelta(minutes=1) for moment in made] == [0, 60, 120]


async def test_a_backup_that_fails_is_told_in_one_line_and_older_ones_stay(place, caplog):
    """Whatever it is: the operator reads it, and the bot goes on."""
    await schedule.run(place, now=NOW)
    gone = replace(place, database=place.database.with_name("gone.db"))

    with caplog.at_level(logging.INFO):
        await schedule.run(gone, now=NOW + timedelta(hours=31 * 24))

    assert [(one.levelname, one.getMessage()) for one in caplog.records if one.name == "schedules.backup"] == [
        ("ERROR", "no backup was made: unable to open database file.")
    ]
    assert [*backup.made(place.folder).values()] == [NOW]
