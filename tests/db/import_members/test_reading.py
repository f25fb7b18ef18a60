"""Lists as they really come are read into rows that are alike."""

from datetime import date
from pathlib import Path

import pytest

from db.import_members.problems import Reason
from db.import_members.reading import read
from db.import_members.rows import from_json, to_json
from tests.lists import ASA, BO, HEADINGS, as_bytes, csv_list

LISTS = Path(__file__).parent / "lists"
ASA_IN = ("Åsa Öberg", "17", "asa@example.org", "+46701740605", "Provstad")


def read_one(heading, said):
    """What the list has of somebody of whom it says that under the heading."""
    return read(as_bytes(("Åsa", said), headings=("Namn", heading)))


def told(listing):
    """What is wrong, in short."""
    return [(one.row, one.reason, one.column, one.about) for one in listing.problems]


@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
@pytest.mark.parametrize("encoding", ["cp1252", "utf-8", "utf-8-sig", "utf-16"])
def test_every_way_of_writing_csv_gives_the_same(delimiter, encoding):
    """Nobody knows which one their program chose."""
    listing = read(csv_list(ASA, BO, delimiter=delimiter).encode(encoding))

    first = listing.rows[0]
    assert (first.name, first.number, first.email, first.phone, first.association) == ASA_IN
    assert (len(listing.rows), listing.problems) == (2, ())


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_line_ends_of_every_age(ends):
    """Lists are kept for decades."""
    assert len(read(csv_list(ASA, BO).replace("\r\n", ends).encode()).rows) == 2


@pytest.mark.parametrize("name", ["openpyxl", "xlsxwriter"])
def test_spreadsheets_as_programs_write_them(name):
    """Shared, rich and plain texts, numbers without their nought, days in styles of two kinds, a hidden sheet."""
    listing = read((LISTS / f"{name}.xlsx").read_bytes())

    first, second = listing.rows
    assert (first.name, first.number, first.email, first.phone, first.association) == ASA_IN
    assert (first.joined_on, first.paid_until) == (date(2019, 3, 1), date(2026, 12, 31))
    assert (first.address, second.joined_on) == ("Storgatan 1\n831 30 Provstad", date(2020, 5, 6))
    assert (first.at, listing.problems) == (4, ())


def test_zetkins_export():
    """What the party's own system gives: its number for the list's own is the external one."""
    headings = (
        "id,ext_id,first_name,last_name,email,phone,alt_phone,street_address,co_address,zip_code,city,country"
    )
    row = "9001,17,Åsa,Öberg,asa@example.org,,+46 70 174 06 05,Storgatan 1,Ek,83130,Provstad,Sverige"

    listing = read(f"{headings},gender\r\n{row},f\r\n".encode())

    first = listing.rows[0]
    assert (first.name, first.number, first.email, first.phone) == ASA_IN[:4]
    assert first.address == "c/o Ek\nStorgatan 1\n831 30 Provstad"
    assert "association" not in listing.fields


@pytest.mark.parametrize(
    "headings",
    [
        "Förnamn;Efternamn;E-post;Telefon;Medlemsnr;Partiförening",
        "FÖRNAMN ;efternamn;E-postadress;Mobilnummer;Medlemsnummer:;Lokalförening",
        "First name;Last name;E-mail;Mobile;Member no.;Association",
        "Tilltalsnamn;Efternamn;Mejl;Mobiltelefon;Externt ID;Förening",
        "first_name;last_name;email;phone;member_id;branch",
    ],
)
def test_headings_in_their_variants(headings):
    """Each association keeps its own list."""
    first = read(";".join(ASA).join((headings + "\n", "\n")).encode()).rows[0]

    assert (first.name, first.number, first.email, first.phone, first.association) == ASA_IN


def test_titles_empty_rows_and_empty_columns_are_passed_over():
    """The row in the file is told, as the spreadsheet program shows it."""
    listing = read(f"Medlemmar i Provstad;;\n\n;{';'.join(HEADINGS)}\n;;\n;{';'.join(ASA)}\n".encode())

    assert [(row.at, row.name) for row in listing.rows] == [(5, "Åsa Öberg")]


@pytest.mark.parametrize(
    "said",
    ["2024-03-01", "20240301", "1/3 2024", "01.03.2024", "1 mars 2024", "1 mar. 2024", "March 1, 2024", "45352",
     "2024-03-01 00:00:00", "2024-03-01T00:00:00Z", "1-mar-2024", "2024/3/1"],
)  # fmt: skip
def test_days_in_every_way(said):
    """One day, however it is written."""
    assert read_one("Medlem sedan", said).rows[0].joined_on == date(2024, 3, 1)


def test_a_year_is_its_first_day_or_its_last():
    """As in "member since 2019" and "paid until 2026"."""
    assert read_one("Inträdesår", "2019").rows[0].joined_on == date(2019, 1, 1)
    assert read_one("Medlem t.o.m.", "2026").rows[0].paid_until == date(2026, 12, 31)
    assert read_one("Betald till", "2028-02").rows[0].paid_until == date(2028, 2, 29)


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


@pytest.mark.parametrize("heading", ["Personnummer", "Pnr", "Kommentar"])
def test_a_column_that_is_not_known_is_not_read(heading):
    """Above all the personal identity number."""
    assert "1239" not in to_json(read_one(heading, "19900101-1239"))


@pytest.mark.parametrize("said", ["19900101-1239", "900101-1239", "199001011239", "9001011239", "900161-1236"])
@pytest.mark.parametrize("heading", ["Medlemsnummer", "Gatuadress", "Ort", "Efternamn"])
def test_a_personal_identity_number_is_dropped_wherever_it_stands(heading, said):
    """Some lists use it as their number; the register has no place for it."""
    row = read(as_bytes(("Åsa", said), headings=("Förnamn", heading))).rows[0]

    assert not [value for value in (row.name, row.number or "", row.address or "") if said[-4:] in value]


@pytest.mark.parametrize("said", ["1990", "1990-01-01", "19900101-1239", "900101-1239", "1 januari 1990"])
def test_of_a_birth_only_the_year_is_kept(said):
    """Nobody needs the day."""
    assert read_one("Födelsedatum", said).rows[0].born_year == 1990


def test_names_lose_what_cannot_be_seen_and_are_turned_round():
    """A name that changes the direction of what stands behind it is a trick; "Öberg, Åsa" is a list's habit."""
    hidden = "\u202eÅsa\u200b \x07Öberg\u2069"

    assert read(f"Namn\n{hidden}\n".encode()).rows[0].name == "Åsa Öberg"
    assert read(b'Namn;Ort\n"Ek, Bo";x\n').rows[0].name == "Bo Ek"


def test_rows_about_the_same_person_are_told():
    """Two with one number; and without numbers, the same name at the same address."""
    twin = ("Åsa", "Öberg", "ASA@example.org", "", "", "Provstad")
    father_and_son = [("Bo", "Ek", "ek@example.org", "", number, "Provstad") for number in ("21", "22")]

    listing = read(as_bytes(ASA, (*BO[:4], "17", "Provstad"), twin, *father_and_son))

    assert told(listing) == [(3, Reason.SAME_NUMBER, "", "2"), (4, Reason.SAME_PERSON, "", "2")]


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


@pytest.mark.parametrize(("rows", "at"), [
    ('Åsa;17;"Gata 1\nBo;18;Gata 2\nCia;19;Gata 3\n', 2),  # to the end
    ('Åsa;17;Gata 1\nBo;18;"Gata 2\nCia;19;"Gata 3"\n', 3),  # to the next one
    ('Åsa;17;"' + "x" * 200_000, 2),
])  # fmt: skip
def test_a_quotation_mark_that_is_missing_is_told(rows, at):
    """It would make an address of everybody below, and take them out of the register."""
    listing = read(f"Namn;Nr;Gatuadress\n{rows}".encode())

    assert (listing.rows, told(listing)) == ((), [(at, Reason.QUOTES, "", "")])


def test_a_quotation_mark_that_opens_nothing_is_a_letter():
    """As in a nickname; and a cell that is quoted may have lines and quotation marks."""
    listing = read('Namn;Gatuadress\nBo "Bosse" Ek;"Gård ""5""\nStorgatan 1"\n'.encode())

    assert (listing.rows[0].name, listing.rows[0].address) == ('Bo "Bosse" Ek', 'Gård "5"\nStorgatan 1')


@pytest.mark.parametrize("said", ["rad\n" * 9, f"{'g' * 150}\n" * 3])
def test_an_address_has_bounds_as_a_whole(said):
    """What a cell swallowed is no address, though each line of it is short."""
    listing = read(f'Namn;Ort;Gatuadress\nÅsa;Provstad;"{said}"\n'.encode())

    assert told(listing) == [(2, Reason.TOO_LONG, "Gatuadress", "")]


def test_a_row_without_a_name_is_told():
    """Somebody is there, and nobody knows who."""
    assert told(read(as_bytes(("", "", *ASA[2:])))) == [(2, Reason.NO_NAME, "", "")]


def test_a_list_waits_as_it_was_read():
    """Between being sent and being taken over."""
    listing = read(csv_list((*ASA, "2019"), BO, headings=(*HEADINGS, "Medlem sedan")).encode())

    assert from_json(to_json(listing)) == listing
