"""Single-use codes: only their hash is kept, and one redemption wins."""

import secrets
from collections.abc import Collection
from datetime import datetime, timedelta
from string import ascii_letters, digits

from sqlalchemy import ColumnElement, delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from db.keys import Keys
from db.models import Code

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # no I, O, 0, 1: read aloud and typed with cold fingers
GROUPS, GROUP = 3, 4  # XXXX-XXXX-XXXX: 60 bits, single use, 24 h
KEPT = timedelta(hours=24)  # after use or expiry
LONG_BYTES = 16  # 128 bits, 22 characters of A-Za-z0-9_-: for links
DIGITS = 8  # typed within minutes, by one person, in a few tries
MOST_TRIES = 5
_URL_SAFE = frozenset(ascii_letters + digits + "-_")


async def new_code(
    session: AsyncSession, keys: Keys, purpose: str, *, argument: str = "", valid: timedelta, now: datetime
) -> str:
    """A fresh code of the form XXXX-XXXX-XXXX that `redeem` takes once, until it expires."""
    plain = "".join(secrets.choice(LETTERS) for _ in range(GROUPS * GROUP))
    await _add(session, purpose, _hash(keys, purpose, plain), argument=argument, valid=valid, now=now)
    return "-".join(plain[start : start + GROUP] for start in range(0, len(plain), GROUP))


async def redeem(session: AsyncSession, keys: Keys, purpose: str, typed: str, *, now: datetime) -> str | None:
    """The code's argument, the first time; None alike when it is unknown, used or expired."""
    return await take(session, [_hash(keys, purpose, typed)], person_id=0, now=now)


async def new_long(
    session: AsyncSession,
    keys: Keys,
    purpose: str,
    *,
    argument: str,
    valid: timedelta,
    now: datetime,
    person_id: int | None = None,
) -> str:
    """A fresh code for a link: 22 characters, of which every one counts. `person_id`: nobody else may use it."""
    plain = secrets.token_urlsafe(LONG_BYTES)
    hashed = long_hash(keys, purpose, plain)
    await _add(session, purpose, hashed, argument=argument, person_id=person_id, valid=valid, now=now)
    return plain


async def new_digits(
    session: AsyncSession,
    keys: Keys,
    purpose: str,
    *,
    argument: str,
    person_id: int,
    valid: timedelta,
    now: datetime,
) -> tuple[int, str]:
    """The id of a fresh code that only this person may use, and its eight digits."""
    plain = _eight()
    hashed = digits_hash(keys, purpose, person_id, plain)
    code_id = await _add(session, purpose, hashed, argument=argument, person_id=person_id, valid=valid, now=now)
    return code_id, plain


async def renew(
    session: AsyncSession,
    keys: Keys,
    purpose: str,
    code_id: int,
    *,
    argument: str,
    valid: timedelta,
    now: datetime,
) -> str | None:
    """Other digits for that code, for this, with all their tries and that long to live; None when used or gone."""
    live = (Code.id == code_id, Code.purpose == purpose, Code.used_at.is_(None))
    person_id = await session.scalar(select(Code.person_id).where(*live))
    if person_id is None:
        return None
    plain = _eight()
    values = {"code_hash": digits_hash(keys, purpose, person_id, plain), "expires_at": now + valid, "tries": 0}
    await session.execute(update(Code).where(*live).values(argument=argument, **values))
    return plain


def _eight() -> str:
    return "".join(secrets.choice(digits) for _ in range(DIGITS))


async def get_argument(
    session: AsyncSession, hashes: Collection[bytes], *, person_id: int, now: datetime
) -> str | None:
    """What the code with one of these hashes is for, when this person may use it; it stays unused.

    None alike when it is unknown, used, expired, tried too often, or somebody else's.
    """
    argument: str | None = await session.scalar(select(Code.argument).where(*_valid(hashes, person_id, now)))
    return argument


async def take(session: AsyncSession, hashes: Collection[bytes], *, person_id: int, now: datetime) -> str | None:
    """As `get_argument`, and the code is used: of many who try at once one gets it."""
    query = update(Code).where(*_valid(hashes, person_id, now)).values(used_at=now).returning(Code.argument)
    argument: str | None = (await session.execute(query)).scalar()
    return argument


def _valid(hashes: Collection[bytes], person_id: int, now: datetime) -> tuple[ColumnElement[bool], ...]:
    theirs = or_(Code.person_id.is_(None), Code.person_id == person_id)
    return (Code.code_hash.in_(hashes), theirs, *_is_live(now))


def _is_live(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (Code.used_at.is_(None), Code.expires_at > now, Code.tries < MOST_TRIES)


async def miss(session: AsyncSession, purpose: str, *, person_id: int, now: datetime) -> None:
    """Something wrong was typed: each code that waits for this person has a try less."""
    waiting = (Code.purpose == purpose, Code.person_id == person_id, *_is_live(now))
    await session.execute(update(Code).where(*waiting).values(tries=Code.tries + 1))


async def forget_old(session: AsyncSession, *, now: datetime) -> None:
    """Codes used or expired over a day ago are gone."""
    await session.execute(delete(Code).where((Code.used_at < now - KEPT) | (Code.expires_at < now - KEPT)))


async def _add(
    session: AsyncSession,
    purpose: str,
    code_hash: bytes,
    *,
    argument: str,
    person_id: int | None = None,
    valid: timedelta,
    now: datetime,
) -> int:
    row = Code(
        purpose=purpose,
        code_hash=code_hash,
        argument=argument,
        person_id=person_id,
        created_at=now,
        expires_at=now + valid,
    )
    session.add(row)
    await session.flush()
    return row.id


def _hash(keys: Keys, purpose: str, typed: str) -> bytes:
    plain = "".join(letter for letter in typed.upper() if letter.isalnum())
    return keys.code_hash(f"{purpose}:{plain}")


def as_typed(typed: str) -> str:
    """A long code or digits without the spaces that people put in; empty when it is neither."""
    plain = "".join(typed.split())
    return plain if plain and _URL_SAFE.issuperset(plain) else ""


def long_hash(keys: Keys, purpose: str, typed: str) -> bytes:
    """What is kept of a long code."""
    return keys.code_hash(f"{purpose}:long:{as_typed(typed)}")


def digits_hash(keys: Keys, purpose: str, person_id: int, typed: str) -> bytes:
    """What is kept of a person's digits, also with a hyphen between them."""
    return keys.code_hash(f"{purpose}:{person_id}:{as_typed(typed).replace('-', '')}")
