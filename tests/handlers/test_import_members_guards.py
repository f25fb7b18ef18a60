"""A list of members that would change more than it should: told, or asked of a second person."""

import pytest
from sqlalchemy import func, select

from db import models, register, roles
from tests import given
from tests.handlers.linked import linked
from tests.handlers.test_import_members import members, sent, taken
from tests.lists import ASA, BO, CIA, HEADINGS
from tests.room import ADA, BEN, CEM, DORIS, labels, text

NAMED = [(f"Namn{n}", f"Sonen{n}", f"namn{n}@example.org", "", str(n), "Provstad") for n in range(100, 120)]
SLIPPED = [(*other[:2], *row[2:]) for row, other in zip(NAMED, [NAMED[-1], *NAMED[:-1]], strict=True)]


@pytest.fixture
async def keepers(room):
    """Ada and Doris keep the register of all."""
    for name in ("Provstad", "Exempelby"):
        await given.association(room, name)
    for someone in (ADA, DORIS):
        await given.organiser(room, someone, of=None, role=roles.REGISTRAR)


async def in_register(room):
    """Everybody, also of one name."""
    async with room.database.read() as session:
        return await register.cards(session, invented=False)


async def test_the_same_number_elsewhere_is_told(room, keepers):
    """In words that say what to do."""
    await taken(room, ASA)

    answer = await sent(room, ("Karl", "Nilsson", "karl@example.org", "", "17", "Exempelby"))
    in_english = await sent(room, ("Karl", "Nilsson", "karl@example.org", "", "17", "Exempelby"), by=DORIS)

    assert "• rad 2: medlemsnumret är någon annans i registret. Är det samma person" in text(answer)
    assert "• row 2: that membership number is somebody else's in the register. If it is" in text(in_english)


async def test_many_other_names_take_two(room, keepers):
    """A column that slipped by one row leaves nobody gone."""
    await given.organiser(room, CEM, of=None, role=roles.ADMIN)
    await taken(room, *NAMED)
    before = await members(room)

    shown = await sent(room, *SLIPPED)
    asked = await room.presses(shown, "Genomför", by=ADA)
    between = await members(room)
    [question] = await given.waiting(room, to=CEM)
    await room.presses(question, "Godkänn", by=CEM)

    assert "Annat namn: 20" in text(shown)
    assert text(asked).startswith("Till det behövs två.")
    assert "20 av 20 medlemmar skulle få ett annat namn, mer än en tiondel." in text(question)
    assert between == before
    assert (await members(room))["Namn101 Sonen101"].number == "102"


@pytest.mark.parametrize(("by", "differs", "asks"), [
    (ADA, "Ändrade: 20\nVarav: e-post 20 (20 tömda)\nInte längre", "Till det behövs två."),
    (DORIS, "Changed: 20\nOf them: e-mail 20 (20 emptied)\nNo longer", "That takes two admins."),
])  # fmt: skip
async def test_an_emptied_column_takes_two(room, keepers, by, differs, asks):
    """Whoever looks at the numbers sees that it is empty; one press alone erases it nowhere."""
    await given.organiser(room, CEM, of=None, role=roles.ADMIN)
    await taken(room, *NAMED)

    shown = await sent(room, *[(*row[:2], "", *row[3:]) for row in NAMED], by=by)
    asked = await room.presses(shown, labels(shown)[0], by=by)
    between = await members(room)
    [question] = await given.waiting(room, to=CEM)
    await room.presses(question, "Godkänn", by=CEM)

    assert differs in text(shown)
    assert text(asked).startswith(asks)
    assert "20 av 20 medlemmar skulle bli av med det som är tomt i listan, mer än en tiondel." in text(question)
    assert between["Namn100 Sonen100"].email == "namn100@example.org"
    assert (await members(room))["Namn100 Sonen100"].email is None


@pytest.mark.parametrize(("moved", "takes_two"), [(2, False), (3, True)])
async def test_many_in_another_association_take_two(room, keepers, moved, takes_two):
    """A column of associations that slipped leaves nobody gone either."""
    await given.organiser(room, CEM, of=None, role=roles.ADMIN)
    await taken(room, *NAMED)

    shown = await sent(room, *[(*row[:5], "Exempelby") for row in NAMED[:moved]], *NAMED[moved:])
    asked = await room.presses(shown, "Genomför", by=ADA)

    assert f"Varav: förening {moved}\n" in text(shown)
    assert text(asked).startswith("Till det behövs två." if takes_two else "Klart.")
    questions = [text(one) for one in await given.waiting(room, to=CEM)]
    assert [f"{moved} av 20 medlemmar skulle höra till en annan förening" in one for one in questions] == (
        [True] if takes_two else []
    )


async def test_who_gets_an_association_at_last_is_not_moved(room, keepers):
    """The first list named none."""
    await taken(room, *[row[:5] for row in NAMED], headings=HEADINGS[:5])

    assert text(await taken(room, *NAMED)).startswith("Klart.")


@pytest.mark.parametrize(
    "row",
    [
        ("Cia", "Lund", "", "", "", "Provstad"),
        ("Cia", "Lund", "cia@ny.example.org", "070-174 06 99", "", "Provstad"),
        ("Cia", "Lund", "", "", "19", "Provstad"),
    ],
)
async def test_who_had_a_name_alone_stays_forgotten(room, keepers, row):
    """However the list says it afterwards; of a name that somebody else has in Exempelby it says nothing."""
    await taken(room, ("Cia", "Lund", "", "", "", "Provstad"))
    await linked(room, BEN, (await members(room))["Cia Lund"].id)
    await room.presses(await room.says("/glommig", by=BEN), "Ja, glöm mig", by=BEN)

    done = await taken(room, row, BO, ("Cia", "Lund", "lund@example.org", "", "27", "Exempelby"))

    assert "1 rad hoppas över: personen har bett att bli glömd" in text(done)
    assert {one.association for one in (await members(room)).values()} == {"Exempelby"}


async def test_somebody_of_the_same_name_stays_in_the_register(room, keepers):
    """Two of one name, one of whom was forgotten: the list still says of the other what it said before."""
    namesake = ("Cia", "Lund", "cia@annan.example.org", "", "", "Provstad")
    await taken(room, CIA, namesake)
    mine = next(one for one in await in_register(room) if one.number)
    await linked(room, BEN, mine.id)
    await room.presses(await room.says("/glommig", by=BEN), "Ja, glöm mig", by=BEN)

    again = await sent(room, CIA, namesake)

    assert "Oförändrade: 1\n1 rad hoppas över" in text(again)
    assert "Inte längre med i listan: 0" in text(again)


@pytest.mark.parametrize(
    ("row", "dropped"),
    [
        (CIA, True),
        (("Cia", "Ek", "cia@example.org", "", "", "Exempelby"), True),
        (("LUND", "Cia", "", "", "", "Provstad"), True),
        (("Cia Maria", "Lund", "", "070-174 06 07", "", "Provstad"), True),
        (("Karin", "Lund", "", "", "20", "Provstad"), False),
    ],
)
async def test_a_list_that_waits_does_not_keep_the_forgotten(room, keepers, row, dropped):
    """Whoever sent it sends it again, and is told that somebody is left out."""
    await taken(room, (*CIA[:2], "cia@example.org", "070-174 06 07", *CIA[4:]))
    await linked(room, BEN, (await members(room))["Cia Lund"].id)
    waiting = await sent(room, BO, row)

    await room.presses(await room.says("/glommig", by=BEN), "Ja, glöm mig", by=BEN)

    async with room.database.read() as session:
        assert await session.scalar(select(func.count()).select_from(models.Draft)) == (0 if dropped else 1)
    pressed = await room.presses(waiting, "Genomför", by=ADA)
    assert text(pressed).startswith("Listan finns inte kvar." if dropped else "Registret har ändrats")
