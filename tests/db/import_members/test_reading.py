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


@pytest.mark.parametrize("heading", ["Personnummer", "Pnr", "Kommentar"])
def test_a_column_that_is_not_known_is_not_read(heading):
    """Above all the personal identity number."""
    assert "1239" not in to_json(read_one(heading, "19900101-1239"))


def test_rows_about_the_same_person_are_told():
    """Two with one number; and without numbers, the same name at the same address."""
    twin = ("Åsa", "Öberg", "ASA@example.org", "", "", "Provstad")
    father_and_son = [("Bo", "Ek", "ek@example.org", "", number, "Provstad") for number in ("21", "22")]

    listing = read(as_bytes(ASA, (*BO[:4], "17", "Provstad"), twin, *father_and_son))

    assert told(listing) == [(3, Reason.SAME_NUMBER, "", "2"), (4, Reason.SAME_PERSON, "", "2")]


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


def test_a_row_without_a_name_is_told():
    """Somebody is there, and nobody knows who."""
    assert told(read(as_bytes(("", "", *ASA[2:])))) == [(2, Reason.NO_NAME, "", "")]


def test_a_list_waits_as_it_was_read():
    """Between being sent and being taken over."""
    listing = read(csv_list((*ASA, "2019"), BO, headings=(*HEADINGS, "Medlem sedan")).encode())

    assert from_json(to_json(listing)) == listing
