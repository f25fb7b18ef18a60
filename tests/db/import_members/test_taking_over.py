"""A list beside the register: what it changes, whom it knows again, and what it leaves alone."""

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from db import models
from db.import_members.problems import Reason
from db.register import number_index
from handlers import export
from tests.lists import ASA, BO, CIA, HEADINGS
from tests.room import KEYS, NOW
from texts import translator

MORE = [(f"Namn{n}", "Ny", "", "", str(n), "Provstad") for n in range(100, 130)]


def counts(difference):
    """New, changed, gone, unchanged."""
    return len(difference.new), len(difference.changed), len(difference.gone), difference.unchanged


def told(difference):
    """What is wrong, in short."""
    return [(one.row, one.reason, one.about) for one in difference.problems]


def but(row, **changes):
    """The row with other values: name, email, phone, number, association."""
    places = {"first": 0, "last": 1, "email": 2, "phone": 3, "number": 4, "association": 5}
    return tuple(changes.get(field, row[place]) for field, place in places.items())


async def test_the_first_list_fills_the_register(lists):
    """Each member is a person of their own, found by number, e-mail and telephone, in their association."""
    found = await lists.take(ASA, BO)

    asa = await lists.row("Åsa Öberg")
    assert counts(found) == (2, 0, 0, 0)
    assert (asa.status, asa.association_id, asa.number_index) == (
        "active",
        lists.provstad,
        number_index(KEYS, "17"),
    )
    assert asa.email_index
    assert asa.phone_index
    async with lists.room.database.read() as session:
        person = await session.get_one(models.Person, asa.person_id)
        assert (person.language, person.association_id, person.invented) == ("sv", lists.provstad, False)


async def test_the_same_list_again_changes_nothing(lists):
    """It is sent every month."""
    await lists.take(ASA, BO)
    before = await lists.members()

    again = await lists.take(BO, ASA)

    assert counts(again) == (0, 0, 0, 2)
    assert await lists.members() == before


async def test_a_list_that_is_only_looked_at_writes_nothing(lists):
    """Seeing comes first."""
    await lists.differ(ASA)

    assert await lists.members() == {}


async def test_what_differs_is_told_and_taken_over(lists):
    """With the fields that differ; a column that the list does not have says nothing."""
    await lists.take((*ASA, "2019", "Storgatan 1"), headings=(*HEADINGS, "Medlem sedan", "Adress"))

    found = await lists.take(but(ASA, last="Ek", email="", association="Exempelby"))

    asa = (await lists.members())["Åsa Ek"]
    assert found.changed[0].fields == ("name", "email", "association")
    assert (asa.email, asa.association, asa.joined_on, asa.address) == (
        None, "Exempelby", date(2019, 1, 1), "Storgatan 1",
    )  # fmt: skip


async def test_who_is_missing_is_former_and_can_come_back(lists):
    """Erased only later; who pays late is the same member as before."""
    await lists.take(ASA, BO, CIA)

    gone = await lists.take(BO, ASA)
    cia = await lists.row("Cia Lund")
    lists.room.passes(timedelta(days=3))
    back = await lists.take(ASA, BO, CIA)

    assert counts(gone) == (0, 0, 1, 2)
    assert (cia.status, cia.left_at) == ("former", NOW)
    assert (back.returned, counts(back)) == (1, (0, 1, 0, 2))
    again = await lists.row("Cia Lund")
    assert (again.id, again.status, again.left_at) == (cia.id, "active", None)


async def test_only_in_the_associations_of_the_list_somebody_is_gone(lists):
    """An association's own list says nothing of the others."""
    await lists.take(ASA, BO, CIA)

    found = await lists.take(ASA)

    assert [one.name for one in found.gone] == ["Cia Lund"]
    assert (found.covers, found.active) == (("Provstad",), 2)


async def test_a_list_without_associations_is_the_whole_register(lists):
    """As Zetkin exports it; members stay where they are."""
    await lists.take(ASA, BO)

    found = await lists.take(ASA[:5], headings=HEADINGS[:5])

    assert (found.covers, [one.name for one in found.gone]) == (None, ["Bo Ek"])
    assert (await lists.members())["Åsa Öberg"].association == "Provstad"


async def test_a_list_for_one_association_needs_no_column(lists):
    """Whoever keeps one register need not say which."""
    await lists.take(ASA, BO)

    found = await lists.take(("Cia", "Lund"), headings=HEADINGS[:2], home=lists.provstad)

    assert found.covers == ("Provstad",)
    assert (await lists.members())["Cia Lund"].association == "Provstad"
    assert (await lists.row("Bo Ek")).status == "active"


@pytest.mark.parametrize(("now", "same"), [
    ({"email": "ny@example.org", "phone": ""}, True),  # the number
    ({"number": "", "phone": ""}, True),  # name and e-mail
    ({"number": "", "email": "ASA@Example.org", "first": "ÖBERG", "last": "Åsa"}, True),
    ({"number": "", "email": "ny@example.org"}, True),  # name and telephone
    ({"number": "", "first": "Ulf"}, False),  # a family's e-mail and telephone
    ({"number": "99"}, False),  # another number: father and daughter with one name
    ({"number": "", "email": "", "phone": ""}, False),  # a name alone
])  # fmt: skip
async def test_whom_a_row_is_about(lists, now, same):
    """The same person is not made twice, and two people are never made one."""
    await lists.take(ASA)

    found = await lists.differ(but(ASA, **now))

    assert (len(found.new), len(found.gone)) == ((0, 0) if same else (1, 1))


async def test_a_row_that_fits_two_members_is_told(lists):
    """Nobody guesses which of them moved."""
    twins = [but(ASA, number=number) for number in ("17", "18")]
    await lists.take(*twins)

    found = await lists.differ(but(ASA, number=""))

    assert told(found) == [(2, Reason.AMBIGUOUS, "")]


async def test_an_association_that_is_not_there_is_told(lists):
    """It is misspelt, or has to be added first; its letters' case does not matter."""
    found = await lists.differ(but(ASA, association="PROVSTAD"), but(BO, association="Provsta"))

    assert told(found) == [(3, Reason.NO_ASSOCIATION, "Provsta")]


async def test_a_register_is_kept_by_its_own(lists):
    """Whoever keeps Provstad's touches nobody in Exempelby, and cannot send people there."""
    await lists.take(ASA, BO, CIA)
    lists.keeps = {lists.provstad}.__contains__

    sent = await lists.differ(ASA, BO)
    taken = await lists.differ(ASA, but(BO, association="Provstad"))
    guessed = await lists.differ(ASA, CIA, but(BO, association="Provstad", number=""))
    nowhere = await lists.differ(ASA, but(CIA, association=""))

    assert told(sent) == [(3, Reason.NOT_YOURS, "Exempelby"), (3, Reason.ELSEWHERE, "")]
    assert told(taken) == [(3, Reason.ELSEWHERE, "")]
    assert (counts(guessed), told(guessed)) == ((1, 0, 0, 2), [])
    assert told(nowhere) == [(3, Reason.NOT_YOURS, "")]


@pytest.mark.parametrize(("missing", "many"), [(3, False), (4, True)])
async def test_more_than_a_tenth_is_many(lists, missing, many):
    """Half a list is sent by mistake more often than a tenth leaves in a month."""
    await lists.take(*MORE)

    assert (await lists.differ(*MORE[missing:])).removes_many is many


async def test_what_left_in_a_week_counts_together(lists):
    """A tenth a time would be half a register in one sitting; who comes back has not left."""
    await lists.take(*MORE)
    await lists.take(*MORE[3:])

    again = await lists.differ(*MORE[4:])
    none = await lists.differ(*MORE[3:])
    back = await lists.differ(*MORE[1:])
    lists.room.passes(timedelta(days=7))

    assert (again.active, again.left, again.removes_many) == (27, 3, True)
    assert (none.removes_many, back.left, back.removes_many) == (False, 1, False)
    assert not (await lists.differ(*MORE[4:])).removes_many


async def test_the_log_tells_how_many_and_nobodys_name(lists):
    """Who keeps the register answers for what was done to it."""
    await lists.take(ASA, BO)
    await lists.take(ASA, but(BO, last="Ekman"))

    async with lists.room.database.read() as session:
        notes = (await session.execute(select(models.Audit.action, models.Audit.object))).all()
        persons = await session.scalar(select(func.count()).select_from(models.Person))
    assert notes == [
        ("import members", "register:new=2,changed=0,gone=0"),
        ("import members", "register:new=0,changed=1,gone=0"),
    ]
    assert persons == 2


async def test_a_number_that_the_list_leaves_out_is_kept(lists):
    """By it the member is known again next month; what else is left out is no longer so."""
    await lists.take(ASA, BO)

    found = await lists.take(but(ASA, number="", phone=""), BO)

    asa = (await lists.members())["Åsa Öberg"]
    assert (found.changed[0].fields, asa.number, asa.phone) == (("phone",), "17", None)


@pytest.mark.parametrize("language", ["sv", "en"])
async def test_the_register_as_a_file_is_a_list(lists, language):
    """What was fetched, looked through and sent back changes nothing, whatever spreadsheets made of it."""
    headings = (*HEADINGS, "C/o", "Adress", "Postnr", "Ort", "Medlem sedan", "Betald till", "Född", "Språk")
    more = ("Ek", "Storgatan 1", "83130", "Provstad", "2019-03-01", "2026", "1990", "svenska")
    await lists.take((*ASA, *more), ("von Ek, dr.", "-Bo", *BO[2:], *[""] * 8), headings=headings)
    t = translator(language, lists.room.dispatch.installation.zone)

    found = await lists.differ(content=export.table(t, list((await lists.members()).values())))

    assert (counts(found), told(found), found.unread) == ((0, 0, 0, 2), [], ())
    assert found.covers == ("Exempelby", "Provstad")
