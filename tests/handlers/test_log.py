"""The log of steps: read by auditors, newest first, with ids alone; and reading it leaves a step."""

from __future__ import annotations

import ast
from datetime import timedelta
from pathlib import Path

import pytest

from chat.address import Address, Platform
from chat.message import Button
from db import audit, roles
from handlers.log.words import known
from tests import given
from tests.handlers.calling import previewed
from tests.handlers.test_approvals import invited, logged
from tests.room import ADA, BEN, CEM, DORIS, NOW, Room, Someone, labels, text

PERSONA = Someone("Prova", Address(Platform.TRY, "arrangor"))


async def auditor(room: Room, who: Someone) -> int:
    """The id of the person, who reads the log."""
    return await given.organiser(room, who, of=None, role=roles.AUDITOR)


async def test_an_auditor_reads_who_did_what(room, exempelby):
    """Numbers and words of ours: no name, no title, nothing that was written."""
    await auditor(room, CEM)
    await room.presses(await previewed(room), "Publicera", by=ADA)
    room.passes(timedelta(minutes=5))

    answer = await room.says("/logg", by=CEM)

    assert text(answer).splitlines()[1:3] == [
        "• 2026-11-22 10:00 person:1: publicerade activity:1",
        "Bara en del av den: /logg activity:12, /logg person:5 eller /logg publicerade",
    ]
    assert "Demonstration" not in text(answer)
    assert "Ada" not in text(answer)
    assert (await logged(room))[-1] == ("read log", "log", 2)


async def test_it_goes_on_where_it_stopped(room):
    """A step that is added meanwhile moves nothing from one page to the next."""
    await auditor(room, CEM)
    async with room.database.write() as session:
        for number in range(1, 33):
            audit.note(session, "publish", f"activity:{number}", actor_id=7, now=NOW)

    first = await room.says("/logg", by=CEM)
    second = await room.presses(first, "Tidigare", by=CEM)
    third = await room.presses(second, "Tidigare", by=CEM)

    shown = [line.rpartition(":")[2] for page in (first, second, third) for line in text(page).splitlines()[1:]]
    assert [int(one) for one in shown if one.isdecimal()] == list(range(32, 0, -1))
    assert labels(third) == []


@pytest.mark.parametrize(
    ("about", "found"),
    [
        ("activity:7", ["publicerade activity:7", "ställde in activity:7"]),
        ("person:5", ["publicerade activity:7", "gav rollen host activity:7 person:5"]),
        ("publish", ["publicerade activity:7"]),
        ("Publicerade", ["publicerade activity:7"]),
        ("grant host", ["gav rollen host activity:7 person:5"]),
        ("activity:70", []),
        ("%", []),
        (f"person:{2**63}", []),
    ],
)
async def test_some_of_it_is_asked_for(room, about, found):
    """By what it is about, by whom, or by what was done."""
    await auditor(room, CEM)
    async with room.database.write() as session:
        audit.note(session, "publish", "activity:7", actor_id=5, now=NOW)
        audit.note(session, "cancel", "activity:7", actor_id=6, now=NOW)
        audit.note(session, "grant host activity:7", "person:5", actor_id=6, now=NOW)

    answer = await room.says(f"/logg {about}", by=CEM)

    steps = [line.partition(": ")[2] for line in text(answer).splitlines() if line.startswith("•")]
    if about == "activity:7":
        found = [found[0], found[1], "gav rollen host activity:7 person:5"]
    assert sorted(steps) == sorted(found)
    assert found or "inget mer" in text(answer)


async def test_only_auditors_read_it(room, exempelby):
    """Neither those whose steps it holds, nor an admin, who would be one of them."""
    await given.organiser(room, BEN, of=None, role=roles.ADMIN)

    answers = [await room.says("/logg", by=one) for one in (ADA, BEN)]
    pressed = await room.presses(Button("x", "log.page", "9:"), by=BEN)

    assert {text(one) for one in (*answers, pressed)} == {"Loggen läses av granskare. En admin släpper in dem."}
    await given.person(room, DORIS)
    assert text(await room.says("/log", by=DORIS)) == "The log is read by auditors. An admin lets them in."


async def test_each_world_has_its_own(room):
    """What is played on the try-out page stands in nobody's log, and shows nothing of the real one."""
    persona = await auditor(room, PERSONA)
    await auditor(room, CEM)
    async with room.database.write() as session:
        audit.note(session, "publish", "activity:1", actor_id=99, now=NOW)
        audit.note(session, "cancel", "activity:2", actor_id=persona, now=NOW)
        audit.note(session, "forget", "person:3", actor_id=None, now=NOW)

    played = text(await room.says("/logg", by=PERSONA))
    real = text(await room.says("/logg", by=CEM))

    assert "activity:2" in played
    assert "publicerade activity" not in played
    assert "person:3" not in played
    assert "activity:2" not in real
    assert "av sig själv: glömde person:3" in real


async def test_what_an_admin_was_asked_for_is_named(room):
    """In words, like the question was."""
    await auditor(room, CEM)
    async with room.database.write() as session:
        audit.note(session, "approve export.register", "approval:3", actor_id=5, now=NOW)
        audit.note(session, "send now: too late", "post:3", actor_id=5, now=NOW)

    shown = text(await room.says("/logg", by=CEM)).splitlines()

    assert [line.partition(": ")[2] for line in shown[1:3]] == [
        "skickade utan att vänta till morgonen too late post:3",
        "sa ja till medlemsregistret som fil approval:3",
    ]


def test_every_step_has_its_words():
    """Whoever reads the log need not know what we store."""
    steps = {action for path in _product() for action in _noted(ast.parse(path.read_text()))}

    assert "take off the register" in steps
    assert {one for one in steps if not known(one)} == set()


def _product() -> list[Path]:
    return [path for room in ("handlers", "schedules", "bot") for path in Path(room).rglob("*.py")]


def _noted(tree: ast.AST) -> list[str]:
    """The stored words, as far as they stand in the call."""
    calls = [one for one in ast.walk(tree) if isinstance(one, ast.Call) and ast.unparse(one.func) == "audit.note"]
    said = [one.args[1].values[0] if isinstance(one.args[1], ast.JoinedStr) else one.args[1] for one in calls]
    return [str(one.value).strip() for one in said if isinstance(one, ast.Constant)]


async def test_an_auditor_is_let_in_by_an_admin(room):
    """By an invitation like every other role."""
    await given.organiser(room, ADA, of=None, role=roles.ADMIN)
    question = await invited(room, DORIS, by=ADA, what="Lägg till en granskare")

    await room.presses(question, "Ja, släpp in", by=ADA)

    assert "granskare" in text(question)
    assert "newest first" in text(await room.says("/log", by=DORIS))
