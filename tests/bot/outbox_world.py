"""An outbox with people and chats in it, and a delivery that empties it, on real SQLite."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from markupsafe import escape
from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.delivery import Delivery
from bot.lease import Lease
from bot.pacing import Limits, Pace
from chat.address import Address, Platform
from chat.message import Button, Message
from db import outbox, people, reach
from db.audiences import Audience
from db.installation import Installation
from db.models import (
    Account,
    Activity,
    Association,
    Chat,
    Consent,
    Level,
    PostKind,
    Priority,
    Signup,
    Worker,
)
from db.models import Delivery as Row
from db.outbox import Quiet
from db.session import Database
from tests.keeping import Keeper
from tests.room import KEYS, NOW, STOCKHOLM

UNPACED = {platform: Limits() for platform in Platform}
QUIET = Quiet(STOCKHOLM, "21-08")
PATIENCE_SECONDS = 30


async def until(met: Callable[[], Awaitable[bool]]) -> None:
    """The condition is met; AssertionError when it is not for some seconds."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not await met():  # noqa: ASYNC110 - what is waited for is a state of the database
            await asyncio.sleep(0.01)


@dataclass(slots=True)
class World:
    """Makes people, chats and posts, and tells how their deliveries stand."""

    database: Database
    now: datetime = NOW
    only: Platform = Platform.TELEGRAM  # where people are, in stories of one platform
    telegram: Keeper = field(default_factory=Keeper)
    discord: Keeper = field(default_factory=lambda: Keeper(Platform.DISCORD))
    installation: Installation = field(
        default_factory=lambda: Installation("Exempeldistriktet", "sv", STOCKHOLM, "21-08")
    )

    def delivery(self, pace: Pace | None = None, lease: Lease | None = None) -> Delivery:
        """A delivery over both platforms, unpaced and alone unless told."""
        senders = {sender.platform: sender for sender in (self.telegram, self.discord)}
        made = pace or Pace(UNPACED)
        return Delivery(
            self.database, KEYS, self.installation, senders, made, clock=lambda: self.now, lease=lease
        )  # fmt: skip

    @asynccontextmanager
    async def delivering(self, pace: Pace | None = None, lease: Lease | None = None) -> AsyncIterator[Delivery]:
        """A delivery that runs, and is stopped in order."""
        delivery = self.delivery(pace, lease)
        running = asyncio.create_task(delivery.run())
        try:
            yield delivery
        finally:
            await delivery.stop()
            await running

    async def person(
        self, number: int, *, platform: Platform = Platform.TELEGRAM, consent: Consent = Consent.YES, **values: Any
    ) -> int:
        """A person whose account takes private messages; `values` are columns of the person."""
        address = Address(platform, str(number))
        async with self.database.write() as session:
            made = await people.add_person(session, KEYS, address, language="sv", invented=False, now=self.now)
            await people.set_opened(session, made)
            await session.execute(
                update(Account).where(Account.id == made.account_id).values(consent=consent.value)
            )
            if values:
                await people.set_values(session, made.id, **values)
        return made.id

    async def account(self, person_id: int, number: int, *, platform: Platform) -> int:
        """A further account of that person."""
        address = Address(platform, str(number))
        row = Account(
            person_id=person_id, platform=platform.value, address=address.id, opened=True, consent="yes",
            address_index=people.address_index(KEYS, address), created_at=self.now,
        )  # fmt: skip
        async with self.database.write() as session:
            session.add(row)
        return row.id

    async def chat(self, number: int = -2001, **values: Any) -> int:
        """A bound group on Telegram."""
        address = Address(Platform.TELEGRAM, str(number))
        columns: dict[str, Any] = {"level": Level.OPEN.value, "title": "Provstad", **values}
        index = people.address_index(KEYS, address)
        row = Chat(
            platform="telegram", address=address.id, address_index=index, created_at=self.now, **columns
        )  # fmt: skip
        async with self.database.write() as session:
            session.add(row)
        return row.id

    async def activity(self, *, starts_in: timedelta = timedelta(days=3), **values: Any) -> int:
        """Something that is going to happen."""
        starts_at = self.now + starts_in
        columns: dict[str, Any] = {"kind": "demonstration", "open": True, "title": "Demonstration", **values}
        async with self.database.write() as session:
            association = Association(name=f"Exempelby {starts_at}", created_at=self.now)
            session.add(association)
            await session.flush()
            local = starts_at.astimezone(STOCKHOLM).replace(tzinfo=None).isoformat(timespec="minutes")
            row = Activity(
                association_id=association.id, starts_local=local, zone="Europe/Stockholm", starts_at=starts_at,
                created_at=self.now, **columns,
            )  # fmt: skip
            session.add(row)
        return row.id

    async def signup(self, activity_id: int, person_id: int, answer: str = "coming") -> None:
        """That person's answer."""
        async with self.database.write() as session:
            session.add(
                Signup(
                    activity_id=activity_id, person_id=person_id, answer=answer, name="Testa", answered_at=self.now
                )
            )  # fmt: skip

    async def post(
        self,
        key: str = "call:1",
        kind: PostKind = PostKind.CALL,
        *,
        priority: Priority = Priority.CALL,
        to_chats: bool = False,
        to_people: bool = True,
        quiet: Quiet | None = QUIET,
        **values: Any,
    ) -> int:
        """A post to every person and, when asked, every chat."""
        private = {"sv": said("Demonstration"), "en": said("Protest")}
        async with self.database.write() as session:
            post_id = await outbox.queue_post(
                session, key, kind, private=private, group=private, priority=priority, now=self.now, **values
            )
            assert post_id is not None
            if to_people:
                everybody = reach.reached(Audience(invented=False))
                await outbox.queue_to_people(session, post_id, everybody, now=self.now, quiet=quiet)
            if to_chats:
                bound = reach.chats(invented=False, association_ids=None, internal=False)
                await outbox.queue_to_chats(session, post_id, bound, now=self.now)
        return post_id

    async def rows(self) -> list[Row]:
        """All deliveries, in order."""
        async with self.database.read() as session:
            return list(await session.scalars(select(Row).order_by(Row.id)))

    async def states(self) -> list[str]:
        """How they stand."""
        return [row.state for row in await self.rows()]

    async def reached(self, *states: str) -> None:
        """The deliveries stand so, in a few seconds."""

        async def met() -> bool:
            return await self.states() == list(states)

        try:
            await until(met)
        except TimeoutError:
            raise AssertionError(f"{await self.states()} instead of {list(states)}") from None

    async def stands(self, table: type[Any], row_id: int) -> Any:
        """That row as it is now."""
        async with self.database.read() as session:
            return await session.get(table, row_id)

    async def enlist(self, worker: str) -> None:
        """A worker of that name lives until it is given up."""
        await self.does(
            lambda session: session.execute(insert(Worker).values(id=worker, beat_at=self.now, backend=0))
        )

    async def give_up(self, worker: str) -> None:
        """For the others, the worker is dead."""
        await self.does(lambda session: session.execute(delete(Worker).where(Worker.id == worker)))

    async def does(self, change: Callable[[AsyncSession], Awaitable[Any]]) -> None:
        """The change is committed."""
        async with self.database.write() as session:
            await change(session)


def said(text: str, activity: int = 1) -> Message:
    """A message with the button of those who come."""
    coming = Button("Jag kommer", "signup.answer", f"{activity}:coming")
    return Message.of(escape(text), coming, Button("Kanske", "signup.answer", f"{activity}:maybe"))
