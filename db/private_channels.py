"""Through which channel a platform leads to a person's direct messages, where that has to be asked."""

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from chat.address import Address
from db.keys import Keys
from db.models import Account
from db.people import address_index


async def get_channel(session: AsyncSession, keys: Keys, address: Address) -> str | None:
    """The channel of that account, when it was asked before."""
    index = address_index(keys, address)
    mine = (Account.platform == address.platform.value, Account.address_index == index)
    channel: str | None = await session.scalar(select(Account.channel).where(*mine))
    return channel


async def set_channel(session: AsyncSession, keys: Keys, address: Address, channel: str) -> None:
    """That channel leads to the account."""
    mine = (Account.platform == address.platform.value, Account.address_index == address_index(keys, address))
    await session.execute(update(Account).where(*mine).values(channel=channel))
