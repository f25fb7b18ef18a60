"""A list of 20,000 members: the operator's command, start to end, beside the bare csv reader on the same file."""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.figures import table

MEMBERS = 20_000
ASSOCIATIONS = 8
HEADINGS = (
    "Förnamn;Efternamn;E-post;Mobil;Medlemsnummer;Förening;Medlem sedan;Betald t.o.m.;Gatuadress;Postnr;Ort;Född"
)
BARE = "import csv, sys; print(sum(1 for _ in csv.reader(open(sys.argv[1], encoding='cp1252'), delimiter=';')))"


async def measure(members: int = MEMBERS) -> str:
    """The table of the run."""
    return await asyncio.to_thread(_measured, members)


def _measured(members: int) -> str:
    with TemporaryDirectory() as folder:
        names, first, later = (Path(folder) / name for name in ("namn.txt", "lista.csv", "senare.csv"))
        names.write_text("\n".join(f"Förening {n}" for n in range(ASSOCIATIONS)), encoding="utf-8")
        first.write_text(_list(members, "Storgatan"), encoding="cp1252")
        later.write_text(_list(members, "Lillgatan"), encoding="cp1252")
        ours = [sys.executable, "-m", "bot"]
        _run([*ours, "associations", "import", str(names)], folder)
        bare = _run([sys.executable, "-c", BARE, str(first)], folder)
        taken = {
            "looked at": _run([*ours, "import-members", str(first)], folder),
            "all new, written": _run([*ours, "import-members", str(first), "--apply"], folder),
            "the same again": _run([*ours, "import-members", str(first), "--apply"], folder),
            "all changed, written": _run([*ours, "import-members", str(later), "--apply"], folder),
        }
    rows = [_row("read with bare csv", bare, bare), *(_row(name, found, bare) for name, found in taken.items())]
    return table((f"{members:,} members", "s", "CPU s", "× bare", "MiB"), rows)


@dataclass(frozen=True, slots=True)
class Used:
    """What a process took from start to end."""

    seconds: float
    cpu: float  # seconds
    mib: float  # at most


def _row(name: str, found: Used, bare: Used) -> tuple[str, ...]:
    return name, f"{found.seconds:.2f}", f"{found.cpu:.2f}", f"{found.cpu / bare.cpu:.0f}", f"{found.mib:.0f}"


def _list(members: int, street: str) -> str:
    lines = (
        f"Namn{n};Efternamn{n % 997};medlem{n}@example.org;070-{1740600 + n};{n};Förening {n % ASSOCIATIONS};"
        f"{1 + n % 28}/{1 + n % 12} {1980 + n % 45};2026-12-31;{street} {n % 90};{80000 + n % 9999};Orten;"
        f"{1940 + n % 65}"
        for n in range(members)
    )
    return "\n".join([HEADINGS, *lines])


def _run(command: Sequence[str], folder: str) -> Used:
    """What a process took, which ended well."""
    began = time.perf_counter()
    own = {"KALLELSE_DATA_DIR": f"{folder}/data", "KALLELSE_ENV_FILE": ""}
    child = subprocess.Popen(command, env=os.environ | own, stdout=subprocess.DEVNULL)  # noqa: S603 - our own command
    _, status, used = os.wait4(child.pid, 0)
    if status:
        raise RuntimeError(f"{command} ended with {status}")
    return Used(time.perf_counter() - began, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)
