"""Who has come into a chat, by blind index alone, so that nobody is welcomed twice."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, delete, exists, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from chat.address import Address
from db.keys import Keys
from db.models import Arrival, Association, Chat, Delivery, Post, State
from db.people import address_index
from db.session import affected, insert

TOGETHER = timedelta(minutes=1)  # after the first newcomer; who comes meanwhile is welcomed along
KEPT = timedelta(days=365)  # who comes back after a year may be greeted again
KEPT_AFTERWARDS = timedelta(days=30)  # where the bot is no longer: should it return, nobody is greeted twice

UNFINISHED = [one.value for one in (State.READY, State.CLAIMED, State.SENDING)]


@dataclass(frozen=True, slots=True)
class Newcomers:
    """Those who wait for one welcome in one chat. `association` None: the district has no name yet."""

    chat_id: int
    association: str | None
    first_at: datetime
    names: tuple[str, ...]  # an empty one for each without a name to say


async def add(
    session: AsyncSession, keys: Keys, chat_id: int, address: Address, *, first_name: str, now: datetime
) -> bool:
    """True when the account came for the first time; it then waits for the welcome."""
    values = {"at": now, "first_name": first_name, "welcomed": False}
    query = insert(session, Arrival).values(chat_id=chat_id, address_index=address_index(keys, address), **values)
    return bool(await affected(session, query.on_conflict_do_nothing()))


async def mark_known(
    session: AsyncSession, keys: Keys, chat_id: int, addresses: Iterable[Address], *, now: datetime
) -> int:
    """How many of these accounts were not known in the chat; they are now, and will not be welcomed."""
    rows = [
        {"chat_id": chat_id, "address_index": address_index(keys, address), "at": now, "welcomed": True}
        for address in addresses
    ]
    if not rows:
        return 0
    return await affected(session, insert(session, Arrival).values(rows).on_conflict_do_nothing())


async def waiting(session: AsyncSession, *, now: datetime) -> Sequence[Newcomers]:
    """The chats whose first newcomer came a minute ago, with everybody who came since."""
    first = func.min(Arrival.at)
    due = select(Arrival.chat_id).where(Arrival.welcomed.is_(False)).group_by(Arrival.chat_id)
    query = (
        select(Arrival.chat_id, Arrival.at, Arrival.first_name, Association.name)
        .join(Chat, Chat.id == Arrival.chat_id)
        .outerjoin(Association, Association.id == Chat.association_id)
        .where(Arrival.welcomed.is_(False), Arrival.chat_id.in_(due.having(first <= now - TOGETHER)))
        .order_by(Arrival.chat_id, Arrival.at)
    )
    groups: dict[int, list[tuple[datetime, str, str | None]]] = {}
    for row in await session.execute(query):
        groups.setdefault(row.chat_id, []).append((row.at, row.first_name or "", row.name or None))
    return [
        Newcomers(chat_id, came[0][2], came[0][0], tuple(name for _, name, _ in came))
        for chat_id, came in groups.items()
    ]


async def set_welcomed(session: AsyncSession, chat_id: int) -> None:
    """Everybody who waited in the chat is welcomed; their names are gone."""
    query = update(Arrival).where(Arrival.chat_id == chat_id, Arrival.welcomed.is_(False))
    await session.execute(query.values(welcomed=True, first_name=None))


async def forget_old(session: AsyncSession, *, now: datetime) -> None:
    """Nothing is left of those who came a year ago, or a month ago into a chat that the bot has left."""
    left = exists().where(Chat.id == Arrival.chat_id, Chat.present.is_(False))
    old = or_(Arrival.at < now - KEPT, and_(Arrival.at < now - KEPT_AFTERWARDS, left))
    await session.execute(delete(Arrival).where(old), execution_options={"synchronize_session": False})


async def forget_greetings(session: AsyncSession) -> None:
    """The welcomes that need not be sent any more are gone, with the name that one of them may say."""
    waits = exists().where(Delivery.post_id == Post.id, Delivery.state.in_(UNFINISHED))
    said = (Post.key >= "welcome:", Post.key < "welcome:a", ~waits)
    await session.execute(delete(Post).where(*said), execution_options={"synchronize_session": False})
