"""The groups and channels the bot is in, and which association each belongs to."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, delete, exists, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from chat.address import Address, Platform
from chat.request import Chat as Seen
from db.keys import Keys
from db.models import Chat as Row
from db.models import Level
from db.people import address_index
from db.prepared import Prepared
from db.session import insert, rows


@dataclass(frozen=True, slots=True)
class Chat:
    """A chat that is known. `level` None: not bound to any association, gets silence."""

    id: int
    title: str
    level: Level | None
    association_id: int | None
    invented: bool


_COLUMNS = select(Row.id, Row.title, Row.level, Row.association_id, Row.invented)
_AT = Prepared(_COLUMNS.where(Row.platform == bindparam("platform"), Row.address_index == bindparam("index")))
_BY_ID = Prepared(_COLUMNS.where(Row.id == bindparam("id")))


async def get_chat(session: AsyncSession, keys: Keys, address: Address) -> Chat | None:
    """The chat with that address, bound or not."""
    return await _one(session, _AT, platform=address.platform.value, index=address_index(keys, address))


async def get_chat_by_id(session: AsyncSession, chat_id: int) -> Chat | None:
    """That chat."""
    return await _one(session, _BY_ID, id=chat_id)


async def _one(session: AsyncSession, query: Prepared, **values: object) -> Chat | None:
    found = await rows(session, query, values)
    if not found:
        return None
    row = found[0]
    return Chat(row.id, row.title, Level(row.level) if row.level else None, row.association_id, row.invented)


async def see_chat(
    session: AsyncSession, keys: Keys, seen: Seen, *, added_by: int | None, now: datetime
) -> Chat | None:
    """The chat, known and with the bot in it from now on."""
    address = seen.address
    values = {"title": seen.title, "present": True} | ({"added_by": added_by} if added_by else {})
    query = insert(session, Row).values(
        platform=address.platform.value,
        address=address.id,
        address_index=address_index(keys, address),
        thread=address.thread,
        invented=address.platform is Platform.TRY,
        created_at=now,
        **values,
    )
    await session.execute(query.on_conflict_do_update(index_elements=["platform", "address_index"], set_=values))
    return await get_chat(session, keys, address)


async def bind(session: AsyncSession, chat_id: int, *, association_id: int, level: Level) -> None:
    """The chat gets that association's posts, internal ones too when the level says so."""
    await _set(session, chat_id, association_id=association_id, level=level.value)


async def unbind(session: AsyncSession, chat_id: int) -> None:
    """The chat gets nothing any more."""
    await _set(session, chat_id, association_id=None, level=None)


async def set_thread(session: AsyncSession, chat_id: int, thread: str) -> None:
    """Posts go into that topic of the chat; "" for its general one."""
    await _set(session, chat_id, thread=thread)


async def leave(session: AsyncSession, chat_id: int) -> None:
    """The bot is no longer in the chat; what it was bound to is remembered for its return."""
    await _set(session, chat_id, present=False)


async def move(session: AsyncSession, keys: Keys, chat_id: int, address: Address) -> None:
    """The chat has a new address: a group became a supergroup. One met under it and never bound gives way."""
    index = address_index(keys, address)
    same = (Row.platform == address.platform.value, Row.address_index == index, Row.id != chat_id)
    await session.execute(delete(Row).where(*same, Row.level.is_(None)))
    if await session.scalar(select(exists().where(*same))):
        await leave(session, chat_id)
    else:
        await _set(session, chat_id, address=address.id, address_index=index)


async def _set(session: AsyncSession, chat_id: int, **values: object) -> None:
    await session.execute(update(Row).where(Row.id == chat_id).values(**values))
