"""Audiences of 20,000 members counted, and 10,000 members read in clear."""

import time
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import insert

from bench.figures import median, table
from db import audiences, migrations, offices, register
from db.audiences import Audience
from db.keys import Keys, use_keys
from db.models import (
    Account,
    Activity,
    Association,
    Label,
    LabelKind,
    Member,
    Office,
    Person,
    PersonLabel,
    Signup,
)
from db.session import Database
from tests.postgres import postgres

MEMBERS = 20_000
ROUNDS = 11
NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
TODAY = NOW.date()
AT_ONCE = 2_000

AUDIENCES = {
    "everyone": Audience(False),
    "near one association": Audience(False, 2),
    "inside one association": Audience(False, 2, internal=True),
    "three associations": Audience(False, associations=(2, 3, 4)),
    "an office": Audience(False, offices=(1,), on=TODAY),
    "joined this year": Audience(False, joined_since=date(2026, 1, 1)),
    "an interest": Audience(False, labels=(1,)),
    "coming to something": Audience(False, coming_to=1),
    "all of these at once": Audience(
        False,
        associations=(2, 3, 4),
        offices=(1,),
        on=TODAY,
        joined_since=date(2026, 1, 1),
        labels=(1,),
        coming_to=1,
    ),
}


async def furnish(database: Database) -> None:
    """A district of eight associations without anybody."""
    await migrations.upgrade(database)
    async with database.write() as session:
        await session.execute(
            insert(Association),
            [{"name": f"Exempelby {n}", "is_district": n == 0, "created_at": NOW} for n in range(9)],
        )
        await session.execute(insert(Label), [{"kind": LabelKind.INTEREST, "name": "cykel"}])
        await offices.add_kinds(session, ["Ordförande"], invented=False)
        when = {"starts_local": "x", "zone": "x", "starts_at": NOW, "created_at": NOW}
        await session.execute(
            insert(Activity), [{"association_id": 2, "kind": "meeting", "open": True, "title": "x", **when}]
        )


async def add(database: Database, numbers: range) -> None:
    """A member for each of these numbers, every second of them in chat."""
    for first in range(numbers.start, numbers.stop, AT_ONCE):
        await _add(database, range(first, min(first + AT_ONCE, numbers.stop)))


async def _add(database: Database, numbers: range) -> None:
    async with database.write() as session:
        for kind, rows in (
            (Person, [_person(n) for n in numbers]),
            (Member, [_member(n) for n in numbers]),
            (Account, [_account(n) for n in numbers if n % 2]),
            (Office, [_office(n) for n in numbers if n % 50 == 0]),
            (PersonLabel, [{"person_id": n, "label_id": 1, "at": NOW} for n in numbers if n % 5 == 0]),
            (Signup, [_signup(n) for n in numbers if n % 10 == 0]),
        ):
            await session.execute(insert(kind), rows)


def _person(n: int) -> dict[str, Any]:
    return {"id": n, "language": "sv", "association_id": 2 + n % 8, "created_at": NOW}


def _member(n: int) -> dict[str, Any]:
    return {
        "person_id": n, "association_id": 2 + n % 8, "number": f"{n:06}", "number_index": f"{n:06}".encode(),
        "name": f"Testa Testsson {n}", "email": f"t{n}@example.org", "phone": f"+4670{n:07}",
        "address": f"Gatan {n}\n123 45 Provstad", "joined_on": date(2010 + n % 17, 3, 1),
        "created_at": NOW, "updated_at": NOW,
    }  # fmt: skip


def _account(n: int) -> dict[str, Any]:
    consent = "yes" if n % 3 else "no"
    return {
        "person_id": n, "platform": "telegram", "address": str(n), "address_index": f"{n}".encode(),
        "opened": True, "consent": consent, "created_at": NOW,
    }  # fmt: skip


def _office(n: int) -> dict[str, Any]:
    return {"person_id": n, "kind_id": 1, "association_id": 2 + n % 8, "starts_on": date(2026, 1, 1)}


def _signup(n: int) -> dict[str, Any]:
    return {"activity_id": 1, "person_id": n, "answer": "coming", "name": "Testa", "answered_at": NOW}


async def _milliseconds(again: Callable[[], Awaitable[object]], rounds: int) -> float:
    """The median of so many times."""
    waits = []
    for _ in range(rounds):
        began = time.perf_counter()
        await again()
        waits.append((time.perf_counter() - began) * 1000)
    return median(waits)


async def counted(database: Database, rounds: int) -> dict[str, tuple[int, float]]:
    """How many each audience has, and how long that takes."""
    found = {}
    for name, audience in AUDIENCES.items():
        async with database.read() as session:
            waited = await _milliseconds(lambda: audiences.count(session, audience), rounds)  # noqa: B023 - awaited in this round
            found[name] = await audiences.count(session, audience), waited
    return found


async def _read(database: Database) -> None:
    async with database.read() as session:
        await register.cards(session, invented=False)


async def one(database: Database, members: int, rounds: int) -> tuple[dict[str, tuple[int, float]], float]:
    """What that database does: the first half of the members read, and each audience of all counted."""
    await furnish(database)
    await add(database, range(1, members // 2 + 1))
    reading = await _milliseconds(lambda: _read(database), rounds)
    await add(database, range(members // 2 + 1, members + 1))
    return await counted(database, rounds), reading


async def measure(members: int = MEMBERS, rounds: int = ROUNDS) -> str:
    """The tables of the run."""
    use_keys(Keys.fresh())
    with TemporaryDirectory() as folder:
        database = Database(f"sqlite+aiosqlite:///{Path(folder) / 'kallelse.db'}")
        sqlite, sqlite_read = await one(database, members, rounds)
        await database.close()
    with postgres(durable=True) as address:
        database = Database(address)
        postgresql, postgresql_read = await one(database, members, rounds)
        await database.close()
    rows = [(name, n, f"{ms:.1f}", f"{postgresql[name][1]:.1f}") for name, (n, ms) in sqlite.items()]
    half = members // 2
    rows.append((f"{half:,} members in clear", half, f"{sqlite_read:.0f}", f"{postgresql_read:.0f}"))
    return table((f"of {members:,} members", "persons", "SQLite, ms", "PostgreSQL, ms"), rows)
