"""Single-use codes: only their hash is kept, and one redemption wins."""

import secrets
from datetime import datetime, timedelta

from sqlalchemy import delete, update
from sqlalchemy.ext.asyncio import AsyncSession

from db.keys import Keys
from db.models import Code

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # no I, O, 0, 1: read aloud and typed with cold fingers
GROUPS, GROUP = 3, 4  # XXXX-XXXX-XXXX: 60 bits, single use, 24 h
KEPT = timedelta(hours=24)  # after use or expiry


async def new_code(
    session: AsyncSession, keys: Keys, purpose: str, *, argument: str = "", valid: timedelta, now: datetime
) -> str:
    """A fresh code of the form XXXX-XXXX-XXXX that `redeem` takes once, until it expires."""
    plain = "".join(secrets.choice(LETTERS) for _ in range(GROUPS * GROUP))
    session.add(
        Code(
            purpose=purpose,
            code_hash=_hash(keys, purpose, plain),
            argument=argument,
            created_at=now,
            expires_at=now + valid,
        )
    )
    await session.flush()
    return "-".join(plain[start : start + GROUP] for start in range(0, len(plain), GROUP))


async def redeem(session: AsyncSession, keys: Keys, purpose: str, typed: str, *, now: datetime) -> str | None:
    """The code's argument, the first time; None alike when it is unknown, used or expired."""
    wanted = (Code.code_hash == _hash(keys, purpose, typed), Code.used_at.is_(None), Code.expires_at > now)
    made = await session.execute(update(Code).where(*wanted).values(used_at=now).returning(Code.argument))
    argument: str | None = made.scalar()
    return argument


async def forget_old(session: AsyncSession, *, now: datetime) -> None:
    """Codes used or expired over a day ago are gone."""
    await session.execute(delete(Code).where((Code.used_at < now - KEPT) | (Code.expires_at < now - KEPT)))


def _hash(keys: Keys, purpose: str, typed: str) -> bytes:
    plain = "".join(letter for letter in typed.upper() if letter.isalnum())
    return keys.code_hash(f"{purpose}:{plain}")
