"""The operator takes a list of members over, on the command line. Names are for a terminal, never for a log."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncSession

from bot.errors import OperatorError, WrongInputError
from bot.opening import Opened
from chat.markup import plain
from db import associations
from db.import_members.applying import apply
from db.import_members.comparing import Difference, Importer, compare
from db.import_members.limits import MAX_BYTES
from db.import_members.problems import Problem, Reason, UnreadableError
from db.import_members.reading import read
from db.import_members.rows import Listing
from handlers.import_members import words
from texts import translator

SHOWN = 50  # of a kind
ENGLISH = translator("en", "UTC")
ADD_FIRST = "Add the association first: ./kallelse associations import FILE"


class RowsWrongError(WrongInputError):
    """Something is wrong with the list."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        """`problems` are of the rows."""
        many = "1 thing is" if len(problems) == 1 else f"{len(problems)} things are"
        super().__init__(f"{many} wrong with the list. Nothing was written.")
        self.problems = problems

    def lines(self) -> list[str]:
        """What is wrong, row by row; an unknown association once, and what to do about it."""
        rows = Counter(one.about for one in self.problems if one.reason is Reason.NO_ASSOCIATION)
        said, seen = [], set()
        for one in self.problems:
            if one.reason is not Reason.NO_ASSOCIATION:
                said.append(plain(words.problem(ENGLISH, one)))
            elif one.about not in seen:  # the same on every row of an association
                seen.add(one.about)
                others = _others(rows[one.about] - 1)
                said.append(plain(words.problem(ENGLISH, one)) + others)
        return [*said, ADD_FIRST] if seen else said

    def facts(self) -> dict[str, object]:
        """The same for a script."""
        return {"written": False, "problems": [asdict(one) for one in self.problems]}


def _others(n: int) -> str:
    return f" (and {n} {'row' if n == 1 else 'rows'} more)" if n else ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the operator asked for. `association`: of those of whom the list says none."""

    file: Path
    association: str = ""
    names: bool = False
    write: bool = False
    remove_many: bool = False
    rename_many: bool = False
    change_many: bool = False


async def import_members(house: Opened, wanted: Wanted, *, now: datetime) -> Difference:
    """What the list changes; written when that was asked for. Errors: OperatorError."""
    listing = _read(wanted.file)
    if not wanted.write:
        async with house.database.read() as session:
            return await _compare(session, house, listing, wanted, now)
    async with house.database.write() as session:
        difference = await _compare(session, house, listing, wanted, now)
        if difference.removes_many and not wanted.remove_many:
            raise OperatorError(_many(difference))
        if difference.renames_many and not wanted.rename_many:
            raise OperatorError(_renames(difference))
        if (changes := _changes(difference)) and not wanted.change_many:
            raise OperatorError(f"{changes} Nothing was written. If that is meant, say so with --change-many.")
        language = house.installation.language
        await apply(
            session, difference, invented=False, keys=house.keys, language=language, actor_id=None, now=now
        )
    return difference


def _read(file: Path) -> Listing:
    try:
        content = file.read_bytes() if file.stat().st_size <= MAX_BYTES else None
    except OSError as error:
        raise WrongInputError(f"{file} cannot be read: {error.strerror}.") from error
    if content is None:
        raise WrongInputError(plain(words.unreadable(ENGLISH, Reason.TOO_LARGE)))
    try:
        return read(content)
    except UnreadableError as error:
        raise WrongInputError(plain(words.unreadable(ENGLISH, error.reason))) from error


async def _compare(
    session: AsyncSession, house: Opened, listing: Listing, wanted: Wanted, now: datetime
) -> Difference:
    by = Importer(keeps=lambda association_id: True, home=await _home(session, wanted.association))
    difference = await compare(session, listing, by, keys=house.keys, installation=house.installation, now=now)
    if difference.problems:
        raise RowsWrongError(difference.problems)
    return difference


async def _home(session: AsyncSession, name: str) -> int | None:
    if not name:
        return None
    found = await associations.find_association(session, name, invented=False)
    if found is None:
        raise WrongInputError(f"There is no association called {name}.")
    return found.id


def _many(difference: Difference) -> str:
    before = f", and {difference.left} have left in the last seven days: together" if difference.left else ","
    return (
        f"{len(difference.gone)} of {difference.active} members are not in the list{before} more than a tenth. "
        "Nothing was written. If the list is complete, say so with --remove-many."
    )


def _renames(difference: Difference) -> str:
    return (
        f"{difference.renamed} of {difference.active} members would have another name, more than a tenth. "
        "Nothing was written. If no column has slipped, say so with --rename-many."
    )


def _changes(difference: Difference) -> str:
    return " ".join(plain(line) for line in words.changes_many(ENGLISH, difference))


def facts(difference: Difference, wanted: Wanted) -> dict[str, object]:
    """What the list changes, in numbers, for a script."""
    return {
        "written": wanted.write,
        "new": len(difference.new),
        "changed": len(difference.changed),
        "returned": difference.returned,
        "gone": len(difference.gone),
        "unchanged": difference.unchanged,
        "forgotten": difference.forgotten,
        "left": difference.left,
        "removes_many": difference.removes_many,
        "renamed": difference.renamed,
        "renames_many": difference.renames_many,
        "moved": difference.moved,
        "moves_many": difference.moves_many,
        "emptied": difference.emptied,
        "empties_many": difference.empties_many,
        "fields": {one: changed for one, (changed, _) in difference.by_field.items()},
        "covers": difference.covers,
        "unread": difference.unread,
        "problems": [],
    }


def told(difference: Difference, wanted: Wanted) -> Iterator[str]:
    """What the list changes, in lines."""
    new = [(f"row {one.row.at}", one.row.name, "") for one in difference.new]
    changed = [
        (
            f"row {one.entry.row.at}",
            one.entry.row.name,
            words.changed_fields(ENGLISH, one.fields, returns=one.returns),
        )
        for one in difference.changed
    ]
    gone = [(f"member {one.id}", one.name, "") for one in difference.gone]
    for sign, lines in (("+", new), ("~", changed), ("-", gone)):
        yield from _lines(sign, lines, names=wanted.names)
    yield from (plain(line) for line in words.summary(ENGLISH, difference))
    yield "Written." if wanted.write else "Nothing was written. Use --apply to write it."
    if not wanted.write and difference.removes_many:
        yield f"It will want --remove-many: {len(difference.gone)} of {difference.active} members would be gone."
    if not wanted.write and difference.renames_many:
        renamed = f"{difference.renamed} of {difference.active} members would have another name"
        yield f"It will want --rename-many: {renamed}."
    if not wanted.write and (changes := _changes(difference)):
        yield f"It will want --change-many: {changes}"


def _lines(sign: str, lines: Sequence[tuple[str, str, str]], *, names: bool) -> Iterator[str]:
    for place, name, differs in lines[:SHOWN]:
        who = f"{place} {name}" if names else place
        yield f"{sign} {who}: {differs}" if differs else f"{sign} {who}"
    if lines[SHOWN:]:
        yield f"{sign} and {len(lines) - SHOWN} more"
