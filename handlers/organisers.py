"""Organisers: the first by a code, the others granted by one who is; and taken back."""

from datetime import timedelta

from markupsafe import Markup

from chat.markup import one_line
from chat.message import Button, Message, Reply
from chat.request import FormStyle
from db import associations, audit, codes, drafts, my_association, outbox, people, reach
from db import organisers as roles
from db.drafts import Draft
from db.models import PostKind, Priority
from db.organisers import Organiser
from handlers.context import Context, UserError
from handlers.feature import Answered, Feature, Needs
from handlers.telling import question_for
from texts import LANGUAGES, Translator, sentence

feature = Feature("organisers")
ADMIN_CODE = "admin"
INVITE = "organiser"
INVITED = timedelta(hours=72)
WRONG_CODE = sentence("That code is not valid. The one who runs the bot can make a new one.")
DISTRICT = "d"  # stands for the district in a button


@feature.command(
    "admin",
    alias="admin",
    description=sentence("Become the first organiser with a code"),
    argument=sentence("code"),
    argument_required=True,
    help=False,
)
async def admin(ctx: Context) -> Reply:
    """The sender is an organiser of the district; in a group the code is burnt and nothing is said."""
    if not (ctx.in_private or ctx.request.own_message):
        await codes.redeem(ctx.session, ctx.keys, ADMIN_CODE, ctx.request.argument, now=ctx.now)
        return Reply(delete_request=True)
    if await codes.redeem(ctx.session, ctx.keys, ADMIN_CODE, ctx.request.argument, now=ctx.now) is None:
        raise UserError(WRONG_CODE)
    await _grant(ctx, ctx.person.id, None, one_line(ctx.request.sender_name), role=people.ADMIN)
    return Reply(_welcome(ctx.t, district=True), refresh_menu=True)


def _welcome(t: Translator, *, district: bool) -> Message:
    """What comes first, as far as this organiser may do it."""
    lines = [
        t("Welcome as an organiser! This is what usually comes first:"),
        t("• /associations – add your associations"),
        t("• add me to your groups and write /connect there"),
        t("• /call – call people to something"),
        t("• /organisers – let others organise"),
    ]
    buttons = [
        Button(t.plain("Associations"), "associations.list"),
        Button(t.plain("Organisers"), "organisers.list"),
    ]
    if not district:
        del lines[1], buttons[0]
    return Message.of(Markup("\n").join(lines), *buttons)


@feature.command(
    "arrangorer",
    alias="organisers",
    description=sentence("Who organises; let others in and take back"),
    needs=Needs.ORGANISER,
    private=True,
)
@feature.button("organisers.list", needs=Needs.ORGANISER)
async def list_organisers(ctx: Context) -> Message:
    """Who organises where, with what this person may change about it."""
    every = await roles.organisers(ctx.session, invented=ctx.person.invented)
    lines = [
        ctx.t("{number}. {name}, {where}", number=n, name=one.name, where=_where(ctx, one))
        for n, one in enumerate(every, 1)
    ]
    back = [
        Button(ctx.t.plain("Take back {number}", number=n), "organisers.ask_back", str(one.role_id))
        for n, one in enumerate(every, 1)
        if _may_take_back(ctx, one)
    ]
    message = Message.of(Markup("\n").join([ctx.t("Organisers:"), *lines]), *back[:20])
    return message.plus(None, Button(ctx.t.plain("Add an organiser"), "organisers.where"))


def _where(ctx: Context, one: Organiser) -> str:
    return one.association or ctx.t.plain("the whole district")


def _may_take_back(ctx: Context, one: Organiser) -> bool:
    if one.association_id is None:
        return ctx.person.rights.admin
    return ctx.person.rights.covers(one.association_id)


@feature.button("organisers.where", needs=Needs.ORGANISER)
async def choose_where(ctx: Context) -> Message:
    """Asks for which association the new organiser is; goes on at once where there is one."""
    every = await associations.associations(ctx.session, invented=ctx.person.invented)
    mine = [one for one in every if not one.is_district and ctx.person.rights.covers(one.id)]
    buttons = [Button(one.name, "organisers.invite", str(one.id)) for one in mine]
    if ctx.person.rights.admin:
        buttons.insert(0, Button(ctx.t.plain("The whole district"), "organisers.invite", DISTRICT))
    return Message.of(ctx.t("Where will they organise?"), *buttons, each=2)


@feature.button("organisers.invite", needs=Needs.ORGANISER)
async def invite(ctx: Context) -> Reply:
    """A single-use invitation to pass on; it leads to a question back to this organiser."""
    await _require(ctx, ctx.request.argument)
    argument = f"{ctx.request.argument}:{ctx.person.id}"
    code = await codes.new_code(ctx.session, ctx.keys, INVITE, argument=argument, valid=INVITED, now=ctx.now)
    text = ctx.t(
        "Pass the next message on to the one who will organise. It works once, for three days. "
        "When they have opened it I ask you whether it is the right person."
    )
    pass_on = ctx.t(
        "Would you like to help organise? Open me, or write to me in private:\n/start {code}",
        code=f"{INVITE}-{code}",
    )
    return Reply(Message(text), also=(Message.of(pass_on, Button(ctx.t.plain("Open"), opens=f"{INVITE}-{code}")),))


async def _require(ctx: Context, where: str) -> None:
    if where != DISTRICT:
        ctx.require(int(where))
        if await associations.get_association(ctx.session, int(where), invented=ctx.person.invented) is None:
            raise UserError("That association is no longer there. Look at /associations.")
    elif not ctx.person.rights.admin:
        raise UserError("Only an organiser of the whole district can do that.")


@feature.link(INVITE, in_groups=True)
async def open_invitation(ctx: Context) -> Answered:
    """The organiser who invited is asked whether it is the right person; in a group the code is burnt."""
    if not (ctx.in_private or ctx.request.own_message):
        await codes.redeem(ctx.session, ctx.keys, INVITE, ctx.request.argument, now=ctx.now)
        return Reply(delete_request=True)
    argument = await codes.redeem(ctx.session, ctx.keys, INVITE, ctx.request.argument, now=ctx.now)
    where, _, grantor = (argument or "").partition(":")
    there = grantor and await my_association.is_in_world(ctx.session, int(grantor), invented=ctx.person.invented)
    if not there:
        raise UserError("That code is not valid. Ask the one who sent it for a new one.")
    name = one_line(ctx.request.sender_name)[:64]
    await _ask_grantor(ctx, int(grantor), where, name)
    return Message(ctx.t("Thank you! I am asking the one who invited you, and write here when it is done."))


async def _ask_grantor(ctx: Context, grantor: int, where: str, name: str) -> None:
    draft = await drafts.start(
        ctx.session,
        person_id=ctx.person.id,
        form=INVITE,
        argument=where,
        style=FormStyle.STEPS,
        answers={"name": name},
        now=ctx.now,
    )
    about = f"{draft.id}:{ctx.person.id}"
    content = {}
    for language in LANGUAGES:
        t = ctx.in_language(language)
        yes = Button(t.plain("Yes, let them in"), "organisers.grant", about)
        no = Button(t.plain("No"), "organisers.refuse", about)
        question = t("{name} has opened your invitation to organise. Is it the right person?", name=name)
        content[language] = Message.of(question_for(t, question), yes, no)
    await _tell(ctx, grantor, f"organiser-asked:{ctx.person.id}:{draft.id}", content)


async def _tell(ctx: Context, person_id: int, key: str, content: outbox.Content) -> None:
    post_id = await outbox.queue_post(
        ctx.session, key, PostKind.PERSONAL, private=content, priority=Priority.URGENT, now=ctx.now
    )
    if post_id:
        await outbox.queue_to_people(ctx.session, post_id, reach.one_person(person_id), now=ctx.now, quiet=None)


async def _asked(ctx: Context) -> Draft:
    """What the invited person's opening left; a UserError when it was answered or is a day old."""
    draft_id, _, person_id = ctx.request.argument.partition(":")
    draft = await drafts.get_draft(ctx.session, int(draft_id), person_id=int(person_id), now=ctx.now)
    there = await my_association.is_in_world(ctx.session, int(person_id), invented=ctx.person.invented)
    if draft is None or draft.form != INVITE or not there:
        raise UserError("That question is already answered, or over a day old. Invite them again if need be.")
    await _require(ctx, draft.argument)
    return draft


@feature.button("organisers.grant", needs=Needs.ORGANISER)
async def grant(ctx: Context) -> Message:
    """The invited person organises from now on, and is told."""
    draft = await _asked(ctx)
    where = None if draft.argument == DISTRICT else int(draft.argument)
    await _grant(ctx, draft.person_id, where, draft.answers["name"])
    await drafts.discard(ctx.session, draft.id)
    district = where is None
    content = {language: _welcome(ctx.in_language(language), district=district) for language in LANGUAGES}
    await _tell(ctx, draft.person_id, f"organiser-granted:{draft.id}", content)
    return Message(ctx.t("Done. They have been told."))


async def _grant(
    ctx: Context, person_id: int, association_id: int | None, name: str, *, role: str = people.ORGANISER
) -> None:
    await people.grant(
        ctx.session,
        person_id,
        role,
        association_id=association_id,
        name=name[:64],
        granted_by=ctx.person.id,
        now=ctx.now,
    )
    about = f"person:{person_id}"
    audit.note(ctx.session, f"grant {role}", about, actor_id=ctx.person.id, now=ctx.now)


@feature.button("organisers.refuse", needs=Needs.ORGANISER)
async def refuse(ctx: Context) -> Message:
    """Nobody is let in."""
    draft = await _asked(ctx)
    await drafts.discard(ctx.session, draft.id)
    return Message(ctx.t("Then nothing changes. I have not let anyone in."))


@feature.button("organisers.ask_back", needs=Needs.ORGANISER)
async def ask_back(ctx: Context) -> Message:
    """Asks once more before a role is taken back."""
    one = await _organiser(ctx)
    yes = Button(ctx.t.plain("Yes, take back"), "organisers.back", str(one.role_id))
    no = Button(ctx.t.plain("No"), "organisers.list")
    return Message.of(
        ctx.t("Shall {name} no longer organise for {where}?", name=one.name, where=_where(ctx, one)), yes, no
    )


@feature.button("organisers.back", needs=Needs.ORGANISER)
async def take_back(ctx: Context) -> Reply:
    """The role is gone; the district always keeps one who can grant."""
    one = await _organiser(ctx)
    if one.role == people.ADMIN and await roles.is_last_admin(
        ctx.session, one.person_id, invented=ctx.person.invented
    ):
        raise UserError("Somebody must be able to let others in. Add another one for the whole district first.")
    await people.withdraw(ctx.session, one.person_id, one.role, association_id=one.association_id)
    about = f"person:{one.person_id}"
    audit.note(ctx.session, f"withdraw {one.role}", about, actor_id=ctx.person.id, now=ctx.now)
    return Reply(
        Message.of(ctx.t("Done."), Button(ctx.t.plain("Organisers"), "organisers.list")), refresh_menu=True
    )


async def _organiser(ctx: Context) -> Organiser:
    one = await roles.get_organiser(ctx.session, int(ctx.request.argument), invented=ctx.person.invented)
    if one is None:
        raise UserError("That has changed since. Look at /organisers.")
    if not _may_take_back(ctx, one):
        raise UserError("Only an organiser of the whole district can do that.")
    return one
