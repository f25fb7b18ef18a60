"""The operator's commands. Exit codes: 0 done, 1 failed, 2 wrong use or bad input."""

import asyncio
import json
import os
import platform
import sys
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

import click

from bot import VERSION, logs
from bot import settings as configuration
from bot.errors import OperatorError, WrongInputError
from bot.settings import Settings

Clock = Callable[[], datetime]


class WrongInput(click.ClickException):
    """A sentence about what the operator gave us."""

    exit_code = 2


class Commands(click.Group):
    """Turns errors that the operator can mend into one sentence."""

    def invoke(self, ctx: click.Context) -> object:
        """What the command gives back."""
        logs.start()
        os.umask(0o077)  # what we make holds memberships: nobody else on the machine reads it
        try:
            return super().invoke(ctx)
        except OperatorError as error:
            raise (WrongInput if isinstance(error, WrongInputError) else click.ClickException)(
                str(error)
            ) from error


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
def commands() -> None:
    """Kallelse, the member-communication bot of an association."""


def settled() -> Settings:
    """The settings, with a warning for each variable that is none; from now on no log line holds a secret."""
    settings = configuration.load()
    for warning in configuration.unknown():
        click.echo(f"Warning: {warning}", err=True)
    logs.start(settings.log_level, configuration.secrets(settings))
    return settings


@commands.command()
@click.pass_obj
def run(clock: Clock) -> None:
    """Run the bot until it is told to stop."""
    from bot import app

    raise SystemExit(app.run(settled(), clock))


@commands.command()
@click.pass_obj
def demo(clock: Clock) -> None:
    """Run with an invented district and without the platforms; wants an empty data directory."""
    from bot import app
    from bot import demo as demonstration

    settings = demonstration.without_platforms(settled())
    asyncio.run(demonstration.prepare(settings, clock))
    raise SystemExit(app.run(settings, clock))


@commands.command("admin-code")
@click.pass_obj
def admin_code(clock: Clock) -> None:
    """Show a single-use code that makes its first user an organiser: /admin CODE. Valid for 24 hours."""
    from bot.admin_code import new_code
    from bot.opening import opened

    async def make(settings: Settings) -> str:
        async with opened(settings) as house:
            return await new_code(house, clock())

    click.echo(asyncio.run(make(settled())))


@commands.command()
@click.option("--member", type=int, metavar="N", help="Only for that member, by their number here.")
@click.option("--print", "printed", is_flag=True, help="For letters: valid for 45 days instead of 72 hours.")
@click.option("--csv", "file", type=click.Path(dir_okay=False, path_type=Path), help="The table goes there.")
@click.option(
    "--png", type=click.Path(file_okay=False, path_type=Path), help="Each link as a picture, in that folder."
)
@click.option("--svg", type=click.Path(file_okay=False, path_type=Path), help="The same, for print.")
@click.pass_obj
def invite(  # noqa: PLR0917 - the options of one command
    clock: Clock, member: int | None, printed: bool, file: Path | None, png: Path | None, svg: Path | None
) -> None:
    """Make single-use codes that link accounts to members: for all who have none, as CSV."""
    from bot import invite as inviting
    from bot.opening import opened

    async def make(settings: Settings) -> tuple[Sequence[inviting.Invitation], datetime]:
        async with opened(settings) as house:
            pictures = bool(png or svg)
            return await inviting.invite(house, member=member, printed=printed, pictures=pictures, now=clock())

    made, until = asyncio.run(make(settled()))
    for folder, kind in ((png, "png"), (svg, "svg")):
        if folder:
            inviting.draw(made, folder, kind)
    if file:
        inviting.write(file, inviting.table(made).encode())
    else:
        click.echo(inviting.table(made), nl=False)
    click.echo(inviting.told(made, until), err=True)


@commands.command("to-postgresql")
@click.option("--json", "as_json", is_flag=True, help="As JSON, for a script.")
def to_postgresql(as_json: bool) -> None:
    """Copy everything from the SQLite file into the empty PostgreSQL database of KALLELSE_DATABASE_URL."""
    from bot import to_postgresql as copying

    found = settled()
    copied = asyncio.run(copying.copy(found))
    if as_json:
        tables = {name: {"rows": tally.rows, "hash": tally.hash} for name, tally in copied.items()}
        click.echo(json.dumps({"copied": True, "tables": tables}, indent=2))
        return
    for name, tally in copied.items():
        click.echo(f"{name:<12} {tally.rows:>8}  {tally.hash[:12]}  the same")
    click.echo(f"Copied. Start with this KALLELSE_DATABASE_URL from now on; {found.default_file} is as it was.")


@commands.command()
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.pass_obj
def backup(clock: Clock, file: Path | None) -> None:
    """Make a backup now, encrypted, also beside a running bot; FILE or a folder says where."""
    from bot import backups

    made = backups.back_up(settled(), file, now=clock())
    click.echo(f"{made} ({made.stat().st_size:,} bytes)")
    click.echo("It opens with keys.json alone, which is not in it: keep a copy of that in another place.")


@commands.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--yes", is_flag=True, help="Put the database that is there aside, without asking.")
@click.pass_obj
def restore(clock: Clock, file: Path, yes: bool) -> None:
    """Put a backup back while the bot does not run; it then starts on HOLD."""
    from bot import backups

    def may_replace(database: Path) -> bool:
        if yes or not sys.stdin.isatty():
            return yes
        return click.confirm(f"{database} is there. Shall it be put aside?")

    found = asyncio.run(backups.restore(settled(), file, may_replace=may_replace, now=clock()))
    for line in backups.told(found):
        click.echo(line)


@commands.command()
@click.option("--after-restore", is_flag=True, help="The database was put back from an older copy by other tools.")
@click.pass_obj
def hold(clock: Clock, after_restore: bool) -> None:
    """Send nothing until `release`; what people ask is answered."""
    from bot import holding
    from bot.opening import opened

    async def begin(settings: Settings) -> str:
        async with opened(settings) as house:
            return await holding.begin(house, after_restore=after_restore, now=clock())

    click.echo(asyncio.run(begin(settled())))


@commands.command()
@click.option("--dry-run", is_flag=True, help="Only show what would go out.")
@click.pass_obj
def release(clock: Clock, dry_run: bool) -> None:
    """End HOLD, and show what now goes out."""
    from bot import holding
    from bot.opening import opened

    async def end(settings: Settings) -> Sequence[str]:
        async with opened(settings) as house:
            return await holding.release(house, dry_run=dry_run, now=clock())

    for line in asyncio.run(end(settled())):
        click.echo(line)


@commands.command()
@click.option("--json", "as_json", is_flag=True, help="As JSON, for a script.")
@click.pass_obj
def doctor(clock: Clock, as_json: bool) -> None:
    """Look whether all is well; exit code 1 when something is not."""
    from bot import doctor as looks

    settings = settled()
    found = asyncio.run(looks.findings(settings, now=clock()))
    well = looks.is_well(found)
    if as_json:
        click.echo(json.dumps({"ready": well, **found}, indent=2, ensure_ascii=False))
    else:
        for name, state in found.items():
            click.echo(f"{name:<14} {looks.in_words(settings, name, state)}")
    raise SystemExit(0 if well else 1)


@commands.command()
@click.argument("person")
@click.argument("post")
@click.option("--json", "as_json", is_flag=True, help="As JSON, for a script.")
@click.pass_obj
def why(clock: Clock, person: str, post: str, as_json: bool) -> None:
    """Tell why PERSON (a number) got POST (a number or a key), or did not."""
    from bot.opening import opened
    from bot.why import Answer, why_of

    async def ask(settings: Settings) -> Answer:
        async with opened(settings) as house:
            return await why_of(house, person, post, now=clock())

    found = asyncio.run(ask(settled()))
    if as_json:
        click.echo(json.dumps(found.facts, indent=2, ensure_ascii=False))
    else:
        click.echo("\n".join(found.sentences))


@commands.command()
@click.option("--json", "as_json", is_flag=True, help="As JSON, for a script.")
def settings(as_json: bool) -> None:
    """Show every setting; secrets are masked."""
    found = settled()
    shown = configuration.shown(found)
    if as_json:
        click.echo(json.dumps(shown, indent=2, ensure_ascii=False))
        return
    given = {configuration.PREFIX + name.upper() for name in found.model_fields_set}
    for name, value in shown.items():
        click.echo(f"{name}={value}" + ("" if name in given else "  # default"))


@commands.command()
def version() -> None:
    """Show which version this is."""
    click.echo(f"Kallelse {VERSION} (Python {platform.python_version()})")
