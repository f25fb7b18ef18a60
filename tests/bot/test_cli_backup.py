"""Backup, restore, hold and release, as the operator runs them."""

import resource
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest

from db.keys import load_keys
from db.sealing import HEADER
from tests.bot.commanding import ROOT, says
from tests.stories.process import Process

pytestmark = pytest.mark.usefixtures("data")


@pytest.fixture
def file(command, tmp_path):
    """A backup of the database, which has changed since."""
    assert command("backup", str(tmp_path / "kept.backup")).returncode == 0
    change(tmp_path, "INSERT INTO setting VALUES ('later', 'yes')")
    return tmp_path / "kept.backup"


def change(tmp_path, *statements):
    """The database says that now."""
    with closing(sqlite3.connect(tmp_path / "data" / "kallelse.db")) as connection:
        for one in statements:
            connection.execute(one)
        connection.commit()


def asked(tmp_path, question, name="kallelse.db"):
    """All that the database answers."""
    with closing(sqlite3.connect(tmp_path / "data" / name)) as connection:
        return connection.execute(question).fetchall()


LATER = "SELECT value FROM setting WHERE name = 'later'"


def test_a_backup_says_where_it_is_and_holds_no_word_in_the_clear(command, tmp_path):
    """Without a name it stands beside those of the clock; the key file is not in it."""
    change(tmp_path, "INSERT INTO association (name, created_at) VALUES ('Kanarieby', '2026-11-22 09:00:00')")

    ended = command("backup")

    (file,) = (tmp_path / "data" / "backups").iterdir()
    assert ended.stdout.startswith(f"{file} ({file.stat().st_size:,} bytes)\n")
    assert "keys.json" in ended.stdout
    assert b"Kanarieby" in (tmp_path / "data" / "kallelse.db").read_bytes()
    assert b"Kanarieby" not in file.read_bytes()
    assert b"SQLite" not in file.read_bytes()
    assert file.stat().st_mode & 0o777 == 0o600


@pytest.mark.long
def test_what_is_there_is_never_written_over(command, tmp_path, file):
    """The older backup may be the better one."""
    before = file.read_bytes()

    says(command("backup", str(file)), f"{file} is there already.", 2)
    says(command("backup", str(tmp_path / "missing" / "x")), f"There is no folder {tmp_path / 'missing'}.", 2)

    assert file.read_bytes() == before


def test_a_full_disk_leaves_one_sentence_and_no_file(command, tmp_path):
    """Whether the copy or what is sealed does not fit."""
    ended = subprocess.run(
        [sys.executable, "-m", "bot", "backup", str(tmp_path / "x.backup")],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=60,
        env={"KALLELSE_DATA_DIR": str(tmp_path / "data"), "KALLELSE_ENV_FILE": ""},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000)),
    )  # fmt: skip

    says(ended, "No backup was made:", 1)
    assert list((tmp_path / "data" / "backups").iterdir()) == []
    assert not (tmp_path / "x.backup").exists()


@pytest.mark.long
def test_a_restore_puts_the_old_database_aside_and_holds(command, tmp_path, file):
    """Nothing is lost by it, and nothing goes out after it."""
    asked_first = command("restore", str(file))
    done = command("restore", str(file), "--yes")
    doctor = command("doctor")

    says(asked_first, f"{tmp_path / 'data' / 'kallelse.db'} is there. With --yes it is put aside", 2)
    (aside,) = [path.name for path in (tmp_path / "data").iterdir() if "before-restore" in path.name]
    assert done.returncode == 0
    assert aside in done.stdout
    assert "./kallelse release" in done.stdout
    assert (asked(tmp_path, LATER), asked(tmp_path, LATER, aside)) == ([], [("yes",)])
    assert (tmp_path / "data" / "kallelse.db").stat().st_mode & 0o777 == 0o600
    assert "on HOLD since" in doctor.stdout
    assert doctor.returncode == 1


@pytest.mark.long
def test_the_key_file_and_a_backup_are_all_one_needs(command, tmp_path, file):
    """A new machine: who said no since is not known there, and the operator is told."""
    (tmp_path / "new").mkdir(mode=0o700)
    here = {"DATA_DIR": str(tmp_path / "new")}
    without_keys = command("restore", str(file), **here)
    shutil.copy(tmp_path / "data" / "keys.json", tmp_path / "new")
    done = command("restore", str(file), **here)

    says(without_keys, f"{tmp_path / 'new' / 'keys.json'} is missing", 2)
    assert done.returncode == 0
    assert "Who has used /glommig or /stopp since is not known" in done.stdout
    assert command("release", **here).returncode == 0
    assert command("doctor", **here).returncode == 0


@pytest.mark.long
def test_what_cannot_be_restored_changes_nothing(command, tmp_path, file):
    """One sentence each, and the bot starts as before."""
    content = file.read_bytes()
    flipped = bytearray(content)
    flipped[HEADER.size + 5000] ^= 1
    bad = tmp_path / "bad"
    for spoilt, sentence in (
        (b"something else", f"{bad} is not a backup of Kallelse."),
        (content[:-1], f"{bad} is cut short"),
        (content[:9], f"{bad} is cut short"),
        (bytes(flipped), f"{bad} is damaged"),
        (content + b"x", f"{bad} is damaged"),
    ):
        bad.write_bytes(spoilt)
        says(command("restore", str(bad), "--yes"), sentence, 2)
    assert command("restore", str(tmp_path / "missing"), "--yes").returncode == 2

    assert asked(tmp_path, LATER) == [("yes",)]
    assert sorted(path.name for path in (tmp_path / "data").iterdir()) == [
        "backups", "kallelse.db", "keys.json", "lock",
    ]  # fmt: skip


@pytest.mark.long
def test_a_backup_of_another_key_file_or_a_later_version_changes_nothing(command, tmp_path, file):
    """Which keys.json belongs to it is the operator's to find."""
    change(tmp_path, "UPDATE alembic_version SET version_num = '9999'")
    later = tmp_path / "later.backup"
    assert command("backup", str(later)).returncode == 0

    says(command("restore", str(later), "--yes"), "Nothing was restored. The database was made by a later", 2)
    (tmp_path / "data" / "keys.json").unlink()
    load_keys(tmp_path / "data" / "keys.json")
    says(command("restore", str(file), "--yes"), f"{file} was made with another key file", 2)

    assert asked(tmp_path, LATER) == [("yes",)]


@pytest.mark.long
async def test_backup_works_beside_a_running_bot_and_restore_does_not(tmp_path, command):
    """Two would write into one file."""
    process = Process(tmp_path / "data")
    await process.start()
    try:
        beside = command("backup", str(tmp_path / "beside.backup"))
        refused = command("restore", str(tmp_path / "beside.backup"), "--yes")
    finally:
        await process.stop()

    assert beside.returncode == 0
    says(refused, f"Kallelse already runs with {tmp_path / 'data'}.", 1)
    assert [path.name for path in (tmp_path / "data" / "backups").iterdir()] != []


def test_postgresql_has_its_own_tools(command):
    """Before anything is connected."""
    elsewhere = {"DATABASE_URL": "postgresql+asyncpg://kallelse@127.0.0.1:1/kallelse"}

    says(command("backup", **elsewhere), "The database is PostgreSQL: pg_dump makes its backups.", 2)
    says(
        command("restore", __file__, **elsewhere),
        "The database is PostgreSQL: pg_restore puts its backups back",
        2,
    )


@pytest.mark.long
def test_a_database_put_back_by_other_tools_is_held_by_a_command(command, tmp_path):
    """What a person must decide about is HELD, and a release says what goes out."""
    change(
        tmp_path,
        "INSERT INTO post (id, key, kind, private, group_content, priority, created_at) "
        "VALUES (1, 'k', 'call', x'', x'', 1, '2026-11-22 09:00:00')",
        "INSERT INTO person (id, language, created_at) VALUES (1, 'sv', '2026-11-22 09:00:00')",
        "INSERT INTO delivery (post_id, person_id, lane, priority, not_before) VALUES (1, 1, 'telegram', 1, "
        "'2026-11-22 09:00:00.000000')",
    )  # fmt: skip

    by_hand = command("hold")
    again = command("hold")
    would = command("release", "--dry-run")
    after_restore = command("hold", "--after-restore")
    released = command("release")
    nothing = command("release")

    assert by_hand.stdout == after_restore.stdout
    assert by_hand.stdout.startswith("On HOLD: questions are answered, nothing else is sent.")
    assert again.stdout.startswith("On HOLD already, since ")
    assert would.stdout.splitlines() == [
        "On release goes out:", "  call: 1, the oldest waits since 2026-11-22 09:00 UTC",
    ]  # fmt: skip
    assert released.stdout.splitlines() == [
        "Released. Within seconds goes out:", "  held until an organiser decides: 1",
    ]  # fmt: skip
    assert nothing.stdout == "Nothing is on HOLD.\n"
    assert asked(tmp_path, "SELECT state, reason FROM delivery") == [("held", "restored")]
