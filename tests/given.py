"""What is there before a story begins: associations, activities, chats, rights."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from chat.address import Address
from chat.message import Message
from chat.request import Chat
from db import installation, models, people, register, roles
from db.models import Activity, Answer, Association, Insider, Level, Member, Person, Post, Signup
from db.outbox import unpack
from handlers.post import private_message
from tests.room import GROUP, KEYS, NOW, STOCKHOLM, Room, Someone
from texts import translator


async def association(room: Room, name: str, *, district: bool = False, invented: bool = False) -> int:
    """The id of a new association, or of the district."""
    async with room.database.write() as session:
        if district:
            return await installation.district(session, name, invented=invented, now=NOW)
        row = Association(name=name, invented=invented, created_at=NOW)
        return await _added(session, row)


async def person(room: Room, someone: Someone, *, association_id: int | None = None, opened: bool = True) -> int:
    """The id of the person, who has been in contact before; they chose that association."""
    async with room.database.write() as session:
        known = await people.get_person(session, KEYS, someone.address)
        if known is None:
            invented = someone.address.platform == "try"
            known = await people.add_person(
                session, KEYS, someone.address, language=someone.language, invented=invented, now=NOW
            )
        if opened:
            await people.set_opened(session, known)
        if association_id is not None:
            await people.set_values(session, known.id, association_id=association_id)
        return known.id


async def organiser(room: Room, someone: Someone, *, of: int | None, role: str = roles.ORGANISER) -> int:
    """The id of the person, who organises for that association; None: for the district."""
    person_id = await person(room, someone)
    async with room.database.write() as session:
        await roles.grant(session, person_id, role, association_id=of, name=someone.name, granted_by=None, now=NOW)
    return person_id


async def insider(room: Room, someone: Someone, association_id: int) -> None:
    """An organiser has confirmed that the person belongs to the association."""
    person_id = await person(room, someone)
    async with room.database.write() as session:
        session.add(Insider(person_id=person_id, association_id=association_id, confirmed_at=NOW))


async def member(
    room: Room, name: str, *, of: int | None, by: Someone | None = None, invented: bool = False, **known: Any
) -> int:
    """The id of the member in the register, of that association; linked to the account when one is given.

    `known`: email, phone (E.164), number, address, joined_on and the like.
    """
    linked = await person(room, by) if by else None
    indexes = {
        f"{field}_index": index(KEYS, known[field])
        for field, index in (
            ("number", register.number_index),
            ("email", register.email_index),
            ("phone", register.phone_index),
        )
        if known.get(field)
    }
    async with room.database.write() as session:
        person_id = linked or await _added(session, Person(language="sv", invented=invented, created_at=NOW))
        row = Member(
            person_id=person_id, association_id=of, name=name, created_at=NOW, updated_at=NOW, **known, **indexes
        )
        return await _added(session, row)


async def activity(
    room: Room,
    title: str,
    association_id: int,
    at: str | datetime,
    *,
    kind: str = "meeting",
    is_open: bool = True,
    invented: bool = False,
    cancelled: bool = False,
    hours: float | None = None,
) -> int:
    """The id of a new activity; `at` is wall-clock time in Stockholm, "2026-11-28 14:00"."""
    start = _moment(at)
    async with room.database.write() as session:
        row = Activity(
            created_at=NOW,
            association_id=association_id,
            kind=kind,
            open=is_open,
            state="cancelled" if cancelled else "planned",
            title=title,
            starts_local=start.astimezone(STOCKHOLM).strftime("%Y-%m-%dT%H:%M"),
            zone="Europe/Stockholm",
            starts_at=start,
            ends_at=start + timedelta(hours=hours) if hours else None,
            invented=invented,
        )
        return await _added(session, row)


async def _added(session: AsyncSession, row: Activity | Association | models.Chat | Member | Person) -> int:
    session.add(row)
    await session.flush()
    return row.id


def _moment(at: str | datetime) -> datetime:
    return datetime.fromisoformat(at).replace(tzinfo=STOCKHOLM) if isinstance(at, str) else at


async def signup(room: Room, someone: Someone, activity_id: int, answer: Answer = Answer.COMING) -> None:
    """The person has answered."""
    person_id = await person(room, someone)
    async with room.database.write() as session:
        row = Signup(
            activity_id=activity_id, person_id=person_id, answer=answer.value, name=someone.name, answered_at=NOW
        )
        session.add(row)


async def bound_chat(
    room: Room, chat: Chat = GROUP, *, association_id: int | None = None, level: Level | None = Level.OPEN
) -> int:
    """The id of the chat, which is bound to the association at that level; None: not bound."""
    async with room.database.write() as session:
        row = models.Chat(
            platform=chat.address.platform.value,
            address=chat.address.id,
            address_index=people.address_index(KEYS, chat.address),
            title=chat.title,
            level=level.value if level else None,
            association_id=association_id,
            invented=chat.address.platform == "try",
            created_at=NOW,
        )
        return await _added(session, row)


async def queued(room: Room, *, to: Someone) -> list[models.Post]:
    """The posts that wait for that person, earliest first."""
    async with room.database.read() as session:
        known = await people.get_person(session, KEYS, to.address)
        if known is None:
            return []
        query = select(Post).join(models.Delivery, models.Delivery.post_id == Post.id)
        query = query.where(models.Delivery.person_id == known.id, models.Delivery.state == "ready")
        return list(await session.scalars(query.order_by(Post.id)))


async def waiting(room: Room, *, to: Someone) -> list[Message]:
    """The messages that wait for that person, in their language and for their answer."""
    posts = await queued(room, to=to)
    async with room.database.read() as session:
        known = await people.get_person(session, KEYS, to.address)
        person_id = known.id if known else 0
        t = translator(to.language, STOCKHOLM)
        told = [await private_message(session, one.id, person_id, t, default="sv") for one in posts]
    return [message for message in told if message is not None]


async def waiting_in(room: Room, address: Address = GROUP.address, *, language: str = "sv") -> list[Message]:
    """The messages that wait for that chat."""
    async with room.database.read() as session:
        index = people.address_index(KEYS, address)
        query = select(Post).join(models.Delivery, models.Delivery.post_id == Post.id)
        query = query.join(models.Chat, models.Chat.id == models.Delivery.chat_id)
        posts = await session.scalars(query.where(models.Chat.address_index == index).order_by(Post.id))
        return [unpack(post.group)[language] for post in posts]
