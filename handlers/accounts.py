"""A person's accounts: which they are, which is written to first, and one that is theirs no longer."""

from collections.abc import Callable

from markupsafe import Markup

from chat.address import Platform
from chat.message import Button, Message, Reply
from db import accounts, audit, linking, outbox
from db.accounts import Linked
from db.models import PostKind, Priority
from handlers.consent import THERE
from handlers.context import Context, UserError
from handlers.feature import Feature
from texts import LANGUAGES, Translator, dates, sentence

feature = Feature("accounts")

LAST = sentence("Nobody else can let organisers in. Let somebody in first: /organisers")
GONE = sentence("That account is not yours (any more). Nothing was changed.")


@feature.button("accounts.list")
async def show(ctx: Context) -> Message:
    """Every account of the person's, with what can be changed about each."""
    return await _list(ctx)


async def _list(ctx: Context) -> Message:
    every = await accounts.accounts(ctx.session, ctx.person.id)
    is_member = await linking.member_of(ctx.session, ctx.person.id) is not None
    lines = [ctx.t("<b>Your accounts</b>"), *(_line(ctx, number, one) for number, one in enumerate(every, 1))]
    buttons = []
    for number, one in enumerate(every, 1):
        if is_member or every[1:]:
            buttons.append(Button(ctx.t.plain("Unlink {number}", number=number), "accounts.ask", str(one.id)))
        if every[1:] and not one.preferred:
            buttons.append(
                Button(ctx.t.plain("Write first to {number}", number=number), "accounts.prefer", str(one.id))
            )
    link = Button(ctx.t.plain("Link this account"), "linking.begin")
    ways = [Button(ctx.t.plain("Settings"), "settings.show")]
    return Message.of(Markup("\n").join(lines), *buttons, each=2).plus(None, *([] if is_member else [link]), *ways)


def _line(ctx: Context, number: int, one: Linked) -> Markup:
    notes = [ctx.t.plain("this one")] if one.id == ctx.person.account_id else []
    notes += [ctx.t.plain("written to first")] if one.preferred else []
    return ctx.t(
        "{number}. {platform}, since {day}{notes}",
        number=number,
        platform=ctx.t.plain(THERE[Platform(one.platform)]),
        day=dates.day(one.created_at, ctx.t, now=ctx.now),
        notes=f" ({', '.join(notes)})" if notes else "",
    )


async def _own(ctx: Context) -> Linked:
    every = await accounts.accounts(ctx.session, ctx.person.id)
    found = next((one for one in every if str(one.id) == ctx.request.argument), None)
    if found is None:
        raise UserError(GONE)
    return found


@feature.button("accounts.prefer")
async def prefer(ctx: Context) -> Message:
    """That account is written to first."""
    one = await _own(ctx)
    await require_trusted(ctx)
    await accounts.prefer(ctx.session, one.id, ctx.person.id)
    return await _list(ctx)


@feature.button("accounts.ask")
async def ask(ctx: Context) -> Message:
    """Says what unlinking means, and asks once more."""
    one = await _own(ctx)
    text = ctx.t(
        "Unlink your account on {platform}? It gets nothing more of yours, and sees only what is open. "
        "Your answers and settings stay with your other accounts.",
        platform=ctx.t.plain(THERE[Platform(one.platform)]),
    )
    yes = Button(ctx.t.plain("Yes, unlink it"), "accounts.unlink", str(one.id))
    return Message.of(text, yes, Button(ctx.t.plain("No"), "accounts.list"))


@feature.button("accounts.unlink")
async def unlink(ctx: Context) -> Reply:
    """The account is a guest's, who is asked anew; whoever sits there is told."""
    one = await _own(ctx)
    await _may_unlink(ctx, one)
    guest_id = await accounts.unlink(ctx.session, one.id, language=ctx.person.language, now=ctx.now)
    audit.note(ctx.session, "unlink", f"person:{ctx.person.id}", actor_id=ctx.person.id, now=ctx.now)
    if one.id == ctx.person.account_id:
        text = ctx.t("Done. This account is no longer linked; your answers stay where they were.")
        return Reply(
            Message.of(text, Button(ctx.t.plain("Link this account"), "linking.begin")), refresh_menu=True
        )
    await tell_account(ctx, f"unlinked:{guest_id}", one.id, _unlinked)
    return Reply(Message.of(ctx.t("Done. It is no longer linked to you."), _accounts(ctx.t)))


def _accounts(t: Translator) -> Button:
    return Button(t.plain("Accounts"), "accounts.list")


async def _may_unlink(ctx: Context, one: Linked) -> None:
    """A guest's only account has nothing to be unlinked from, and roles are not taken away by who lacks them."""
    every = await accounts.accounts(ctx.session, ctx.person.id)
    if not every[1:] and await linking.member_of(ctx.session, ctx.person.id) is None:
        raise UserError("This account is not linked to anything.")
    mine = next(own for own in every if own.id == ctx.person.account_id)
    if one.id != mine.id:
        await require_trusted(ctx)
    if one.organises and not mine.organises and await accounts.has_roles(ctx.session, ctx.person.id):
        raise UserError("That account organises, and this one does not: only it can unlink itself.")
    if await accounts.leaves_nobody(ctx.session, one.id, ctx.person.id, invented=ctx.person.invented):
        raise UserError(LAST, Button(ctx.t.plain("Organisers"), "organisers.list"))


async def require_trusted(ctx: Context) -> None:
    """Nothing, unless the account is new and another was there before: a UserError says which, and from when."""
    held = await accounts.held_back(ctx.session, ctx.person.account_id, ctx.person.id, now=ctx.now)
    if held is None:
        return
    older, until = held
    raise UserError(
        "This account was linked just now. Your account on {platform}, which was there before, can do that at "
        "once, and this one from {when}.",
        Button(ctx.t.plain("Accounts"), "accounts.list"),
        platform=ctx.t.plain(THERE[Platform(older.platform)]),
        when=dates.day_and_time(until, ctx.t, now=ctx.now),
    )


def _unlinked(t: Translator) -> Message:
    text = t("This account was unlinked by another one of the same person. If that was wrong, link it again.")
    return Message.of(text, Button(t.plain("Link this account"), "linking.begin"))


async def tell_account(ctx: Context, key: str, account_id: int, made: Callable[[Translator], Message]) -> None:
    """That account, and no other of the same person, is told, once under that key; its first line says nothing."""
    content = {language: _about_accounts(ctx.in_language(language), made) for language in LANGUAGES}
    post_id = await outbox.queue_post(
        ctx.session, key, PostKind.SECURITY, private=content, priority=Priority.URGENT, now=ctx.now
    )
    if post_id:
        there = accounts.one_account(account_id)
        await outbox.queue_to_people(ctx.session, post_id, there, now=ctx.now, quiet=None)


def _about_accounts(t: Translator, made: Callable[[Translator], Message]) -> Message:
    message = made(t)
    return Message(t("<b>About your accounts:</b>") + Markup("\n") + message.text, message.rows)
