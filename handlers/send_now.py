"""Not waiting for quiet hours to end: an organiser says why, and what waits for the morning goes out now."""

from dataclasses import replace
from typing import Any

from chat.form import Choice, Field, FieldKind, Form
from chat.message import Message, Reply, Shown
from chat.request import whole_number
from db import activities, announce, audit, call, drafts, outbox, progress, send_now
from db.call import Stats
from db.drafts import Draft
from db.models import PostKind
from handlers import announce as messages
from handlers import call as calls
from handlers import card, few, forms
from handlers.call.form import CALL
from handlers.call.progress import progress_message
from handlers.context import Context, UserError
from handlers.feature import Feature, Needs
from handlers.forms import GONE
from handlers.post import own_post
from texts import sentence

feature = Feature("send_now")

REASONS = (
    Choice("too late", sentence("It would be too late")),
    Choice("they expect it", sentence("They are waiting for it")),
)
OWN_WORDS = "own words"
SEND_NOW = Form(
    "send_now",
    title=sentence("Send now"),
    fields=(
        Field(
            "reason",
            label=sentence("Why now"),
            question=sentence("It is late, and some may be woken. Why can it not wait until the morning?"),
            kind=FieldKind.TEXT,
            suggestions=REASONS,
            hint=sentence("For example “It would be too late”"),
        ),
    ),
)
NOBODY_WAITS = sentence("Nobody is waiting for the morning any more.")


@feature.button("send_now.post", shown=Shown.FORM, needs=Needs.ORGANISER)
async def begin(ctx: Context) -> Reply:
    """Asks why the rest of a post cannot wait."""
    post_id = await own_post(ctx, ctx.request.argument)
    return await forms.open_form(ctx, SEND_NOW, argument=f"post:{post_id}")


@feature.button("send_now.call", shown=Shown.FORM, needs=Needs.ORGANISER)
async def begin_with_call(ctx: Context) -> Reply:
    """Asks why a call that is still a preview cannot wait."""
    about = ctx.request.argument.partition(":")[0]
    draft = await drafts.get_draft(ctx.session, whole_number(about), person_id=ctx.person.id, now=ctx.now)
    if draft is None or draft.form != CALL.name:
        raise UserError(GONE)
    return await forms.open_form(ctx, SEND_NOW, argument=f"call:{ctx.request.argument}")


@feature.button("send_now.announce", shown=Shown.FORM, needs=Needs.ORGANISER)
async def begin_with_message(ctx: Context) -> Reply:
    """Asks why a message that is still a preview cannot wait."""
    await messages.own_draft(ctx, ctx.request.argument.partition(":")[0])
    return await forms.open_form(ctx, SEND_NOW, argument=f"announce:{ctx.request.argument}")


@feature.form(SEND_NOW, needs=Needs.ORGANISER)
async def send(ctx: Context, draft: Draft, values: dict[str, Any]) -> Message:
    """What waits for quiet hours to end goes out; that is in the log with the reason, but not in own words."""
    what, _, about = draft.argument.partition(":")
    said = await _publish(ctx, what, about)
    post = await _post_of(ctx, what, about)
    if post is None and said:
        return said  # another preview, or it goes out when a second person agrees
    post_id = await own_post(ctx, str(post))
    sent = await send_now.send_now(ctx.session, post_id, now=ctx.now, quiet=ctx.quiet)
    if not sent:
        return said or Message(ctx.t(NOBODY_WAITS))
    named = (one.key for one in REASONS if ctx.t.plain(one.label) == values["reason"])
    action = f"send now: {next(named, OWN_WORDS)}"
    audit.note(ctx.session, action, f"post:{post_id}", actor_id=ctx.person.id, now=ctx.now)
    stats = await _follow(ctx, post_id)
    many = few.about(ctx.t, sent) if stats and stats.narrow else sent
    text = ctx.t.count(sent, one="I send it to {n} now.", other="I send it to {n} now.", n=many)
    return said.plus(text) if said else Message(text)


async def _publish(ctx: Context, what: str, preview: str) -> Message | None:
    """What is still a preview is published as at any hour; None when it is out already."""
    publish = {"call": calls.publish, "announce": messages.publish}.get(what)
    return await publish(replace(ctx, request=replace(ctx.request, argument=preview))) if publish else None


async def _post_of(ctx: Context, what: str, about: str) -> int | None:
    """The post itself, or the one that the draft became; None when that is still to come."""
    number, _, _ = about.partition(":")
    if what == "post":
        return int(number)
    if what == "announce":
        return await announce.published(ctx.session, int(number), author_id=ctx.person.id)
    published = await activities.get_published(ctx.session, f"draft:{number}", organiser_id=ctx.person.id)
    posts = await call.posts_about(ctx.session, published or 0, PostKind.CALL)
    return posts[0] if posts else None


async def _follow(ctx: Context, post_id: int) -> Stats | None:
    """The message that follows the post says how it is now, which is also the result."""
    stats = await call.stats(ctx.session, post_id, now=ctx.now)
    mine = [one.id for one in await progress.under_way(ctx.session) if one.about == post_id]
    if stats and mine:
        content = card.contents(ctx, lambda t: progress_message(t, stats, ctx.now))
        await outbox.revise(ctx.session, mine, private=content)
    return stats
