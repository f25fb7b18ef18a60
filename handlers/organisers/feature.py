"""What the files of this feature share: its declarations, what a role is called, and who may give it."""

from __future__ import annotations

from dataclasses import dataclass

from db import activities, associations, audit, roles
from db.activities import Activity
from db.associations import Association
from db.roles import Rights
from handlers.context import Context, UserError
from handlers.feature import Feature
from texts import Translator

feature = Feature("organisers")

_LETTERS = {roles.ORGANISER: "o", roles.ADMIN: "a", roles.REGISTRAR: "r", roles.AUDITOR: "u", roles.HOST: "h"}


@dataclass(frozen=True, slots=True)
class Offer:
    """A role that somebody is invited to, with what it is for. As text, "r5": in buttons and codes."""

    role: str
    association: Association | None = None
    activity: Activity | None = None

    def __str__(self) -> str:
        """What `offered` reads."""
        about = self.activity or self.association
        return f"{_LETTERS[self.role]}{about.id if about else ''}"

    @property
    def association_id(self) -> int | None:
        """Whose organisers it concerns; None: the district's admins."""
        if self.activity:
            return self.activity.association_id
        return self.association.id if self.association else None

    @property
    def activity_id(self) -> int | None:
        """What a host is the host of."""
        return self.activity.id if self.activity else None

    @property
    def scope(self) -> str:
        """What it is for, as the audit log says it."""
        if self.activity:
            return f"activity:{self.activity.id}"
        return f"association:{self.association.id}" if self.association else "district"

    def what(self, t: Translator) -> str:
        """What it is, as organisers read it."""
        return called(t, self.role, self.association.name if self.association else None, self.activity)


async def offered(ctx: Context, text: str) -> Offer:
    """What the text of an offer means now. UserError when what it is for is gone."""
    role = next((role for role, letter in _LETTERS.items() if letter == text[:1]), None)
    if role is None:  # a button from before there were other roles than organisers
        raise UserError("That has changed since. Look at /organisers.")
    number = int(text[1:] or 0)
    world = ctx.person.invented
    activity = await activities.get_activity(ctx.session, number, invented=world) if role == roles.HOST else None
    place = None
    if number and role != roles.HOST:
        place = await associations.get_association(ctx.session, number, invented=world)
    if number and not (activity or place):
        raise UserError("What that was about is no longer there.")
    return Offer(role, place, activity)


def called(t: Translator, role: str, association: str | None, activity: Activity | None = None) -> str:
    """What somebody with that role does, as organisers read it."""
    if activity:
        return t.plain("host of {title}", title=activity.title)
    if role == roles.REGISTRAR:
        if association is None:
            return t.plain("keeps the whole register")
        return t.plain("keeps the register of {association}", association=association)
    if role == roles.AUDITOR:
        return t.plain("reads the log")
    where = association or t.plain("the whole district")
    return t.plain("admin, {where}", where=where) if role == roles.ADMIN else where


def may_grant(rights: Rights, role: str, association_id: int | None) -> bool:
    """True when they may give that role there, and take it back."""
    if association_id is None:
        return rights.admin
    if role == roles.REGISTRAR:  # nobody shows a register to others that they do not see themselves
        return rights.admin or (rights.covers(association_id) and rights.keeps_register(association_id))
    return rights.covers(association_id)


def require_grant(ctx: Context, role: str, association_id: int | None) -> None:
    """Nothing when the person may give that role there; else a UserError that says who may."""
    if may_grant(ctx.person.rights, role, association_id):
        return
    if association_id is None:
        raise UserError("Only an admin can do that.")
    ctx.require(association_id)
    ctx.require_register(association_id)


def note(ctx: Context, how: str, role: str, scope: str, person_id: int) -> None:
    """Who got or lost which role is in the audit log."""
    audit.note(ctx.session, f"{how} {role} {scope}", f"person:{person_id}", actor_id=ctx.person.id, now=ctx.now)
