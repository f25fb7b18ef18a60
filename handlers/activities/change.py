"""A change: the same questions with their answers, what will be different, and everybody is told."""

import json
from dataclasses import replace
from datetime import datetime
from typing import Any

from markupsafe import Markup

from chat.message import Button, Message, Reply, Shown
from db import activities, audit, call, drafts, outbox, reminders
from db.activities import Activity, local_start
from db.drafts import Draft
from db.models import ActivityKind, Answer, PostKind
from handlers import card, forms, holding
from handlers.activities.feature import feature, open_activity
from handlers.activities.telling import changed, difference, is_soon, tell
from handlers.call.form import CHANGE
from handlers.context import Context, UserError
from handlers.feature import Needs
from handlers.forms import GONE, pack_when, reading
from texts import sentence

# The form of the draft that keeps how an activity was before a change that somebody was not told of.
UNTOLD = "change_untold"
BASE = "base"  # the draft's answer that keeps what the activity said when the change was begun

NAMES = {
    "title": sentence("Heading"),
    "when": sentence("When"),
    "place": sentence("Where"),
    "text": sentence("Text"),
    "bring": sentence("What to bring"),
    "read": sentence("What to read before"),
}


def answers_of(activity: Activity) -> dict[str, str]:
    """The activity as answers of the form."""
    texts = {name: getattr(activity, name) for name in ("title", "place", "text", "bring", "read")}
    return texts | {"kind": activity.kind.value, "when": pack_when(activity.starts_at, activity.ends_at)}


def _begun(activity: Activity) -> dict[str, str]:
    base = answers_of(activity)
    return base | {BASE: json.dumps(base, ensure_ascii=False), "revision": str(activity.revision)}


@feature.button("activities.change", shown=Shown.FORM, needs=Needs.HOST)
async def begin(ctx: Context) -> Reply:
    """Asks what to change; everything is as it is now until answered anew, also in another window."""
    activity = await open_activity(ctx, ctx.request.argument)
    draft = await forms.begin(ctx, CHANGE, str(activity.id), _begun(activity))
    if _answered(draft):
        return await forms.take_up(ctx, draft)
    return await forms.reopen(ctx, draft.but(answers=_begun(activity)))


def _answered(draft: Draft) -> dict[str, str]:
    """What this draft says otherwise than the activity did when it was begun."""
    base = json.loads(draft.answers[BASE])
    return {name: draft.answers.get(name, "") for name in base if draft.answers.get(name, "") != base[name]}


@feature.button("activities.again", shown=Shown.FORM, needs=Needs.HOST)
async def again(ctx: Context) -> Reply:
    """Asks what else to change."""
    return await forms.reopen(ctx, await _draft(ctx))


async def _draft(ctx: Context) -> Draft:
    draft = await drafts.get_draft(ctx.session, ctx.number, person_id=ctx.person.id, now=ctx.now)
    if draft is None or draft.form != CHANGE.name:
        raise UserError(GONE)
    return draft


def _with(activity: Activity, values: dict[str, Any]) -> Activity:
    start, end = values["when"]
    texts = {name: values[name] for name in ("title", "place", "text", "bring", "read")}
    return replace(activity, kind=ActivityKind(values["kind"]), starts_at=start, ends_at=end, **texts)


@feature.form(CHANGE, needs=Needs.HOST)
async def show_preview(ctx: Context, draft: Draft, values: dict[str, Any]) -> Message:
    """What will be different, and who hears of it."""
    activity = await open_activity(ctx, draft.argument)
    if draft.answers["revision"] != str(activity.revision):
        return await _overtaken(ctx, draft, activity)
    return await _preview(ctx, draft, activity, _with(activity, values))


async def _preview(ctx: Context, draft: Draft, old: Activity, new: Activity) -> Message:
    about = str(draft.id)
    change = Button(ctx.t.plain("Change"), "activities.again", about)
    cancel = Button(ctx.t.plain("Cancel"), "form.cancel", about)
    what = difference(old, new)
    if not what and old.kind == new.kind:
        return Message.of(ctx.t("Nothing is different yet."), change, cancel)
    lines = [_line(ctx, name, old, new) for name in NAMES if name in what]
    text = Markup("\n").join([ctx.t("This is what changes:"), *lines])
    if what:
        text += Markup("\n\n") + await _who_hears(ctx, old)
    return Message.of(text, Button(ctx.t.plain("Publish"), "activities.apply", about), change, cancel)


def _line(ctx: Context, name: str, old: Activity, new: Activity) -> Markup:
    return ctx.t(
        "{what}: {value} (was: {before})",
        what=ctx.t(NAMES[name]),
        value=_value(ctx, new, name),
        before=_value(ctx, old, name) or ctx.t("nothing"),
    )


def _value(ctx: Context, activity: Activity, name: str) -> str:
    if name == "when":
        return card.moment(activity, ctx.t, now=ctx.now)
    return str(getattr(activity, name))


async def _who_hears(ctx: Context, activity: Activity) -> Markup:
    counted = await activities.answers(ctx.session, activity.id)
    if counted[Answer.COMING] + counted[Answer.MAYBE] == 0:
        return ctx.t("Nobody has answered yet. Every copy is changed.")
    return ctx.t(
        "{coming} coming and {maybe} maybe hear of it, and every copy is changed.",
        coming=counted[Answer.COMING],
        maybe=counted[Answer.MAYBE],
    )


async def _overtaken(ctx: Context, draft: Draft, activity: Activity) -> Message:
    """Somebody else was first: how it is now, and this change on top of it; nothing of either is lost."""
    draft = draft.but(answers=_begun(activity) | _answered(draft))
    await drafts.save(ctx.session, draft, now=ctx.now)
    text = ctx.t("Somebody else changed it in the meantime. This is how it is now:")
    text += Markup("\n\n") + card.text(activity, ctx.t, now=ctx.now) + Markup("\n\n")
    proposal = await _preview(ctx, draft, activity, _with(activity, reading.finished(CHANGE, draft)))
    return replace(proposal, text=text + proposal.text)


@feature.button("activities.apply", needs=Needs.HOST)
async def apply(ctx: Context) -> Message:
    """The activity is changed, every copy with it, and those who come or may come are told."""
    draft = await _draft(ctx)
    old = await open_activity(ctx, draft.argument)
    if draft.answers["revision"] != str(old.revision):
        return await _overtaken(ctx, draft, old)
    reading.still_ahead(ctx, CHANGE, draft)
    new = _with(old, reading.finished(CHANGE, draft))
    if not await activities.change_activity(ctx.session, old, **_columns(ctx, new)):
        raise UserError("Somebody else changed it at the same moment. Please press again.")
    await drafts.discard(ctx.session, draft.id)
    audit.note(ctx.session, "change", f"activity:{old.id}", actor_id=ctx.person.id, now=ctx.now)
    await _everywhere(ctx, old, new)
    show = Button(ctx.t.plain("The activity"), "activities.show", str(old.id))
    rests = await holding.waits(ctx)
    if rests:
        return Message.of(ctx.t("Changed.") + Markup(" ") + rests, show)
    return Message.of(ctx.t("Changed. Those it concerns are told now."), show)


def _columns(ctx: Context, new: Activity) -> dict[str, Any]:
    texts = {name: getattr(new, name) for name in ("title", "place", "text", "bring", "read")}
    moment: dict[str, str | datetime | None] = {"starts_at": new.starts_at, "ends_at": new.ends_at}
    return texts | moment | local_start(new.starts_at, ctx.installation.zone) | {"kind": new.kind.value}


async def _everywhere(ctx: Context, old: Activity, new: Activity) -> None:
    """Every copy shows the change, reminders move with it, and a new message says what changed."""
    cards = card.cards(ctx, new)
    calls = await call.posts_about(ctx.session, old.id, PostKind.CALL)
    await outbox.revise(ctx.session, calls, private=cards, group=cards)
    await reminders.plan(ctx.session, old.id, now=ctx.now, quiet=ctx.quiet)
    if not difference(old, new):
        return
    was = await _as_told(ctx, old, new)
    await tell(
        ctx,
        new,
        PostKind.CHANGE,
        key=f"change:{old.id}:{old.revision + 1}",
        private=card.contents_by_answer(
            ctx, lambda t, answer: changed(was, new, t, now=ctx.now, private=True, answer=answer)
        ),
        group=card.contents(ctx, lambda t: changed(was, new, t, now=ctx.now, private=False)),
        soon=is_soon(was.starts_at, old.starts_at, new.starts_at, now=ctx.now),
    )


async def _as_told(ctx: Context, old: Activity, new: Activity) -> Activity:
    """The activity as it was when everybody knew it; messages of what somebody does not know yet are called off.

    Who knows some of it hears that again: better twice than never.
    """
    posts = await call.posts_about(ctx.session, old.id, PostKind.CHANGE)
    untold = await outbox.cancel_unsent(ctx.session, posts, reason="superseded")
    every = await drafts.of_form(ctx.session, UNTOLD, invented=old.invented)
    kept = [one for one in every if one.argument == str(old.id)]
    before = _with(old, reading.finished(CHANGE, kept[0])) if kept and untold else old
    for one in kept:
        await drafts.discard(ctx.session, one.id)
    await drafts.start(
        ctx.session,
        person_id=ctx.person.id,
        form=UNTOLD,
        argument=str(old.id),
        style=ctx.request.forms,
        answers=answers_of(before),
        now=ctx.now,
        kept=new.starts_at - ctx.now,
    )
    return _unless_back(before, old, new)


def _unless_back(before: Activity, old: Activity, new: Activity) -> Activity:
    """As it was before; what has become again as it was then, as it was between."""
    back = difference(old, new) - difference(before, new)
    names = [name for one in back for name in (("starts_at", "ends_at") if one == "when" else (one,))]
    return replace(before, **{name: getattr(old, name) for name in names})
