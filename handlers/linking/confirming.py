"""A code was opened: is that you? Only the answer changes anything."""

from collections.abc import Sequence
from dataclasses import replace

from markupsafe import Markup

from chat.markup import one_line
from chat.message import Button, Message, Reply
from db import accounts, audit, codes, linking, merging, people, register, roles
from db.accounts import Linked
from db.linking import TYPED
from db.register import Card
from handlers import agenda, consent, welcome
from handlers import card as cards
from handlers.accounts import LAST, tell_account
from handlers.agenda.sheet import PAGE, card_button
from handlers.context import Context, UserError
from handlers.linking.feature import PREFIX, alone, feature, half_name, refused, where
from texts import Translator, dates


@feature.link(PREFIX, in_groups=True)
async def open_link(ctx: Context) -> Reply:
    """The question whether it is them; in a group the code is burnt, and nothing is said."""
    if not alone(ctx):
        return await burn(ctx, ctx.request.argument)
    return Reply(await opened(ctx, ctx.request.argument))


async def burn(ctx: Context, typed: str) -> Reply:
    """Everybody in the group has read it: nobody can use it any more."""
    await linking.take(ctx.session, ctx.keys, typed, person_id=ctx.person.id, now=ctx.now)
    return Reply(delete_request=True)


async def opened(ctx: Context, typed: str) -> Message:
    """Is that you? The code stays as it is."""
    found = await linking.offered(ctx.session, ctx.keys, typed, person_id=ctx.person.id, now=ctx.now)
    if not found or ctx.person.invented:
        await codes.miss(ctx.session, TYPED, person_id=ctx.person.id, now=ctx.now)
        return refused(ctx)
    message = await question(ctx, codes.as_typed(typed), found)
    return message if ctx.person.greeted else message.plus(await welcome.kept(ctx))


async def question(ctx: Context, code: str, found: Sequence[Card]) -> Message:
    """T… T…, Provstad: is that you? A family that shares an address is asked who of them."""
    no = Button(ctx.t.plain("No, not me"), "linking.no")
    if len(found) == 1:
        about = f"{code}:{found[0].id}"
        text = ctx.t("Hello! This code is for {name}, {where}. Is that you?", name=half_name(found[0]),
                     where=await where(ctx, found[0]))  # fmt: skip
        return Message.of(text, Button(ctx.t.plain("Yes, that is me"), "linking.yes", about), no)
    ways = [
        Button(f"{half_name(one)}, {await where(ctx, one)}", "linking.yes", f"{code}:{one.id}") for one in found
    ]
    return Message.of(ctx.t("Hello! This code is for one of several. Who are you?"), *ways, no, each=1)


@feature.button("linking.no")
async def no(ctx: Context) -> Message:
    """Nothing is linked; whom the code is for can still use it."""
    return Message(ctx.t("Then I link nothing."))


async def _chosen(ctx: Context) -> tuple[str, Card] | None:
    """The code of the press and whom they say they are; None when it is not valid (any more)."""
    code, _, number = ctx.request.argument.partition(":")
    found = await linking.offered(ctx.session, ctx.keys, code, person_id=ctx.person.id, now=ctx.now)
    return next(((code, one) for one in found if str(one.id) == number and not ctx.person.invented), None)


@feature.button("linking.yes")
async def yes(ctx: Context) -> Reply:
    """The account is the member's, once for a code; whoever is a member already is asked before it moves."""
    chosen = await _chosen(ctx)
    if chosen is None:
        return Reply(refused(ctx))
    code, card = chosen
    if card.person_id == ctx.person.id:
        return Reply(Message(ctx.t("This account is linked already. The code can still be used.")))
    if await linking.member_of(ctx.session, ctx.person.id) is not None:
        return Reply(await _ask_to_move(ctx, card))
    return await _link(ctx, code, card)


async def _ask_to_move(ctx: Context, card: Card) -> Message:
    text = ctx.t(
        "This account is linked to somebody else already. Shall it move to {name}, {where}? Answers and settings "
        "stay where they are, and the other accounts there are told.",
        name=half_name(card),
        where=await where(ctx, card),
    )
    yes = Button(ctx.t.plain("Yes, move it"), "linking.move", ctx.request.argument)
    return Message.of(text, yes, Button(ctx.t.plain("No"), "linking.no"))


@feature.button("linking.move")
async def move(ctx: Context) -> Reply:
    """The account, and nothing else, is another member's."""
    chosen = await _chosen(ctx)
    if chosen is None or chosen[1].person_id == ctx.person.id:
        return Reply(refused(ctx))
    return await _link(ctx, *chosen)


async def _link(ctx: Context, code: str, card: Card) -> Reply:
    """The code is used: of many who press at once one is linked."""
    await accounts.lock(ctx.session, ctx.person.id, card.person_id)
    is_member = await linking.member_of(ctx.session, ctx.person.id) is not None
    await _keep_an_admin(ctx, card, moves=is_member)
    if not await linking.take(ctx.session, ctx.keys, code, person_id=ctx.person.id, now=ctx.now):
        return Reply(refused(ctx))
    before = await accounts.accounts(ctx.session, card.person_id)
    left = await accounts.accounts(ctx.session, ctx.person.id)
    if is_member:
        await accounts.move(ctx.session, ctx.person.account_id, card.person_id, now=ctx.now)
    else:
        await _note_roles(ctx, card)
        await merging.merge(ctx.session, ctx.person.id, card.person_id, now=ctx.now)
    await linking.burn_others(ctx.session, card, now=ctx.now)
    action = "move account" if is_member else "link"
    audit.note(ctx.session, action, f"person:{card.person_id}", actor_id=ctx.person.id, now=ctx.now)
    await _tell(ctx, before, [one for one in left if is_member and one.id != ctx.person.account_id])
    return await _welcome(ctx)


async def _keep_an_admin(ctx: Context, card: Card, *, moves: bool) -> None:
    """Rights do not come along: somebody must still be able to let others in."""
    if not moves and not await accounts.has_roles(ctx.session, card.person_id):
        return  # the guest keeps what they have
    if await accounts.leaves_nobody(ctx.session, ctx.person.account_id, ctx.person.id, invented=False):
        raise UserError(LAST, Button(ctx.t.plain("Organisers"), "organisers.list"))


async def _note_roles(ctx: Context, card: Card) -> None:
    """What becomes of the roles of the guest: the member's, or none where the member has some."""
    has_some = await accounts.has_roles(ctx.session, card.person_id)
    how, whose = ("withdraw", ctx.person.id) if has_some else ("move", card.person_id)
    for one in await roles.roles_of(ctx.session, ctx.person.id):
        action = f"{how} {one.role} {roles.scope(one.association_id, one.activity_id)}"
        audit.note(ctx.session, action, f"person:{whose}", actor_id=ctx.person.id, now=ctx.now)


async def _tell(ctx: Context, before: Sequence[Linked], left: Sequence[Linked]) -> None:
    """The accounts that were there, and those that one went away from, hear of it at once."""
    new, platform = ctx.person.account_id, consent.THERE[ctx.request.chat.address.platform]

    def come(t: Translator) -> Message:
        text = t(
            "Another account, on {platform}, is linked to you now and gets what you get. Was it not you?",
            platform=t.plain(platform),
        )
        return Message.of(text, Button(t.plain("Unlink it"), "accounts.unlink", str(new)))

    def gone(t: Translator) -> Message:
        text = t(
            "Your account on {platform} is no longer linked to you. Was it not you?", platform=t.plain(platform)
        )
        return Message.of(text, Button(t.plain("Write to an organiser"), "contact.ask"))

    for one in before:
        await tell_account(ctx, f"linked:{new}:{one.id}:{ctx.now.isoformat()}", one.id, come)
    for one in left:
        await tell_account(ctx, f"moved:{new}:{one.id}:{ctx.now.isoformat()}", one.id, gone)


async def _welcome(ctx: Context) -> Reply:
    """The step of consent, or at once what comes after it."""
    person = await people.get_person(ctx.session, ctx.keys, ctx.request.sender) if ctx.request.sender else None
    assert person is not None, "they have just pressed"
    if not person.greeted:
        await people.set_values(ctx.session, person.id, greeted_at=ctx.now)
    now = replace(ctx, person=person, t=ctx.in_language(person.language))
    if not consent.is_open(person):
        return Reply(await _next(now), refresh_menu=True)
    asked = consent.question(now, route="linking.consent")
    return Reply(replace(asked, text=now.t("Good!") + Markup(" ") + asked.text), refresh_menu=True)


@feature.button("linking.consent")
async def answered(ctx: Context) -> Reply:
    """The answer is in force and logged, and what is next near them follows."""
    reply = await consent.take(ctx)
    return replace(reply, also=(*reply.also, await _next(ctx)))


async def _next(ctx: Context) -> Message:
    """Welcome, with the next activity of their own or of the district."""
    thanks, ask = ctx.t("Thank you, and welcome!"), Button(ctx.t.plain("Write to an organiser"), "contact.ask")
    ahead = await agenda.coming_up(ctx, PAGE)
    member = await register.card_of(ctx.session, ctx.person.id)
    home = ctx.person.association_id or (member.association_id if member else None)
    own = [one for one in ahead if one.is_district or one.association_id == home]
    if not ahead:
        return Message.of(thanks, Button(ctx.t.plain("What's on?"), "agenda.now"), ask)
    entry = (own or ahead)[0]
    text = ctx.t(
        "Next near you: {title}, {when}.", title=one_line(entry.title),
        when=dates.day_and_time(entry.starts_at, ctx.t, now=ctx.now),
    )  # fmt: skip
    answers = cards.answer_buttons(entry.id, ctx.t)
    return Message(thanks + Markup(" ") + text, (answers, (card_button(entry, ctx.t.plain("More")), ask)))
