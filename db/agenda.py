"""What is on, as one person or one chat may see it: one statement, for it is asked most."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Boolean, Integer, String, and_, bindparam, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from db.inside import is_inside
from db.models import Activity, ActivityState, Answer, Association, Signup
from db.prepared import Prepared
from db.roles import organises_from
from db.session import rows

MOST = 100  # rows of one answer
LATE = timedelta(hours=1)  # so long after its start one can still make it to an activity
LONGEST = timedelta(days=3)  # how long before an activity that still goes on may have begun


@dataclass(frozen=True, slots=True)
class Entry:
    """An activity in a list. `answer` is the viewer's own."""

    id: int
    title: str
    starts_at: datetime
    ends_at: datetime | None
    association_id: int
    association: str
    is_district: bool
    cancelled: bool
    answer: Answer | None


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks.

    `account_id`: from which the person looks. `person_id` 0: a chat.
    It sees what is open; at the level internal, told by `chat_association_id`,
    also what that association and the district keep to their own.
    """

    invented: bool
    person_id: int = 0
    account_id: int = 0
    chat_association_id: int = 0


_INSIDE = is_inside(
    bindparam("person"), lambda column: or_(column == Activity.association_id, Association.is_district)
)
_ORGANISES = organises_from(bindparam("account"), Activity.association_id, Association.is_district)
_IN_CHAT = and_(
    bindparam("chat", type_=Integer) > 0,
    or_(Activity.association_id == bindparam("chat"), Association.is_district),
)
_STAYS = or_(Activity.state == ActivityState.PLANNED.value, Signup.answer != Answer.NO.value)
_QUERY = Prepared(
    select(
        Activity.id, Activity.title, Activity.starts_at, Activity.ends_at, Activity.association_id,
        Association.name, Association.is_district, Activity.state, Signup.answer,
    )
    .join(Association, Association.id == Activity.association_id)
    .outerjoin(Signup, and_(Signup.activity_id == Activity.id, Signup.person_id == bindparam("person")))
    .where(
        Activity.invented == bindparam("invented", type_=Boolean),
        Activity.starts_at >= bindparam("earliest"),
        Activity.starts_at < bindparam("until"),
        or_(Activity.starts_at >= bindparam("since"), Activity.ends_at > bindparam("now")),
        or_(bindparam("kind", type_=String) == "", Activity.kind == bindparam("kind")),
        or_(bindparam("of", type_=Integer) == 0, Activity.association_id == bindparam("of")),
        or_(Activity.open, Signup.id.is_not(None), _IN_CHAT, _INSIDE, _ORGANISES),
        _STAYS,
    )
    .order_by(Activity.starts_at, Activity.id)
    .limit(bindparam("most", type_=Integer))
    .offset(bindparam("skip", type_=Integer))
)  # fmt: skip


async def entries(
    session: AsyncSession,
    viewer: Viewer,
    *,
    now: datetime,
    since: datetime,
    until: datetime,
    kind: str = "",
    of: int = 0,
    most: int = MOST,
    skip: int = 0,
) -> Sequence[Entry]:
    """What the viewer may see from `since` to before `until`, earliest first; what goes on now is among it.

    Cancelled ones are there only for those who said they come or maybe. `of`: one association's alone.
    """
    running = since <= now
    values = {
        "person": viewer.person_id, "account": viewer.account_id,
        "invented": viewer.invented, "chat": viewer.chat_association_id,
        "now": now, "until": until, "kind": kind, "of": of, "most": most, "skip": skip,
        "earliest": now - LONGEST if running else since,
        "since": now - LATE if running else since,
    }  # fmt: skip
    return [_entry(row) for row in await rows(session, _QUERY, values)]


def _entry(row: Any) -> Entry:
    cancelled = row.state == ActivityState.CANCELLED.value
    answer = Answer(row.answer) if row.answer else None
    return Entry(
        row.id, row.title, row.starts_at, row.ends_at, row.association_id, row.name, row.is_district,
        cancelled, answer,
    )  # fmt: skip
