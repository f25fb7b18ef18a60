"""One member's details are changed by hand: what a list could say of them, and no list is sent."""

from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from chat.address import Platform
from db import register, tombstones
from db.import_members.applying import change
from db.import_members.comparing import Change
from db.import_members.matching import Entry, Keeps
from db.import_members.rows import CHANGING, Row, person_keys
from db.keys import Keys
from db.models import Account, Person
from db.register import Card

__all__ = ["CHANGING", "Clash", "change_member", "clash_with"]

FIELDS = ("name", "email", "phone", "address")


class Clash(StrEnum):
    """Why a member cannot be called and reached like that."""

    FORGOTTEN = "forgotten"  # somebody like that asked to be
    SAME = "same"  # no list could tell them from another member


async def clash_with(
    session: AsyncSession, card: Card, row: Row, keeps: Keeps, *, keys: Keys, zone: ZoneInfo
) -> Clash | None:
    """What stands against the member's being as the row says; None: nothing."""
    if (row.name, row.email, row.phone) == (card.name, card.email, card.phone):
        return None
    stones = await tombstones.load(session, keys, zone)
    if stones.is_forgotten(
        name=row.name, number=card.number, email=row.email, phone=row.phone, joined_on=card.joined_on
    ):
        return Clash.FORGOTTEN
    mine = set(row.person_keys)
    invented = (await session.get_one(Person, card.person_id)).invented
    for other in await register.cards(session, invented=invented) if mine else ():
        numbered = card.number and other.number
        alike = mine.intersection(person_keys(other.name, other.email, other.phone))
        if other.id != card.id and keeps(other.association_id) and alike and not numbered:
            return Clash.SAME
    return None


async def change_member(
    session: AsyncSession, card: Card, row: Row, association_id: int | None, *, keys: Keys, now: datetime
) -> bool:
    """The member is as the row says, in that association; False when that is how it was."""
    fields = [one for one in FIELDS if getattr(row, one) != getattr(card, one)]
    if association_id != card.association_id:
        fields.append("association")
    if fields:
        own = (Account.person_id == card.person_id, Account.platform != Platform.EMAIL.value)
        linked = bool(await session.scalar(select(exists().where(*own))))
        one = Change(card, Entry(row, association_id), tuple(fields), linked)
        await change(session, [one], keys=keys, now=now)
    return bool(fields)
