"""A list of members sent to the bot by somebody who keeps the register: looked at first, then taken over."""

import asyncio
from collections.abc import Iterator

from markupsafe import Markup

from chat.message import Button, Message, Reply
from db import drafts, roles
from db.approvals import VALID, Approval
from db.drafts import Draft
from db.import_members.applying import apply
from db.import_members.comparing import Difference, Importer, compare
from db.import_members.limits import MAX_BYTES
from db.import_members.problems import Reason, UnreadableError
from db.import_members.rows import WAITING, Listing, from_json, to_json
from db.roles import Rights
from handlers import approvals
from handlers.context import Context, UserError
from handlers.feature import Feature, Needs
from handlers.import_members import words
from handlers.telling import Made
from texts import Translator, sentence

feature = Feature("import_members")

MANY = "import_members.many"
SHOWN = 15  # of what is wrong, in one message
GONE = sentence("That list is no longer here. Send it again, and I look at it anew.")
NOT_FETCHED = sentence("I could not fetch that file. Please send it again.")
AWAY = sentence("The list is no longer here: {what}. Nothing has changed. It has to be sent again.")
CHANGED = sentence("The register has changed since the list was sent. It has to be sent again.")


@feature.file("csv", "tsv", "txt", "xlsx", "xls", "ods", most=MAX_BYTES, needs=Needs.REGISTER)
async def look(ctx: Context) -> Message:
    """What the list would change, and what is wrong with it; nothing is changed, and only its rows are kept."""
    sent = ctx.request.attachment
    assert sent is not None, "a file's handler is called with one"
    if sent.content is None:
        raise UserError(NOT_FETCHED) if sent.size <= MAX_BYTES else _refusal(Reason.TOO_LARGE)
    try:
        listing = await asyncio.to_thread(_read, sent.content)
    except UnreadableError as error:
        raise _refusal(error.reason) from error
    return await _shown(ctx, listing)


def _read(content: bytes) -> Listing:
    from db.import_members.reading import read  # noqa: PLC0415 - telephone numbers take long to load at the start

    return read(content)


def _refusal(reason: Reason) -> UserError:
    return UserError(words.FILES[reason], **words.LIMITS)


def importer(rights: Rights, *, invented: bool) -> Importer:
    """Who sends a list, with whose registers they keep; of one alone, that is where those of the list belong."""
    only = next(iter(rights.register)) if len(rights.register) == 1 and not rights.admin else None
    return Importer(rights.keeps_register, invented=invented, home=only)


async def _compared(ctx: Context, listing: Listing, rights: Rights) -> Difference:
    by = importer(rights, invented=ctx.person.invented)
    return await compare(ctx.session, listing, by, keys=ctx.keys, installation=ctx.installation, now=ctx.now)


async def _shown(ctx: Context, listing: Listing, *first: Markup) -> Message:
    """The difference in numbers, with the buttons to take it over, and the list kept for that."""
    difference = await _compared(ctx, listing, ctx.person.rights)
    if difference.problems:
        return Message(Markup("\n").join(_wrong(ctx.t, difference)))
    lines = [*first, *words.summary(ctx.t, difference)]
    if difference.is_empty:
        return Message(Markup("\n").join([ctx.t("The list says what the register says."), *lines]))
    kept = await _keep(ctx, listing, difference)
    lines.append(ctx.t("Nothing is changed yet."))
    carry_out = Button(ctx.t.plain("Carry out"), "import_members.apply", str(kept.id))
    cancel = Button(ctx.t.plain("Cancel"), "import_members.cancel", str(kept.id))
    return Message.of(Markup("\n").join(lines), carry_out, cancel)


async def _keep(ctx: Context, listing: Listing, difference: Difference) -> Draft:
    """The list waits in place of an earlier one of the sender's, which nobody is asked about any more."""
    await approvals.withdraw(ctx, MANY)
    return await drafts.start(
        ctx.session,
        person_id=ctx.person.id,
        form=WAITING,
        argument="",
        style=ctx.request.forms,
        answers={"list": to_json(listing), "seen": _seen(difference)},
        now=ctx.now,
    )


def _seen(difference: Difference) -> str:
    """What the sender was shown; a press on something else shows it anew."""
    new = [one.row.at for one in difference.new]
    changed = [(one.card.id, one.fields) for one in difference.changed]
    return repr((new, changed, [one.id for one in difference.gone]))


def _wrong(t: Translator, difference: Difference) -> Iterator[Markup]:
    wrong = difference.problems
    yield t("Nothing was changed, for something is wrong in the list:")
    yield from (Markup("• ") + words.problem(t, one) for one in wrong[:SHOWN])
    if wrong[SHOWN:]:
        yield t.count(len(wrong) - SHOWN, one="… and {n} thing more.", other="… and {n} things more.")
    yield t("Mend the list and send it again.")


@feature.button("import_members.apply", needs=Needs.REGISTER)
async def carry_out(ctx: Context) -> Message | Reply:
    """The register is as the list says; that takes two when it does much to many.

    Rights and register are looked at as they are now.
    """
    draft = await _waiting(ctx)
    listing = from_json(draft.answers["list"])
    difference = await _compared(ctx, listing, ctx.person.rights)
    if difference.problems or _seen(difference) != draft.answers["seen"]:
        return await _shown(ctx, listing, ctx.t("The register has changed since you sent the list. Now it is:"))
    if difference.takes_two:
        await drafts.keep_until(ctx.session, draft.id, ctx.now + VALID)
        return await approvals.ask(
            ctx, MANY, str(draft.id), lambda t: Markup("\n").join(words.many(t, difference))
        )
    await _take_over(ctx, draft, difference)
    return Reply(_done(ctx.t, difference), clear_buttons=True)


@feature.approval(MANY, what=sentence("a list that removes or changes many members"), needs=Needs.REGISTER)
async def approved(ctx: Context, asked: Approval) -> Made:
    """The register is as the list says, if the one who sent it still may do that, and it says what was asked."""
    draft = await drafts.get_draft(ctx.session, int(asked.argument), person_id=asked.asked_by, now=ctx.now)
    if draft is None:
        raise approvals.OverError(AWAY)
    rights = await roles.get_rights(ctx.session, asked.asked_by)
    difference = await _compared(ctx, from_json(draft.answers["list"]), rights)
    if difference.problems or _seen(difference) != draft.answers["seen"]:
        raise approvals.OverError(CHANGED)
    await _take_over(ctx, draft, difference)
    return lambda t: _done(t, difference)


async def _take_over(ctx: Context, draft: Draft, difference: Difference) -> None:
    """The register is as the list says, and the list is kept no longer."""
    await apply(
        ctx.session,
        difference,
        invented=ctx.person.invented,
        keys=ctx.keys,
        language=ctx.installation.language,
        actor_id=draft.person_id,
        now=ctx.now,
    )
    await drafts.discard(ctx.session, draft.id)


def _done(t: Translator, difference: Difference) -> Message:
    away = t("Please delete the file from our chat when you no longer need it: I cannot do that for you.")
    return Message(Markup("\n").join([t("Done."), *words.summary(t, difference), away]))


@feature.button("import_members.cancel", needs=Needs.REGISTER)
async def cancel(ctx: Context) -> Reply:
    """The list is kept no longer."""
    draft = await _waiting(ctx)
    await drafts.discard(ctx.session, draft.id)
    await approvals.withdraw(ctx, MANY)
    return Reply(
        Message(ctx.t("Cancelled. The list is thrown away, and nothing was changed.")), clear_buttons=True
    )


async def _waiting(ctx: Context) -> Draft:
    draft = await drafts.get_draft(ctx.session, ctx.number, person_id=ctx.person.id, now=ctx.now)
    if draft is None or draft.form != WAITING:
        raise UserError(GONE)
    return draft
