"""Everything about a person is erased, when they say so or when a restore has brought them back."""

import re
from dataclasses import replace
from datetime import datetime

from markupsafe import Markup
from sqlalchemy.ext.asyncio import AsyncSession

from chat.message import Button, Message, Reply
from db import accounts, activities, audit, organisers, outbox, privacy, register, tombstones
from db.activities import Activity
from db.installation import Installation
from db.keys import Keys
from handlers import card
from handlers.accounts import require_trusted
from handlers.context import Context, UserError
from handlers.feature import Answered
from handlers.privacy.feature import feature
from handlers.private import leads_to_private
from texts import Translator, sentence, translator
from texts.questions import Question

ANY = "\ue000"  # stands for whatever an association was called; nobody types it


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
    if await register.card_of(ctx.session, ctx.person.id):
        text += Markup("\n") + ctx.t(
            "You go from the register here too, and no list that is imported brings you back. "
            "Your membership itself goes on: the association keeps its own list, and tells you how to leave."
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
    organising = [one.id for one in await accounts.accounts(ctx.session, ctx.person.id) if one.organises]
    has_roles = await accounts.has_roles(ctx.session, ctx.person.id)
    if has_roles and organising and ctx.person.account_id not in organising:
        raise UserError("Another account of yours organises, and this one does not: only that one can do this.")
    await require_trusted(ctx)


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
        if after != before or not before[0]:  # what is not kept was made of the activity, and is made anew
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
