"""Log lines: for the one who repairs, and about nobody."""

import asyncio
import logging
import subprocess
import sys

import pytest

from bot import logs

TOKEN = "123456789:AAexampleexampleexampleexampleexam"  # the form of Telegram's
DISCORD = "MTIzNDU2Nzg5MDEyMzQ1Njc4OQ.GabcdE.exampleexampleexampleexampleexample"


@pytest.mark.parametrize(
    ("line", "left"),
    [
        (f"POST https://api.telegram.org/bot{TOKEN}/getMe", "POST https://api.telegram.org/bot[token]/getMe"),
        (f"token {DISCORD} refused", "token [token] refused"),
        ("postgresql+asyncpg://anna:ord@db/k", "postgresql+asyncpg://***@db/k"),
        ("/admin ABCD-EFGH-2345", "/admin [code]"),
        ("abcd-efgh-2345", "[code]"),
        ("testa@example.org wrote", "[mail] wrote"),
        ("+46 70 123 45 67 called", "[phone] called"),
        ("PATCH /api/v10/webhooks/1/hemlig/messages 429", "PATCH /api/v10/webhooks/[id] 429"),
        ("one\n2026 critical two", "one | 2026 critical two"),
        ("ride 12 at 2026-11-28T14:00:00Z", "ride 12 at 2026-11-28T14:00:00Z"),
        ("id 0b3c2d1e-1234-4567-89ab-0123456789ab", "id 0b3c2d1e-1234-4567-89ab-0123456789ab"),
    ],
)
def test_what_slipped_into_a_line_is_taken_out(line, left):
    """The last safeguard, behind never logging it."""
    assert logs.redact(line) == left


def test_the_own_secrets_are_taken_out_wherever_they_stand():
    """Also when they look like no token, as in a test installation."""
    assert logs.redact("GET /botkort:nyckel/getMe", ["kort:nyckel"]) == "GET /bot[secret]/getMe"


def test_an_error_is_named_and_placed_without_its_words():
    """An exception's message can quote what a person wrote."""
    try:
        try:
            int("Testa Testsson")
        except ValueError as error:
            raise KeyError("Testa Testsson") from error
    except KeyError as error:
        said = logs.brief(error)

    assert said.startswith("KeyError from ValueError at ")
    assert "Testa" not in said


def _spoken(code: str) -> str:
    """What a process of its own says on standard error after `logs.start`."""
    program = f"import logging\nfrom bot import logs\nlogs.start('DEBUG', ['hemlighet'])\n{code}"
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False).stderr


def test_a_line_says_when_how_bad_and_where():
    """Enough to begin looking."""
    said = _spoken("logging.getLogger('bot.rides').warning('ride %s has no driver', 12)")

    assert said[:2] == "20"
    assert said.split()[1:] == ["warning", "bot.rides:", "ride", "12", "has", "no", "driver"]


def test_libraries_are_silent_below_warning_also_at_debug():
    """Httpx logs addresses with tokens, aiosqlite the values of every statement."""
    said = _spoken(
        "for name in ('httpx', 'httpcore.http11', 'telegram.Bot', 'discord.http', 'aiosqlite', 'new'):\n"
        "    logging.getLogger(name).info('Testa Testsson')\n"
        "logging.getLogger('bot').debug('seen')\n"
    )

    assert said.strip().endswith("debug    bot: seen")
    assert "Testa" not in said


def test_nothing_that_goes_wrong_prints_a_value():
    """Not an error nobody caught, not one in a thread, not a line that cannot be formatted."""
    said = _spoken(
        "import threading\n"
        "log = logging.getLogger('bot')\n"
        "log.warning('%d', 'Testa Testsson')\n"
        "log.warning('with hemlighet in it')\n"
        "def fails(): raise ValueError('Testa Testsson')\n"
        "thread = threading.Thread(target=fails); thread.start(); thread.join()\n"
        "try: fails()\n"
        "except ValueError: log.exception('failed')\n"
        "fails()\n"
    )

    lines = said.splitlines()
    assert "Testa" not in said
    assert "hemlighet" not in said
    assert "Traceback" not in said
    assert len(lines) == 5
    assert "failed (ValueError at <string>:8 in fails)" in lines[3]
    assert "critical bot.logs: an error nobody expected: ValueError" in lines[4]


async def test_a_task_that_nobody_awaits_fails_without_its_words(caplog):
    """Asyncio's own words would hold the exception's."""
    loop = asyncio.get_running_loop()
    logs.watch(loop)

    loop.call_exception_handler({"message": "Task was lost", "exception": ValueError("Testa Testsson")})
    loop.set_exception_handler(None)

    assert "Task was lost (ValueError)" in caplog.text
    assert "Testa" not in caplog.text
    assert logging.getLogger("bot.logs").name in caplog.text
