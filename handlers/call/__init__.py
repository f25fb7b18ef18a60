"""A call: asked for or written in one message, looked at, published once."""

from dataclasses import replace

from chat.markup import one_line
from chat.message import Button, Message, Reply, Shown
from chat.request import FormStyle, whole_number
from db import activities, audit, call, drafts, outbox, reach, reminders
from db.activities import Activity
from db.call import Target
from db.drafts import Draft
from db.left import NOBODY, who_is_left
from db.models import PostKind, Priority
from handlers import card, forms, unreached
from handlers.audiences.choosing import NEAR, WIDE
from handlers.call import preview
from handlers.call.form import AUDIENCE, CALL, lines
from handlers.call.progress import progress_message
from handlers.call.published import sent_off
from handlers.call.shown import changed_since, shown
from handlers.context import Context, UserError
from handlers.feature import Feature, Needs
from handlers.forms import GONE, reading
from handlers.own_associations import usual_association
from texts import sentence

feature = Feature("call")


@feature.button("call.new", shown=Shown.FORM, needs=Needs.ORGANISER)
@feature.command(
    "kallelse",
    alias="call",
    other_names=("ny",),
    description=sentence("Call people to something: a meeting, a protest, a course"),
    argument=sentence("title, when, where and text, a line each"),
    shown=Shown.FORM,
    needs=Needs.ORGANISER,
    menu=6,
)
async def begin(ctx: Context) -> Reply:
    """The first question, or what is missing in a call written in one message."""
    apart = str(int(ctx.now.timestamp()))  # a call begun earlier keeps its draft and its preview
    usual = await usual_association(ctx)
    typed = lines(ctx.request.argument, lambda line: reading.is_moment(ctx, line))
    reply = await forms.open_form(ctx, CALL, argument=apart, answers=usual, typed=typed)
    if ctx.in_private or ctx.request.forms is FormStyle.PAGES:
        return reply
    draft = await drafts.get_asking(ctx.session, ctx.person.id, now=ctx.now)
    opens = f"call-{draft.id}" if draft else "do-kallelse"
    return Reply(Message.of(ctx.t("Let us do that privately."), Button(ctx.t.plain("Open"), opens=opens)))


@feature.link("call")
async def go_on_privately(ctx: Context) -> Reply:
    """The call begun in a group goes on where only its organiser sees it."""
    draft = await _draft(ctx, ctx.request.argument)
    return await forms.resume(ctx, draft)


@feature.form(CALL, needs=Needs.ORGANISER)
async def show_preview(ctx: Context, draft: Draft, values: dict[str, object]) -> Message:
    """The finished call as it will look, with its audience and reach."""
    return await preview.preview(ctx, draft, await _activity(ctx, values))


async def _activity(ctx: Context, values: dict[str, object]) -> Activity:
    return await preview.as_activity(ctx, values, one_line(ctx.request.sender_name)[:80])


async def _draft(ctx: Context, argument: str) -> Draft:
    draft = await drafts.get_draft(ctx.session, whole_number(argument), person_id=ctx.person.id, now=ctx.now)
    if draft is None or draft.form != CALL.name:
        raise UserError(GONE)
    return draft


async def _finished(ctx: Context, argument: str) -> tuple[Draft, Activity]:
    """The pressed preview's draft and what it would become; a UserError when its moment has passed."""
    draft = await _draft(ctx, argument)
    if any(name not in draft.answers for name in ("title", "when", "place", "association")):
        raise UserError(GONE)
    reading.still_ahead(ctx, CALL, draft)
    return draft, await _activity(ctx, reading.finished(CALL, draft))


@feature.button("call.widen", needs=Needs.ORGANISER)
async def widen(ctx: Context) -> Message:
    """The call is for the whole district, or again for one association only."""
    draft, activity = await _finished(ctx, ctx.request.argument)
    key = NEAR if draft.answers.get(AUDIENCE.name) == WIDE else WIDE
    draft = draft.but(answers=draft.answers | {AUDIENCE.name: key})
    await drafts.save(ctx.session, draft, now=ctx.now)
    return await preview.preview(ctx, draft, activity)


@feature.button("call.change", shown=Shown.FORM, needs=Needs.ORGANISER)
async def change(ctx: Context) -> Reply:
    """Asks which answer to change; everything else stays."""
    return await forms.reopen(ctx, await _draft(ctx, ctx.request.argument))


@feature.button("call.mail", shown=Shown.PRIVATELY, needs=Needs.ORGANISER)
async def mail(ctx: Context) -> Message:
    """The call as text to copy."""
    _, activity = await _finished(ctx, ctx.request.argument)
    return preview.mail_text(ctx, activity)


@feature.button("call.unreached", shown=Shown.PRIVATELY, needs=Needs.REGISTER)
async def unreached_before(ctx: Context) -> Message:
    """Who is in no chat, before it goes out."""
    number, _, page = ctx.request.argument.partition(":")
    draft, activity = await _finished(ctx, number)
    people = reach.unreached((await preview.aim(ctx, draft, activity)).target.audience)
    audit.note(
        ctx.session, "see unreached", f"association:{activity.association_id}", actor_id=ctx.person.id, now=ctx.now
    )
    return await unreached.listed(ctx, people, "call.unreached", number, whole_number(page))


@feature.button("call.publish", needs=Needs.ORGANISER)
async def publish(ctx: Context) -> Message:
    """The call is out as the pressed preview shows it, once, however often this is pressed."""
    number, _, _ = ctx.request.argument.partition(":")
    published = await activities.get_published(ctx.session, f"draft:{number}", organiser_id=ctx.person.id)
    if published is not None:
        return await _already(ctx, published)
    draft, activity = await _finished(ctx, number)
    aimed = await preview.aim(ctx, draft, activity)
    if ctx.request.argument != shown(draft, aimed):
        return await changed_since(ctx, draft)
    activity_id = await _add(ctx, draft, activity)
    if activity_id is None:
        raise UserError(GONE)
    post_id = await _queue(ctx, aimed.target, activity, activity_id)
    await drafts.discard(ctx.session, draft.id)
    audit.note(ctx.session, "publish", f"activity:{activity_id}", actor_id=ctx.person.id, now=ctx.now)
    return await sent_off(ctx, aimed, post_id)


async def _already(ctx: Context, activity_id: int) -> Message:
    activity = await activities.get_activity(ctx.session, activity_id, invented=ctx.person.invented)
    if activity is None:
        raise UserError(GONE)
    fresh = card.message(activity, ctx.t, now=ctx.now)
    return Message(ctx.t("It is already published."), fresh.rows).plus(fresh.text)


async def _add(ctx: Context, draft: Draft, activity: Activity) -> int | None:
    return await activities.add_activity(
        ctx.session,
        draft_key=f"draft:{draft.id}",
        zone=ctx.installation.zone,
        association_id=activity.association_id,
        kind=activity.kind.value,
        open=activity.open,
        title=activity.title,
        text=activity.text,
        place=activity.place,
        bring=activity.bring,
        read=activity.read,
        starts_at=activity.starts_at,
        ends_at=activity.ends_at,
        organiser_id=activity.organiser_id,
        contact_name=activity.contact_name,
        invented=activity.invented,
        created_at=ctx.now,
    )


async def _queue(ctx: Context, target: Target, activity: Activity, activity_id: int) -> int:
    """The id of the post that is on its way; its reminders are planned."""
    made = replace(activity, id=activity_id)
    content = card.cards(ctx, made)
    post_id = await outbox.queue_post(
        ctx.session,
        f"call:{activity_id}",
        PostKind.CALL,
        private=content,
        group=_soft(ctx, content),
        priority=Priority.CALL,
        now=ctx.now,
        expires_at=made.ends_at or made.starts_at,
        activity_id=activity_id,
        author_id=ctx.person.id,
        audience=target.audience,
    )
    assert post_id is not None, "the activity is new"
    people = reach.reached(target.audience)
    await outbox.queue_to_people(ctx.session, post_id, people, now=ctx.now, quiet=ctx.quiet)
    await outbox.queue_to_chats(ctx.session, post_id, call.chats_of(target), now=ctx.now)
    await reminders.plan(ctx.session, activity_id, now=ctx.now, quiet=ctx.quiet)
    await follow(ctx, post_id)
    return post_id


def _soft(ctx: Context, content: dict[str, Message]) -> dict[str, Message]:
    """For groups: without a sound when it is quiet."""
    if preview.privately_from(ctx) is None:
        return content
    return {language: replace(message, silent=True) for language, message in content.items()}


async def follow(ctx: Context, post_id: int, *, author_id: int | None = None) -> None:
    """The organiser (or that author) gets a message that shows how far the post is, edited until it is done."""
    author = author_id or ctx.person.id
    stats = await call.stats(ctx.session, post_id, now=ctx.now)
    if stats is None or not (stats.people or stats.chats):
        return
    rest = await who_is_left(ctx.session, post_id) if stats.is_done else NOBODY
    content = card.contents(ctx, lambda t: progress_message(t, stats, ctx.now, rest))
    progress_id = await outbox.queue_post(
        ctx.session,
        f"progress:{post_id}",
        PostKind.PERSONAL,
        private=content,
        priority=Priority.URGENT,
        now=ctx.now,
        activity_id=stats.activity_id,
        author_id=author,
    )
    if progress_id is not None:
        me = reach.organiser(author)
        await outbox.queue_to_people(ctx.session, progress_id, me, now=ctx.now, quiet=None)
