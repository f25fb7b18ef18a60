"""Settings: everything checked at the start, no value of a secret anywhere."""

import os

import pytest

from bot import settings
from bot.settings import SettingsError


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch, tmp_path):
    for name in list(os.environ):
        if name.startswith("KALLELSE_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("KALLELSE_ENV_FILE", str(tmp_path / "env"))


def test_nothing_has_to_be_set():
    """The first start is one command."""
    found = settings.load()

    assert (found.web_host, found.web_port) == ("127.0.0.1", 8080)
    assert (found.language, found.time_zone, found.quiet_hours) == ("sv", "Europe/Stockholm", "21-08")
    assert found.roles == {"gateway", "clock", "worker", "web"}
    assert found.database == f"sqlite+aiosqlite:///{settings.HOME / 'data' / 'kallelse.db'}"
    assert (found.telegram_token, found.discord_token, found.public_url) == (None, None, None)


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("WEB_PORT", "åttio", "KALLELSE_WEB_PORT must be a whole number."),
        ("WEB_PORT", "70000", "KALLELSE_WEB_PORT must be from 0 to 65535."),
        ("TELEGRAM_WEBHOOK", "kanske", "KALLELSE_TELEGRAM_WEBHOOK must be on or off."),
        ("TELEGRAM_WEBHOOK", "on", "KALLELSE_PUBLIC_URL is missing; TELEGRAM_WEBHOOK needs it."),
        ("TELEGRAM_API_URL", "localhost:8081", "KALLELSE_TELEGRAM_API_URL must be an address such as"),
        ("DISCORD_API_URL", "http://", "KALLELSE_DISCORD_API_URL must be an address such as"),
        ("PUBLIC_URL", "example.org", "KALLELSE_PUBLIC_URL must be an address such as"),
        ("PUBLIC_URL", "https://example.org:nej", "KALLELSE_PUBLIC_URL must be an address such as"),
        ("TELEGRAM_TOKEN", "123:hemlig grej", "KALLELSE_TELEGRAM_TOKEN is not a token"),
        ("DISCORD_TOKEN", "hemligå", "KALLELSE_DISCORD_TOKEN is not a token"),
        (
            "DATABASE_URL",
            "postgresql+asyncpg://u:hemligt@h:port/d",
            "KALLELSE_DATABASE_URL must be an address such as postgresql+asyncpg://",
        ),
        ("DATABASE_URL", "mysql://u:hemligt@h/d", "KALLELSE_DATABASE_URL must begin with sqlite+aiosqlite://"),
        ("SMTP_URL", "mail:hemligt", "KALLELSE_SMTP_URL must be an address such as"),
        ("SMTP_URL", "smtps://u:hemligt@h", "KALLELSE_MAIL_FROM is missing; SMTP_URL needs it."),
        ("MAIL_FROM", "exempel", "KALLELSE_MAIL_FROM must be a mail address."),
        ("LANGUAGE", "xx", "KALLELSE_LANGUAGE must be one of en, sv."),
        ("TIME_ZONE", "Mars/Olympus", "KALLELSE_TIME_ZONE must be a time zone"),
        ("TIME_ZONE", "../../etc/passwd", "KALLELSE_TIME_ZONE must be a time zone"),
        ("QUIET_HOURS", "natten", "KALLELSE_QUIET_HOURS must look like 21-08, or be empty for none."),
        ("ROLES", "web,kung", "KALLELSE_ROLES must be all, or a comma list of clock, gateway, web, worker."),
        ("LOG_LEVEL", "LOUD", "KALLELSE_LOG_LEVEL must be DEBUG, INFO, WARNING or ERROR."),
    ],
)
def test_a_wrong_value_is_named_and_not_shown(monkeypatch, name, value, sentence):
    """The operator knows at once what to mend, and no terminal or journal holds a secret."""
    monkeypatch.setenv(f"KALLELSE_{name}", value)

    with pytest.raises(SettingsError) as error:
        settings.load()

    assert str(error.value).startswith(sentence)
    assert "hemlig" not in str(error.value)
    assert str(error.value).endswith(".")


def test_the_environment_wins_over_the_file(monkeypatch, tmp_path):
    """A single start can differ without an edit."""
    (tmp_path / "env").write_text("KALLELSE_WEB_PORT=8101\nKALLELSE_LANGUAGE=en\n")
    monkeypatch.setenv("KALLELSE_WEB_PORT", "8102")

    found = settings.load()

    assert (found.web_port, found.language) == (8102, "en")


def test_empty_means_unset_but_for_quiet_hours(monkeypatch):
    """A line left empty in `.env` is no value, and "no quiet hours" must be sayable."""
    for name in ("WEB_PORT", "TELEGRAM_TOKEN", "PUBLIC_URL", "ROLES", "QUIET_HOURS"):
        monkeypatch.setenv(f"KALLELSE_{name}", "")

    found = settings.load()

    assert (found.web_port, found.telegram_token, found.public_url) == (8080, None, None)
    assert found.quiet_hours == ""


def test_values_arrive_in_one_form(monkeypatch, tmp_path):
    """Whoever reads a setting need not tidy it."""
    monkeypatch.setenv("KALLELSE_PUBLIC_URL", "https://example.org/kallelse/")
    monkeypatch.setenv("KALLELSE_ROLES", " web , clock ")
    monkeypatch.setenv("KALLELSE_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("KALLELSE_TELEGRAM_WEBHOOK", "on")

    found = settings.load()

    assert found.public_url == "https://example.org/kallelse"
    assert found.roles == {"web", "clock"}
    assert found.data_dir == tmp_path
    assert found.telegram_webhook


def test_a_relative_folder_begins_where_kallelse_is(monkeypatch, tmp_path):
    """The same data is found from any current directory."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KALLELSE_DATA_DIR", "annat")

    assert settings.load().data_dir == settings.HOME / "annat"


def test_a_misspelt_variable_is_told_of(monkeypatch, tmp_path):
    """A setting that has no effect is worse than one that is refused."""
    monkeypatch.setenv("KALLELSE_WEBPORT", "1")
    monkeypatch.setenv("KALLELSE_REQUIRE", "postgres")
    (tmp_path / "env").write_text("KALLELSE_FÄRG=röd\n")

    assert settings.unknown() == [
        "KALLELSE_FÄRG is no setting.",
        "KALLELSE_WEBPORT is no setting. Is KALLELSE_WEB_PORT meant?",
    ]


def test_a_file_that_cannot_be_read_is_named(tmp_path):
    """Not a traceback about bytes."""
    (tmp_path / "env").write_bytes(b"KALLELSE_ORGANISATION=\xe5\n")

    with pytest.raises(SettingsError, match="env cannot be read"):
        settings.load()


def test_what_is_shown_holds_no_secret(monkeypatch):
    """`./kallelse settings` can be pasted into a question to somebody else."""
    monkeypatch.setenv("KALLELSE_TELEGRAM_TOKEN", "123456:hemligt")
    monkeypatch.setenv("KALLELSE_DISCORD_TOKEN", "hemligt.hemligt")
    monkeypatch.setenv("KALLELSE_DATABASE_URL", "postgresql+asyncpg://anna:hemligt@db.example/k?password=hemligt")
    monkeypatch.setenv("KALLELSE_SMTP_URL", "smtps://anna:hemligt@mail.example.org:465")
    monkeypatch.setenv("KALLELSE_MAIL_FROM", "kallelse@example.org")

    found = settings.load()
    shown = settings.shown(found)

    assert "hemligt" not in str(shown)
    assert "hemligt" not in repr(found)
    assert shown["KALLELSE_DATABASE_URL"] == "postgresql+asyncpg://***@db.example/k?***"
    assert shown["KALLELSE_SMTP_URL"] == "smtps://***@mail.example.org:465"
    assert shown["KALLELSE_TELEGRAM_TOKEN"] == "***"
    assert shown["KALLELSE_ROLES"] == "all"
    assert {"123456:hemligt", "hemligt.hemligt", "hemligt"} <= set(settings.secrets(found))
