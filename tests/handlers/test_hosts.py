"""Hosts: somebody who keeps one activity, sees who comes to it, and nothing else of the association."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from chat.address import Address, Platform
from chat.message import Button
from db.models import Role
from schedules import housekeeping
from tests import given
from tests.handlers.organising import changed, organising
from tests.handlers.test_approvals import logged
from tests.room import ADA, BEN, DORIS, GROUP, Room, Someone, labels, text
from tests.schedules.ticking import tick

EVA = Someone("Eva", Address(Platform.TELEGRAM, "1005"))
TITLE = "Demonstration för vårdcentralen"


async def invitation(room: Room):
    """A message that makes somebody the host of the published activity, to be passed on."""
    hosts = await room.presses(await organising(room), "Värdar", by=ADA)
    return (await room.presses(hosts, "Bjud in en värd", by=ADA)).also[0]


@pytest.fixture
async def hosted(room, published):
    """Eva is the host of the published activity."""
    await room.presses(await invitation(room), "Öppna", by=EVA)
    await room.presses((await given.waiting(room, to=ADA))[-1], "Ja, släpp in", by=ADA)
    return published


async def test_a_host_is_let_in_like_an_organiser(room, published):
    """By a code that is passed on and confirmed; until then nothing has changed."""
    passed_on = await invitation(room)
    await room.presses(passed_on, "Öppna", by=EVA)
    before = await room.says("/aktiviteter", by=EVA)
    question = (await given.waiting(room, to=ADA))[-1]

    await room.presses(question, "Ja, släpp in", by=ADA)

    assert text(passed_on).startswith("Vill du vara värd för något vi gör?")
    assert text(before) == "Det kan bara arrangörer göra."
    assert f"Eva har öppnat din inbjudan: värd för {TITLE}." in text(question)
    (thanks,) = await given.waiting(room, to=EVA)
    assert f"Det här är du nu: värd för {TITLE}." in text(thanks)
    assert "Kommer (1): Ben" in text(await room.presses(thanks, "Aktiviteten", by=EVA))
    assert (await logged(room))[-1][:2] == ("grant host activity:1", "person:5")


async def test_a_host_finds_it_and_nothing_else(room, hosted):
    """The list holds what they host, whatever else the association does."""
    other = await given.activity(room, "Styrelsemöte", 2, "2026-11-27 18:00", is_open=False)

    mine = await room.says("/aktiviteter", by=EVA)
    one = await organising(room, by=EVA)
    refused = [
        await room.presses(Button("x", route, str(other)), by=EVA)
        for route in ("activities.show", "activities.change", "activities.write", "activities.mail")
    ]

    assert labels(mine) == [f"1. {TITLE}"]
    assert labels(one) == ["Ändra", "Ställ in", "Skriv till dem som kommer", "Påminnelser", "Tillbaka"]
    assert {text(answer) for answer in refused} == {"Det kan bara arrangörer i Exempelby göra."}


@pytest.mark.parametrize(
    "command", ["/kallelse", "/arrangorer", "/foreningar", "/medlem", "/exportera", "/anslut", "/logg"]
)
async def test_a_host_does_nothing_for_the_association(room, hosted, command):
    """No calls, no roles, no register, no log."""
    answer = await room.says(command, by=EVA, chat=GROUP if command == "/anslut" else None)

    assert text(answer).startswith(("Det kan bara", "Loggen läses av"))


async def test_a_host_changes_writes_and_cancels(room, hosted):
    """What the one who stands there on the day needs; it is noted as theirs."""
    await room.presses(await changed(room, "När", "lördag 28/11 kl 15", by=EVA), "Publicera", by=EVA)
    await room.presses(await organising(room, by=EVA), "Skriv till dem som kommer", by=EVA)
    await room.presses(await room.says("Ta med vantar", by=EVA), "Skicka", by=EVA)
    await room.presses(await organising(room, by=EVA), "Ställ in", by=EVA)
    sure = await room.says("Storm", by=EVA)
    await room.presses(sure, "Ställ in nu", by=EVA)

    told = " ".join(text(one) for one in await given.waiting(room, to=BEN))
    assert "Ta med vantar" in told
    assert "Storm" in told
    assert [(action, about) for action, about, actor in await logged(room) if actor == 5] == [
        ("change", "activity:1"),
        ("write", "activity:1"),
        ("cancel", "activity:1"),
    ]


async def test_a_host_answers_what_is_asked_about_it(room, hosted):
    """Beside the organisers; what is asked about something else is not theirs."""
    other = await given.activity(room, "Annat", 2, "2026-11-27 18:00")
    for number in (hosted, other):
        await room.presses(Button("x", "question.ask", str(number)), by=DORIS)
        await room.says(f"Is there coffee at {number}?", by=DORIS)
    asked = [one for one in await given.waiting(room, to=EVA) if "coffee" in text(one)]

    await room.presses(asked[0], "Svara", by=EVA)
    sent = await room.says("Ja, det finns kaffe.", by=EVA)
    elsewhere = await room.presses(Button("x", "question.answer", "2"), by=EVA)

    assert len(asked) == 1
    assert text(sent) == "Skickat till den som frågade."
    assert "det finns kaffe" in text((await given.waiting(room, to=DORIS))[-1])
    assert text(elsewhere) == "Det kan bara föreningens arrangörer göra."


async def test_a_host_is_taken_back(room, hosted):
    """At once, by the organisers, and noted."""
    hosts = await room.presses(await organising(room), "Värdar", by=ADA)

    after = await room.presses(hosts, "Ta tillbaka 1", by=ADA)

    assert "1. Eva" in text(hosts)
    assert "Eva" not in text(after)
    assert text(await room.says("/aktiviteter", by=EVA)) == "Det kan bara arrangörer göra."
    assert (await logged(room))[-1][:2] == ("withdraw host activity:1", "person:5")


async def test_other_associations_organisers_name_no_hosts(room, hosted):
    """Nor do hosts themselves, nor organisers who host here what another association does."""
    provstad = await given.association(room, "Provstad")
    await given.organiser(room, EVA, of=provstad)
    async with room.database.read() as session:
        role = await session.scalar(select(Role.id).where(Role.activity_id == hosted))

    answers = [
        await room.presses(Button("x", route, str(about)), by=EVA)
        for route, about in (("hosts.show", hosted), ("hosts.invite", hosted), ("hosts.back", role))
    ]

    assert {text(answer) for answer in answers} == {"Det kan bara arrangörer i Exempelby göra."}


async def test_being_a_host_ends_by_itself(room, hosted):
    """A month after the activity nobody remembers that the list of names can still be opened."""
    left = []
    for days in (36, 1):
        await tick(room, housekeeping.run, after=timedelta(days=days))
        left.append(text(await room.presses(Button("x", "activities.show", str(hosted)), by=EVA)))

    assert TITLE in left[0]
    assert left[1] == "Det kan bara arrangörer göra."
    assert (await logged(room))[-1] == ("end host activity:1", "person:5", None)
