"""The one writer of the ledger: intents and outcomes that come together are committed together.

Each waits until it is on disk. While the database cannot be written nothing is sent, and no outcome is lost.
"""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.delivery.decisions import MOST_ATTEMPTS, NEEDS_CONSENT, Next, Reason
from bot.lease import Lease
from chat.address import Address, Platform
from db import chats, deliveries, people
from db.deliveries import Claimed
from db.keys import Keys
from db.models import PostKind, State
from db.session import DATABASE_ERRORS, Database, driver_error

log = logging.getLogger(__name__)

MOST_AT_ONCE = 500
PAUSE_SECONDS = 1.0


@dataclass(slots=True, eq=False)
class Intent:
    """The wish to send; `done` gives the number of the try, or None when the delivery was taken away."""

    delivery_id: int
    done: asyncio.Future[int | None]


@dataclass(slots=True, eq=False)
class Outcome:
    """What became of a delivery. `attempt` None: it was not tried. `shown`: revision and counts it showed."""

    row: Claimed
    attempt: int | None
    next: Next
    shown: tuple[int, int]
    done: asyncio.Future[int | None]


@dataclass(slots=True)
class Ledger:
    """`run` writes what `intend` and `end` ask for."""

    database: Database
    keys: Keys
    lease: Lease
    clock: Callable[[], datetime]
    _jobs: asyncio.Queue[Intent | Outcome] = field(default_factory=asyncio.Queue)

    async def intend(self, delivery_id: int) -> int | None:
        """The number of the try that is now committed; None when the delivery must not be sent."""
        intent = Intent(delivery_id, asyncio.get_running_loop().create_future())
        self._jobs.put_nowait(intent)
        return await intent.done

    async def end(
        self, row: Claimed, attempt: int | None, following: Next, *, shown: tuple[int, int] = (0, 0)
    ) -> None:
        """What became of the delivery is committed."""
        outcome = Outcome(row, attempt, following, shown, asyncio.get_running_loop().create_future())
        self._jobs.put_nowait(outcome)
        await outcome.done

    async def run(self) -> None:
        """Writes until cancelled."""
        while True:
            jobs = [await self._jobs.get()]
            while not self._jobs.empty() and len(jobs) < MOST_AT_ONCE:
                jobs.append(self._jobs.get_nowait())
            await self._do(jobs)

    async def _do(self, jobs: list[Intent | Outcome]) -> None:
        """Each who waits is told. One that can never be written does not take the others along."""
        try:
            attempts = await self._commit(jobs)
        except Exception as error:  # noqa: BLE001 - whatever it is, the others go on
            await self._one_by_one(jobs, error)
            return
        for job in jobs:
            if not job.done.done():
                # Taken out: of two who ask for one delivery only the first may send it.
                job.done.set_result(attempts.pop(job.delivery_id, None) if isinstance(job, Intent) else None)

    async def _one_by_one(self, jobs: list[Intent | Outcome], error: Exception) -> None:
        if len(jobs) > 1:
            for job in jobs:
                await self._do([job])
        elif not jobs[0].done.done():
            jobs[0].done.set_exception(error)

    async def _commit(self, jobs: list[Intent | Outcome]) -> dict[int, int]:
        """The numbers of the tries that may begin."""
        again = False
        while True:
            try:
                async with self.database.write() as session:
                    return await self._write(session, jobs, again=again)
            except DATABASE_ERRORS as error:
                log.error("the ledger was not written, nothing is sent: %s", driver_error(error))
            again = True
            await asyncio.sleep(PAUSE_SECONDS)

    async def _write(self, session: AsyncSession, jobs: list[Intent | Outcome], *, again: bool) -> dict[int, int]:
        """The numbers of the tries that may begin. Outcomes come first: they may be what an intent waits for."""
        outcomes = [job for job in jobs if isinstance(job, Outcome)]
        sent = [_arrived(one) for one in outcomes if one.next.state is State.SENT]
        await deliveries.acknowledge(session, sent)
        for one in outcomes:
            if one.next.state is not State.SENT:
                await self._settle(session, one)
        intents = [job.delivery_id for job in jobs if isinstance(job, Intent)]
        return await self._intend(session, intents, again=again) if intents else {}

    async def _intend(self, session: AsyncSession, intents: list[int], *, again: bool) -> dict[int, int]:
        owner = self.lease.worker
        # A connection that was lost while it committed does not say whether it did.
        done = await deliveries.intended(session, intents, owner=owner) if again else {}
        return done | await deliveries.intend(session, intents, owner=owner, now=self.clock())

    async def _settle(self, session: AsyncSession, one: Outcome) -> None:
        row, values = one.row, columns(one.next)
        attempt = row.attempt if one.attempt is None else one.attempt
        if one.attempt is not None and not one.next.charged:
            values["attempt"] = one.attempt - 1
        if one.next.next_account and row.person_id is not None:
            tried_and_closed = one.attempt is not None and one.next.reason is Reason.UNREACHABLE
            if tried_and_closed and row.account_id is not None:
                await people.set_unreachable(session, row.account_id)
            values |= await self._next_account(session, row, attempt)
        if one.next.chat_gone and row.chat_id is not None:
            await chats.leave(session, row.chat_id)
        if one.next.moved_to and row.chat_id is not None:
            await chats.move(session, self.keys, row.chat_id, Address(Platform(row.lane), one.next.moved_to))
        await deliveries.settle(session, row.id, attempt=attempt, owner=row.owner, values=values)

    async def _next_account(self, session: AsyncSession, row: Claimed, attempt: int) -> dict[str, Any]:
        """The columns that put the delivery on another account of the person; none when all had their tries."""
        assert row.person_id is not None
        kind = PostKind(row.kind)
        if kind is PostKind.SECURITY:
            return {}  # for that account alone
        found = await deliveries.next_account(
            session,
            row.person_id,
            after=row.account_id,
            tried=attempt // MOST_ATTEMPTS,
            consenting=kind in NEEDS_CONSENT and not row.by_signup,
            alike=kind is PostKind.PERSONAL,
        )
        if found is None:
            return {}
        account_id, lane = found
        return {"account_id": account_id, "lane": lane, "state": State.READY.value, "reason": row.reason}


def _arrived(one: Outcome) -> dict[str, Any]:
    revision, counts = one.shown
    return {
        "of_id": one.row.id,
        "of_attempt": one.attempt,
        "message_id": one.next.message_id,
        "sent_at": one.next.since,
        "shown_revision": revision,
        "shown_counts": counts,
    }


def columns(following: Next) -> dict[str, Any]:
    """What a delivery's row says after that."""
    values: dict[str, Any] = {
        "state": following.state.value,
        "reason": following.reason.value if following.reason else None,
        "sent_at": following.since,
    }
    return values if following.not_before is None else values | {"not_before": following.not_before}
