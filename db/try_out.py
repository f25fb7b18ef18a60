"""The try-out page's world: its personas, its group, and what they see."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from chat.address import Address, Platform
from db import people, roles
from db.installation import district
from db.keys import Keys
from db.models import Association, Chat, Consent, Level, TryMessage
from db.people import Person, address_index
from db.session import affected, insert

DISTRICT = "Exempeldistriktet"
HOME, OTHER = "Provstad", "Exempelby"
NEWCOMER, MEMBER, ORGANISER = "ny", "medlem", "arrangor"
PERSONAS = (NEWCOMER, MEMBER, ORGANISER)
NAMES = {NEWCOMER: "Testa Testsson", MEMBER: "Hitta Påhittsson", ORGANISER: "Prova Provsdotter"}
GROUP = Address(Platform.TRY, "gruppen")
GROUP_TITLE = "Exempelgruppen"
BOT = "bot"

MOST = 100  # messages of a pane that are shown
KEPT = timedelta(days=30)
CONSENT_TEXT = "try-out"  # stands for the version of the question that nobody was shown


def account(persona: str) -> Address:
    """The persona's address."""
    return Address(Platform.TRY, persona)


async def seed(session: AsyncSession, keys: Keys, *, language: str, now: datetime) -> None:
    """The invented district with its associations, group, member and organiser is there. Safe to repeat."""
    whole = await district(session, DISTRICT, invented=True, now=now)
    home = await ensure_association(session, HOME, now=now)
    await ensure_association(session, OTHER, now=now)
    await _seed_group(session, keys, whole, now)
    member = await ensure_person(session, keys, account(MEMBER), home, language=language, now=now)
    await people.set_insider(session, member.id, home, now=now)
    organiser = await ensure_person(session, keys, account(ORGANISER), home, language=language, now=now)
    await roles.grant(
        session,
        organiser.id,
        roles.ORGANISER,
        association_id=None,
        name=NAMES[ORGANISER],
        granted_by=None,
        now=now,
    )


async def forget_old(session: AsyncSession, *, now: datetime) -> None:
    """What stood on the page a month ago is gone."""
    await session.execute(delete(TryMessage).where(TryMessage.at < now - KEPT))


async def ensure_association(session: AsyncSession, name: str, *, now: datetime) -> int:
    """The id of the invented association of that name."""
    same = (Association.name == name, Association.invented)
    found: int | None = await session.scalar(select(Association.id).where(*same))
    if found is not None:
        return found
    row = Association(name=name, invented=True, created_at=now)
    session.add(row)
    await session.flush()
    return row.id


async def _seed_group(session: AsyncSession, keys: Keys, district_id: int, now: datetime) -> None:
    """The group is open and bound to the district, so that every open call reaches it."""
    query = insert(session, Chat).values(
        platform=GROUP.platform.value,
        address=GROUP.id,
        address_index=address_index(keys, GROUP),
        title=GROUP_TITLE,
        level=Level.OPEN.value,
        association_id=district_id,
        invented=True,
        created_at=now,
    )
    await session.execute(query.on_conflict_do_nothing())


async def ensure_person(
    session: AsyncSession, keys: Keys, address: Address, association_id: int, *, language: str, now: datetime
) -> Person:
    """An invented person who is at home in the association, was greeted and said yes to being written to."""
    found = await people.get_person(session, keys, address)
    if found is not None:
        return found
    person = await people.add_person(session, keys, address, language=language, invented=True, now=now)
    person = await people.set_opened(session, person)
    await people.set_consent(
        session, person, address.platform.value, Consent.YES, text_version=CONSENT_TEXT, now=now
    )
    await people.set_values(session, person.id, association_id=association_id, greeted_at=now)
    return person


@dataclass(frozen=True, slots=True)
class Kept:
    """One message of a pane. `content` is what the page keeps of it; empty when it was taken away."""

    id: int
    pane: str
    author: str
    content: str
    only_for: str | None
    at: datetime
    changed: int


_COLUMNS = (
    TryMessage.id,
    TryMessage.pane,
    TryMessage.author,
    TryMessage.content,
    TryMessage.only_for,
    TryMessage.at,
    TryMessage.changed,
)


async def add_message(
    session: AsyncSession,
    pane: str,
    author: str,
    content: str,
    *,
    only_for: str | None = None,
    nonce: str | None = None,
    now: datetime,
) -> int:
    """The id of the message in the pane; the same nonce is the same message."""
    query = insert(session, TryMessage).values(
        pane=pane,
        author=author,
        content=content,
        only_for=only_for,
        nonce=nonce,
        at=now,
        changed=await _next(session),
    )
    made = await session.scalar(query.on_conflict_do_nothing(index_elements=["nonce"]).returning(TryMessage.id))
    if made is None:
        made = await session.scalar(select(TryMessage.id).where(TryMessage.nonce == nonce))
    return int(made or 0)


async def edit_message(session: AsyncSession, message_id: int, content: str) -> bool:
    """The message now looks like this; False when it is not there."""
    query = update(TryMessage).where(TryMessage.id == message_id)
    return bool(await affected(session, query.values(content=content, changed=await _next(session))))


async def _next(session: AsyncSession) -> int:
    every = aliased(TryMessage)
    return (await session.scalar(select(func.max(every.changed))) or 0) + 1


async def get_message(session: AsyncSession, message_id: int, *, viewer: str) -> Kept | None:
    """The message with that id, when the persona sees it."""
    query = select(*_COLUMNS).where(TryMessage.id == message_id, _seen_by(viewer))
    row = (await session.execute(query)).one_or_none()
    return Kept(*row) if row else None


async def messages(session: AsyncSession, pane: str, *, viewer: str, after: int = 0) -> list[Kept]:
    """What the persona sees in the pane that is new or changed after `after`, in the order it was said."""
    query = (
        select(*_COLUMNS)
        .where(TryMessage.pane == pane, TryMessage.changed > after, _seen_by(viewer))
        .order_by(TryMessage.id.desc())
        .limit(MOST)
    )
    return [Kept(*row) for row in reversed((await session.execute(query)).all())]


async def last_change(session: AsyncSession) -> tuple[int, int]:
    """The newest change and the newest message, by number."""
    row = (await session.execute(select(func.max(TryMessage.changed), func.max(TryMessage.id)))).one()
    return row[0] or 0, row[1] or 0


def _seen_by(viewer: str) -> ColumnElement[bool]:
    return (TryMessage.pane.in_((viewer, GROUP.id))) & or_(
        TryMessage.only_for.is_(None), TryMessage.only_for == viewer
    )
