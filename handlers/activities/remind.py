"""Which reminders an activity has; each can be turned off and on."""

from chat.message import Button, Message
from db import activities, audit, reminders
from db.activities import RULES, Activity
from handlers.activities.feature import feature, open_activity
from handlers.context import Context
from handlers.feature import Needs
from texts import sentence

NAMES = {
    "day_before": sentence("The day before at 18"),
    "two_hours": sentence("Two hours before"),
}


@feature.button("activities.reminders", needs=Needs.HOST)
async def show(ctx: Context) -> Message:
    """The rules of the activity, each with a button that turns it."""
    return _rules(ctx, await open_activity(ctx, ctx.request.argument))


@feature.button("activities.remind", needs=Needs.HOST)
async def turn(ctx: Context) -> Message:
    """One rule is on or off, as the button said; a second press changes nothing."""
    number, rule, wanted = ctx.request.argument.split(":")
    activity = await open_activity(ctx, number)
    kept = [one for one in RULES if (one in activity.reminders if one != rule else wanted == "on")]
    await activities.set_reminders(ctx.session, activity.id, kept)
    await reminders.plan(ctx.session, activity.id, now=ctx.now, quiet=ctx.quiet)
    audit.note(
        ctx.session, f"remind {rule} {wanted}", f"activity:{activity.id}", actor_id=ctx.person.id, now=ctx.now
    )
    return _rules(ctx, await open_activity(ctx, number))


def _rules(ctx: Context, activity: Activity) -> Message:
    text = ctx.t("Reminders to those who come to {title}:", title=activity.title)
    buttons = [_button(ctx, activity, rule) for rule in RULES]
    back = Button(ctx.t.plain("Back"), "activities.show", str(activity.id))
    return Message.of(text, *buttons, back, each=1)


def _button(ctx: Context, activity: Activity, rule: str) -> Button:
    name = ctx.t.plain(NAMES[rule])
    if rule in activity.reminders:
        label, turned = ctx.t.plain("{name}: on. Turn off", name=name), "off"
    else:
        label, turned = ctx.t.plain("{name}: off. Turn on", name=name), "on"
    return Button(label, "activities.remind", f"{activity.id}:{rule}:{turned}")
