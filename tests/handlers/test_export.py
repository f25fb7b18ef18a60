"""The register as a file: asked for by one who keeps all of it, approved by another, fetched once."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest
from sqlalchemy import update

from chat.message import Button
from db import roles
from db.models import Member
from tests import given
from tests.handlers.test_approvals import decided, logged
from tests.room import ADA, BEN, CEM, DORIS, Room, labels, text

EVIL = '=HYPERLINK("http://evil.example";"Klicka")'


@pytest.fixture
async def kept(room):
    """Ada keeps the whole register of two associations and Ben is admin; a former member and an invented one."""
    home, away = await given.association(room, "Provstad"), await given.association(room, "Exempelby")
    await given.organiser(room, ADA, of=None, role=roles.REGISTRAR)
    await given.organiser(room, BEN, of=None, role=roles.ADMIN)
    await given.member(
        room,
        "Testa Testsson",
        of=home,
        email="test@example.org",
        phone="+46701234567",
        number="17",
        address="Gatan 1\n123 45 Orten",
    )
    await given.member(room, EVIL, of=away, born_year=1990)
    await given.member(room, "Gångna Tider", of=home, status="former")
    await given.member(room, "Påhittad", of=None, invented=True)
    return room


async def asked(room: Room, *, by=ADA):
    """The answer to somebody who wants the file."""
    await room.says("/exportera", by=by)
    return await room.says("Till årsmötet", by=by)


async def approved(room: Room):
    """What Ada is told when Ben has approved."""
    await asked(room)
    await decided(room, "Godkänn")
    return (await given.waiting(room, to=ADA))[-1]


def rows(reply) -> list[list[str]]:
    content = reply.message.document.content
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))


async def test_the_file_takes_two(kept):
    """It is made when it is fetched, given to the one who asked, and noted."""
    waits = await asked(kept)
    (question,) = await given.waiting(kept, to=BEN)
    ready = await approved_now(kept)

    assert text(ready).startswith("Ett svar till dig:\n")  # what a lock screen shows
    reply = await kept.presses(ready, "Hämta", by=ADA)

    assert text(waits) == "Till det behövs två. Jag har frågat en annan admin och skriver här inom tre dagar."
    assert text(question) == (
        "En fråga till dig:\nAda ber om ditt ja: medlemsregistret som fil.\n"
        "Alla som finns där, med namn, adress, e-post och telefon. Vad det gäller: Till årsmötet"
    )
    assert reply.message is not None
    assert reply.message.document is not None
    assert reply.message.document.name == "medlemsregister.csv"
    found = rows(reply)
    assert found[0][:4] == ["Medlemsnummer", "Hela namnet", "E-post", "Telefon"]
    assert ";".join(found[1][:6]) == (
        "17;Testa Testsson;test@example.org;'+46701234567;Gatan 1\n123 45 Orten;Provstad"
    )
    assert [row[1] for row in found[1:]] == ["Testa Testsson", f"'{EVIL}"]
    assert [one[0] for one in await logged(kept)] == ["ask export.register", "approve export.register", "export"]


async def approved_now(room: Room):
    await decided(room, "Godkänn")
    return (await given.waiting(room, to=ADA))[-1]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
async def test_nothing_in_it_is_calculated(kept, start):
    """A name that somebody typed must not run in the registrar's spreadsheet."""
    async with kept.database.write() as session:
        await session.execute(update(Member).values(name=f"{start}cmd|' /C calc'!A0"))

    reply = await kept.presses(await approved(kept), "Hämta", by=ADA)

    assert all(row[1].startswith("'") for row in rows(reply)[1:])


async def test_it_is_what_the_register_holds_then(kept):
    """Who left between the yes and the press is not in it."""
    ready = await approved(kept)
    async with kept.database.write() as session:
        await session.execute(update(Member).where(Member.born_year == 1990).values(status="former"))
    reply = await kept.presses(ready, "Hämta", by=ADA)

    assert [row[1] for row in rows(reply)[1:]] == ["Testa Testsson"]


async def test_it_is_fetched_once_and_within_an_hour(kept):
    """A button that somebody finds later gives nothing."""
    first, _ = await approved(kept), kept.passes(timedelta(minutes=59))
    given_out = await kept.presses(first, "Hämta", by=ADA)
    again = await kept.presses(first, "Hämta", by=ADA)
    second, _ = await approved(kept), kept.passes(timedelta(hours=1))
    late = await kept.presses(second, "Hämta", by=ADA)

    assert given_out.message is not None
    assert given_out.message.document is not None
    assert (
        text(again) == text(late) == "Den filen är redan hämtad, eller så har timmen gått. Fråga igen: /exportera"
    )


async def test_only_the_one_who_asked_fetches_it(kept):
    """Not the admin who approved either; and trying does not use it up."""
    ready = await approved(kept)

    other = await kept.presses(ready, "Hämta", by=BEN)
    mine = await kept.presses(ready, "Hämta", by=ADA)

    assert other.message is not None
    assert other.message.document is None
    assert mine.message is not None
    assert mine.message.document is not None


@pytest.mark.parametrize("when", ["before the yes", "before it is fetched"])
async def test_who_no_longer_keeps_the_register_gets_nothing(kept, when):
    """Rights are those of the moment."""
    await asked(kept)
    ada = await given.person(kept, ADA)
    ready = Button("x", "export.fetch", "AAAA-BBBB-CCCC")
    if when == "before it is fetched":
        ready = (await approved_now(kept)).buttons[0]
    async with kept.database.write() as session:
        await roles.withdraw(session, ada, roles.REGISTRAR, association_id=None)
    if when == "before the yes":
        assert "får inte längre göra det" in text(await decided(kept, "Godkänn"))

    reply = await kept.presses(ready, by=ADA)

    assert text(reply) == "Det kan bara de göra som sköter registret."
    assert reply.message is not None
    assert reply.message.document is None


async def test_one_associations_registrar_does_not_ask_for_all(kept):
    """The whole register is for those who keep all of it."""
    await given.organiser(kept, CEM, of=1, role=roles.REGISTRAR)

    answers = [text(await kept.says("/exportera", by=one)) for one in (CEM, DORIS)]

    assert answers[0] == "Det kan bara de göra som sköter det registret."
    assert answers[1] == "Only those who keep the register can do that."
    assert await given.waiting(kept, to=BEN) == []


@pytest.mark.parametrize(
    ("by", "said"),
    [
        (ADA, "Till det behövs ett ja från en admin till, och det finns ingen."),
        (DORIS, "That takes another admin's yes, and there is none."),
    ],
    ids=["in Swedish", "in English"],
)
async def test_who_is_alone_is_not_asked_what_it_is_for(room, by, said):
    """Nobody writes a reason that nobody could read."""
    await given.organiser(room, by, of=None, role=roles.ADMIN)

    answer = await room.says("/exportera", by=by)

    assert text(answer).startswith(said)


async def test_the_file_speaks_its_readers_language(kept):
    """The head of each column, for whoever fetches it."""
    await given.organiser(kept, DORIS, of=None, role=roles.REGISTRAR)
    await kept.says("/export", by=DORIS)
    await kept.says("For the annual meeting", by=DORIS)
    await decided(kept, "Godkänn")
    (ready,) = await given.waiting(kept, to=DORIS)

    reply = await kept.presses(ready, "Fetch", by=DORIS)

    assert labels(ready) == ["Fetch"]
    assert rows(reply)[0][:4] == ["Membership number", "Whole name", "E-mail", "Telephone"]
