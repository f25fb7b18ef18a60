"""Backups of a database in use: of one moment, whole or not there, and as many as an operator expects."""

import sqlite3
import threading
from contextlib import closing
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as some

from db import backup
from db.backup import BackupError, Place
from db.sealing import unseal
from tests.room import KEYS, NOW

HOUR = timedelta(hours=1)


@pytest.fixture
def place(tmp_path):
    """A database with two tables that always hold the same number."""
    database = tmp_path / "kallelse.db"
    with closing(sqlite3.connect(database)) as connection:
        connection.executescript(
            "PRAGMA journal_mode=WAL; CREATE TABLE alembic_version (version_num TEXT);"
            "INSERT INTO alembic_version VALUES ('0001'); CREATE TABLE one (n, padding); CREATE TABLE other (n);"
        )
        rows = [(number, "x" * 1000) for number in range(5000)]
        connection.executemany("INSERT INTO one VALUES (?, ?)", rows)
        connection.executemany("INSERT INTO other VALUES (?)", [(number,) for number, _ in rows])
        connection.commit()
    return Place(database, tmp_path / "backups", KEYS)


def opened(file, tmp_path):
    """The rows of both tables in that backup."""
    content = BytesIO()
    with file.open("rb") as source:
        unseal(source, KEYS, content)
    (tmp_path / "opened.db").write_bytes(content.getvalue())
    with closing(sqlite3.connect(tmp_path / "opened.db")) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        return connection.execute("SELECT (SELECT count(*) FROM one), (SELECT count(*) FROM other)").fetchone()


def test_a_backup_beside_a_busy_writer_is_of_one_moment(place, tmp_path):
    """Without its own transaction each write would begin the copy anew, and it would never end."""
    target = place.folder / backup.name_of(NOW)
    stop, written = threading.Event(), threading.Event()

    def write() -> None:
        with closing(sqlite3.connect(place.database, isolation_level=None, timeout=10)) as connection:
            while not stop.is_set():
                connection.executescript(
                    "BEGIN IMMEDIATE; INSERT INTO one VALUES (0, 'x'); INSERT INTO other VALUES (0); COMMIT;"
                )
                written.set()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        written.wait(5)
        backup.make(place, target, made_at=NOW)
    finally:
        stop.set()
        writer.join()

    one, other = opened(target, tmp_path)
    assert one == other > 5000
    assert target.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in place.folder.iterdir()] == [target.name]


def test_nothing_that_is_called_off_or_fails_is_left(place):
    """A half backup looks like a whole one until it is needed."""
    target = place.folder / backup.name_of(NOW)
    (place.folder / ".making-killed").mkdir(parents=True)
    (place.folder / ".making-killed" / "copy.db").touch()

    with pytest.raises(BackupError, match="called off"):
        backup.make(place, target, made_at=NOW, should_stop=lambda: True)
    with pytest.raises(BackupError, match="No such file"):
        backup.make(place, place.folder / "missing" / "x.backup", made_at=NOW)

    assert list(place.folder.iterdir()) == []


def test_a_damaged_database_is_not_backed_up_over_sound_ones(place):
    """The operator hears of it while there are older backups."""
    size = place.database.stat().st_size
    with place.database.open("r+b") as file:
        file.seek(size // 2)
        file.write(b"\xff" * 4096)

    with pytest.raises(BackupError, match=r"damaged|malformed"):
        backup.make(place, place.folder / backup.name_of(NOW), made_at=NOW)

    assert backup.made(place.folder) == {}


@pytest.mark.parametrize("content", [b"", b"not a database at all" * 500])
def test_what_is_no_database_of_ours_makes_no_backup(place, content):
    """A wrong path must not end in a backup of nothing."""
    place.database.write_bytes(content)

    with pytest.raises(BackupError, match=r"tables of Kallelse|not a database"):
        backup.make(place, place.folder / "x.backup", made_at=NOW)


def test_a_day_by_the_hour_and_a_month_by_the_day_are_kept(tmp_path):
    """What an operator expects; and what has another name is not ours to remove."""
    moments = [NOW - HOUR * number for number in range(24 * 40)]
    others = [
        "kallelse.db",
        backup.name_of(NOW - 900 * HOUR, by_hand=True),
        "kallelse-20261122T090000Z.backup.txt",
    ]
    for name in [*map(backup.name_of, moments), *others]:
        (tmp_path / name).touch()

    backup.remove_old(tmp_path)

    assert {name for name in others if (tmp_path / name).exists()} == {*others}
    left = sorted(moment for path, moment in backup.made(tmp_path).items() if "hand" not in path.name)
    days = sorted({moment.date() for moment in left})
    assert left[-24:] == moments[:24][::-1]
    assert len(left) == 24 + 28
    assert (len(days), days[0]) == (30, NOW.date() - timedelta(days=29))


@given(some.lists(some.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=some.just(UTC))))  # noqa: DTZ001 - made aware by timezones
def test_the_newest_is_always_kept_and_a_rest_removes_nothing(moments):
    """Removing twice is removing once; after months of rest the old ones are what there is."""
    stays = backup.kept(moments)

    assert stays <= set(moments)
    assert not moments or max(moments) in stays
    assert backup.kept(stays) == stays
    assert len(stays) <= backup.HOURLY + backup.DAILY


@pytest.mark.parametrize(
    ("age", "since", "state"),
    [
        (None, None, "off"),
        (None, HOUR, "ok"),
        (None, 5 * HOUR, "there is none"),
        (HOUR, None, "ok"),
        (7 * HOUR, None, "the newest is 7 hours old; the log says why"),
        (7 * HOUR, HOUR, "ok"),
        (-HOUR, 9 * HOUR, "ok"),
    ],
)
def test_an_old_backup_is_a_reason_to_look(tmp_path, age, since, state):
    """But not just after a long rest, nor when the clock was set back."""
    if age is not None:
        (tmp_path / backup.name_of(NOW - age)).touch()

    assert backup.state(tmp_path, now=NOW, since=NOW - since if since else None) == state
