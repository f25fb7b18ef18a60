"""Writes a new migration from the difference between the models and the migrations so far."""

import subprocess
import sys
from pathlib import Path

from alembic import command
from sqlalchemy import create_engine

from db.migrations import HERE, alembic_config, migrate, newest


def main(arguments: list[str]) -> int:
    """0 when a file was written, 2 when it was not said what changes."""
    if len(arguments) != 1:
        sys.stderr.write('Usage: python -m db.migrations "what changes"\n')
        return 2
    number = f"{int(newest() or 0) + 1:04}"
    with create_engine("sqlite://").begin() as connection:
        if newest():
            migrate(connection)
        command.revision(alembic_config(connection), arguments[0], rev_id=number, autogenerate=True)
    tidy(next((HERE / "versions").glob(f"{number}_*.py")))
    return 0


def tidy(file: Path) -> None:
    """The file looks like the rest of the code."""
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    file.write_text("".join(line for line in lines if "# ###" not in line), encoding="utf-8")
    subprocess.run([sys.executable, "-m", "ruff", "format", "--quiet", file], check=True)  # noqa: S603 - our own


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
