"""Files that mean harm, or are none of ours, end in a sentence: and soon."""

import time
import zipfile
from io import BytesIO

import pytest

from db.import_members.limits import MAX_BYTES, MAX_ROWS
from db.import_members.problems import Reason, UnreadableError
from db.import_members.reading import read
from tests.lists import ASA, HEADINGS, as_bytes, sheet_of, xlsx_list, xlsx_of

CELL = '<row r="{1}"><c r="{0}{1}" t="inlineStr"><is><t>{2}</t></is></c></row>'
SHEET, STRINGS = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"


def refused(content):
    """Why the file is not taken; it took two seconds of work at most, most of them next to none."""
    began = time.process_time()
    with pytest.raises(UnreadableError) as refusal:
        read(content)
    assert time.process_time() - began < 2
    return refusal.value.reason


def bomb(name, content):
    """A small file that unpacks to a large one."""
    made = BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return made.getvalue()


@pytest.mark.parametrize(("content", "reason"), [
    (b"", Reason.EMPTY),
    (b"\n\n", Reason.EMPTY),
    (as_bytes(), Reason.EMPTY),
    (b"hej", Reason.NO_HEADINGS),
    (b"a;b;c\n1;2;3\n" * 20, Reason.NO_HEADINGS),
    (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\x00", Reason.NOT_A_LIST),
    (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", Reason.NOT_A_LIST),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500), Reason.OLD_EXCEL),
    (b"\xff\xfeN", Reason.NOT_A_LIST),
    (b"Namn\n\x81\xe5\n", Reason.NOT_A_LIST),
    (b"PK\x03\x04" + bytes(100), Reason.DAMAGED),
    (bomb("word/document.xml", "x"), Reason.DAMAGED),
    (xlsx_list([HEADINGS, ASA])[:-30], Reason.DAMAGED),
])  # fmt: skip
def test_a_file_of_another_kind_is_refused(content, reason):
    """People send what lies next to it."""
    assert refused(content) == reason


def test_what_is_larger_than_any_list_is_refused():
    """By bytes, by rows, and in a spreadsheet by its rows too."""
    rows = [HEADINGS, *([ASA] * (MAX_ROWS + 1))]

    assert refused(bytes(MAX_BYTES + 1)) == Reason.TOO_LARGE
    assert refused(as_bytes(*rows[1:])) == Reason.TOO_MANY_ROWS
    assert refused(xlsx_list([row[:1] for row in rows])) == Reason.TOO_MANY_ROWS


@pytest.mark.parametrize(("domain", "wrong"), [(f"{'å' * 50}.{'ö' * 40}.se", 0), (f"{'å' * 90}.se", 10_000)])
def test_domains_that_take_long_to_read_are_read_once(domain, wrong):
    """Ten thousand of them would hold up everybody else."""
    began = time.process_time()
    listing = read("".join(["Namn;E-post\n", *(f"Namn{n};N{n}@{domain}\n" for n in range(10_000))]).encode())

    assert time.process_time() - began < 2
    assert len(listing.problems) == wrong
    assert wrong or listing.rows[7].email == f"N7@{domain}"


def test_more_different_such_domains_than_people_have_are_refused():
    """A column that holds none at all is told row by row."""
    foreign = "".join(f"N{n};n{n}@{'å' * 40}{n}.se\n" for n in range(1001))
    none = "".join(f"N{n};Åsa {n}\n" for n in range(1001))

    assert refused(f"Namn;E-post\n{foreign}".encode()) == Reason.NOT_A_LIST
    assert len(read(f"Namn;E-post\n{none}".encode()).problems) == 1001


@pytest.mark.parametrize(("parts", "reason"), [
    ({SHEET: sheet_of(" " * (60 * 2**20))}, Reason.TOO_LARGE),
    ({SHEET: sheet_of("<c/>" * 2_500_000)}, Reason.TOO_LARGE),
    ({SHEET: sheet_of("<row/>"), STRINGS: "<sst>" + " " * (60 * 2**20) + "</sst>"}, Reason.TOO_LARGE),
    ({SHEET: '<!DOCTYPE a [<!ENTITY b "bb">]>' + sheet_of("")}, Reason.DAMAGED),
    ({SHEET: sheet_of('<row><c r="A1" t="s"><v>7</v></c></row>')}, Reason.DAMAGED),
    ({SHEET: sheet_of(CELL.format("XFE", 1, "Namn"))}, Reason.DAMAGED),
    ({SHEET: sheet_of(CELL.format("A", "1" * 5000, "Namn"))}, Reason.DAMAGED),
    ({SHEET: "<worksheet"}, Reason.DAMAGED),
    ({SHEET: sheet_of(""), "xl/workbook.xml": "<workbook/>"}, Reason.DAMAGED),
])  # fmt: skip
def test_a_spreadsheet_that_means_harm_is_refused(parts, reason):
    """A few kilobytes that would be gigabytes, entities, what leads out of the file."""
    assert refused(xlsx_of(parts)) == reason


def test_a_sheet_is_not_made_room_for_by_what_it_says_of_itself():
    """The furthest cell and the number of strings: with these a reader that believes them ends the process."""
    far = CELL.format("A", 1, "Namn") + CELL.format("A", 2, "Åsa") + CELL.format("XFD", 1048576, "långt bort")
    sheet = f'<dimension ref="A1:XFD1048576"/>{sheet_of(far)}'
    strings = '<sst count="9999999999" uniqueCount="9999999999"><si><t>x</t></si></sst>'

    listing = read(xlsx_of({SHEET: f"<all>{sheet}</all>", STRINGS: strings}))

    assert [row.name for row in listing.rows] == ["Åsa"]
