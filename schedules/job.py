"""How clock work declares itself: what is looked at, and how often."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncSession

from db.backup import Place
from db.installation import Installation


class Run(Protocol):
    """Writes what is due at `now` to the outbox, in one transaction. Safe to repeat: it may come late or twice."""

    def __call__(
        self, session: AsyncSession, *, now: datetime, installation: Installation
    ) -> Awaitable[datetime | None]:
        """The next moment something is due, if that is known; None: the next look is early enough."""


@dataclass(frozen=True, slots=True)
class Job:
    """`run` is called every so often; wall-clock rules ("Monday at nine") are its own, for they can be late.

    Where `next_due` tells by an indexed read that nothing is due yet, `run` and its transaction are spared.
    """

    name: str
    every: timedelta
    run: Run
    next_due: Callable[[AsyncSession], Awaitable[datetime | None]] | None = None


class Errand(Protocol):
    """What takes longer than a transaction may."""

    def __call__(self, place: Place, *, now: datetime) -> Awaitable[None]:
        """It is done; cancelled, it ends within a moment."""


@dataclass(frozen=True, slots=True)
class Chore:
    """Work beside the database rather than in it: done every so often, and at the start."""

    name: str
    every: timedelta
    run: Errand
