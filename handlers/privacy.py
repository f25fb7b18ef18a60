"""My data: shown, taken out, erased; and being left alone at once."""

import json
import re
from dataclasses import replace
from datetime import datetime

from markupsafe import Markup
from sqlalchemy.ext.asyncio import AsyncSession

from chat.message import Button, Document, Message, Reply, Shown
from db import activities, audit, organisers, outbox, people, privacy, tombstones
from db.activities import Activity
from db.installation import Installation
from db.keys import Keys
from handlers import card
from handlers.context import Context, UserError, organisation
from handlers.feature import Answered, Feature
from handlers.private import leads_to_private
from texts import Translator, dates, sentence, translator
from texts.questions import Question

feature = Feature("privacy")

ANY = "\ue000"  # stands for whatever an association was called; nobody types it
MOST = 5  # values of a kind that are written out; the file has them all
KINDS = {
    "person": sentence("Your language, association and settings"),
    "account": sentence("Accounts"),
    "consent_log": sentence("Your answers to “May I write here?”"),
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
    "arrival": sentence("Groups you came into"),
    "audit": sentence("Logged steps by you or about you"),
}
SHOWN = {
    "account": "address",
    "role": "name",
    "activity": "title",
    "signup": "name",
    "question": "text",
    "help_offer": "name",
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
    lines += [_line(ctx, name, rows) for name, rows in kept.items()]
    who = await organisation(ctx) or dates.capital(ctx.t.plain("the district"))
    lines.append(ctx.t("{organisation} is responsible.", organisation=who))
    content = json.dumps(kept, ensure_ascii=False, indent=1).encode()
    buttons = (
        Button(ctx.t.plain("Settings"), "settings.show"),
        Button(ctx.t.plain("Forget me"), "privacy.ask"),
        Button(ctx.t.plain("Write to an organiser"), "contact.ask"),
    )
    return replace(Message.of(Markup("\n").join(lines), *buttons), document=Document("kallelse.json", content))


def _line(ctx: Context, name: str, rows: list[dict[str, object]]) -> Markup:
    kind = ctx.t.plain(KINDS[name]) if name in KINDS else name
    if name == "person":
        return ctx.t("• {kind}", kind=kind)  # there is one of them
    column = SHOWN.get(name)
    if column is None:
        return ctx.t("• {kind}: {n}", kind=kind, n=len(rows))
    values = ", ".join(str(row[column]) for row in rows[:MOST] if row[column])
    more = "…" if rows[MOST:] else ""
    return ctx.t("• {kind}: {n} ({values})", kind=kind, n=len(rows), values=values + more)


@feature.question("my_data")
async def data_asked(ctx: Context, question: Question) -> Answered:
    """The same, for somebody who wrote it."""
    return await show(ctx)


@feature.command(
    "glommig",
    alias="forgetme",
    other_names=("raderamig",),
    description=sentence("Erase everything about you"),
    private=True,
)
@feature.button("privacy.ask")
async def ask(ctx: Context) -> Message:
    """Says what will be gone, and asks once more."""
    away = leads_to_private(ctx, "do-glommig")
    if away:
        return away
    await _may_go(ctx)
    coming = await privacy.upcoming_signups(ctx.session, ctx.person.id, now=ctx.now)
    text = ctx.t("Shall I forget you? Account, answers and settings are erased at once.")
    if coming:
        text = ctx.t.count(
            coming,
            one="Shall I forget you? Account, answers and settings are erased at once, "
            "and you are taken off {n} activity.",
            other="Shall I forget you? Account, answers and settings are erased at once, "
            "and you are taken off {n} activities.",
        )
    yes = Button(ctx.t.plain("Yes, forget me"), "privacy.forget")
    take = Button(ctx.t.plain("Get my data"), "privacy.show")
    no = Button(ctx.t.plain("No"), "privacy.stay")
    text += Markup(" ") + ctx.t("Do you want to save your data first?")
    return Message.of(text, yes, take, no, each=2)


async def _may_go(ctx: Context) -> None:
    if await organisers.is_last_admin(ctx.session, ctx.person.id, invented=ctx.person.invented):
        raise UserError(
            "You are the last one who can let organisers in. Ask whoever runs me for a code "
            "(./kallelse admin-code), and let another person write /admin and the code to me first."
        )


@feature.question("forget_me")
async def forget_asked(ctx: Context, question: Question) -> Answered:
    """The same question, for somebody who wrote it."""
    return await ask(ctx)


@feature.button("privacy.forget")
async def forget(ctx: Context) -> Reply:
    """Everything about the person is gone, at once."""
    await _may_go(ctx)
    await forget_person(ctx.session, ctx.keys, ctx.person.id, installation=ctx.installation, now=ctx.now)
    text = ctx.t(
        "Done, you are forgotten. Please delete this chat on your side too. Welcome back any time: /start"
    )
    return Reply(Message(text), clear_buttons=True, refresh_menu=True)


async def forget_again(session: AsyncSession, keys: Keys, *, installation: Installation, now: datetime) -> int:
    """How many had been forgotten and were here again, as after a restore; they are gone."""
    returned = await tombstones.returned(session, keys)
    for person_id, forgotten_at in returned.items():
        await forget_person(session, keys, person_id, installation=installation, now=now, asked_at=forgotten_at)
    return len(returned)


async def forget_person(
    session: AsyncSession,
    keys: Keys,
    person_id: int,
    *,
    installation: Installation,
    now: datetime,
    asked_at: datetime | None = None,
    may_return: bool = False,
) -> None:
    """Everything about the person is gone; cards show neither their name nor their answer.

    `asked_at`: None is now. Who has joined anew since then may be imported again; `may_return`: with any list.
    """
    answered = await privacy.answered_activities(session, person_id)
    for activity_id in await privacy.named_activities(session, person_id):
        await _unname(session, activity_id, installation)
    await privacy.erase(session, keys, person_id, now=asked_at or now, may_return=may_return)
    audit.note(session, audit.FORGET, f"person:{person_id}", actor_id=None, now=now)
    for activity_id in answered:
        await outbox.recount(session, activity_id)


async def _unname(session: AsyncSession, activity_id: int, installation: Installation) -> None:
    """Whatever was said about the activity no longer names who answers questions, where it can be edited."""
    real = await activities.get_activity(session, activity_id, invented=False)
    named = real or await activities.get_activity(session, activity_id, invented=True)
    assert named is not None, "it was just found"
    nameless = replace(named, contact_name=None)
    for post_id, *said in await privacy.unname(session, activity_id):
        before = [outbox.unpack(content) for content in said]
        after = [_renamed(installation, content, named, nameless) for content in before]
        if after != before:
            await outbox.revise(session, [post_id], private=after[0], group=after[1])


def _renamed(
    installation: Installation, content: outbox.Content, named: Activity, nameless: Activity
) -> outbox.Content:
    made = {}
    for language, message in content.items():
        t = translator(language, installation.zone, default=installation.language)
        made[language] = replace(message, text=_without_name(t, message.text, named, nameless))
    return made


def _without_name(t: Translator, text: Markup, named: Activity, nameless: Activity) -> Markup:
    """The text with nobody named as who answers; whatever the association was called when it was written."""
    said, instead = (str(card.sender(replace(one, association=ANY), t)) for one in (named, nameless))
    pattern = re.escape(said).replace(ANY, r"([^\n]*?)")
    return Markup(re.sub(pattern, lambda found: instead.replace(ANY, found[1]), text))  # noqa: S704 - markup already


@feature.button("privacy.stay")
async def stay(ctx: Context) -> Message:
    """Nothing is erased."""
    return Message(ctx.t("Then everything stays as it is."))


@feature.command("stopp", alias="stop", description=sentence("No more messages unasked, at once"))
async def stop(ctx: Context) -> Message:
    """Nothing is sent unasked any more; what waits to be sent to this account is not."""
    platform = ctx.request.chat.address.platform.value
    await people.set_stopped(ctx.session, ctx.person, platform, stopped=True, now=ctx.now)
    await privacy.cancel_waiting(ctx.session, ctx.person.id, ctx.person.account_id)
    text = ctx.t(
        "I have stopped. I write no more unasked: no calls, no reminders, not even when something is called off. "
        "I still answer when you write. /start begins again, /forgetme erases everything."
    )
    return Message(text)


@feature.question("stop")
async def stop_asked(ctx: Context, question: Question) -> Answered:
    """The same, for somebody who wrote it."""
    return await stop(ctx)
