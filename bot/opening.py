"""Opens what is remembered: data directory, key file, database, installation."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from bot.errors import OperatorError
from bot.settings import HOME, Settings
from db.installation import Installation, get_setting, set_setting
from db.keys import KeyFileError, Keys, load_keys, use_keys
from db.migrations import NewerDatabaseError, revision, upgrade
from db.session import DATABASE_ERRORS, Database, driver_error

KEY_FILE = "keys.json"
BELONGS = "key_check"  # remembers by which key file the database was written


class OpenError(OperatorError):
    """What is remembered cannot be opened."""


@dataclass(frozen=True, slots=True)
class Opened:
    """What the process works with."""

    database: Database
    keys: Keys
    installation: Installation


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Opened]:
    """The database has the tables of today and is ours to write; closed at the end. Errors: OpenError."""
    make_folder(settings.data_dir)
    database = Database(settings.database)
    try:
        yield await _open(database, settings)
    finally:
        await database.close()


def sqlite_file(settings: Settings) -> Path | None:
    """Where the database is; None when it is PostgreSQL's."""
    url = make_url(settings.database)
    return HOME / (url.database or "") if url.get_backend_name() == "sqlite" else None


def existing_keys(settings: Settings) -> Keys:
    """The keys, from now on in use; none are made. Errors: OpenError."""
    try:
        return _keys(settings.data_dir / KEY_FILE, is_new=False)
    except KeyFileError as error:
        raise OpenError(str(error)) from error


def make_folder(folder: Path) -> None:
    """The folder exists, readable for its owner alone if it is new."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise OpenError(f"KALLELSE_DATA_DIR {folder} cannot be made: {error.strerror}.") from error


@contextmanager
def told() -> Iterator[None]:
    """What goes wrong with a database or its keys is said in one sentence. Errors: OpenError."""
    try:
        yield
    except DBAPIError as error:
        raise OpenError(f"The database cannot be used: {error.orig}.") from error
    except DATABASE_ERRORS as error:
        raise OpenError(f"The database cannot be reached ({driver_error(error)}).") from error
    except (KeyFileError, NewerDatabaseError) as error:
        raise OpenError(str(error)) from error


async def _open(database: Database, settings: Settings) -> Opened:
    with told():
        keys = _keys(settings.data_dir / KEY_FILE, is_new=await _is_new(database))
        await upgrade(database)
        await _check_keys(database, keys)
    zone = ZoneInfo(settings.time_zone)
    installation = Installation(
        settings.organisation, settings.language, zone, settings.quiet_hours, mail=settings.smtp_url is not None
    )
    return Opened(database, keys, installation)


async def _is_new(database: Database) -> bool:
    async with database.read() as session:
        return not await (await session.connection()).run_sync(revision)


def _keys(path: Path, *, is_new: bool) -> Keys:
    if not is_new and not path.exists():
        raise KeyFileError(
            f"{path} is missing, and the database cannot be read without it. Put your copy of it there."
        )
    keys = load_keys(path)
    use_keys(keys, path)
    return keys


async def _check_keys(database: Database, keys: Keys) -> None:
    """The database was written with these keys. Writing this is also how a read-only one is found at once."""
    async with database.write() as session:
        theirs = await get_setting(session, BELONGS)
        await set_setting(session, BELONGS, theirs or _mark(keys))
    check_belongs(keys, theirs)


def check_belongs(keys: Keys, mark: str | None) -> None:
    """The database that bears this mark was written with these keys, or with none yet. Errors: KeyFileError."""
    if mark not in {None, _mark(keys)}:
        raise KeyFileError(f"{KEY_FILE} does not belong to this database. Put the one there that does.")


def _mark(keys: Keys) -> str:
    return keys.code_hash(BELONGS).hex()
