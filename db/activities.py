"""Activities: one at a time, an organiser's own, and who may see them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, exists, func, or_, select, true, update
from sqlalchemy.ext.asyncio import AsyncSession

from chat.address import Address
from db.keys import Keys
from db.models import Activity as Row
from db.models import ActivityKind, ActivityState, Answer, Association, Chat, Insider, Level, Role, Signup
from db.people import Person, address_index
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


_COLUMNS = select(Row, Association.name, Association.is_district).join(
    Association, Association.id == Row.association_id
)


def _read(row: Row, association: str, is_district: bool) -> Activity:
    return Activity(
        row.id, row.association_id, association, is_district, ActivityKind(row.kind),
        row.state == ActivityState.CANCELLED.value, row.open, row.title, row.text, row.place, row.bring, row.read,
        row.starts_at, row.ends_at, tuple(rule for rule in RULES if rule in row.reminders.split(",")),
        row.organiser_id, row.contact_name, row.cancel_reason, row.revision, row.invented,
    )  # fmt: skip


async def get_activity(session: AsyncSession, activity_id: int, *, invented: bool) -> Activity | None:
    """That activity as it is in the database now, in the same world."""
    query = _COLUMNS.where(Row.id == activity_id, Row.invented.is_(invented))
    found = (await session.execute(query.execution_options(populate_existing=True))).one_or_none()
    return _read(*found) if found else None


async def get_published(session: AsyncSession, draft_key: str, *, organiser_id: int) -> int | None:
    """The id of the activity that this organiser's draft became."""
    query = select(Row.id).where(Row.draft_key == draft_key, Row.organiser_id == organiser_id)
    found: int | None = await session.scalar(query)
    return found


async def organised_by(session: AsyncSession, person: Person, *, now: datetime) -> Sequence[Activity]:
    """What is to come, or going on, that the person may change; earliest first."""
    mine = true() if person.rights.district else Row.association_id.in_(person.rights.associations)
    ahead = or_(Row.starts_at > now, Row.ends_at > now)
    query = _COLUMNS.where(mine, ahead, Row.invented.is_(person.invented))
    return [_read(*row) for row in await session.execute(query.order_by(Row.starts_at, Row.id))]


def _shown_to(person: Person) -> ColumnElement[bool]:
    inside = exists().where(
        Insider.person_id == person.id,
        or_(Insider.association_id == Row.association_id, Association.is_district),
    )
    organises = exists().where(
        Role.person_id == person.id,
        or_(Role.association_id == Row.association_id, Role.association_id.is_(None), Association.is_district),
    )
    answered = exists().where(Signup.person_id == person.id, Signup.activity_id == Row.id)
    return or_(Row.open, inside, organises, answered)


async def may_see(
    session: AsyncSession, keys: Keys, activity_id: int, *, person: Person, chat: Address | None
) -> bool:
    """True when the activity is for the person, or shown in the group they ask from (None: in private)."""
    query = select(Row.id).join(Association, Association.id == Row.association_id)
    seen = _shown_to(person)
    if chat is not None:
        there = exists().where(
            Chat.platform == chat.platform.value,
            Chat.address_index == address_index(keys, chat),
            Chat.invented == Row.invented,
            Chat.present,
            Chat.level == Level.INTERNAL.value,
            or_(Chat.association_id == Row.association_id, Association.is_district),
        )
        seen = or_(seen, there)
    query = query.where(Row.id == activity_id, Row.invented.is_(person.invented), seen)
    return await session.scalar(query) is not None


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
    """How many gave each answer."""
    query = select(Signup.answer, func.count()).where(Signup.activity_id == activity_id).group_by(Signup.answer)
    counted = {row[0]: row[1] for row in await session.execute(query)}
    return {answer: counted.get(answer.value, 0) for answer in Answer}


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
