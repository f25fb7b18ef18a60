"""The operator's commands about keys and incidents."""

import asyncio

import click

from bot.cli import Clock, settled
from bot.settings import Settings


@click.group()
def keys() -> None:
    """The key file."""


@keys.command()
@click.option(
    "--drop-old", is_flag=True, help="Drop older keys at once: backups made before cannot be opened any more."
)
@click.pass_obj
def rotate(clock: Clock, drop_old: bool) -> None:
    """Encrypt everything with a new key, also beside a running bot. Run it again when it was cut short."""
    from bot import rotation
    from bot.opening import opened

    async def turn(settings: Settings) -> rotation.Rotated:
        async with opened(settings) as house:
            return await rotation.rotate(settings, house, drop_old=drop_old, clock=clock)

    for line in rotation.told(asyncio.run(turn(settled()))):
        click.echo(line)
