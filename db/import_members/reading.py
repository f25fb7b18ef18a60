"""A list of members as it comes, read into rows that are alike. Pure: it knows nothing of who is a member."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TypeVar

from chat.markup import one_line
from db.import_members import cells, columns
from db.import_members.cells import WrongError
from db.import_members.limits import MAX_FOREIGN
from db.import_members.problems import Problem, Reason, UnreadableError
from db.import_members.rows import Listing, Row
from db.import_members.sheet import Sheet, read_sheet

T = TypeVar("T")
MAX_HEADING = 40  # characters that are said of one
MAX_ADDRESS, MAX_ADDRESS_LINES = 400, 8


def read(content: bytes) -> Listing:
    """The members in the file and what is wrong with it, row by row. Errors: UnreadableError."""
    try:
        sheet = read_sheet(content)
    except UnreadableError as error:
        if not error.row:
            raise
        return Listing(frozenset(), (), (Problem(error.row, error.reason),))
    return _listing(sheet)


def _listing(sheet: Sheet) -> Listing:
    columns_of = _one_number(columns.fields(sheet.headings), sheet.rows)
    fields = frozenset(_field(one) for one in columns_of)
    if _foreign_domains(columns_of, sheet.rows) > MAX_FOREIGN:
        raise UnreadableError(Reason.NOT_A_LIST)
    rows: list[Row] = []
    problems: list[Problem] = []
    for number, given in sheet.rows:
        reader = _RowReader(number, given, columns_of, sheet.headings)
        row = reader.row()
        problems += reader.problems
        if row is not None:
            rows.append(row)
    if not rows and not problems:
        raise UnreadableError(Reason.EMPTY)
    return Listing(fields, tuple(rows), (*problems, *twice(rows)), _unread(sheet.headings, columns_of))


def _foreign_domains(columns_of: Mapping[str, list[int]], rows: Sequence[tuple[int, list[str]]]) -> int:
    """How many domains of e-mail addresses there are in other letters than ASCII's."""
    places = columns_of.get("email", ())
    said = (row[one] for _, row in rows for one in places if len(row) > one and not row[one].isascii())
    return len({domain for one in said if not (domain := cells.mailbox(one)[1]).isascii()})


def _unread(headings: Sequence[str], columns_of: Mapping[str, list[int]]) -> tuple[str, ...]:
    """The headings that are none of ours, without saying what stands below them."""
    read_ones = {column for found in columns_of.values() for column in found}
    names = (one_line(one)[:MAX_HEADING] for column, one in enumerate(headings) if column not in read_ones)
    return tuple(filter(None, names))


def _one_number(columns_of: dict[str, list[int]], rows: Sequence[tuple[int, list[str]]]) -> dict[str, list[int]]:
    """Of several columns with numbers the likeliest that is filled at all: they are of different lists."""
    for column in columns_of.get("number", ()):
        if any(len(cells) > column and cells[column].strip() for _, cells in rows):
            return columns_of | {"number": [column]}
    return {field: found for field, found in columns_of.items() if field != "number"}


def _field(column: str) -> str:
    """The register's field that the column is about."""
    if column in columns.NAMED:
        return "name"
    return "address" if column in columns.ADDRESS else column


class _RowReader:
    """Reads one row; `problems` are those found on the way."""

    def __init__(
        self, number: int, given: Sequence[str], columns_of: Mapping[str, list[int]], headings: Sequence[str]
    ) -> None:
        self.problems: list[Problem] = []
        self._number, self._given, self._columns_of, self._headings = number, given, columns_of, headings

    def row(self) -> Row | None:
        """The row; None when it says nothing, or not who it is about."""
        name = self._name()
        if not (name or self.problems or any(cells.cell(one) for one in self._given)):
            return None
        row = Row(
            at=self._number,
            name=name,
            number=self._read("number", cells.plain),
            email=self._read("email", cells.email),
            phone=self._read("phone", cells.phone),
            address=self._address(),
            association=self._read("association", cells.plain),
            joined_on=self._read("joined_on", cells.day),
            paid_until=self._read("paid_until", cells.end),
            born_year=self._read("born_year", cells.year),
            language=self._read("language", cells.language),
        )
        if not name and not self.problems:
            self.problems.append(Problem(self._number, Reason.NO_NAME))
        return row if name else None

    def _name(self) -> str:
        first, last = self._read("first_name", cells.plain), self._read("last_name", cells.plain)
        if first or last:
            return " ".join(one for one in (first, last) if one)
        return self._read("whole_name", cells.plain) or self._read("name", cells.name) or ""

    def _address(self) -> str | None:
        co, street = self._read("co", cells.plain), self._read("street", cells.lines)
        zip_code, city = self._read("zip_code", cells.zip_code), self._read("city", cells.plain)
        more = self._read("zip_and_city", cells.zip_and_city) or ("", "")
        box = more[1] if city and more[1].casefold() != city.casefold() else ""
        zip_code, city = zip_code or more[0], city or more[1]
        country = self._read("country", cells.plain) or ""
        if co and not co.casefold().startswith("c/o"):
            co = f"c/o {co}"
        abroad = "" if country.casefold() in cells.ABROAD else country
        lines = (co, street, box, " ".join(one for one in (zip_code, city) if one), abroad)
        address = "\n".join(one for one in lines if one)
        if len(address) > MAX_ADDRESS or address.count("\n") >= MAX_ADDRESS_LINES:
            first = next(one for one in columns.ADDRESS if one in self._columns_of)
            self._wrong(self._columns_of[first][0], Reason.TOO_LONG)
        return address or None

    def _read(self, field: str, read: Callable[[str], T]) -> T | None:
        """The first filled cell of the field; None when there is none, or it is a problem."""
        nothing = cells.NOBODY if field in columns.NAMED else cells.NOTHING
        for column in self._columns_of.get(field, ()):
            said = cells.cell(self._given[column], nothing) if column < len(self._given) else ""
            if not said:
                continue
            try:
                return read(said) or None
            except WrongError as wrong:
                self._wrong(column, wrong.reason)
                return None
        return None

    def _wrong(self, column: int, reason: Reason) -> None:
        heading = one_line(self._headings[column])[:MAX_HEADING]
        self.problems.append(Problem(self._number, reason, heading))


def twice(rows: Sequence[Row]) -> Iterator[Problem]:
    """The rows that speak of somebody of whom an earlier one does.

    By the number; where one of them has none, by name and e-mail or telephone.
    """
    numbers: dict[str, int] = {}
    persons: dict[tuple[str, str], Row] = {}
    for row in rows:
        first = numbers.setdefault(row.number_key, row.at) if row.number else row.at
        if first != row.at:
            yield Problem(row.at, Reason.SAME_NUMBER, about=str(first))
            continue
        for key in row.person_keys:
            other = persons.setdefault(key, row)
            if other is not row and not (row.number and other.number):
                yield Problem(row.at, Reason.SAME_PERSON, about=str(other.at))
                break
