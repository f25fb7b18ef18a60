"""Who has which role, and taking one back."""

from markupsafe import Markup

from chat.message import Button, Message, Reply
from db import my_association, organisers, roles
from db.organisers import Organiser
from handlers.approvals import waiting_for
from handlers.context import Context, UserError
from handlers.feature import Needs
from handlers.organisers.feature import called, feature, may_grant, note, require_grant
from handlers.paging import more
from texts import sentence

PAGE = 19  # with the other buttons as many as Discord shows
LAST = sentence(
    "Somebody must be able to let others in. Ask whoever runs me for a code (./kallelse admin-code), "
    "and let another person write /admin and the code to me first."
)


@feature.command(
    "arrangorer",
    alias="organisers",
    description=sentence("Who organises; let others in and take back"),
    needs=Needs.ORGANISER,
    private=True,
)
async def list_command(ctx: Context) -> Message:
    """Who organises where, with what this person may change about it."""
    return await _list(ctx, 0)


@feature.button("organisers.list", needs=Needs.ORGANISER)
async def list_page(ctx: Context) -> Message:
    """The same, from that page on."""
    return await _list(ctx, ctx.number)


async def _list(ctx: Context, page: int) -> Message:
    every = list(enumerate(await organisers.organisers(ctx.session, invented=ctx.person.invented), 1))
    shown = every[page * PAGE : (page + 1) * PAGE]
    lines = [
        ctx.t("{number}. {name}, {where}", number=n, name=one.name, where=_where(ctx, one)) for n, one in shown
    ]
    back = [
        Button(ctx.t.plain("Take back {number}", number=n), "organisers.ask_back", str(one.role_id))
        for n, one in shown
        if may_grant(ctx.person.rights, one.role, one.association_id)
    ]
    message = Message.of(Markup("\n").join([ctx.t("Organisers:"), *lines]), *back)
    message = message.plus(None, Button(ctx.t.plain("Add an organiser"), "organisers.where", "o"), *_others(ctx))
    waiting = len(await waiting_for(ctx))
    if waiting:
        message = message.plus(None, Button(ctx.t.plain("Waits for your yes: {n}", n=waiting), "approvals.list"))
    return message.plus(None, *more(ctx.t, every[(page + 1) * PAGE :], "organisers.list", page + 1))


def _others(ctx: Context) -> list[Button]:
    """The other roles that this person may give to somebody."""
    rights = ctx.person.rights
    buttons = []
    if rights.is_registrar:
        buttons.append(Button(ctx.t.plain("Add a registrar"), "organisers.where", "r"))
    if rights.admin:
        buttons.append(Button(ctx.t.plain("Add an auditor"), "organisers.invite", "u"))
        buttons.append(Button(ctx.t.plain("Propose an admin"), "organisers.invite", "a"))
    return buttons


def _where(ctx: Context, one: Organiser) -> str:
    return called(ctx.t, one.role, one.association)


@feature.button("organisers.ask_back", needs=Needs.ORGANISER)
async def ask_back(ctx: Context) -> Message:
    """Asks once more before a role is taken back."""
    one = await _organiser(ctx)
    yes = Button(ctx.t.plain("Yes, take back"), "organisers.back", str(one.role_id))
    no = Button(ctx.t.plain("No"), "organisers.list")
    if one.role in roles.ORGANISING:
        where = one.association or ctx.t.plain("the whole district")
        text = ctx.t("Shall {name} no longer organise for {where}?", name=one.name, where=where)
    else:
        text = ctx.t("Shall I take this back from {name}: {what}?", name=one.name, what=_where(ctx, one))
    return Message.of(text, yes, no)


@feature.button("organisers.back", needs=Needs.ORGANISER)
async def take_back(ctx: Context) -> Reply:
    """The role is gone, and what it alone let them hear; the district always keeps one who can grant."""
    one = await _organiser(ctx)
    if one.role == roles.ADMIN and await organisers.is_last_admin(
        ctx.session, one.person_id, invented=ctx.person.invented
    ):
        raise UserError(LAST)
    await roles.withdraw(ctx.session, one.person_id, one.role, association_id=one.association_id)
    await my_association.call_off_internal(ctx.session, one.person_id)
    note(ctx, "withdraw", one.role, roles.scope(one.association_id), one.person_id)
    return Reply(
        Message.of(ctx.t("Done."), Button(ctx.t.plain("Organisers"), "organisers.list")), refresh_menu=True
    )


async def _organiser(ctx: Context) -> Organiser:
    one = await organisers.get_organiser(ctx.session, ctx.number, invented=ctx.person.invented)
    if one is None or one.role == roles.HOST:
        raise UserError("That has changed since. Look at /organisers.")
    require_grant(ctx, one.role, one.association_id)
    return one
