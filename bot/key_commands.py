"""The operator's commands about keys and incidents."""

import asyncio
from pathlib import Path

import click

from bot.cli import Clock, settled
from bot.settings import Settings


@click.group()
def keys() -> None:
    """The key file."""


@keys.command()
@click.option(
    "--drop-old",
    is_flag=True,
    help="Drop older keys at once, with the bot stopped: backups made before cannot be opened any more.",
)
@click.pass_obj
def rotate(clock: Clock, drop_old: bool) -> None:
    """Encrypt everything with a new key, also beside a running bot. Run it again when it was cut short."""
    from bot import rotation
    from bot.opening import KEY_FILE, opened

    async def turn(settings: Settings) -> rotation.Rotated:
        async with opened(settings) as house:
            return await rotation.rotate(settings, house, drop_old=drop_old, clock=clock)

    settings = settled()
    for line in rotation.told(asyncio.run(turn(settings)), settings.data_dir / KEY_FILE):
        click.echo(line)


@click.command()
@click.option("--dry-run", is_flag=True, help="Only show what is affected and what would be done.")
@click.option(
    "--list", "file", type=click.Path(path_type=Path), help="Also write whom to inform to this new file."
)
@click.pass_obj
def incident(clock: Clock, dry_run: bool, file: Path | None) -> None:
    """Personal data may be in wrong hands: freeze sending, lock out what leaked, count whom it concerns."""
    from bot import incident as handling
    from bot.opening import opened

    async def act(settings: Settings) -> list[str]:
        async with opened(settings) as house:
            told = []
            if file is not None:
                count = await handling.list_concerned(house, file)
                told = [f"{count} persons to inform stand in {file}: names and addresses, for nobody else's eyes."]
            if dry_run:
                return [*(await handling.look(house, clock)).lines, *told]
            path, report = await handling.handle(settings, house, clock)
            return [*report.lines, *told, f"This report is kept in {path}."]

    for line in asyncio.run(act(settled())):
        click.echo(line)


COMMANDS = (keys, incident)
