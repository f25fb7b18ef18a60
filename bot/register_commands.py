"""The operator's commands about the register."""

import asyncio
import sys
from collections.abc import Iterable
from pathlib import Path

import click

from bot.cli import Clock, settled
from bot.settings import Settings


@click.command("import-members")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--apply", "write", is_flag=True, help="Write it; otherwise only show what would change.")
@click.option("--remove-many", is_flag=True, help="The list is complete, though over a tenth is not in it.")
@click.option("--association", default="", help="Where those belong of whom the list names none.")
@click.option("--names/--no-names", default=None, help="Show names; a terminal is shown them anyhow.")
@click.pass_obj
def import_members(
    clock: Clock, file: Path, *, write: bool, remove_many: bool, association: str, names: bool | None
) -> None:
    """Compare the register with a list of members (CSV or XLSX), and take it over with --apply."""
    from bot.import_members import RowsWrongError, Wanted
    from bot.import_members import import_members as take_over
    from bot.opening import opened

    named = sys.stdout.isatty() if names is None else names
    wanted = Wanted(file, association, names=named, write=write, remove_many=remove_many)

    async def take(settings: Settings) -> Iterable[str]:
        async with opened(settings) as house:
            return await take_over(house, wanted, now=clock())

    try:
        found = asyncio.run(take(settled()))
    except RowsWrongError as error:
        click.echo("\n".join(error.lines))
        raise
    for line in found:
        click.echo(line)


@click.group("associations")
def of_associations() -> None:
    """The district's associations."""


@of_associations.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.pass_obj
def import_associations(clock: Clock, file: Path) -> None:
    """Add the associations that FILE names, one a line."""
    from bot.import_associations import import_associations as add
    from bot.opening import opened

    async def take(settings: Settings) -> Iterable[str]:
        async with opened(settings) as house:
            return await add(house, file, now=clock())

    for line in asyncio.run(take(settled())):
        click.echo(line)


COMMANDS = (import_members, of_associations)
