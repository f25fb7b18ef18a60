"""Brings an installation from its SQLite file to PostgreSQL, whole or not at all."""

import sys

import click
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from bot.errors import OperatorError, WrongInputError
from bot.lock import locked
from bot.opening import BELONGS, check_belongs, existing_keys, told
from bot.settings import Settings
from db import to_postgresql
from db.installation import get_setting
from db.migrations import migrate, newest, revision
from db.session import DATABASE_ERRORS, Database, driver_error
from db.to_postgresql import Tally


class NotCopiedError(OperatorError):
    """PostgreSQL is as it was."""


async def copy(settings: Settings) -> dict[str, Tally]:
    """What stands in PostgreSQL now, by table: the same as in the SQLite file. Errors: OperatorError."""
    if not settings.database.startswith("postgresql"):
        raise WrongInputError("KALLELSE_DATABASE_URL must be the address of the PostgreSQL database to copy to.")
    if not settings.default_file.exists():
        raise WrongInputError(f"There is no {settings.default_file} to copy from.")
    source, target = Database(f"sqlite+aiosqlite:///{settings.default_file}"), Database(settings.database)
    try:
        with locked(settings.data_dir), told():
            async with source.glance() as read, target.engine.begin() as written:
                await _check_source(read, settings)
                await _check_target(written)
                return await _copied(read, written)
    finally:
        await source.close()
        await target.close()


async def _check_source(source: AsyncSession, settings: Settings) -> None:
    keys = existing_keys(settings)
    if await source.run_sync(lambda session: revision(session.connection())) != newest():
        raise NotCopiedError(
            f"{settings.default_file} is of another version. Start and stop this one with it first, "
            "with KALLELSE_DATABASE_URL unset."
        )
    check_belongs(keys, await get_setting(source, BELONGS))


async def _check_target(target: AsyncConnection) -> None:
    await target.run_sync(migrate)
    table = await to_postgresql.filled(target)
    if table:
        raise WrongInputError(
            f"The database of KALLELSE_DATABASE_URL holds data already ({table}). Give an empty one."
        )


async def _copied(source: AsyncSession, target: AsyncConnection) -> dict[str, Tally]:
    total = await to_postgresql.count(source)
    try:
        with click.progressbar(length=2 * total, label="Copying and comparing", file=sys.stderr) as bar:
            read = await to_postgresql.copy(source, target, bar.update)
            written = await to_postgresql.tallies(target, bar.update)
    except DATABASE_ERRORS as error:  # its words may hold what stands in a row
        raise NotCopiedError(f"Nothing was copied ({driver_error(error)}). Try again.") from error
    differing = [name for name in read if read[name] != written[name]]
    if differing:
        raise NotCopiedError(f"Nothing was copied: it would not be the same in {', '.join(differing)}.")
    return written
