"""The operator adds associations from a file: a name a line, or a CSV with a heading."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from bot.errors import WrongInputError
from bot.opening import Opened
from chat.markup import one_line
from db import associations, audit
from db.import_members.columns import FIELD_OF, plain
from db.import_members.problems import UnreadableError
from db.import_members.sheet import read_rows
from handlers.associations import MAX_NAME

HEADINGS = frozenset({"association", "name"})


async def import_associations(house: Opened, file: Path, *, now: datetime) -> Iterator[str]:
    """Every name in the file is an association, in one transaction; those that were there stay as they are."""
    names = _names(file)
    too_long = [one for one in names if len(one) > MAX_NAME]
    if too_long:
        raise WrongInputError(f"{too_long[0][:20]}… is too long: at most {MAX_NAME} characters.")
    added = []
    async with house.database.write() as session:
        for name in names:
            if await associations.find_association(session, name, invented=False) is None:
                number = await associations.add_association(session, name, invented=False, now=now)
                audit.note(session, "add association", f"association:{number}", actor_id=None, now=now)
                added.append(name)
    return iter(
        [*(f"+ {one}" for one in added), f"Added: {len(added)}. Already there: {len(names) - len(added)}."]
    )


def _names(file: Path) -> list[str]:
    try:
        rows = [row for _, row in read_rows(file.read_bytes())]
    except UnreadableError as error:
        raise WrongInputError(f"{file} is no list that can be read.") from error
    except OSError as error:
        raise WrongInputError(f"{file} cannot be read: {error.strerror}.") from error
    headings = [FIELD_OF.get(plain(one)) for one in rows[0]] if rows else []
    column = next((place for place, one in enumerate(headings) if one in HEADINGS), None)
    below = rows if column is None else rows[1:]
    cells = [one_line(row[column or 0]) for row in below if len(row) > (column or 0)]
    names: dict[str, str] = {}
    for one in filter(None, cells):
        names.setdefault(one.casefold(), one)
    if not names:
        raise WrongInputError(f"{file} names no association.")
    return list(names.values())
