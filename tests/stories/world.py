"""The world before a story: two associations, a group, who met the bot before; and what is on its way in it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from chat.address import Platform
from db import models, people, roles
from db.installation import district
from db.models import Consent, Delivery, Level, Post, State
from tests.stories.driver import GROUP

if TYPE_CHECKING:
    from tests.stories.person import Person
    from tests.stories.stage import Stage

NEWCOMER, MEMBER, ORGANISER = "Testa Testsson", "Hitta Påhittsson", "Prova Provsdotter"
HOME, OTHER = "Provstad", "Exempelby"
UNSENT = (State.READY.value, State.CLAIMED.value, State.SENDING.value)


async def settle_in(stage: Stage) -> None:
    """The group gets what is open, the member is confirmed in Provstad, the organiser organises everywhere."""
    async with stage.product.opened.database.write() as session:
        for name in (HOME, OTHER):
            session.add(models.Association(name=name, created_at=stage.now))
    await _bind_group(stage)
    await met(stage, stage.member, inside=True)
    await met(stage, stage.organiser, organises=True)


async def _bind_group(stage: Stage) -> None:
    opened, address = stage.product.opened, stage.driver.group_address()
    async with opened.database.write() as session:
        whole = await district(session, opened.installation.organisation, invented=False, now=stage.now)
        session.add(
            models.Chat(
                platform=address.platform.value,
                address=address.id,
                address_index=people.address_index(opened.keys, address),
                title=GROUP,
                level=Level.OPEN.value,
                association_id=whole,
                created_at=stage.now,
            )
        )


async def met(stage: Stage, one: Person, *, inside: bool = False, organises: bool = False) -> None:
    """They have opened the bot before, are at home in Provstad and said yes to being written to."""
    if stage.on is Platform.TELEGRAM:
        one.body.account.has_started = True
    address, opened = stage.driver.address(one.body), stage.product.opened
    home_id = await association(stage, HOME)
    async with opened.database.write() as session:
        known = await people.add_person(
            session, opened.keys, address, language=one.body.language, invented=False, now=stage.now
        )
        known = await people.set_opened(session, known)
        await people.set_consent(session, known, stage.on.value, Consent.YES, text_version="1", now=stage.now)
        await people.set_values(session, known.id, association_id=home_id, greeted_at=stage.now)
        if inside:
            await people.set_insider(session, known.id, home_id, now=stage.now)
        if organises:
            await roles.grant(
                session, known.id, roles.ORGANISER, association_id=None, name=one.name, granted_by=None,
                now=stage.now,
            )  # fmt: skip


async def association(stage: Stage, name: str) -> int:
    """The number of the association of that name."""
    row = models.Association
    async with stage.product.opened.database.read() as session:
        every = await session.scalars(select(row).where(row.invented == (stage.on is Platform.TRY)))
        return next(one.id for one in every if one.name == name)


async def planned(
    stage: Stage, title: str, start: datetime, *, home: str = HOME, kind: str = "meeting", is_open: bool = True
) -> int:
    """The id of an activity of that association that was put into the calendar before, without a call."""
    row = models.Activity(
        association_id=await association(stage, home),
        kind=kind,
        open=is_open,
        title=title,
        starts_local=start.astimezone(ZoneInfo("Europe/Stockholm")).strftime("%Y-%m-%dT%H:%M"),
        zone="Europe/Stockholm",
        starts_at=start,
        invented=stage.on is Platform.TRY,
        created_at=stage.now,
    )
    async with stage.product.opened.database.write() as session:
        session.add(row)
        await session.flush()
        return row.id


async def arrivals(stage: Stage) -> int:
    """How many have been seen coming into a group."""
    async with stage.product.opened.database.read() as session:
        return await session.scalar(select(func.count()).select_from(models.Arrival)) or 0


async def unsent(stage: Stage) -> int:
    """How many messages may go out by now and have not, and how many posts do not look yet as they should."""
    waiting = Delivery.state.in_(UNSENT), Delivery.not_before <= stage.now
    async with stage.product.opened.database.read() as session:
        due = await session.scalar(select(func.count()).select_from(Delivery).where(*waiting)) or 0
        return due + (await session.scalar(select(func.count()).select_from(Post).where(Post.stale)) or 0)
