"""The operator's commands, run as a process of their own."""

import json
import re
import sqlite3

import pytest

from db.keys import load_keys
from tests.bot.commanding import says
from tests.servers.telegram import TelegramServer
from tests.stories.process import Process, doctor


def test_help_lists_what_an_operator_can_do(command):
    """Nobody has to read the code first."""
    ended = command("--help")

    assert ended.returncode == 0
    commands = (
        "run demo admin-code invite import-members associations to-postgresql backup restore hold release doctor "
        "why settings version"
    )
    for name in commands.split():
        assert f"  {name} " in ended.stdout


@pytest.mark.parametrize("arguments", [("dans",), ("settings", "--färg"), ("version", "nu")])
def test_wrong_use_is_told_from_failure(command, arguments):
    """A script knows whether to try again or to be mended."""
    assert command(*arguments).returncode == 2


def test_the_version_is_shown(command):
    """It is the first question when something is reported."""
    assert re.fullmatch(r"Kallelse \d+\.\d+\.\d+ \(Python 3\.\d+\.\d+\)\n", command("version").stdout)


def test_settings_are_shown_with_where_they_come_from(command):
    """An operator sees what is in force, and can paste it: secrets are masked."""
    ended = command("settings", TELEGRAM_TOKEN="123456:hemligt", LANGUAGE="en")
    as_json = json.loads(command("settings", "--json", TELEGRAM_TOKEN="123456:hemligt", LANGUAGE="en").stdout)

    assert "KALLELSE_TELEGRAM_TOKEN=***\n" in ended.stdout
    assert "KALLELSE_LANGUAGE=en\n" in ended.stdout
    assert "KALLELSE_TIME_ZONE=Europe/Stockholm  # default\n" in ended.stdout
    assert "hemligt" not in ended.stdout + ended.stderr
    assert as_json["KALLELSE_LANGUAGE"] == "en"
    assert as_json["KALLELSE_TELEGRAM_TOKEN"] == "***"


@pytest.mark.parametrize("name", ["run", "demo", "settings", "doctor", "admin-code"])
def test_a_wrong_setting_ends_any_command_with_one_sentence(command, name):
    """Before anything is made or connected."""
    says(command(name, WEB_PORT="åttio"), "KALLELSE_WEB_PORT must be a whole number.", 2)


def test_a_misspelt_setting_is_warned_of(command):
    """It would else be silently without effect."""
    ended = command("settings", WEBPORT="1")

    assert "Warning: KALLELSE_WEBPORT is no setting. Is KALLELSE_WEB_PORT meant?" in ended.stderr
    assert ended.returncode == 0


def test_an_admin_code_can_be_made_before_the_first_start(command, tmp_path):
    """Everything it needs is made, and nobody else on the machine can read it."""
    codes = {command("admin-code").stdout.strip() for _ in range(2)}

    assert len(codes) == 2
    assert all(re.fullmatch(r"[A-Z2-9]{4}(-[A-Z2-9]{4}){2}", code) for code in codes)
    assert {path.stat().st_mode & 0o077 for path in [tmp_path / "data", *(tmp_path / "data").iterdir()]} == {0}


def test_the_doctor_makes_nothing_by_looking(command, tmp_path):
    """One can ask before one decides."""
    ended = command("doctor", "--json")

    found = json.loads(ended.stdout)
    assert found.pop("ready") is True
    assert found == {
        "data_dir": "off", "key_file": "off", "disk": "ok", "database": "off",
        "process": "off", "telegram": "off", "discord": "off", "delivery": "off", "backup": "off",
    }  # fmt: skip
    assert ended.returncode == 0
    told = dict(line.split(maxsplit=1) for line in command("doctor").stdout.splitlines())
    assert (told["process"], told["backup"], told["telegram"]) == ("not running", "none made yet", "off")
    assert not (tmp_path / "data").exists()


@pytest.mark.long
def test_the_doctor_misses_a_lost_key_file(command, data):
    """Nothing that is encrypted can be read without it."""
    (data / "keys.json").unlink()

    ended = command("doctor")

    assert "key_file       is missing" in ended.stdout
    assert ended.returncode == 1
    says(command("admin-code"), f"{data / 'keys.json'} is missing", 1)


@pytest.mark.long
async def test_the_doctor_tries_the_tokens_and_asks_a_running_bot(tmp_path):
    """The same words, whether the bot runs or not."""
    async with TelegramServer() as server:
        process = Process(tmp_path, TELEGRAM_TOKEN=server.token, TELEGRAM_API_URL=server.url)
        before = await doctor(process)
        await process.start()
        try:
            during = await doctor(process)
        finally:
            await process.stop()
        process.environment["KALLELSE_TELEGRAM_TOKEN"] = "123456:another"
        refused = await doctor(process)
    process.environment["KALLELSE_TELEGRAM_TOKEN"] = server.token
    away = await doctor(process)

    assert (before["process"], before["telegram"]) == ("off", "ok")
    assert (during["process"], during["database"], during["clock"]) == ("ok", "ok", "ok")
    assert (refused["ready"], refused["telegram"]) == (False, "the token is refused")
    assert (away["ready"], away["telegram"]) == (False, "cannot be reached")


@pytest.mark.parametrize("name", ["run", "admin-code"])
def test_a_data_directory_that_cannot_be_made_is_named(command, tmp_path, name):
    """A file is in its place."""
    (tmp_path / "file").touch()

    says(
        command(name, DATA_DIR=str(tmp_path / "file" / "data")),
        f"KALLELSE_DATA_DIR {tmp_path}/file/data cannot",
        1,
    )


def test_a_database_that_is_none_is_told_so(command, tmp_path):
    """A half-restored backup, a wrong disk."""
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "kallelse.db").write_bytes(b"not a database at all" * 500)

    says(command("run"), "The database cannot be used: file is not a database.", 1)


def test_a_database_of_a_later_version_is_left_alone(command, data):
    """An older program would not know what it breaks."""
    with sqlite3.connect(data / "kallelse.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()

    says(command("run"), "The database was made by a later version of Kallelse (revision 9999).", 1)


def test_the_key_file_of_another_database_is_refused(command, data):
    """Two backups were mixed up: nothing may be written with the wrong key."""
    (data / "keys.json").unlink()
    load_keys(data / "keys.json")

    says(command("run"), "keys.json does not belong to this database.", 1)


def test_an_address_of_another_machine_is_named(command):
    """Not a number and a word from the operating system."""
    says(command("run", WEB_HOST="203.0.113.7"), "KALLELSE_WEB_HOST 203.0.113.7 is no address of this machine.", 1)


@pytest.mark.long
async def test_a_second_process_is_refused_and_commands_work_beside_the_first(tmp_path, command):
    """SQLite has one writer and the outbox one reader; a code can be had at any time."""
    process = Process(tmp_path / "data")
    await process.start()
    try:
        second = command("run")
        code = command("admin-code")
        why = command("why", "7", "call:12")
    finally:
        ended = await process.stop()

    says(second, f"Kallelse already runs with {tmp_path / 'data'}.", 1)
    assert code.returncode == 0
    says(why, "There is no post call:12; it may have been forgotten.", 2)
    assert ended == 0


@pytest.mark.long
def test_why_somebody_got_nothing(command, data):
    """The commonest question to an operator: in sentences, and for a script, by the installation's clock."""
    with sqlite3.connect(data / "kallelse.db") as connection:
        connection.execute("INSERT INTO person (language, created_at) VALUES ('sv', '2026-11-22 09:00:00')")
        connection.execute(
            "INSERT INTO post (key, kind, private, group_content, priority, created_at)"
            " VALUES ('digest:2026-W48:0:0:0', 'digest', x'', x'', 3, '2026-11-23 08:00:00')"
        )
    connection.close()
    told = [
        "Post 1 (digest:2026-W48:0:0:0) is a digest of the week, queued on Monday 23 November 2026 at 09:00.",
        "There is no delivery of it for person 1.",
        "They have no account.",
    ]

    ended, as_json = command("why", "1", "1"), command("why", "1", "digest:2026-W48:0:0:0", "--json")

    assert ended.stdout.splitlines() == told
    found = json.loads(as_json.stdout)
    assert (found["person"], found["deliveries"], found["story"]) == (1, [], told)
    assert found["post"]["created_at"] == "2026-11-23T09:00:00+01:00"
    says(command("why", "2", "1"), "There is no person 2; it may have been forgotten.", 2)
    assert command("why", "1").returncode == 2


async def test_the_demo_is_a_district_to_play_with(tmp_path, command, data):
    """It starts again where it was, asks no platform, and never touches a real installation's data."""
    with sqlite3.connect(data / "kallelse.db") as connection:
        connection.execute("INSERT INTO person (language, created_at) VALUES ('sv', '2026-11-22 09:00:00')")
    connection.close()
    async with TelegramServer() as server:
        process = Process(tmp_path / "demo", TELEGRAM_TOKEN=server.token, TELEGRAM_API_URL=server.url)
        process.command = "demo"
        for _ in range(2):
            await process.start()
            status, _ = await process.get("/try")
            _, ready = await process.get("/readyz")
            assert await process.stop() == 0
    with sqlite3.connect(tmp_path / "demo" / "kallelse.db") as connection:
        [associations] = connection.execute("SELECT count(*) FROM association WHERE invented AND NOT is_district")
        [real] = connection.execute("SELECT count(*) FROM activity WHERE NOT invented")
    connection.close()

    says(command("demo"), f"The demo wants an empty data directory, and {data} holds data.", 2)
    assert (status, ready["telegram"], sum(server.counts.values())) == (200, "off", 0)
    assert (associations[0], real[0]) == (8, 0)
