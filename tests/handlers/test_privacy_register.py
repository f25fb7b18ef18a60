"""What a member of the register sees, corrects and has erased by themselves."""

import json
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select, update

from chat.address import Address, Platform
from db import audit, people, privacy, register, roles, tombstones
from db.models import (
    Account,
    Audit,
    Base,
    Consent,
    ConsentLog,
    Draft,
    Label,
    Member,
    Office,
    OfficeKind,
    PersonLabel,
)
from handlers.privacy.shown import KINDS
from tests import everything, given
from tests.room import ADA, BEN, CEM, DORIS, KEYS, NOW, STOCKHOLM, Someone, labels, text

ADA_ON_DISCORD = Someone("Ada", Address(Platform.DISCORD, "1009"))


@pytest.fixture
async def provstad(room):
    """An association whose register Ben keeps, with Ada in it, who chairs it and can drive."""
    number = await given.association(room, "Provstad")
    await given.organiser(room, BEN, of=number, role=roles.REGISTRAR)
    ada = await given.person(room, ADA)
    async with room.database.write() as session:
        kind, label = OfficeKind(name="Ordförande"), Label(kind="skill", name="Kan köra")
        session.add_all([kind, label])
        await session.flush()
        session.add_all([
            Member(
                person_id=ada, association_id=number, name="Ada Provsdotter", number="17",
                number_index=register.number_index(KEYS, "17"), email="ada@example.org", phone="+46701234567",
                address="Provgatan 1\n123 45 Provstad", joined_on=date(2020, 5, 1), born_year=1980, created_at=NOW,
                updated_at=NOW,
            ),
            Office(person_id=ada, kind_id=kind.id, association_id=number, starts_on=date(2026, 1, 1)),
            PersonLabel(person_id=ada, label_id=label.id, at=NOW),
        ])  # fmt: skip
    return number


async def test_a_member_sees_what_the_register_holds(room, provstad):
    """In words, with names of associations, offices and lists instead of numbers, and all of it in the file."""
    answer = await room.says("/mindata", by=ADA)

    for line in (
        "• I registret: Ada Provsdotter, 17, ada@example.org, +46701234567, Provgatan 1, 123 45 Provstad, ",
        "Provstad, Provstad, sedan 2020-05-01, född 1980\n",
        "• Uppdrag: 1 (Ordförande, Provstad)\n",
        "• Intressen, listor och det du kan bidra med: 1 (Kan köra)\n",
    ):
        assert line in text(answer)
    kept = json.loads(answer.message.document.content)
    assert kept["member"][0]["association"] == "Provstad"
    assert (kept["office"][0]["kind"], kept["office"][0]["starts_on"]) == ("Ordförande", "2026-01-01")
    assert kept["person_label"][0]["label"] == "Kan köra"


async def test_every_table_that_knows_persons_is_in_the_file_and_has_words(room, provstad):
    """Generated from the tables: whatever a later feature keeps about a person is there, and called something."""
    ada = await given.person(room, ADA)
    async with room.database.write() as session:
        await session.delete(await session.scalar(select(Member)))  # one a person; the next is made below
        await session.flush()
        await everything.fill_for(session, ada)
        await session.execute(update(Draft).values(data="{}", asking=""))

    kept = json.loads((await room.says("/mindata", by=ADA)).message.document.content)

    knows = {
        table.name
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if any(key.column.table.name == "person" for key in column.foreign_keys)
    }
    assert knows <= kept.keys()
    assert kept.keys() <= KINDS.keys()


async def test_no_row_outlives_an_erasure(room, provstad):
    """Generated likewise: no table leads back to who was forgotten."""
    ada = await given.person(room, ADA)
    async with room.database.write() as session:
        await session.delete(await session.scalar(select(Member)))
        await session.flush()
        await everything.fill_for(session, ada)
        await privacy.erase(session, KEYS, ada, now=NOW)

    async with room.database.read() as session:
        for table in Base.metadata.sorted_tables:
            for column in table.columns:
                if any(key.column.table.name == "person" for key in column.foreign_keys):
                    found = select(func.count()).select_from(table).where(column == ada)
                    assert await session.scalar(found) == 0, table.name


async def test_the_words_one_agreed_to_are_in_the_file(room):
    """Not only their version: the question as it was shown."""
    await room.presses(await room.says("/start", by=ADA), "Ja, skriv hit", by=ADA)

    kept = json.loads((await room.says("/mindata", by=ADA)).message.document.content)

    assert "Får jag skriva till dig här" in kept["consent_text"][0]["text"]
    assert kept["consent_text"][0]["version"] == kept["consent_log"][0]["text_version"]


async def test_a_wrong_detail_goes_to_those_who_keep_the_register(room, provstad):
    """With the name when they press, to nobody else; the member hears when it is mended."""
    await given.organiser(room, CEM, of=provstad)
    await room.presses(await room.says("/mindata", by=ADA), "Rätta mina uppgifter", by=ADA)
    sent = await room.says("Jag har flyttat till Provgatan 2", by=ADA)

    (asked,) = await given.waiting(room, to=BEN)
    shown = await room.presses(asked, "Visa", by=BEN)
    await moved(room)
    answer = await room.presses(shown, "Det är rättat", by=BEN)

    assert text(sent) == "Skickat till dem som sköter registret. Jag hör av mig när det är rättat."
    assert text(asked) == "En fråga till dig:\nNågon vill få något rättat i registret."
    assert text(shown).startswith(
        "Ada Provsdotter vill få det här rättat i registret:\nJag har flyttat till Provgatan 2"
    )
    assert await given.waiting(room, to=CEM) == []
    assert text(answer) == "Tack. Personen har fått veta det."
    assert "Dina uppgifter i registret är rättade." in text((await given.waiting(room, to=ADA))[0])
    async with room.database.read() as session:
        assert list(await session.scalars(select(Audit.action))) == ["import members", "correct member"]


async def moved(room):
    """Ben has sent a list with Ada's new address."""
    room.passes(timedelta(minutes=1))
    rows = "Namn;Medlemsnummer;E-post;Telefon;Adress\nAda Provsdotter;17;ada@example.org;0701234567;Provgatan 2\n"
    shown = await room.sends_file("medlemmar.csv", rows.encode(), by=BEN)
    await room.presses(shown, "Genomför", by=BEN)


@pytest.mark.parametrize(
    ("by", "ways", "said"),
    [
        (BEN, ("Visa", "Det är rättat", "Kortet"), "Inget på personens kort har ändrats sedan hen skrev"),
        (DORIS, ("Show", "It is corrected", "The card"), "Nothing on their card has changed since they wrote"),
    ],
    ids=["in Swedish", "in English"],
)
async def test_nobody_is_told_that_it_is_corrected_when_nothing_is(room, provstad, by, ways, said):
    """A press too early says what to do instead; an office that ended on the card is a correction too."""
    (show, corrected, card) = ways
    await given.organiser(room, by, of=provstad, role=roles.REGISTRAR)
    await room.presses(await room.says("/mindata", by=ADA), "Rätta mina uppgifter", by=ADA)
    await room.says("Jag är inte ordförande längre", by=ADA)
    (asked,) = await given.waiting(room, to=by)
    shown = await room.presses(asked, show, by=by)

    early = await room.presses(shown, corrected, by=by)
    before = await given.waiting(room, to=ADA)
    room.passes(timedelta(minutes=1))
    async with room.database.write() as session:
        audit.note(session, "end office", f"person:{await given.person(room, ADA)}", actor_id=None, now=room.now)
    await room.presses(early, corrected, by=by)

    assert text(early).startswith(said)
    assert labels(early)[0] == card
    assert before == []
    assert "Dina uppgifter i registret är rättade." in text((await given.waiting(room, to=ADA))[0])


async def test_who_is_not_in_the_register_is_not_offered_to_correct_it(room):
    """And an old button says so."""
    assert "Rätta mina uppgifter" not in labels(await room.says("/mindata", by=ADA))


async def test_a_member_is_told_what_being_forgotten_means(room, provstad):
    """The membership is not ended by it; the row here goes, and no import brings it back."""
    question = await room.says("/glommig", by=ADA)
    await room.presses(question, "Ja, glöm mig", by=ADA)

    assert "Ditt medlemskap är kvar: föreningen har sin egen lista" in text(question)
    assert "Hämta mina uppgifter" in labels(question)
    async with room.database.read() as session:
        assert await session.scalar(select(Member)) is None
        known = await tombstones.load(session, KEYS, STOCKHOLM)
    assert known.is_forgotten(name="Ada Provsdotter", number="17", email=None, phone=None, joined_on=None)


async def test_stop_is_for_every_account(room):
    """What is not sent on one channel must not come on the next."""
    person_id = await given.person(room, ADA)
    async with room.database.write() as session:
        address, index = ADA_ON_DISCORD.address, people.address_index(KEYS, ADA_ON_DISCORD.address)
        session.add(
            Account(
                person_id=person_id, platform="discord", address=address.id, address_index=index, opened=True,
                consent=Consent.YES.value, created_at=NOW,
            )
        )  # fmt: skip

    answer = await room.says("/stopp", by=ADA)

    assert text(answer).endswith("Det gäller alla dina konton; /start gäller det du skriver från.")
    async with room.database.read() as session:
        assert set(await session.scalars(select(Account.stopped))) == {True}
        assert sorted(await session.scalars(select(ConsentLog.platform))) == ["discord", "telegram"]
