"""The first sheet of an XLSX file as rows of text, within bounds of size and time.

Read with the standard library, for who sends the file may mean harm: a reader that makes room for what the file
says of itself (the furthest cell, how many strings there are) can be ended with a file of a kilobyte.
"""

import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from io import BytesIO
from posixpath import join, normpath
from xml.parsers import expat

from db.import_members.limits import MAX_COLUMNS, MAX_ELEMENTS, MAX_ROWS, MAX_UNPACKED
from db.import_members.problems import Reason, UnreadableError

Attributes = dict[str, str]
Start = Callable[[str, Attributes], None]
End = Callable[[str, str], None]
# zipfile says NotImplementedError of a compression it does not know, and RuntimeError of a file with a password.
DAMAGED = (zipfile.BadZipFile, zlib.error, expat.ExpatError, NotImplementedError, RuntimeError,
           EOFError, OSError, ValueError, KeyError, IndexError, OverflowError)  # fmt: skip
BUILT_IN_DATES = {*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)}  # ECMA-376 part 1, 18.8.30
EPOCH, EPOCH_1904 = datetime(1899, 12, 30), datetime(1904, 1, 1)  # noqa: DTZ001 - a sheet's dates have no zone
LAST_DAY = datetime(9999, 12, 31)  # noqa: DTZ001 - as above; databases write it where something has no end
_NO_DATE_LETTERS = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')


def rows_of(content: bytes) -> Iterator[tuple[int, list[str]]]:
    """The rows that hold anything, with their numbers in the sheet. Errors: UnreadableError."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            parts = _Parts(archive)
            return iter(_sheet(parts))
    except DAMAGED as error:
        raise UnreadableError(Reason.DAMAGED) from error


class _Parts:
    """The files in the archive, unpacked as they are asked for, together within the bound."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._room = MAX_UNPACKED
        self._elements = MAX_ELEMENTS

    def has(self, name: str) -> bool:
        return name in self._archive.NameToInfo

    def walk(self, name: str, start: Start, end: End | None = None) -> None:
        """Calls `start` with each element and its attributes, `end` with each and the text directly in it."""
        info = self._archive.getinfo(name)
        if info.file_size > self._room:
            raise UnreadableError(Reason.TOO_LARGE)
        self._room -= info.file_size
        self._elements = _walk(self._archive.read(info), start, end, self._elements)


def _walk(xml: bytes, start: Start, end: End | None, room: int) -> int:
    """How many elements more there is room for."""
    said: list[str] = []

    def begins(name: str, attributes: Attributes) -> None:
        nonlocal room
        room -= 1
        if room < 0:
            raise UnreadableError(Reason.TOO_LARGE)
        said.clear()
        start(name.rpartition(":")[2], attributes)

    def ends(name: str) -> None:
        if end is not None:
            end(name.rpartition(":")[2], "".join(said))
        said.clear()

    def refuse(*_: object) -> None:
        raise UnreadableError(Reason.DAMAGED)  # entities: no spreadsheet declares any

    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = begins, ends
    parser.CharacterDataHandler = said.append
    parser.StartDoctypeDeclHandler = refuse
    parser.Parse(xml, True)
    return room


def _sheet(parts: _Parts) -> list[tuple[int, list[str]]]:
    path, epoch = _first_sheet(parts)
    reader = _Reader(_strings(parts), _date_styles(parts), epoch)
    parts.walk(path, reader.start, reader.end)
    return reader.rows


def _first_sheet(parts: _Parts) -> tuple[str, datetime]:
    """Where the first visible sheet is, and from when its dates are counted."""
    shown: list[str] = []
    targets: dict[str, str] = {}
    epochs = [EPOCH]

    def of_workbook(name: str, given: Attributes) -> None:
        if name == "sheet" and given.get("state", "visible") == "visible":
            shown.extend(value for key, value in given.items() if key.rpartition(":")[2] == "id")
        elif name == "workbookPr" and given.get("date1904") in {"1", "true"}:
            epochs.append(EPOCH_1904)

    def of_relations(name: str, given: Attributes) -> None:
        if name == "Relationship":
            targets[given["Id"]] = normpath(join("/xl", given["Target"])).lstrip("/")

    parts.walk("xl/workbook.xml", of_workbook)
    parts.walk("xl/_rels/workbook.xml.rels", of_relations)
    return targets[shown[0]], epochs[-1]


def _strings(parts: _Parts) -> list[str]:
    """The texts that cells point at; what stands above a text as its pronunciation is none."""
    strings: list[list[str]] = []
    aside: list[str] = []

    def start(name: str, _: Attributes) -> None:
        if name == "si":
            strings.append([])
        elif name == "rPh":
            aside.append(name)

    def end(name: str, said: str) -> None:
        if name == "rPh":
            aside.clear()
        elif name == "t" and strings and not aside:
            strings[-1].append(said)

    if parts.has("xl/sharedStrings.xml"):
        parts.walk("xl/sharedStrings.xml", start, end)
    return ["".join(pieces) for pieces in strings]


def _date_styles(parts: _Parts) -> set[str]:
    """The styles, by their numbers, that show a number as a date."""
    formats: dict[str, str] = {}
    styles: list[str] = []
    inside: list[str] = []

    def start(name: str, given: Attributes) -> None:
        if name == "numFmt":
            formats[given["numFmtId"]] = given.get("formatCode", "")
        elif name == "cellXfs":
            inside.append(name)
        elif name == "xf" and inside:
            styles.append(given.get("numFmtId", "0"))

    def end(name: str, _: str) -> None:
        if name == "cellXfs":
            inside.clear()

    if parts.has("xl/styles.xml"):
        parts.walk("xl/styles.xml", start, end)
    return {str(place) for place, one in enumerate(styles) if _is_date(one, formats.get(one, ""))}


def _is_date(number: str, code: str) -> bool:
    if number.isdecimal() and int(number) in BUILT_IN_DATES:
        return True
    return bool(re.search("[yd]", _NO_DATE_LETTERS.sub("", code), re.IGNORECASE))


class _Reader:
    """Takes a sheet's elements in; `rows` are those that hold anything."""

    def __init__(self, strings: list[str], date_styles: set[str], epoch: datetime) -> None:
        self.rows: list[tuple[int, list[str]]] = []
        self._strings, self._date_styles, self._epoch = strings, date_styles, epoch
        self._number = self._column = 0
        self._row: list[str] = []
        self._kind = self._style = ""
        self._said: list[str] = []

    def start(self, name: str, given: Attributes) -> None:
        if name == "c":
            self._column = _column(given["r"]) if "r" in given else self._column + 1
            self._kind, self._style = given.get("t", "n"), given.get("s", "")
            self._said = []
        elif name == "row":
            self._number = int(given["r"]) if "r" in given else self._number + 1
            self._column, self._row = 0, []

    def end(self, name: str, said: str) -> None:
        if name in {"v", "t"}:
            self._said.append(said)
        elif name == "c":
            self._put("".join(self._said))
        elif name == "row" and any(self._row):
            if len(self.rows) > MAX_ROWS + 100:  # room for headings and what stands above them
                raise UnreadableError(Reason.TOO_MANY_ROWS)
            self.rows.append((self._number, self._row))

    def _put(self, said: str) -> None:
        if said and self._column <= MAX_COLUMNS:
            self._row.extend("" for _ in range(self._column - len(self._row)))
            self._row[self._column - 1] = self._value(said)

    def _value(self, said: str) -> str:
        if self._kind == "s":
            return self._strings[int(said)]
        if self._kind != "n":
            return "" if self._kind == "e" else said
        number = float(said)
        if self._style in self._date_styles and 0 < number <= (LAST_DAY - self._epoch).days:
            return (self._epoch + timedelta(days=number)).date().isoformat()
        return str(int(number)) if number.is_integer() else said


def _column(reference: str) -> int:
    """The column's number of a cell named like "AB12"."""
    number = 0
    for letter in reference.rstrip("0123456789"):
        number = number * 26 + ord(letter) - 64
    if not 0 < number <= 2**14:
        raise ValueError("not a cell's name")
    return number
