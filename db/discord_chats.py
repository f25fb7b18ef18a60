"""What the Discord gateway must know: which channels are bound, and who already came into one."""

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from chat.address import Address
from db.keys import Keys
from db.models import Arrival, Chat
from db.people import address_index
from db.restored import restored_at


@dataclass(frozen=True, slots=True)
class Bound:
    """A channel that gets posts. `since`: who came to its server earlier is not welcomed any more."""

    chat_id: int
    address: Address
    since: datetime


async def bound_among(session: AsyncSession, keys: Keys, addresses: list[Address]) -> list[Bound]:
    """Those of the channels that are bound, in the given order."""
    indexes = {address_index(keys, address): address for address in addresses}
    query = select(Chat.id, Chat.address_index, Chat.created_at).where(
        Chat.address_index.in_(indexes), Chat.level.is_not(None), Chat.present
    )
    found = {row.address_index: row for row in await session.execute(query)}
    earliest = await restored_at(session) or datetime.min.replace(tzinfo=UTC)
    return [
        Bound(found[index].id, address, max(found[index].created_at, earliest))
        for index, address in indexes.items()
        if index in found
    ]


async def lost_among(session: AsyncSession, keys: Keys, addresses: list[Address]) -> list[Address]:
    """Those of the channels that are bound, but where the bot was found to be no longer."""
    indexes = {address_index(keys, address): address for address in addresses}
    query = select(Chat.address_index).where(
        Chat.address_index.in_(indexes), Chat.level.is_not(None), ~Chat.present
    )
    return [indexes[index] for index in await session.scalars(query)]


async def not_arrived(session: AsyncSession, keys: Keys, chat_id: int, addresses: list[Address]) -> set[Address]:
    """Those accounts that were never seen coming into the chat."""
    indexes = {address_index(keys, address): address for address in addresses}
    query = select(Arrival.address_index).where(Arrival.chat_id == chat_id, Arrival.address_index.in_(indexes))
    return set(indexes.values()) - {indexes[index] for index in await session.scalars(query)}
