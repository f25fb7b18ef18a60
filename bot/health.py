"""How the parts fare, for /readyz and the doctor."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from bot.supervise import HANGS_AFTER_SECONDS, Watchdog
from db.hold import Hold, get_hold
from db.session import Database

OK, OFF = "ok", "off"
LOOK_SECONDS = 5.0
PATIENCE_SECONDS = 3.0


class Health:
    """Remembers how the database was at the last look, and asks the others when asked."""

    def __init__(
        self,
        database: Database,
        watchdog: Watchdog,
        parts: Mapping[str, Callable[[], str]],
        *,
        has_clock: bool,
    ) -> None:
        """`parts` gives the own word of each connected platform, and of the backups."""
        self._database = database
        self._watchdog = watchdog
        self._parts = parts
        self._has_clock = has_clock
        self._database_state = self._delivery_state = OK  # it was opened just before

    def states(self) -> dict[str, str]:
        """Each part: "ok", "off" or a reason."""
        parts = {name: state() for name, state in self._parts.items()}
        return {
            "database": self._database_state,
            "clock": self._clock(),
            "delivery": self._delivery_state,
            **parts,
        }

    def _clock(self) -> str:
        if not self._has_clock:
            return OFF
        age = self._watchdog.age_seconds
        return OK if age < HANGS_AFTER_SECONDS / 2 else f"stood still for {age:.0f} s"

    async def watch(self) -> None:
        """Looks at the database every few seconds, until cancelled."""
        while True:
            self._database_state = await self._look()
            await asyncio.sleep(LOOK_SECONDS)

    async def _look(self) -> str:
        """SQLite's write transaction begins here, so that a read-only file or a lock is seen too."""
        try:
            async with asyncio.timeout(PATIENCE_SECONDS), self._database.write() as session:
                await session.execute(text("SELECT 1"))
                self._delivery_state = on_hold(await get_hold(session))
        except TimeoutError:
            return "does not answer"
        except (SQLAlchemyError, OSError) as error:
            return f"cannot be used ({type(error).__name__})"
        return OK


def on_hold(hold: Hold | None) -> str:
    """Why nothing goes out; "ok" when it does."""
    if hold is None:
        return OK
    after = f", restored from {minute(hold.backup_at)}" if hold.backup_at else ""
    return f"on HOLD since {minute(hold.since)}{after}; ./kallelse release ends it"


def minute(moment: datetime) -> str:
    """The moment as operators read it."""
    return f"{moment:%Y-%m-%d %H:%M} UTC"
