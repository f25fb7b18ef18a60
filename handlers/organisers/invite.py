"""Letting somebody in: an invitation to pass on, a question back to who gave it, and the role."""

import json
from collections.abc import Sequence
from datetime import timedelta

from markupsafe import Markup

from chat.markup import one_line
from chat.message import Button, Message, Reply
from chat.request import FormStyle
from db import approvals as two_persons
from db import associations, codes, drafts, my_association, reach, roles
from db.approvals import Approval
from db.drafts import Draft
from db.models import Role
from handlers import approvals
from handlers.context import Context, UserError
from handlers.feature import Answered, Needs
from handlers.organisers.admin import MAX_NAME, make_admin, welcome
from handlers.organisers.feature import Offer, feature, may_grant, note, offered, require_grant
from handlers.paging import turn
from handlers.telling import Made, as_answer, question_for, tell_person
from texts import Translator, sentence

INVITE = "organiser"
INVITED = timedelta(hours=72)
PAGE = 20  # associations in one message
NOBODY = '[0, 0, ""]'  # who was proposed was forgotten
HOW = {
    roles.ORGANISER: sentence("Would you like to help organise?"),
    roles.ADMIN: sentence("Would you like to be an admin, who lets organisers in?"),
    roles.REGISTRAR: sentence("Would you like to help keep the register?"),
    roles.AUDITOR: sentence("Would you like to be an auditor, who reads the log?"),
    roles.HOST: sentence("Would you like to be the host of something we do?"),
}


@feature.button("organisers.where", needs=Needs.ORGANISER)
async def choose_where(ctx: Context) -> Message:
    """Asks for which association, twenty at a time; the argument is a role's letter and the page, "r1"."""
    role = (await offered(ctx, ctx.request.argument[:1])).role
    page = int(ctx.request.argument[1:] or 0)
    every = await associations.associations(ctx.session, invented=ctx.person.invented)
    offers = [Offer(role)] + [Offer(role, one) for one in every if not one.is_district]
    mine = [one for one in offers if may_grant(ctx.person.rights, role, one.association_id)]
    shown = mine[page * PAGE : (page + 1) * PAGE]
    ask = ctx.t("Where will they organise?")
    if role == roles.REGISTRAR:
        ask = (
            ctx.t("Whose register will they keep?")
            if mine
            else ctx.t("Only those who keep a register can do that.")
        )
    message = Message.of(ask, *(Button(_place(ctx, one), "organisers.invite", str(one)) for one in shown), each=2)
    rest = mine[(page + 1) * PAGE :]
    return message.plus(None, *turn(ctx.t, page, rest, "organisers.where", ctx.request.argument[:1]))


def _place(ctx: Context, offer: Offer) -> str:
    return offer.association.name if offer.association else ctx.t.plain("The whole district")


@feature.button("organisers.invite", needs=Needs.ORGANISER)
async def invite(ctx: Context) -> Reply:
    """A single-use invitation to pass on; it leads to a question back to this organiser."""
    return await invitation(ctx, await _require(ctx, ctx.request.argument))


async def invitation(ctx: Context, offer: Offer) -> Reply:
    """The same, to what the caller has seen that the person may give."""
    argument = f"{offer}:{ctx.person.id}"
    code = await codes.new_code(ctx.session, ctx.keys, INVITE, argument=argument, valid=INVITED, now=ctx.now)
    text = ctx.t(
        "Pass the next message on to the right person. It works once, for three days. "
        "When they have opened it I ask you whether it is the right person."
    )
    pass_on = ctx.t(HOW[offer.role]) + Markup(" ")
    pass_on += ctx.t("Open me, or write to me in private:\n/start {code}", code=f"{INVITE}-{code}")
    return Reply(Message(text), also=(Message.of(pass_on, Button(ctx.t.plain("Open"), opens=f"{INVITE}-{code}")),))


async def _require(ctx: Context, text: str) -> Offer:
    """What the text offers, when the person may give it now; else a UserError."""
    offer = await offered(ctx, text)
    require_grant(ctx, offer.role, offer.association_id)
    if offer.role == roles.ADMIN:
        asker, world = ctx.person.id, ctx.person.invented
        if not await two_persons.deciders(ctx.session, invented=world, but=asker):
            raise UserError(approvals.ALONE)
    return offer


@feature.link(INVITE, in_groups=True)
async def open_invitation(ctx: Context) -> Answered:
    """The organiser who invited is asked whether it is the right person; in a group the code is burnt."""
    if not (ctx.in_private or ctx.request.own_message):
        await codes.redeem(ctx.session, ctx.keys, INVITE, ctx.request.argument, now=ctx.now)
        return Reply(delete_request=True)
    argument = await codes.redeem(ctx.session, ctx.keys, INVITE, ctx.request.argument, now=ctx.now)
    offer, _, grantor = (argument or "").partition(":")
    there = grantor and await my_association.is_in_world(ctx.session, int(grantor), invented=ctx.person.invented)
    if not there:
        raise UserError("That code is not valid. Ask the one who sent it for a new one.")
    await _ask_grantor(ctx, int(grantor), await offered(ctx, offer))
    return Message(ctx.t("Thank you! I am asking the one who invited you, and write here when it is done."))


async def _ask_grantor(ctx: Context, grantor: int, offer: Offer) -> None:
    name = one_line(ctx.request.sender_name)[:MAX_NAME]
    draft = await drafts.start(
        ctx.session,
        person_id=ctx.person.id,
        form=INVITE,
        argument=str(offer),
        style=FormStyle.STEPS,
        answers={"name": name, "account": str(ctx.person.account_id)},
        now=ctx.now,
    )
    has_more = await _theirs_elsewhere(ctx, ctx.person.id, ctx.person.account_id)
    key = f"organiser-asked:{ctx.person.id}:{draft.id}"
    await tell_person(
        ctx, key, grantor, lambda t: _question(t, draft, offer, has_more=bool(has_more)), way=reach.organiser
    )


def _question(t: Translator, draft: Draft, offer: Offer, *, has_more: bool) -> Message:
    about, name = f"{draft.id}:{draft.person_id}", draft.answers["name"]
    if offer.role in roles.ORGANISING:
        text = t("{name} has opened your invitation to organise. Is it the right person?", name=name)
    else:
        text = t(
            "{name} has opened your invitation: {what}. Is it the right person?", name=name, what=offer.what(t)
        )
    if has_more:
        text += Markup(" ") + t(
            "This is a new account of somebody who has a role already: "
            "with a yes all their roles can be used from it."
        )
    yes = Button(t.plain("Yes, let them in"), "organisers.grant", about)
    return Message.of(question_for(t, text), yes, Button(t.plain("No"), "organisers.refuse", about))


async def _asked(ctx: Context) -> tuple[Draft, Offer]:
    """What the invited person's opening left; a UserError when it was answered or is a day old."""
    draft_id, _, person_id = ctx.request.argument.partition(":")
    draft = await drafts.get_draft(ctx.session, int(draft_id), person_id=int(person_id), now=ctx.now)
    there = await my_association.is_in_world(ctx.session, int(person_id), invented=ctx.person.invented)
    if draft is None or draft.form != INVITE or not there:
        raise UserError("That question is already answered, or over a day old. Invite them again if need be.")
    return draft, await _require(ctx, draft.argument)


@feature.button("organisers.grant", needs=Needs.ORGANISER)
async def grant(ctx: Context) -> Message:
    """The invited person has the role from now on, and is told; an admin takes one more yes."""
    draft, offer = await _asked(ctx)
    account = int(draft.answers["account"])
    theirs = await _theirs_elsewhere(ctx, draft.person_id, account)
    for one in theirs:
        require_grant(ctx, one.role, one.association_id)
    await drafts.discard(ctx.session, draft.id)
    if roles.ADMIN in {offer.role, *(one.role for one in theirs)}:
        return await _propose(ctx, draft.person_id, account, draft.answers["name"])
    await roles.grant(
        ctx.session,
        draft.person_id,
        offer.role,
        association_id=offer.association_id,
        activity_id=offer.activity_id,
        name=draft.answers["name"],
        granted_by=ctx.person.id,
        now=ctx.now,
        account_id=account,
    )
    note(ctx, "grant", offer.role, offer.scope, draft.person_id)
    await tell_person(ctx, f"organiser-granted:{draft.id}", draft.person_id, as_answer(_greeting(offer)))
    return Message(ctx.t("Done. They have been told."))


async def _theirs_elsewhere(ctx: Context, person_id: int, account_id: int) -> Sequence[Role]:
    """The person's roles that cannot be used from this account yet, and could be with any other."""
    if await roles.may_organise(ctx.session, person_id, account_id):
        return ()
    return await roles.roles_of(ctx.session, person_id)


def _greeting(offer: Offer) -> Made:
    if offer.role == roles.ORGANISER:
        return lambda t: welcome(t, district=offer.association is None)
    return lambda t: _thanks(t, offer)


def _thanks(t: Translator, offer: Offer) -> Message:
    text = t("Thank you, it is done. What you are here now: {what}.", what=offer.what(t))
    if offer.activity is None:
        return Message(text)
    text += Markup(" ") + t("Change it, call it off, see who comes and write to them: /activities")
    return Message.of(text, Button(t.plain("The activity"), "activities.show", str(offer.activity.id)))


async def _propose(ctx: Context, person_id: int, account_id: int, name: str) -> Message:
    argument = json.dumps([person_id, account_id, name], ensure_ascii=False)
    return await approvals.ask(
        ctx, "organisers.admin", argument, lambda t: t("It is {name}.", name=name), about=person_id
    )


@feature.approval("organisers.admin", what=sentence("let in another admin"), needs=Needs.ADMIN)
async def let_in_admin(ctx: Context, asked: Approval) -> None:
    """The proposed person is an admin from now on, and is told."""
    person_id, account_id, name = json.loads(asked.argument or NOBODY)
    if not await my_association.is_in_world(ctx.session, person_id, invented=ctx.person.invented):
        raise UserError("That person is no longer here.")
    await make_admin(ctx, person_id, account_id, name)
    greeting = as_answer(lambda t: welcome(t, district=True))
    await tell_person(ctx, f"organiser-granted:admin:{asked.id}", person_id, greeting)


@feature.button("organisers.refuse", needs=Needs.ORGANISER)
async def refuse(ctx: Context) -> Message:
    """Nobody is let in."""
    draft, offer = await _asked(ctx)
    await drafts.discard(ctx.session, draft.id)
    note(ctx, "refuse", offer.role, offer.scope, draft.person_id)
    return Message(ctx.t("Then nothing changes. I have not let anyone in."))
