"""A difference is taken over: written in the caller's transaction, a few hundred members a statement."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar, cast

from sqlalchemy import Table, bindparam, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from db import audit, my_association, register
from db.import_members.comparing import FIELDS, Change, Difference, wanted
from db.import_members.matching import Entry
from db.keys import Keys
from db.models import Account, Member, MemberStatus, Person

T = TypeVar("T")
BATCH = 500  # members a statement: the loop has its turn between them
INDEXES = {"number": register.number_index, "email": register.email_index, "phone": register.phone_index}


async def apply(
    session: AsyncSession,
    difference: Difference,
    *,
    invented: bool,
    keys: Keys,
    language: str,
    actor_id: int | None,
    now: datetime,
) -> None:
    """The register is as the list says. `language`: of those of whom it says none."""
    assert not difference.problems, "nothing is written while something is wrong"
    if difference.is_empty:
        return
    for entries in _batches(difference.new):
        await _add(session, entries, invented=invented, keys=keys, language=language, now=now)
    for changes in _batches(difference.changed):
        await change(session, changes, keys=keys, now=now)
    for cards in _batches(difference.gone):
        left = {"status": MemberStatus.FORMER.value, "left_at": now, "updated_at": now}
        await session.execute(update(Member).where(Member.id.in_([one.id for one in cards])).values(**left))
    await _call_off(session, [one.person_id for one in difference.gone])
    audit.note(session, "import members", _counted(difference), actor_id=actor_id, now=now)


def _counted(difference: Difference) -> str:
    new, changed, gone = len(difference.new), len(difference.changed), len(difference.gone)
    return f"register:new={new},changed={changed},gone={gone}"


def _batches(every: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(every), BATCH):
        yield every[start : start + BATCH]


async def _add(
    session: AsyncSession, entries: Sequence[Entry], *, invented: bool, keys: Keys, language: str, now: datetime
) -> None:
    """A person and a member for each."""
    likes = [(one.row.language or language, one.association_id) for one in entries]
    ids = await _new_persons(session, likes, invented=invented, now=now)
    everything = frozenset(FIELDS)
    members = [
        {
            "person_id": ids[like].pop(),
            "created_at": now,
            "updated_at": now,
            **columns(wanted(one, everything), keys),
        }
        for like, one in zip(likes, entries, strict=True)
    ]
    await session.execute(insert(Member), members)


Like = tuple[str, int | None]  # a person's language and association: nobody can tell two alike ones apart yet


async def _new_persons(
    session: AsyncSession, likes: Sequence[Like], *, invented: bool, now: datetime
) -> dict[Like, list[int]]:
    """The ids of new persons, by what they are like; to have them in order SQLite would make one at a time."""
    rows = [
        {"language": language, "association_id": association_id, "invented": invented, "created_at": now}
        for language, association_id in likes
    ]
    query = insert(Person).returning(Person.language, Person.association_id, Person.id)
    ids: dict[Like, list[int]] = {}
    for language, association_id, person_id in await session.execute(query, rows):
        ids.setdefault((language, association_id), []).append(person_id)
    return ids


def columns(said: Mapping[str, Any], keys: Keys) -> dict[str, Any]:
    """The columns of a member in which that stands."""
    found = {one: value for one, value in said.items() if one not in {"association", "language"}}
    for one, index in INDEXES.items():
        if one in said:
            found[f"{one}_index"] = index(keys, said[one]) if said[one] else None
    return found | ({"association_id": said["association"]} if "association" in said else {})


async def change(session: AsyncSession, changes: Sequence[Change], *, keys: Keys, now: datetime) -> None:
    """What differs is as the list says; who stands in it is active. Whom nobody asked belongs where they are."""
    members, persons, moved = [], [], []
    for one in changes:
        said = wanted(one.entry, frozenset(one.fields), chooses_language=one.linked)
        back = {"status": MemberStatus.ACTIVE.value, "left_at": None, "updated_at": now}
        members.append({"id": one.card.id, **back, **columns(said, keys)})
        person = {"language": said["language"]} if "language" in said else {}
        if "association" in said and not one.linked:
            person["association_id"] = said["association"]
        if "association" in said and one.linked and one.card.association_id is not None:
            moved.append({"of": one.card.person_id, "old": one.card.association_id, "new": said["association"]})
        if person:
            persons.append({"id": one.card.person_id, **person})
    await _update(session, Member, members)
    await _update(session, Person, persons)
    if moved:
        await _move(session, moved)
    await _call_off(session, [one.card.person_id for one in changes if one.linked and "association" in one.fields])


async def _move(session: AsyncSession, moved: Sequence[Mapping[str, int | None]]) -> None:
    """Who has an account goes with the register, unless they chose another association than it had."""
    table = cast("Table", Person.__table__)
    same = (table.c.id == bindparam("of"), table.c.association_id == bindparam("old"))
    await session.execute(update(table).where(*same).values(association_id=bindparam("new")), moved)


async def _update(session: AsyncSession, model: type[Member | Person], rows: list[dict[str, Any]]) -> None:
    """Each row, found by its id, has the values given: one statement for all that give the same columns."""
    alike: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for row in rows:
        alike.setdefault(tuple(sorted(row)), []).append({"of" if one == "id" else one: row[one] for one in row})
    table = cast("Table", model.__table__)
    for names, values in alike.items():
        given: dict[str, Any] = {one: bindparam(one) for one in names if one != "id"}
        await session.execute(update(table).where(table.c.id == bindparam("of")).values(given), values)


async def _call_off(session: AsyncSession, left: Sequence[int]) -> None:
    """Who belongs to an association no longer is not sent what is only for its own."""
    for persons in _batches(left):
        query = select(Account.person_id).where(Account.person_id.in_(persons)).distinct()
        for person_id in await session.scalars(query):
            await my_association.call_off_internal(session, person_id)
