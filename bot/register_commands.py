"""The operator's commands about the register."""

import asyncio
import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click

from bot.cli import Clock, settled
from bot.settings import Settings


@click.command("import-members")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--apply", "write", is_flag=True, help="Write it; otherwise only show what would change.")
@click.option("--remove-many", is_flag=True, help="The list is complete, though over a tenth is not in it.")
@click.option("--rename-many", is_flag=True, help="No column has slipped, though over a tenth change their names.")
@click.option("--change-many", is_flag=True, help="It is meant, though over a tenth move or lose something.")
@click.option("--association", default="", help="Where those belong of whom the list names none.")
@click.option("--names/--no-names", default=None, help="Show names; a terminal is shown them anyhow.")
@click.option("--json", "as_json", is_flag=True, help="As JSON, for a script.")
@click.pass_obj
def import_members(clock: Clock, /, file: Path, *, names: bool | None, as_json: bool, **asked: Any) -> None:
    """Compare the register with a list of members (CSV or XLSX), and take it over with --apply."""
    from bot import import_members as lists
    from bot.opening import opened
    from db.import_members.comparing import Difference

    wanted = lists.Wanted(file, names=sys.stdout.isatty() if names is None else names, **asked)

    async def take(settings: Settings) -> Difference:
        async with opened(settings) as house:
            return await lists.import_members(house, wanted, now=clock())

    if sys.stderr.isatty():
        click.echo(f"Comparing {file} with the register …", err=True)  # 20,000 members take some seconds
    try:
        found = asyncio.run(take(settled()))
    except lists.RowsWrongError as error:
        click.echo(json.dumps(error.facts(), ensure_ascii=False) if as_json else "\n".join(error.lines()))
        raise
    if as_json:
        click.echo(json.dumps(lists.facts(found, wanted), ensure_ascii=False))
    else:
        click.echo("\n".join(lists.told(found, wanted)))


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
