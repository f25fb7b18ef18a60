"""A list in which numbers stand beside the wrong people: nobody becomes somebody else by it."""

import pytest

from db.import_members.problems import Reason
from tests.lists import ASA, BO, CIA, HEADINGS

MANY = [(f"Namn{n}", f"Sonen{n}", f"namn{n}@example.org", "", str(100 + n), "Provstad") for n in range(20)]


def slipped(rows, *columns):
    """The rows with these columns one row further down."""
    return [
        tuple(other[at] if at in columns else value for at, value in enumerate(row))
        for row, other in zip(rows, [rows[-1], *rows[:-1]], strict=True)
    ]


@pytest.mark.parametrize(
    ("row", "is_another"),
    [
        (("Karl", "Nilsson", "karl@example.org", "070-174 06 99"), True),  # another association's 17
        (("Karl", "Nilsson", "", ""), True),
        (("Åsa", "Ek", "asa@ek.example.org", "070-174 06 99"), True),
        (("Åsa", "Ek", "ASA@example.org", ""), False),  # married
        (("Åsa", "Ek", "", ""), False),
        (("Karl", "Öberg", "", "070-174 06 05"), False),
        (("Öberg", "Åsa", "ny@example.org", "070-174 06 99"), False),
    ],
)
async def test_a_number_alone_makes_nobody_somebody_else(lists, row, is_another):
    """Associations number their members themselves: the row is told, and what the register says stays."""
    await lists.take(ASA)
    before = await lists.members()

    found = await lists.differ((*row, "17", "Exempelby"))

    assert [(one.row, one.reason) for one in found.problems] == ([(2, Reason.ANOTHER)] if is_another else [])
    assert bool(found.changed) is not is_another
    assert await lists.members() == before


async def test_names_and_addresses_beside_other_numbers_are_told(lists):
    """Two columns sorted without the rest: every row is wrong."""
    await lists.take(*MANY)

    found = await lists.differ(*slipped(MANY, 0, 1, 2))

    assert [one.reason for one in found.problems] == [Reason.ANOTHER] * 20


@pytest.mark.parametrize(("moved", "asks"), [(0, False), (2, False), (3, True), (20, True)])
async def test_many_other_names_ask(lists, moved, asks):
    """The names alone sorted: everything else still fits, and nobody is gone."""
    await lists.take(*MANY)

    found = await lists.differ(*slipped(MANY[:moved], 0, 1), *MANY[moved:]) if moved else await lists.differ(*MANY)

    assert (found.problems, found.gone, found.renamed) == ((), (), moved)
    assert (found.renames_many, found.removes_many) == (asks, False)


async def test_one_other_name_is_no_column_that_slipped(lists):
    """However small the association is."""
    await lists.take(ASA, BO)

    found = await lists.differ(("Åsa", "Ek", *ASA[2:]), BO)

    assert (found.renamed, found.renames_many) == (1, False)


async def test_more_of_a_name_is_the_same_name(lists):
    """A list that begins to say all of them renames nobody."""
    await lists.take(ASA, BO, CIA)

    found = await lists.differ(*[(f"{row[0]} Maria", *row[1:]) for row in (ASA, BO, CIA)], headings=HEADINGS)

    assert (len(found.changed), found.renamed) == (3, 0)
