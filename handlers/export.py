"""The register as a file: for those who keep all of it, when an admin has approved it, once."""

import csv
import io
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from markupsafe import Markup

from chat.form import Field, FieldKind, Form
from chat.message import Button, Document, Message, Reply, Shown
from db import audit, codes, register, roles
from db.approvals import Approval
from db.drafts import Draft
from db.models import MemberStatus
from db.register import Card
from handlers import approvals, forms
from handlers.context import Context, UserError
from handlers.feature import Feature, Needs
from handlers.telling import Made
from texts import Translator, sentence

feature = Feature("export")

FETCH = "export"
FETCHED = timedelta(hours=1)
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # what a sheet would calculate
WHY = Form(
    "export.ask",
    title=sentence("The register as a file"),
    fields=(
        Field(
            "why",
            label=sentence("What it is for"),
            question=sentence(
                "A file of the register can be lost or passed on, so another admin has to agree. What is it for?"
            ),
            kind=FieldKind.TEXT,
            max_length=200,
        ),
    ),
)
COLUMNS = (
    (sentence("Membership number"), "number"),
    (sentence("Whole name"), "name"),
    (sentence("E-mail"), "email"),
    (sentence("Telephone"), "phone"),
    (sentence("Postal address"), "address"),
    (sentence("Association"), "association"),
    (sentence("Member since"), "joined_on"),
    (sentence("Paid until"), "paid_until"),
    (sentence("Language"), "language"),
    (sentence("Born year"), "born_year"),
)


@feature.command(
    "exportera",
    alias="export",
    description=sentence("The register as a file, when two agree"),
    shown=Shown.FORM,
    needs=Needs.REGISTER,
    private=True,
)
async def begin(ctx: Context) -> Reply:
    """Asks what it is for, when there is somebody to agree; nothing is given out yet."""
    ctx.require_register(None)
    await approvals.other_admins(ctx)
    return await forms.open_form(ctx, WHY)


@feature.form(WHY, needs=Needs.REGISTER)
async def ask(ctx: Context, draft: Draft, values: dict[str, str]) -> Message:
    """The other admins are asked."""
    ctx.require_register(None)
    return await approvals.ask(ctx, "export.register", values["why"], lambda t: _what(t, values["why"]))


def _what(t: Translator, why: str) -> Markup:
    return t("Everybody in it, with name, address, e-mail and telephone. What for: {why}", why=why)


@feature.approval("export.register", what=sentence("the register as a file"), needs=Needs.REGISTER)
async def approved(ctx: Context, asked: Approval) -> Made:
    """The one who asked gets a button that gives the file once, within an hour."""
    if not (await roles.get_rights(ctx.session, asked.asked_by)).keeps_register(None):
        raise UserError("Whoever asked for it no longer keeps the whole register.")
    about = str(asked.asked_by)
    code = await codes.new_code(ctx.session, ctx.keys, FETCH, argument=about, valid=FETCHED, now=ctx.now)
    return lambda t: _ready(t, code)


def _ready(t: Translator, code: str) -> Message:
    text = t(
        "Approved: the register as a file. Fetch it within an hour, once. It holds what is in the register then."
    )
    return Message.of(text, Button(t.plain("Fetch"), "export.fetch", code))


@feature.button("export.fetch", shown=Shown.PRIVATELY, needs=Needs.REGISTER)
async def fetch(ctx: Context) -> Reply:
    """The file, as the register is now, to the one who asked for it."""
    ctx.require_register(None)
    whose = await codes.redeem(ctx.session, ctx.keys, FETCH, ctx.request.argument, now=ctx.now)
    if whose != str(ctx.person.id) or not ctx.in_private:
        raise UserError("That file is already fetched, or the hour is over. Ask again: /export")
    every = await register.cards(ctx.session, invented=ctx.person.invented)
    members = [one for one in every if one.status == MemberStatus.ACTIVE.value]
    audit.note(ctx.session, "export", "register", actor_id=ctx.person.id, now=ctx.now)
    text = ctx.t.count(
        len(members),
        one="Here it is: {n} person. Keep it safe, and delete it when you are done.",
        other="Here it is: {n} persons. Keep it safe, and delete it when you are done.",
    )
    document = Document(ctx.t.plain("register.csv"), table(ctx.t, members))
    return Reply(Message(text, document=document), clear_buttons=True)


def table(t: Translator, members: Sequence[Card]) -> bytes:
    """The members as a CSV for spreadsheets (semicolons, a byte order mark) in which nothing is calculated."""
    written = io.StringIO(newline="")
    lines = csv.writer(written, delimiter=";", lineterminator="\r\n")
    lines.writerow(t.plain(name) for name, _ in COLUMNS)
    lines.writerows([_cell(getattr(one, field)) for _, field in COLUMNS] for one in members)
    return written.getvalue().encode("utf-8-sig")


def _cell(value: Any) -> str:
    said = "" if value is None else str(value)
    return f"'{said}" if said.startswith(FORMULA) else said
