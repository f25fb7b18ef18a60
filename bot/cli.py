"""The operator's commands. Exit codes: 0 done, 1 failed, 2 wrong use or bad input."""

import json
import platform

import click

from bot import VERSION, logs
from bot import settings as configuration
from bot.lock import LockError
from bot.settings import Settings, SettingsError


class WrongInput(click.ClickException):
    """A sentence about what the operator gave us."""

    exit_code = 2


class Commands(click.Group):
    """Turns errors that the operator can mend into one sentence."""

    def invoke(self, ctx: click.Context) -> object:
        """What the command gives back."""
        logs.start()
        try:
            return super().invoke(ctx)
        except SettingsError as error:
            raise WrongInput(str(error)) from error
        except LockError as error:
            raise click.ClickException(str(error)) from error


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
@click.option("--json", "as_json", is_flag=True, help="As JSON, for a script.")
def settings(as_json: bool) -> None:
    """Show every setting; secrets are masked."""
    settled_settings = settled()
    shown = configuration.shown(settled_settings)
    if as_json:
        click.echo(json.dumps(shown, indent=2, ensure_ascii=False))
        return
    given = {configuration.PREFIX + name.upper() for name in settled_settings.model_fields_set}
    for name, value in shown.items():
        click.echo(f"{name}={value}" + ("" if name in given else "  # default"))


@commands.command()
def version() -> None:
    """Show which version this is."""
    click.echo(f"Kallelse {VERSION} (Python {platform.python_version()})")
