"""A message to those who come or may come, looked at before it goes."""

from typing import Any

from markupsafe import Markup

from chat.form import Field, FieldKind, Form
from chat.message import Button, Message, Reply, Shown
from db import activities, audit, drafts, outbox, reach
from db.activities import Activity
from db.audiences import Audience
from db.drafts import Draft
from db.models import Answer, PostKind, Priority
from handlers import card, forms, holding
from handlers.activities.feature import feature, own_activity
from handlers.call import follow
from handlers.context import Context, UserError
from handlers.feature import Needs
from handlers.forms import GONE
from texts import Translator, dates, sentence

WRITE = Form(
    "activities.write",
    title=sentence("To those coming"),
    fields=(
        Field(
            "text",
            label=sentence("Your message"),
            question=sentence("What do you want to tell those who come or may come?"),
            kind=FieldKind.LONG_TEXT,
            max_length=2000,
        ),
    ),
    previewed=True,
)


@feature.button("activities.write", shown=Shown.FORM, needs=Needs.HOST)
async def begin(ctx: Context) -> Reply:
    """Asks for the message, when there is anybody to read it."""
    activity = await own_activity(ctx, ctx.request.argument)
    if await _readers(ctx, activity) == 0:
        raise UserError("Nobody has said that they come or may come yet.")
    return await forms.open_form(ctx, WRITE, argument=str(activity.id))


async def _readers(ctx: Context, activity: Activity) -> int:
    counted = await activities.answers(ctx.session, activity.id)
    return counted[Answer.COMING] + counted[Answer.MAYBE]


@feature.form(WRITE, needs=Needs.HOST)
async def show_preview(ctx: Context, draft: Draft, values: dict[str, Any]) -> Message:
    """The message as it will look, and to how many it goes."""
    activity = await own_activity(ctx, draft.argument)
    readers = await _readers(ctx, activity)
    intro = ctx.t.count(readers, one="To the {n} who comes or may come:", other="To the {n} who come or may come:")
    text = intro + Markup("\n\n") + _written(ctx, ctx.t, activity, values["text"]).text
    about = str(draft.id)
    return Message.of(
        text,
        Button(ctx.t.plain("Send"), "activities.send", about),
        Button(ctx.t.plain("Change"), "form.again", f"{about}:text"),
        Button(ctx.t.plain("Cancel"), "form.cancel", about),
    )


def _written(ctx: Context, t: Translator, activity: Activity, text: str) -> Message:
    day = dates.day(activity.starts_at, t, now=ctx.now)
    heading = t("<b>About {title}, {day}:</b>", title=activity.title, day=day)
    lines = [heading, t("{text}", text=text), card.sender(activity, t)]
    return Message.of(Markup("\n").join(lines), card.ask_button(activity.id, t))


@feature.button("activities.send", needs=Needs.HOST)
async def send(ctx: Context) -> Message:
    """The message is on its way to those who come or may come, once."""
    draft = await drafts.get_draft(ctx.session, ctx.number, person_id=ctx.person.id, now=ctx.now)
    if draft is None or draft.form != WRITE.name or not draft.answers.get("text"):
        raise UserError(GONE)
    activity = await own_activity(ctx, draft.argument)
    content = card.contents(ctx, lambda t: _written(ctx, t, activity, draft.answers["text"]))
    coming = Audience(ctx.person.invented, coming_to=activity.id)
    post_id = await outbox.queue_post(
        ctx.session,
        f"write:{draft.id}",
        PostKind.ANNOUNCEMENT,
        private=content,
        priority=Priority.CALL,
        now=ctx.now,
        activity_id=activity.id,
        author_id=ctx.person.id,
        audience=coming,
    )
    if post_id is None:
        raise UserError(GONE)
    people = reach.reached(coming)
    sent = await outbox.queue_to_people(ctx.session, post_id, people, now=ctx.now, quiet=ctx.quiet)
    await follow(ctx, post_id)
    await drafts.discard(ctx.session, draft.id)
    audit.note(ctx.session, "write", f"activity:{activity.id}", actor_id=ctx.person.id, now=ctx.now)
    text = ctx.t.count(sent, one="On its way to {n} person.", other="On its way to {n} persons.")
    rests = await holding.waits(ctx)
    return Message(text + Markup(" ") + rests if rests else text)
