"""The hosts of an activity: let in by its organisers, for that one alone, and taken back."""

from markupsafe import Markup

from chat.message import Button, Message, Reply
from db import organisers, roles
from db.activities import Activity
from db.organisers import Organiser
from handlers.activities.feature import open_activity, organised_activity
from handlers.context import Context, UserError
from handlers.feature import Feature, Needs
from handlers.organisers.feature import Offer, note
from handlers.organisers.invite import invitation

feature = Feature("hosts")

MOST = 10  # of one activity


@feature.button("hosts.show", needs=Needs.ORGANISER)
async def show(ctx: Context) -> Message:
    """Who hosts the activity; another can be invited."""
    return await _hosts(ctx, await organised_activity(ctx, ctx.request.argument))


async def _hosts(ctx: Context, activity: Activity) -> Message:
    every = await organisers.hosts(ctx.session, activity.id, invented=ctx.person.invented)
    lines = [
        ctx.t(
            "A host of {title} can change it, call it off, see who comes and write to them. Nothing else. "
            "It ends by itself 30 days after the activity.",
            title=activity.title,
        ),
        *(ctx.t("{number}. {name}", number=n, name=one.name) for n, one in enumerate(every, 1)),
    ]
    back = [
        Button(ctx.t.plain("Take back {number}", number=n), "hosts.back", str(one.role_id))
        for n, one in enumerate(every, 1)
    ]
    message = Message.of(Markup("\n").join(lines), *back)
    invite = [Button(ctx.t.plain("Invite a host"), "hosts.invite", str(activity.id))] if len(every) < MOST else []
    return message.plus(None, *invite, Button(ctx.t.plain("Back"), "activities.show", str(activity.id)))


@feature.button("hosts.invite", needs=Needs.ORGANISER)
async def invite(ctx: Context) -> Reply:
    """A single-use invitation to pass on, as for organisers."""
    await organised_activity(ctx, ctx.request.argument)
    return await invitation(ctx, Offer(roles.HOST, activity=await open_activity(ctx, ctx.request.argument)))


@feature.button("hosts.back", needs=Needs.ORGANISER)
async def take_back(ctx: Context) -> Message:
    """They are its host no longer."""
    one, activity = await _host(ctx)
    await roles.withdraw(
        ctx.session, one.person_id, roles.HOST, association_id=one.association_id, activity_id=activity.id
    )
    note(ctx, "withdraw", roles.HOST, f"activity:{activity.id}", one.person_id)
    return await _hosts(ctx, activity)


async def _host(ctx: Context) -> tuple[Organiser, Activity]:
    one = await organisers.get_organiser(ctx.session, ctx.number, invented=ctx.person.invented)
    if one is None or one.activity_id is None:
        raise UserError("That has changed since. Look at /activities.")
    return one, await organised_activity(ctx, str(one.activity_id))
