"""What stands in a list's cells is made alike, or told with its row and column."""

from datetime import date

import pytest

from db.import_members.problems import Reason
from db.import_members.reading import read
from tests.db.import_members.test_reading import read_one, told
from tests.lists import as_bytes, sheet_of, xlsx_of


@pytest.mark.parametrize(
    "said",
    ["2024-03-01", "20240301", "1/3 2024", "01.03.2024", "1 mars 2024", "1 mar. 2024", "March 1, 2024", "45352",
     "2024-03-01 00:00:00", "2024-03-01T00:00:00Z", "1-mar-2024", "2024/3/1", "2024-03-01 00:00:00+00", "01.03.24",
     "mars 2024", "mar. 2024"],
)  # fmt: skip
def test_days_in_every_way(said):
    """One day, however it is written."""
    assert read_one("Medlem sedan", said).rows[0].joined_on == date(2024, 3, 1)


def test_a_year_is_its_first_day_or_its_last():
    """As in "member since 2019" and "paid until 2026"."""
    assert read_one("Inträdesår", "2019").rows[0].joined_on == date(2019, 1, 1)
    assert read_one("Medlem t.o.m.", "2026").rows[0].paid_until == date(2026, 12, 31)
    assert read_one("Betald till", "2028-02").rows[0].paid_until == date(2028, 2, 29)
    assert read_one("Betald till", "februari 2028").rows[0].paid_until == date(2028, 2, 29)
    assert read_one("Medlem sedan", "1.3.75").rows[0].joined_on == date(1975, 3, 1)


@pytest.mark.parametrize("said", ["9999-12-31", "9999-12-31 00:00:00", "9999-12-31T23:59:59Z"])
def test_a_membership_without_end_has_none(said):
    """So databases write it; nobody has been a member since then."""
    listing = read_one("Betald till", said)

    assert (listing.rows[0].paid_until, listing.problems) == (None, ())
    assert told(read_one("Medlem sedan", said)) == [(2, Reason.NO_DATE, "Medlem sedan", "")]


@pytest.mark.parametrize(("days_from", "last"), [("", 2958465), ('<workbookPr date1904="1"/>', 2957003)])
def test_a_membership_without_end_has_none_in_a_spreadsheet(days_from, last):
    """There it is the last day that a program can show."""
    text = '<c t="inlineStr"><is><t>{}</t></is></c>'.format
    row = f"<row>{text('Namn')}{text('Betald till')}</row><row>{text('Åsa')}<c s='0'><v>{last}</v></c></row>"
    styles = '<styleSheet><cellXfs><xf numFmtId="14"/></cellXfs></styleSheet>'

    parts = {"xl/worksheets/sheet1.xml": sheet_of(row), "xl/styles.xml": styles}
    book = '<workbook xmlns:r="r">{}<sheets><sheet r:id="r1"/></sheets></workbook>'.format
    listing = read(xlsx_of(parts | {"xl/workbook.xml": book(days_from)}))

    assert ([(one.name, one.paid_until) for one in listing.rows], listing.problems) == ([("Åsa", None)], ())


@pytest.mark.parametrize("said", ["3/13/2024", "2024-02-30", "01-03-24", "i våras", "31 feb 2024", "9" * 40])
def test_a_day_that_cannot_be_told_is_not_guessed(said):
    """A list of another country's would be read wrong row after row."""
    assert told(read_one("Medlem sedan", said)) == [(2, Reason.NO_DATE, "Medlem sedan", "")]


@pytest.mark.parametrize(
    "said",
    ["070-174 06 05", "0701740605", "+46 70 174 06 05", "0046701740605", "46701740605", "701740605",
     "+46(0)70-174 06 05", "070/174 06 05", "070 – 174 06 05", "070-174 06 05, 08-123 456 78", "tel: 070-1740605",
     '="0701740605"', "'0701740605", "070-1740605 (hem)", "Mobil: 070-174 06 05", "070-174 06 05 eller 063-123456",
     "(hem) 070-174 06 05", "(070) 174 06 05", "070-1740605 ankn 12", "0701740605\n063123456",
     "46701740605.0", "701740605,00", "7.01740605E8", "4,6701740605E+10"],
)  # fmt: skip
def test_telephones_in_every_way(said):
    """A reminder goes to one number, not to many; letters beside it are never dialled."""
    assert read_one("Telefon", said.replace('"', '""').join('""')).rows[0].phone == "+46701740605"


@pytest.mark.parametrize(("heading", "said", "reason"), [
    ("E-post", "åsa at example", Reason.NO_EMAIL_ADDRESS),
    ("E-post", "asa@", Reason.NO_EMAIL_ADDRESS),
    ("Mobil", "070", Reason.NO_TELEPHONE),
    ("Mobil", "ring mamma", Reason.NO_TELEPHONE),
    ("Mobil", "0701740605 0701740606", Reason.NO_TELEPHONE),
    ("Mobil", "+4607017406050", Reason.NO_TELEPHONE),
    ("Mobil", "4,67017E+10", Reason.NO_TELEPHONE),
    ("Mobil", "070-174 06 0", Reason.NO_TELEPHONE),
    ("Född", "2390", Reason.NO_YEAR),
    ("Gatuadress", "g" * 500, Reason.TOO_LONG),
    ("Ort", "=HYPERLINK(1)", Reason.FORMULA),
])  # fmt: skip
def test_what_cannot_be_read_is_told_with_row_and_column(heading, said, reason):
    """Whoever keeps the list finds it again."""
    listing = read_one(heading, said)

    assert told(listing) == [(2, reason, heading, "")]


@pytest.mark.parametrize("said", ["-", "saknas", "N/A", "okänt", "#N/A", "  "])
def test_a_cell_that_says_nothing_is_empty(said):
    """People write something where they know nothing."""
    assert read_one("E-post", said).problems == ()
    assert read_one("Mobil", said).rows[0].phone is None


@pytest.mark.parametrize("said", ["Inga", "Nil", "Nan", "Na", "X", "Null"])
def test_a_name_is_never_nothing(said):
    """Inga Svensson has a first name, and "inga" under telephone is none."""
    first_names = read(f"Förnamn;Efternamn;Mobil\n{said};Svensson;inga\nBo;{said};-\n-;Ek;\n".encode())
    alone = read(f"Namn\n{said}\n-\n".encode())

    assert [row.name for row in first_names.rows] == [f"{said} Svensson", f"Bo {said}", "Ek"]
    assert [row.name for row in alone.rows] == [said]
    assert (first_names.problems, alone.problems) == ((), ())


@pytest.mark.parametrize("said", ["19900101-1239", "900101-1239", "199001011239", "9001011239", "900161-1236"])
@pytest.mark.parametrize("heading", ["Medlemsnummer", "Gatuadress", "Ort", "Efternamn"])
def test_a_personal_identity_number_is_dropped_wherever_it_stands(heading, said):
    """Some lists use it as their number; the register has no place for it."""
    row = read(as_bytes(("Åsa", said), headings=("Förnamn", heading))).rows[0]

    assert not [value for value in (row.name, row.number or "", row.address or "") if said[-4:] in value]


@pytest.mark.parametrize(
    "said", ["1990", "1990-01-01", "19900101-1239", "900101-1239", "1 januari 1990", "900101", "01.01.90"]
)
def test_of_a_birth_only_the_year_is_kept(said):
    """Nobody needs the day."""
    assert read_one("Födelsedatum", said).rows[0].born_year == 1990


def test_of_a_birth_without_a_century_the_likelier_is_taken():
    """Members are older than ten, and few are a hundred."""
    found = [
        read_one("Född", said).rows[0].born_year for said in ("450131", "01.03.45", "101231", "201231", "1.3.16")
    ]

    assert found == [1945, 1945, 2010, 1920, 1916]
    assert told(read_one("Född", "811318")) == [(2, Reason.NO_YEAR, "Född", "")]


def test_names_lose_what_cannot_be_seen_and_are_turned_round():
    """A name that changes the direction of what stands behind it is a trick; "Öberg, Åsa" is a list's habit."""
    hidden = "\u202eÅsa\u200b \x07Öberg\u2069"

    assert read(f"Namn\n{hidden}\n".encode()).rows[0].name == "Åsa Öberg"
    assert read(b'Namn;Ort\n"Ek, Bo";x\n').rows[0].name == "Bo Ek"


@pytest.mark.parametrize(("headings", "said", "address"), [
    ("Adress;Postadress", "Storgatan 1;831 30 Provstad", "Storgatan 1\n831 30 Provstad"),
    ("Postadress;Utdelningsadress", "S-83130  Provstad;Storgatan 1", "Storgatan 1\n831 30 Provstad"),
    ("Street;Postal address", "Storgatan 1;83130, Provstad", "Storgatan 1\n831 30 Provstad"),
    ("Adress;Postnr;Postadress", "Storgatan 1;83130;Provstad", "Storgatan 1\n831 30 Provstad"),
    ("Adress;Postadress;Postnr;Ort", "Storgatan 1;831 30 Provstad;83130;Provstad", "Storgatan 1\n831 30 Provstad"),
    ("Adress;Postadress;Postnr;Ort", "Storgatan 1;Box 1;83130;Provstad", "Storgatan 1\nBox 1\n831 30 Provstad"),
    ("Adress;Postadress", ";Box 1, 831 30 Provstad", "Box 1, 831 30 Provstad"),
    ("Postadress;Postnr;Ort", "Storgatan 1;83130;Provstad", "Storgatan 1\n831 30 Provstad"),
])  # fmt: skip
def test_a_postal_address_beside_a_street_is_zip_code_and_city(headings, said, address):
    """In Swedish lists the heading means either; nothing of it is lost."""
    listing = read(f"Namn;{headings}\nÅsa;{said}\n".encode())

    assert (listing.rows[0].address, listing.problems, listing.unread) == (address, (), ())


@pytest.mark.parametrize("said", ["rad\n" * 9, f"{'g' * 150}\n" * 3])
def test_an_address_has_bounds_as_a_whole(said):
    """What a cell swallowed is no address, though each line of it is short."""
    listing = read(f'Namn;Ort;Gatuadress\nÅsa;Provstad;"{said}"\n'.encode())

    assert told(listing) == [(2, Reason.TOO_LONG, "Gatuadress", "")]
