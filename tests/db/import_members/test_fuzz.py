"""Whatever a file holds: it is a list or it is refused, soon, and what comes out of it is clean."""

import csv
import io
import re
import unicodedata
import zipfile
from pathlib import Path
from time import process_time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from db.import_members import columns
from db.import_members.cells import MAX_LENGTH
from db.import_members.personal_number import PATTERN, is_personal_number
from db.import_members.problems import UnreadableError
from db.import_members.reading import read
from db.import_members.rows import from_json, to_json
from tests.lists import ASA, BO, csv_list

REAL = [path.read_bytes() for path in sorted((Path(__file__).parent / "lists").iterdir())]
HEADINGS = sorted(columns.FIELD_OF)
SECONDS = 2.0
HIDDEN = re.compile("[\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]")

patiently = settings(max_examples=100, deadline=None, derandomize=True)
at_length = settings(max_examples=1000, deadline=None)

cells = st.one_of(
    st.text(max_size=40),
    st.text(alphabet="0123456789-+/. ()", max_size=20),
    st.from_regex(PATTERN),
    st.sampled_from(["", '="1"', "=1+1", "2024-02-30", "1/3 2024", "a@b.se", "070-174 06 05", "\u202eÅsa",
                     "9" * 5000, "00000000", "1e308", "٣/٣/٢٠٢٤", "²", "x" * 300, "a@" + "ö" * 70 + ".se",
                     "+" * 30, "tel:;ext=" * 9]),
)  # fmt: skip


def taken(content):
    """The list in the file; None when it is refused. What comes out of it is clean, and can wait."""
    began = process_time()
    try:
        listing = read(content)
    except UnreadableError:
        listing = None
    assert process_time() - began < SECONDS
    for row in listing.rows if listing else ():
        for value in (row.name, row.number, row.association, *(row.address or "").split("\n")):
            assert not [one for one in value or "" if unicodedata.category(one) == "Cc"]
            assert not HIDDEN.search(value or "")
            assert len(value or "") <= 3 * MAX_LENGTH
            assert not [one for one in PATTERN.finditer(value or "") if is_personal_number(one)]
        assert row.name.strip()
        assert re.fullmatch(r"\+\d{5,17}", row.phone or "+46701740605")
    if listing is not None and not listing.problems:
        assert from_json(to_json(listing)) == listing
    return listing


def mutated(content, places):
    """The bytes with some of them changed."""
    made = bytearray(content)
    for place, value in places:
        if made:
            made[place % len(made)] = value
    return bytes(made)


changes = st.lists(st.tuples(st.integers(0, 2**20), st.integers(0, 255)), max_size=20)


def any_bytes(content):
    taken(content)


def any_table(headings, rows, delimiter):
    written = io.StringIO()
    csv.writer(written, delimiter=delimiter).writerows([headings, *rows])
    taken(written.getvalue().encode("utf-8", "replace"))


def any_changed_list(encoding, places):
    taken(mutated(csv_list(ASA, BO).encode(encoding), places))


def any_changed_spreadsheet(number, places, inside):
    content = mutated(REAL[number], [] if inside else places)
    taken(repacked(content, places) if inside else content)


def repacked(content, places):
    """The same archive with its parts changed rather than the archive itself."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as archive, zipfile.ZipFile(made, "w") as other:
        names = archive.namelist()
        for at, name in enumerate(names):
            mine = [one for one in places if one[0] % len(names) == at]
            other.writestr(name, mutated(archive.read(name), mine))
    return made.getvalue()


tables = {
    "headings": st.lists(st.one_of(st.sampled_from(HEADINGS), cells), min_size=1, max_size=12),
    "rows": st.lists(st.lists(cells, max_size=12), max_size=6),
    "delimiter": st.sampled_from(";,\t|"),
}
spreadsheets = {"number": st.integers(0, len(REAL) - 1), "places": changes, "inside": st.booleans()}
lists = {"encoding": st.sampled_from(["utf-8", "utf-16", "cp1252"]), "places": changes}
TRIED = [
    (any_bytes, {"content": st.binary(max_size=400)}),
    (any_table, tables),
    (any_changed_list, lists),
    (any_changed_spreadsheet, spreadsheets),
]
NAMED = [one.__name__ for one, _ in TRIED]


@pytest.mark.parametrize(("tried", "drawn"), TRIED, ids=NAMED)
def test_anything_is_a_list_or_is_refused(tried, drawn):
    """Nothing that is sent is an error of ours."""
    patiently(given(**drawn)(tried))()


@pytest.mark.long
@pytest.mark.parametrize(("tried", "drawn"), TRIED, ids=NAMED)
def test_anything_at_length(tried, drawn):
    """The same, a thousand times."""
    at_length(given(**drawn)(tried))()


@patiently
@given(said=cells)
@example(said="Ek,")
@example(said=",")
@example(said="900101-1239")
def test_any_name_is_a_name_or_a_problem(said):
    """A row whose name comes to nothing is told; none is made up."""
    written = io.StringIO()
    csv.writer(written, delimiter=";").writerows([["Namn", "Ort"], [said, "Provstad"]])

    listing = taken(written.getvalue().encode("utf-8", "replace"))

    assert len(listing.rows) + len(listing.problems) == 1
