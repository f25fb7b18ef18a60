"""Members, and the ways in which accounts become theirs."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, select

from db import codes, linking, people
from db.linking import MEMBER
from db.models import Account, Code, Person
from tests import given
from tests.room import KEYS, Room, Someone

EMAIL = "testa@exempel.example"


async def member(
    room: Room,
    name: str = "Testa Testsson",
    *,
    association_id: int | None = None,
    email: str | None = EMAIL,
    **known: Any,
) -> int:
    """The number of a member whom nobody has linked to."""
    about = {"email": email, "phone": "+46701740605", "joined_on": date(2026, 10, 1)}
    return await given.member(room, name, of=association_id, **(about | known))


async def code_for(room: Room, member_id: int, *, valid: timedelta = timedelta(hours=72)) -> str:
    """A code of a link for that member."""
    async with room.database.write() as session:
        return await codes.new_long(session, KEYS, MEMBER, argument=str(member_id), valid=valid, now=room.now)


async def linked(room: Room, someone: Someone, member_id: int) -> None:
    """The person has opened such a link and said that it is them."""
    opened = await room.says(f"/start member-{await code_for(room, member_id)}", by=someone)
    await room.presses(opened, "Yes, that is me" if someone.language == "en" else "Ja, det är jag", by=someone)


async def is_linked(room: Room, someone: Someone, member_id: int) -> bool:
    """True when the account is that member's."""
    async with room.database.read() as session:
        known = await people.get_person(session, KEYS, someone.address)
        return known is not None and await linking.member_of(session, known.id) == member_id


async def counted(room: Room, table: type[Account | Code | Person]) -> int:
    """How many rows the table has."""
    async with room.database.read() as session:
        return await session.scalar(select(func.count()).select_from(table)) or 0
