"""Dialogues under way; they survive restarts and wait until tomorrow, or as long as what they wait for."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from chat.request import FormStyle
from db.models import Draft as Row
from db.models import Person
from db.session import affected

KEPT = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Draft:
    """`answers` maps fields to what was understood (text; WHEN as ISO in UTC; CHOICE its key; "" skipped).

    `typed` keeps what was typed where it was not understood yet; `candidates` the moments offered as buttons.
    """

    id: int
    person_id: int
    form: str
    argument: str
    style: FormStyle
    answers: dict[str, str]
    typed: dict[str, str]
    candidates: tuple[str, ...]
    asking: str
    expires_at: datetime

    def but(self, **changes: Any) -> "Draft":
        """The same with other values."""
        return replace(self, **changes)


def _read(row: Row) -> Draft:
    data = json.loads(row.data)
    return Draft(
        row.id, row.person_id, row.form, row.argument, FormStyle(row.style),
        data["answers"], data["typed"], tuple(data["candidates"]), row.asking, row.expires_at,
    )  # fmt: skip


async def get_draft(session: AsyncSession, draft_id: int, *, person_id: int, now: datetime) -> Draft | None:
    """That draft, when it is the person's own and has not expired."""
    query = select(Row).where(Row.id == draft_id, Row.person_id == person_id, Row.expires_at > now)
    row = await session.scalar(query)
    return _read(row) if row else None


async def get_begun(
    session: AsyncSession, *, person_id: int, form: str, argument: str, now: datetime
) -> Draft | None:
    """The person's draft of that form about the same thing, begun earlier."""
    same = (Row.person_id == person_id, Row.form == form, Row.argument == argument, Row.expires_at > now)
    row = await session.scalar(select(Row).where(*same))
    return _read(row) if row else None


async def of_form(session: AsyncSession, form: str, *, invented: bool) -> Sequence[Draft]:
    """Everybody's drafts of that form, in that world."""
    query = select(Row).join(Person).where(Row.form == form, Person.invented.is_(invented))
    return [_read(row) for row in await session.scalars(query)]


async def get_asking(session: AsyncSession, person_id: int, *, now: datetime) -> Draft | None:
    """The person's draft that free text answers."""
    query = select(Row).where(Row.person_id == person_id, Row.asking != "", Row.expires_at > now)
    row = await session.scalar(query.order_by(Row.id.desc()).limit(1))
    return _read(row) if row else None


async def start(
    session: AsyncSession,
    *,
    person_id: int,
    form: str,
    argument: str,
    style: FormStyle,
    answers: dict[str, str],
    now: datetime,
    kept: timedelta = KEPT,
) -> Draft:
    """A fresh draft; an earlier one of the same form and argument is thrown away."""
    same = (Row.person_id == person_id, Row.form == form, Row.argument == argument)
    await session.execute(delete(Row).where(*same))
    row = Row(
        person_id=person_id,
        form=form,
        argument=argument,
        style=style.value,
        data=_data(answers, {}, ()),
        asking="",
        expires_at=now + kept,
    )
    session.add(row)
    await session.flush()
    return _read(row)


async def save(session: AsyncSession, draft: Draft, *, now: datetime) -> None:
    """The draft is kept as it is, another day from now; at most one draft of a person takes free text."""
    row = await session.get_one(Row, draft.id)
    row.data = _data(draft.answers, draft.typed, draft.candidates)
    row.asking, row.style = draft.asking, draft.style.value
    row.expires_at = now + KEPT
    await session.flush()
    if draft.asking:
        await _silence_others(session, draft)


async def keep_until(session: AsyncSession, draft_id: int, moment: datetime) -> None:
    """The draft is kept until then."""
    await session.execute(update(Row).where(Row.id == draft_id).values(expires_at=moment))


async def _silence_others(session: AsyncSession, draft: Draft) -> None:
    query = select(Row).where(Row.person_id == draft.person_id, Row.id != draft.id, Row.asking != "")
    for other in await session.scalars(query):
        other.asking = ""
    await session.flush()


def _data(answers: dict[str, str], typed: dict[str, str], candidates: tuple[str, ...]) -> str:
    return json.dumps({"answers": answers, "typed": typed, "candidates": candidates}, ensure_ascii=False)


async def discard(session: AsyncSession, draft_id: int) -> None:
    """The draft is gone."""
    await session.execute(delete(Row).where(Row.id == draft_id))


async def discard_all(session: AsyncSession, forms: Collection[str]) -> int:
    """How many drafts of these forms are gone, whosever they were."""
    return await affected(session, delete(Row).where(Row.form.in_(forms)))


async def forget_old(session: AsyncSession, *, now: datetime) -> None:
    """Drafts of yesterday are gone."""
    await session.execute(delete(Row).where(Row.expires_at <= now))
