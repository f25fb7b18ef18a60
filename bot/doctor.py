"""Looks whether all is well, from outside the running process: what `./kallelse doctor` shows."""

import json
import os
import shutil
import urllib.error
import urllib.request
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from pydantic import SecretStr
from sqlalchemy.exc import SQLAlchemyError

from bot import VERSION, backups
from bot.health import on_hold
from bot.lease import Office
from bot.opening import KEY_FILE, sqlite_file
from bot.settings import Settings
from db import workers
from db.hold import get_hold
from db.keys import KeyFileError, load_keys
from db.migrations import newest, revision
from db.session import Database

OK, OFF = "ok", "off"
TO_COME = {"process": "not running", "backup": "none made yet"}
MISSING = "is missing, and the database cannot be read without it"
PATIENCE_SECONDS = 10.0
LEAST_FREE_BYTES = 100_000_000
DISCORD = "https://discord.com/api/v10"
REFUSED = {401, 403, 404}  # Telegram says 404 to a token of the wrong form

Findings = dict[str, str]  # "ok", "off" or what is wrong, by what was looked at


async def findings(settings: Settings, *, now: datetime) -> Findings:
    """What is well and what is not; nothing is made or changed by looking."""
    found = {
        "data_dir": folder(settings.data_dir),
        "key_file": key_file(settings.data_dir / KEY_FILE, missing=OFF if is_to_be_made(settings) else MISSING),
        "disk": disk(settings.data_dir),
        "database": await database(settings),
    }
    if found["database"] == OK and settings.database.startswith("postgresql"):
        found |= await offices(settings)
    running = readiness(settings)
    if running is not None:
        return found | running
    return (
        found
        | {"delivery": await delivery(settings), "backup": backups.state(settings, now=now)}
        | platforms(settings)
    )


def is_well(found: Findings) -> bool:
    """Whether nothing is wrong."""
    return all(state in {OK, OFF} for state in found.values())


def in_words(settings: Settings, name: str, state: str) -> str:
    """What was found there, as a person reads it: "off" may mean that something is still to come."""
    if state != OFF or (name == "backup" and sqlite_file(settings) is None):
        return state
    return TO_COME.get(name, state)


def folder(path: Path) -> str:
    """The data directory."""
    if not path.exists():
        return OFF
    return OK if os.access(path, os.W_OK | os.X_OK) else f"{path} cannot be written"


def key_file(path: Path, *, missing: str) -> str:
    """The key file, without which nothing that is encrypted can be read."""
    if not path.exists():
        return missing
    try:
        load_keys(path)
    except KeyFileError as error:
        return str(error)
    return OK


def disk(path: Path) -> str:
    """Room for the database to grow."""
    there = next(parent for parent in (path, *path.parents) if parent.exists())
    free = shutil.disk_usage(there).free
    return OK if free > LEAST_FREE_BYTES else f"only {free // 1_000_000} MB are free"


async def database(settings: Settings) -> str:
    """The database, and whether its tables are those of this version."""
    if is_to_be_made(settings):
        return OFF
    opened = Database(settings.database)
    try:
        async with opened.read() as session:
            there = await (await session.connection()).run_sync(revision)
    except (SQLAlchemyError, OSError) as error:
        return f"cannot be used ({type(error).__name__})"
    finally:
        await opened.close()
    if there == newest():
        return OK
    return f"has revision {there or 'none'}, and {newest()} is expected; a start mends that"


async def delivery(settings: Settings) -> str:
    """Whether anything goes out when the bot runs."""
    if is_to_be_made(settings):
        return OFF
    opened = Database(settings.database)
    try:
        async with opened.read() as session:
            return on_hold(await get_hold(session))
    except (SQLAlchemyError, OSError):
        return OFF  # what is wrong with the database is told of it
    finally:
        await opened.close()


async def offices(settings: Settings) -> Findings:
    """Whether a process lives that shares the database, on whatever machine, and what one does for all."""
    opened = Database(settings.database)
    try:
        async with opened.engine.connect() as connection:
            living = await workers.are_living(connection, within=timedelta(seconds=settings.lease_seconds))
            held = await workers.held(connection)
    finally:
        await opened.close()
    vacant = "nobody has it" if living else OFF
    states = {f"{office.name.lower()}_office": OK if office in held else vacant for office in Office}
    return {"workers": OK if living else OFF, **states}


def is_to_be_made(settings: Settings) -> bool:
    """Whether the first start is still to come."""
    file = sqlite_file(settings)
    return file is not None and not file.exists()


def readiness(settings: Settings) -> Findings | None:
    """What the running process says of itself; None when none answers."""
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(settings.web_host, settings.web_host)  # noqa: S104 - not bound
    answer = ask(f"http://{host}:{settings.web_port}/readyz", {})
    if not isinstance(answer, dict) or "ready" not in answer:
        return None
    return {"process": OK, **{name: str(state) for name, state in answer.items() if name != "ready"}}


def platforms(settings: Settings) -> Findings:
    """Whether the tokens are accepted, asked of the platforms themselves."""
    telegram = settings.telegram_api_url
    discord = settings.discord_api_url or DISCORD
    return {
        "process": OFF,
        "telegram": _platform(settings.telegram_token, lambda token: ask(f"{telegram}/bot{token}/getMe", {})),
        "discord": _platform(
            settings.discord_token,
            lambda token: ask(f"{discord}/users/@me", {"Authorization": f"Bot {token}"}),
        ),
    }


def _platform(token: SecretStr | None, try_it: Callable[[str], object]) -> str:
    if token is None:
        return OFF
    answer = try_it(token.get_secret_value())
    return OK if isinstance(answer, dict) else str(answer)


def ask(address: str, headers: dict[str, str]) -> object:
    """What is answered there, read as JSON; a sentence when that failed."""
    agent = {"User-Agent": f"DiscordBot (https://kallelse.invalid, {VERSION})"}  # the form that Discord asks for
    request = urllib.request.Request(address, headers=agent | headers)  # noqa: S310 - settings allow http(s) only
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE_SECONDS) as answer:  # noqa: S310 - as above
            return json.load(answer)
    except urllib.error.HTTPError as error:
        return _refusal(error)
    except (OSError, ValueError):
        return "cannot be reached"


def _refusal(error: urllib.error.HTTPError) -> object:
    if error.code in REFUSED:
        return "the token is refused"
    try:
        return json.load(error)  # /readyz says 503 and why
    except ValueError:
        return f"answers {error.code}"
