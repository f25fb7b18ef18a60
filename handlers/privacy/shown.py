"""Everything that is kept about a person, in words and as a file."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from markupsafe import Markup

from chat.message import Button, Document, Message, Shown
from db import privacy
from handlers.context import Context, organisation
from handlers.feature import Answered
from handlers.organisers.feature import called
from handlers.privacy.feature import feature
from handlers.private import leads_to_private
from texts import Translator, dates, sentence
from texts.questions import Question

MOST = 5  # values of a kind that are written out; the file has them all
KINDS = {
    "person": sentence("Your language, association and settings"),
    "account": sentence("Accounts"),
    "member": sentence("In the register"),
    "office": sentence("Offices"),
    "person_label": sentence("Interests, lists and what you can give"),
    "consent_log": sentence("Your answers to “May I write here?”"),
    "consent_text": sentence("What you were asked then"),
    "role": sentence("What you organise"),
    "approval": sentence("What you asked another admin to approve"),
    "insider": sentence("Associations that have confirmed you"),
    "chat": sentence("Groups you have added me to"),
    "activity": sentence("Activities you arrange"),
    "signup": sentence("Your answers to activities"),
    "question": sentence("What you have asked"),
    "help_offer": sentence("Offers to help"),
    "post": sentence("Messages from you or about you"),
    "delivery": sentence("Messages to you"),
    "draft": sentence("Drafts"),
    "code": sentence("Codes for you, by their hash"),
    "link_request": sentence("Codes you have asked for in the last day"),
    "arrival": sentence("Groups you came into"),
    "audit": sentence("Logged steps by you or about you"),
}
Row = Mapping[str, Any]


def _of_register(t: Translator, row: Row) -> str:
    since = t.plain("since {day}", day=row["joined_on"]) if row["joined_on"] else None
    paid = t.plain("paid until {day}", day=row["paid_until"]) if row["paid_until"] else None
    born = t.plain("born {year}", year=row["born_year"]) if row["born_year"] else None
    lines = (row["address"] or "").splitlines()
    known = [row[name] for name in ("name", "number", "email", "phone")]
    return ", ".join(str(one) for one in (*known, *lines, row["association"], since, paid, born) if one)


def _of_office(t: Translator, row: Row) -> str:
    return f"{row['kind']}, {row['association']}"


def _of_role(t: Translator, row: Row) -> str:
    if row["activity_id"]:
        return t.plain("host of {title}", title=row["activity"])
    return called(t, row["role"], row["association"])


SHOWN: Mapping[str, Callable[[Translator, Row], str]] = {
    "account": lambda t, row: row["address"],
    "member": _of_register,
    "office": _of_office,
    "person_label": lambda t, row: row["label"],
    "insider": lambda t, row: row["association"],
    "role": _of_role,
    "activity": lambda t, row: row["title"],
    "signup": lambda t, row: row["name"],
    "question": lambda t, row: row["text"],
    "help_offer": lambda t, row: row["name"],
}


@feature.command("mindata", alias="mydata", description=sentence("Everything I keep about you"), private=True)
@feature.button("privacy.show", shown=Shown.PRIVATELY)
async def show(ctx: Context) -> Message:
    """Everything that is kept, in words, and all of it as a file."""
    away = leads_to_private(ctx, "do-mindata")
    if away:
        return away
    kept = await privacy.everything(ctx.session, ctx.person.id)
    lines = [ctx.t("This is everything I keep about you. It is all in the file, too.")]
    lines += [_line(ctx.t, name, rows) for name, rows in kept.items()]
    who = await organisation(ctx) or dates.capital(ctx.t.plain("the district"))
    lines.append(ctx.t("{organisation} is responsible.", organisation=who))
    content = json.dumps(kept, ensure_ascii=False, indent=1).encode()
    text = Message.of(Markup("\n").join(lines), *_ways_on(ctx.t, in_register="member" in kept))
    return replace(text, document=Document("kallelse.json", content))


def _ways_on(t: Translator, *, in_register: bool) -> list[Button]:
    correct = [Button(t.plain("Correct my details"), "privacy.correct")] if in_register else []
    return [
        *correct,
        Button(t.plain("Settings"), "settings.show"),
        Button(t.plain("Forget me"), "privacy.ask"),
        Button(t.plain("Write to an organiser"), "contact.ask"),
    ]


def _line(t: Translator, name: str, rows: Sequence[Row]) -> Markup:
    kind = t.plain(KINDS[name]) if name in KINDS else name
    if name == "person":
        return t("• {kind}", kind=kind)  # there is one of them
    say = SHOWN.get(name)
    if say is None:
        return t("• {kind}: {n}", kind=kind, n=len(rows))
    values = ", ".join(filter(None, [say(t, row) for row in rows[:MOST]])) + ("…" if rows[MOST:] else "")
    if name == "member":
        return t("• {kind}: {values}", kind=kind, values=values)
    return t("• {kind}: {n} ({values})", kind=kind, n=len(rows), values=values)


@feature.question("my_data")
async def data_asked(ctx: Context, question: Question) -> Answered:
    """The same, for somebody who wrote it."""
    return await show(ctx)
