"""A file as rows of text: CSV however it was written, or XLSX."""

import csv
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from io import StringIO

from db.import_members import columns, xlsx
from db.import_members.limits import MAX_BYTES, MAX_COLUMNS, MAX_ROWS
from db.import_members.problems import Reason, UnreadableError

ZIP, OLD_EXCEL = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"  # also what an XLSX with a password is
MARKS = {b"\xef\xbb\xbf": "utf-8", b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
DELIMITERS = ";,\t|"
SAMPLE = 50_000  # characters by which the delimiter is told
HEADINGS_WITHIN = 10  # rows: lists have titles above


@dataclass(frozen=True, slots=True)
class Sheet:
    """The headings and the rows below them that hold anything, each with its number in the file."""

    headings: list[str]
    rows: list[tuple[int, list[str]]]


def read_sheet(content: bytes) -> Sheet:
    """The list in the file. Errors: UnreadableError."""
    return _below_headings(read_rows(content))


def read_rows(content: bytes) -> Iterator[tuple[int, list[str]]]:
    """The rows that hold anything, with their numbers. Errors: UnreadableError, also while they are read."""
    if len(content) > MAX_BYTES:
        raise UnreadableError(Reason.TOO_LARGE)
    if content.startswith(OLD_EXCEL):
        raise UnreadableError(Reason.OLD_EXCEL)
    return xlsx.rows_of(content) if content.startswith(ZIP) else _csv_rows(content)


def _below_headings(rows: Iterator[tuple[int, list[str]]]) -> Sheet:
    headings: list[str] = []
    for place, (_, cells) in enumerate(rows, 1):
        headings = cells
        if columns.are_headings(headings):
            break
        if place == HEADINGS_WITHIN:
            raise UnreadableError(Reason.NO_HEADINGS)
    else:
        raise UnreadableError(Reason.NO_HEADINGS if headings else Reason.EMPTY)
    below: list[tuple[int, list[str]]] = []
    for number, row in rows:
        if len(below) == MAX_ROWS:
            raise UnreadableError(Reason.TOO_MANY_ROWS)
        below.append((number, row))
    return Sheet(headings, below)


def _csv_rows(content: bytes) -> Iterator[tuple[int, list[str]]]:
    text = _text(content)
    first, _, rest = text.partition("\n")
    if first.lower().startswith("sep=") and len(first.strip()) == len("sep=;"):  # Excel's own way to say it
        return _parsed(rest, first[4], start=2)
    return _parsed(text, _delimiter(text), start=1)


def _text(content: bytes) -> str:
    """The text, by its mark, else as UTF-8, else as Windows wrote it."""
    for mark, encoding in MARKS.items():
        if content.startswith(mark):
            return _decoded(content.removeprefix(mark), encoding)
    if b"\0" in content:
        raise UnreadableError(Reason.NOT_A_LIST)
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return _decoded(content, "cp1252")


def _decoded(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise UnreadableError(Reason.NOT_A_LIST) from error


def _delimiter(text: str) -> str:
    """The one by which most headings are known; the standard library's guess was wrong too often."""
    sample = text[:SAMPLE]
    return max(DELIMITERS, key=lambda one: _known_headings(sample, one))


def _known_headings(sample: str, delimiter: str) -> int:
    known = 0
    with suppress(UnreadableError):  # the sample may end inside quotes
        for number, row in _parsed(sample, delimiter, start=1):
            known = max(known, columns.known(row))
            if number >= HEADINGS_WITHIN:
                break
    return known


def _parsed(text: str, delimiter: str, *, start: int) -> Iterator[tuple[int, list[str]]]:
    """The rows that hold anything; a row's number is what a spreadsheet program would show.

    Strictly: a quotation mark that is missing makes one cell of all that follows, up to the next one.
    """
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True)
    number = start - 1
    try:
        for number, row in enumerate(reader, start):
            cells = row[:MAX_COLUMNS]
            if any(cells):
                yield number, cells
    except csv.Error as error:
        raise UnreadableError(Reason.QUOTES, row=number + 1) from error
