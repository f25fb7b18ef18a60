"""All that a handler gets, and the error that a person can mend."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from chat.message import Button
from chat.request import Request, whole_number
from db import associations
from db.installation import Installation
from db.keys import Keys
from db.outbox import Quiet
from db.people import Person
from db.roles import Rights
from handlers.feature import Needs, Routes
from texts import Translator, sentence, translator


class UserError(Exception):
    """A sentence the sender can act on; everything the handler wrote is rolled back."""

    def __init__(self, sentence: str, *buttons: Button, **values: object) -> None:
        """`sentence` is English and translated when shown, with `values` in its placeholders."""
        super().__init__(sentence)
        self.sentence = sentence
        self.buttons = buttons
        self.values = values


@dataclass(frozen=True, slots=True)
class Context:
    """One request with its person, one transaction, and the clock of this moment."""

    request: Request
    person: Person
    session: AsyncSession
    t: Translator  # in the person's language
    now: datetime
    installation: Installation
    keys: Keys
    routes: Routes  # every feature's declarations, for help and forms

    @property
    def in_private(self) -> bool:
        """True in the person's own conversation with the bot."""
        return self.request.chat.private

    @property
    def number(self) -> int:
        """The number that the request's argument is; 0, which is nobody's id, when it is none."""
        return whole_number(self.request.argument)

    @property
    def quiet(self) -> Quiet:
        """What the outbox needs to keep quiet hours."""
        return Quiet(self.installation.zone, self.installation.quiet_hours)

    def in_language(self, language: str) -> Translator:
        """A translator for somebody else."""
        return translator(language, self.installation.zone, default=self.installation.language)

    def require(self, association_id: int) -> None:
        """Nothing when the person may act for the association; else a UserError that says who may."""
        if not self.person.rights.covers(association_id):
            raise UserError(
                "Only that association's organisers can do that.",
                Button(self.t.plain("Ask an organiser"), "contact.ask"),
            )

    def require_register(self, association_id: int | None) -> None:
        """Nothing when the person may see the association's register (None: all of it); else a UserError."""
        if not self.person.rights.keeps_register(association_id):
            raise UserError(
                "Only those who keep that register can do that.",
                Button(self.t.plain("Ask an organiser"), "contact.ask"),
            )


def check(ctx: Context, needs: Needs) -> None:
    """Nothing when the person has that right at this moment; else a UserError."""
    rights = ctx.person.rights
    if is_allowed(rights, needs):
        return
    ask = Button(ctx.t.plain("Ask an organiser"), "contact.ask")
    if needs in _WHO:
        raise UserError(_WHO[needs], ask)
    if rights.is_organiser:
        raise UserError("Only organisers of the whole district can do that.", ask)
    raise UserError("Only organisers can do that.", ask)


_WHO = {
    Needs.REGISTER: sentence("Only those who keep the register can do that."),
    Needs.AUDITOR: sentence("The log is read by auditors. An admin lets them in."),
}


def is_allowed(rights: Rights, needs: Needs) -> bool:
    """True when who has these rights may call what needs that."""
    return {
        Needs.NOTHING: True,
        Needs.ORGANISER: rights.is_organiser,
        Needs.HOST: rights.is_organiser or bool(rights.hosted),
        Needs.DISTRICT: rights.district,
        Needs.ADMIN: rights.admin,
        Needs.REGISTER: rights.is_registrar,
        Needs.AUDITOR: rights.auditor,
    }[needs]


async def organisation(ctx: Context) -> str:
    """What the district is called to this person; empty when it has no name yet."""
    if ctx.person.invented:
        return await associations.district_name(ctx.session, invented=True)
    return ctx.installation.organisation
