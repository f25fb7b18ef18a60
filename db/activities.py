"""Activities: one at a time, an organiser's own, and who may see them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Boolean, and_, bindparam, exists, func, or_, select, true, update
from sqlalchemy.ext.asyncio import AsyncSession

from chat.address import Address
from db import tallies
from db.inside import is_inside
from db.keys import Keys
from db.models import Activity as Row
from db.models import ActivityKind, ActivityState, Answer, Association, Chat, Level, Post, Signup
from db.models import Person as PersonRow
from db.people import Person, address_index
from db.roles import organises_from
from db.session import affected, insert

RULES = ("day_before", "two_hours")  # of reminders, as `Activity.reminders` lists them


@dataclass(frozen=True, slots=True)
class Activity:
    """Something that happens, with the name of who arranges it. `contact_name`: who answers, where chosen."""

    id: int
    association_id: int
    association: str
    is_district: bool
    kind: ActivityKind
    cancelled: bool
    open: bool
    title: str
    text: str
    place: str
    bring: str
    read: str
    starts_at: datetime
    ends_at: datetime | None
    reminders: tuple[str, ...]
    organiser_id: int | None
    contact_name: str | None
    cancel_reason: str
    revision: int
    invented: bool

    def is_over(self, now: datetime) -> bool:
        """True when its end, or its start where no end is known, has been."""
        return (self.ends_at or self.starts_at) <= now


_COLUMNS = select(
    Row.id, Row.association_id, Association.name, Association.is_district, Row.kind, Row.state, Row.open,
    Row.title, Row.text, Row.place, Row.bring, Row.read, Row.starts_at, Row.ends_at, Row.reminders,
    Row.organiser_id, Row.contact_name, Row.cancel_reason, Row.revision, Row.invented,
).join(Association, Association.id == Row.association_id)  # fmt: skip
_WIDTH = 20  # columns of the above
_KIND, _STATE, _REMINDERS = 4, 5, 14  # the places among them of what is stored as text and is more than that
_ONE = _COLUMNS.where(Row.id == bindparam("activity"), Row.invented == bindparam("invented", type_=Boolean))


def _read(row: Sequence[Any]) -> Activity:
    fields = list(row[:_WIDTH])
    fields[_KIND] = ActivityKind(fields[_KIND])
    fields[_STATE] = fields[_STATE] == ActivityState.CANCELLED
    fields[_REMINDERS] = tuple(rule for rule in RULES if rule in fields[_REMINDERS].split(","))
    return Activity(*fields)


async def get_activity(session: AsyncSession, activity_id: int, *, invented: bool) -> Activity | None:
    """That activity as it is in the database now, in the same world."""
    found = (await session.execute(_ONE, {"activity": activity_id, "invented": invented})).one_or_none()
    return _read(found) if found else None


async def of_posts(session: AsyncSession, post_ids: Collection[int]) -> dict[int, tuple[Activity, datetime]]:
    """What each of these posts is about, as it is now, and when the post was made."""
    query = _COLUMNS.add_columns(Post.id, Post.created_at).join(Post, Post.activity_id == Row.id)
    found = await session.execute(query.where(Post.id.in_(post_ids)))
    return {row[_WIDTH]: (_read(row), row[_WIDTH + 1]) for row in found}


async def get_published(session: AsyncSession, draft_key: str, *, organiser_id: int) -> int | None:
    """The id of the activity that this organiser's draft became."""
    query = select(Row.id).where(Row.draft_key == draft_key, Row.organiser_id == organiser_id)
    found: int | None = await session.scalar(query)
    return found


async def organised_by(session: AsyncSession, person: Person, *, now: datetime) -> Sequence[Activity]:
    """What is to come, or going on, that the person may change; earliest first."""
    rights = person.rights
    mine = true() if rights.district else Row.association_id.in_(rights.associations) | Row.id.in_(rights.hosted)
    ahead = or_(Row.starts_at > now, Row.ends_at > now)
    query = _COLUMNS.where(mine, ahead, Row.invented.is_(person.invented))
    return [_read(row) for row in await session.execute(query.order_by(Row.starts_at, Row.id))]


@dataclass(frozen=True, slots=True)
class Look:
    """An activity as one person meets it: is it for them, what did they answer, do they want reminders."""

    activity: Activity
    allowed: bool
    answer: Answer | None
    reminded: bool


_INSIDE = is_inside(bindparam("person"), lambda column: or_(column == Row.association_id, Association.is_district))
_ORGANISES = organises_from(bindparam("account"), Row.association_id, Association.is_district)
_IN_CHAT = exists().where(
    Chat.platform == bindparam("platform"),
    Chat.address_index == bindparam("chat"),
    Chat.invented == Row.invented,
    Chat.present,
    Chat.level == Level.INTERNAL.value,
    or_(Chat.association_id == Row.association_id, Association.is_district),
)
_LOOK = (
    _ONE.add_columns(
        Signup.answer, PersonRow.reminders, or_(Row.open, Signup.id.is_not(None), _INSIDE, _ORGANISES, _IN_CHAT)
    )
    .join(PersonRow, PersonRow.id == bindparam("person"))
    .outerjoin(Signup, and_(Signup.activity_id == Row.id, Signup.person_id == PersonRow.id))
)


async def look(
    session: AsyncSession, keys: Keys, activity_id: int, *, person: Person, chat: Address | None
) -> Look | None:
    """The activity as the person meets it in that group, or in private (`chat` None); presses are many.

    An internal one is for those inside, for organisers and hosts, for who answered it, and in an internal
    group of theirs.
    """
    values = {
        "activity": activity_id,
        "invented": person.invented,
        "person": person.id,
        "account": person.account_id,
        "platform": chat.platform.value if chat else "",
        "chat": address_index(keys, chat) if chat else b"",
    }
    row = (await session.execute(_LOOK, values)).one_or_none()
    if row is None:
        return None
    answer, reminded, allowed = row[_WIDTH:]
    allowed = allowed or activity_id in person.rights.hosted
    return Look(_read(row), bool(allowed), Answer(answer) if answer else None, reminded)


async def add_activity(session: AsyncSession, *, draft_key: str, zone: ZoneInfo, **values: Any) -> int | None:
    """The id of the new activity; None when this draft became one before.

    `values` are the columns of the model; the wall-clock start is computed from `starts_at` in `zone`.
    """
    query = insert(session, Row).values(draft_key=draft_key, **values, **local_start(values["starts_at"], zone))
    made = await session.execute(query.on_conflict_do_nothing(index_elements=["draft_key"]).returning(Row.id))
    activity_id: int | None = made.scalar()
    return activity_id


def local_start(starts_at: datetime, zone: ZoneInfo) -> dict[str, str]:
    """The wall-clock columns of a start."""
    return {"starts_local": starts_at.astimezone(zone).strftime("%Y-%m-%dT%H:%M"), "zone": zone.key}


async def change_activity(session: AsyncSession, activity: Activity, **values: Any) -> bool:
    """True when it has these values now; False when somebody changed it since `activity` was read."""
    same = (Row.id == activity.id, Row.revision == activity.revision, Row.state == ActivityState.PLANNED.value)
    return bool(await affected(session, update(Row).where(*same).values(revision=Row.revision + 1, **values)))


async def set_reminders(session: AsyncSession, activity_id: int, rules: Sequence[str]) -> None:
    """The activity has these rules."""
    await session.execute(update(Row).where(Row.id == activity_id).values(reminders=",".join(rules)))


async def answers(session: AsyncSession, activity_id: int) -> dict[Answer, int]:
    """How many gave each answer, also when who it was is forgotten by now."""
    query = select(Signup.answer, func.count()).where(Signup.activity_id == activity_id).group_by(Signup.answer)
    counted = {row[0]: row[1] for row in await session.execute(query)}
    gone = await tallies.counts(session, "signup", activity_id)
    return {answer: counted.get(answer.value, 0) + gone.get(answer.value, 0) for answer in Answer}


async def names(session: AsyncSession, activity_id: int) -> dict[Answer, list[str]]:
    """What those who answered are called, for the organiser's eyes, in the order of their answers."""
    query = select(Signup.answer, Signup.name).where(Signup.activity_id == activity_id)
    found: dict[Answer, list[str]] = {answer: [] for answer in Answer}
    for answer, name in await session.execute(query.order_by(Signup.answered_at, Signup.id)):
        found[Answer(answer)].append(name)
    return found


async def cancel_activity(session: AsyncSession, activity_id: int, *, reason: str) -> bool:
    """True when it is cancelled now, False when it was before: cancelled stays cancelled."""
    planned = (Row.id == activity_id, Row.state == ActivityState.PLANNED.value)
    values = {"state": ActivityState.CANCELLED.value, "cancel_reason": reason, "revision": Row.revision + 1}
    return bool(await affected(session, update(Row).where(*planned).values(**values)))
