"""Calling off: how many hear of it, why, and then it stays cancelled everywhere."""

from typing import Any

from markupsafe import Markup

from chat.form import Field, FieldKind, Form
from chat.message import Button, Message, Reply, Shown
from db import activities, audit, call, drafts, outbox, reminders
from db.activities import Activity
from db.drafts import Draft
from db.models import Answer, PostKind
from handlers import card, forms, holding
from handlers.activities.feature import feature, open_activity
from handlers.activities.telling import cancelled, is_soon, tell
from handlers.call.preview import privately_from
from handlers.context import Context, UserError
from handlers.feature import Needs
from handlers.forms import GONE
from texts import dates, sentence

CANCEL = Form(
    "activities.cancel",
    title=sentence("Call off"),
    fields=(
        Field(
            "reason",
            label=sentence("Why"),
            question=sentence("Please write why."),
            kind=FieldKind.LONG_TEXT,
            optional=True,
            max_length=500,
        ),
    ),
    previewed=True,
)


@feature.button("activities.cancel", shown=Shown.FORM, needs=Needs.HOST)
async def begin(ctx: Context) -> Reply:
    """Says how many hear of it, and asks why."""
    activity = await open_activity(ctx, ctx.request.argument)
    reply = await forms.open_form(ctx, CANCEL, argument=str(activity.id))
    if reply.message is None or await drafts.get_asking(ctx.session, ctx.person.id, now=ctx.now) is None:
        return reply  # a page, or the last question already, after a reason that was written before
    text = await _who_hears(ctx, activity) + Markup(" ") + reply.message.text
    return Reply(Message(text, reply.message.rows))


async def _who_hears(ctx: Context, activity: Activity) -> Markup:
    counted = await activities.answers(ctx.session, activity.id)
    coming, maybe = counted[Answer.COMING], counted[Answer.MAYBE]
    said = [ctx.t("Call it off? {coming} coming, {maybe} maybe.", coming=coming, maybe=maybe)]
    if coming + maybe == 0:
        return said[0]
    clock = dates.clock(ctx.now, ctx.t)
    if privately_from(ctx) is None:
        said.append(ctx.t("They hear of it now."))
    elif is_soon(activity.starts_at, now=ctx.now):
        said.append(ctx.t("They hear of it now, although it is {clock}.", clock=clock))
    else:
        said.append(ctx.t("They hear of it in the morning."))
    return Markup(" ").join(said)


@feature.form(CANCEL, needs=Needs.HOST)
async def confirm(ctx: Context, draft: Draft, values: dict[str, Any]) -> Message:
    """Nothing is called off before this second press."""
    activity = await open_activity(ctx, draft.argument)
    lines = [
        ctx.t("{title}, {moment}", title=activity.title, moment=card.moment(activity, ctx.t, now=ctx.now)),
        await _who_hears(ctx, activity),
    ]
    if values["reason"]:
        lines.append(ctx.t("Why: {reason}", reason=values["reason"]))
    return Message.of(
        Markup("\n").join(lines),
        Button(ctx.t.plain("Call off now"), "activities.cancel_now", str(draft.id)),
        Button(ctx.t.plain("Back"), "activities.show", str(activity.id)),
    )


@feature.button("activities.cancel_now", needs=Needs.HOST)
async def cancel_now(ctx: Context) -> Message:
    """It is cancelled everywhere: nothing about it goes out any more but this."""
    draft = await drafts.get_draft(ctx.session, ctx.number, person_id=ctx.person.id, now=ctx.now)
    if draft is None or draft.form != CANCEL.name:
        raise UserError(GONE)
    activity = await open_activity(ctx, draft.argument)
    reason = draft.answers.get("reason", "")
    await activities.cancel_activity(ctx.session, activity.id, reason=reason)
    await drafts.discard(ctx.session, draft.id)
    audit.note(ctx.session, "cancel", f"activity:{activity.id}", actor_id=ctx.person.id, now=ctx.now)
    told = await _everywhere(ctx, activity, reason)
    show = Button(ctx.t.plain("The activity"), "activities.show", str(activity.id))
    if not told:
        return Message.of(ctx.t("Called off. Nobody who said they come can be reached privately."), show)
    text = ctx.t.count(told, one="Called off. {n} person is told.", other="Called off. {n} persons are told.")
    rests = await holding.waits(ctx)
    return Message.of(text + Markup(" ") + rests if rests else text, show)


async def _everywhere(ctx: Context, activity: Activity, reason: str) -> int:
    """How many persons are told; every copy shows it, and what waited to be sent about it never is."""
    waiting = (PostKind.CALL, PostKind.CHANGE, PostKind.REMINDER)
    posts = await call.posts_about(ctx.session, activity.id, *waiting)
    await outbox.cancel_unsent(ctx.session, posts, reason="cancelled")
    as_it_is = await activities.get_activity(ctx.session, activity.id, invented=activity.invented)
    assert as_it_is is not None, "it was just cancelled"
    cards = card.cards(ctx, as_it_is)
    await outbox.revise(ctx.session, posts, private=cards, group=cards)
    await reminders.plan(ctx.session, activity.id, now=ctx.now, quiet=ctx.quiet)
    said = card.contents(ctx, lambda t: cancelled(activity, reason, t, now=ctx.now))
    return await tell(
        ctx,
        activity,
        PostKind.CANCELLATION,
        key=f"cancellation:{activity.id}",
        private=said,
        group=said,
        soon=is_soon(activity.starts_at, now=ctx.now),
    )
