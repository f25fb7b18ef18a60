"""The two-person rule: what one asks for is done when an admin who is not the same person approves it."""

from collections.abc import Callable, Sequence

from markupsafe import Markup

from chat.message import Button, Message, Reply, Shown
from db import approvals, audit, outbox, reach, roles
from db.approvals import Approval
from db.models import PostKind, Priority
from handlers.context import Context, UserError, is_allowed
from handlers.feature import Approvable, Feature, Needs
from handlers.private import leads_to_private
from handlers.telling import Made, as_answer, question_for, tell_person
from texts import LANGUAGES, Translator, sentence

feature = Feature("approvals")

ALONE = sentence(
    "That takes another admin's yes, and there is none. Ask whoever runs me for a code "
    "(./kallelse admin-code), and let another person write /admin and the code to me."
)


class OverError(Exception):
    """What was asked for can never be done any more: the request ends, and this English sentence says why."""


async def ask(
    ctx: Context, action: str, argument: str, what: Callable[[Translator], Markup], *, about: int = 0
) -> Message:
    """The other admins are asked whether this may be done; the answer says so.

    `action` is declared by `feature.approval`, which carries it out with this argument. `what` is all that an
    admin has to know to decide; `about` a person it names. UserError when no other admin can be reached.
    """
    declared = ctx.routes.approvals[action]
    invented, asker = ctx.person.invented, ctx.person.id
    for one in await approvals.waiting(ctx.session, invented=invented, now=ctx.now):
        if (one.action, one.argument, one.asked_by) == (action, argument, asker):
            raise UserError("That is asked already, and waits for another admin.")
    others = await other_admins(ctx)
    number = await approvals.add(ctx.session, action, argument, asked_by=asker, now=ctx.now)
    name = await roles.name_of(ctx.session, asker)
    content = {
        t.language: _question(t, declared, number, name=name, what=what(t))
        for t in map(ctx.in_language, LANGUAGES)
    }
    if not await _send(ctx, approvals.key(number, about=about), content, others):
        raise UserError("I cannot reach any other admin just now. Please try again later.")
    _note(ctx, "ask", action, number)
    return Message(ctx.t("That takes two admins. I have asked, and write here within three days."))


async def other_admins(ctx: Context) -> Sequence[int]:
    """Who may decide what this person asks for; a UserError that says what to do when there is nobody."""
    others = await approvals.deciders(ctx.session, invented=ctx.person.invented, but=ctx.person.id)
    if not others:
        raise UserError(ALONE)
    return others


def _question(t: Translator, declared: Approvable, number: int, *, name: str, what: Markup) -> Message:
    name = name or t.plain("without a name")
    text = t("{name} asks for your yes: {what}.", name=name, what=t.plain(declared.what))
    lines = question_for(t, text) + Markup("\n") + what
    yes = Button(t.plain("Approve"), "approvals.approve", str(number))
    return Message.of(lines, yes, Button(t.plain("No"), "approvals.refuse", str(number)))


async def _send(ctx: Context, key: str, content: outbox.Content, to: Sequence[int]) -> int:
    """How many of them it is on its way to."""
    post_id = await outbox.queue_post(
        ctx.session,
        key,
        PostKind.PERSONAL,
        private=content,
        priority=Priority.URGENT,
        now=ctx.now,
        expires_at=ctx.now + approvals.VALID,
    )
    assert post_id is not None, "every request has a number of its own"
    ways = [reach.organiser(person_id) for person_id in to]
    return sum([await outbox.queue_to_people(ctx.session, post_id, way, now=ctx.now, quiet=None) for way in ways])


@feature.button("approvals.list", shown=Shown.PRIVATELY, needs=Needs.ADMIN)
async def list_waiting(ctx: Context) -> Reply:
    """Every question that this admin may answer, as it was asked."""
    away = leads_to_private(ctx, "do-arrangorer")
    waiting = [] if away else await waiting_for(ctx)
    asked = [await approvals.question(ctx.session, one.id) for one in waiting]
    shown = [content[ctx.t.language] for content in asked if content]
    return Reply(away or (shown[0] if shown else Message(ctx.t("Nothing waits for you."))), also=tuple(shown[1:]))


async def waiting_for(ctx: Context) -> Sequence[Approval]:
    """What waits for this person's yes or no."""
    every = await approvals.waiting(ctx.session, invented=ctx.person.invented, now=ctx.now)
    return [one for one in every if ctx.person.rights.admin and one.asked_by != ctx.person.id]


@feature.button("approvals.approve", needs=Needs.ADMIN)
async def approve(ctx: Context) -> Message:
    """It is done, once, when the one who asked still may ask for it."""
    asked = await _decided(ctx)
    declared = ctx.routes.approvals[asked.action]
    if not is_allowed(await roles.get_rights(ctx.session, asked.asked_by), declared.needs):
        return await _end(ctx, asked, "drop", LAPSED, None)
    try:
        told = await declared.carry_out(ctx, asked)
    except OverError as why:
        return await _end(ctx, asked, "give up", str(why), None)
    return await _end(ctx, asked, "approve", APPROVED, told)


@feature.button("approvals.refuse", needs=Needs.ADMIN)
async def refuse(ctx: Context) -> Message:
    """It is not done."""
    return await _end(ctx, await _decided(ctx), "refuse", REFUSED, None)


APPROVED = sentence("Approved by two: {what}.")
REFUSED = sentence("Not approved: {what}. Nothing has changed.")
LAPSED = sentence("Whoever asked for it may no longer do it: {what}. Nothing has changed.")
WITHDRAWN = sentence("Whoever asked for it has taken it back: {what}. Nothing has changed.")
EXPIRED = sentence("Nobody agreed in time: {what}. Nothing has changed. Ask again if it is still wanted.")


async def _decided(ctx: Context) -> Approval:
    """What the pressed question is about, decided by this person from now on; else a UserError."""
    asked = await approvals.get_approval(ctx.session, ctx.number, invented=ctx.person.invented)
    if asked is not None and asked.asked_by == ctx.person.id:
        raise UserError("Another admin has to decide that: you asked for it.")
    if asked is None or not await approvals.decide(ctx.session, ctx.number, by=ctx.person.id, now=ctx.now):
        raise UserError("That is already decided, or older than three days.")
    return asked


async def _end(ctx: Context, asked: Approval, how: str, said: str, told: Made | None) -> Message:
    """What the admin reads, and all who were asked; the one who asked is told as well."""
    answer = await _close(ctx, asked, how, said)
    told = as_answer(told or answer)
    await tell_person(ctx, f"approval-answer:{asked.id}", asked.asked_by, told, way=reach.organiser)
    return answer(ctx.t)


async def withdraw(ctx: Context, action: str) -> None:
    """What this person asked for, and nobody has decided, is asked no more."""
    for one in await approvals.waiting(ctx.session, invented=ctx.person.invented, now=ctx.now):
        if (one.action, one.asked_by) == (action, ctx.person.id):
            await approvals.withdraw(ctx.session, one.id, now=ctx.now)
            await _close(ctx, one, "take back", WITHDRAWN)


async def _close(ctx: Context, asked: Approval, how: str, said: str) -> Made:
    """What all who were asked read from now on."""
    _note(ctx, how, asked.action, asked.id)
    answer = ended(ctx.routes.approvals[asked.action], said)
    shown = as_answer(answer)
    await approvals.close(ctx.session, asked.id, {t.language: shown(t) for t in map(ctx.in_language, LANGUAGES)})
    return answer


def ended(declared: Approvable, said: str) -> Made:
    """What became of it, in the reader's language."""
    return lambda t: Message(t(said, what=t.plain(declared.what)))


def _note(ctx: Context, how: str, action: str, number: int) -> None:
    audit.note(ctx.session, f"{how} {action}", f"approval:{number}", actor_id=ctx.person.id, now=ctx.now)
