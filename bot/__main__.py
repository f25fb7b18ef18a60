"""Where the process starts: the only place that asks the clock."""

from datetime import UTC, datetime

from bot import cli, key_commands, register_commands


def clock() -> datetime:
    """The present moment, in UTC."""
    return datetime.now(UTC)


def main() -> None:
    """The command on the command line is done, and the process ended with its code."""
    for command in (*register_commands.COMMANDS, *key_commands.COMMANDS):
        cli.commands.add_command(command)
    cli.commands.main(prog_name="kallelse", obj=clock)


if __name__ == "__main__":
    main()
