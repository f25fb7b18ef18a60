"""What those who come, or may come, are told when an activity changes or is called off."""

from datetime import datetime, timedelta

from markupsafe import Markup

from chat.message import Message
from db import call, outbox, reach
from db.activities import Activity
from db.audiences import Audience
from db.models import Answer, PostKind, Priority
from db.outbox import Content
from handlers import card
from handlers.call import follow
from handlers.context import Context
from texts import Translator, dates, sentence

SOON = timedelta(hours=24)  # nearer than that a change does not wait for the morning
STILL = {
    Answer.COMING: sentence("You are still down as: coming."),
    Answer.MAYBE: sentence("You are still down as: maybe."),
    Answer.NO: sentence("You are still down as: not coming."),
}
DETAILS = ("text", "bring", "read")


async def tell(
    ctx: Context, activity: Activity, kind: PostKind, *, key: str, private: Content, group: Content, soon: bool
) -> int:
    """How many persons hear it, besides the groups that the call was in; the organiser can follow it."""
    coming = Audience(ctx.person.invented, coming_to=activity.id)
    post_id = await outbox.queue_post(
        ctx.session,
        key,
        kind,
        private=private,
        group=group,
        priority=Priority.URGENT,
        now=ctx.now,
        expires_at=max(activity.ends_at or activity.starts_at, ctx.now + timedelta(hours=1)),
        activity_id=activity.id,
        author_id=ctx.person.id,
        audience=coming,
    )
    if post_id is None:
        return 0
    quiet = None if soon else ctx.quiet
    told = await outbox.queue_to_people(ctx.session, post_id, reach.reached(coming), now=ctx.now, quiet=quiet)
    await outbox.queue_to_chats(ctx.session, post_id, call.chats_that_saw(activity.id), now=ctx.now)
    await follow(ctx, post_id)
    return told


def is_soon(*starts: datetime, now: datetime) -> bool:
    """True when one of these moments is so near that quiet hours do not hold the message back."""
    return any(start - now <= SOON for start in starts)


def difference(old: Activity, new: Activity) -> set[str]:
    """What is not the same: "when", and names of the activity's other texts."""
    texts = ("title", "place", *DETAILS)
    changed = {name for name in texts if getattr(old, name) != getattr(new, name)}
    moved = (old.starts_at, old.ends_at) != (new.starts_at, new.ends_at)
    return changed | ({"when"} if moved else set())


def changed(
    old: Activity, new: Activity, t: Translator, *, now: datetime, private: bool, answer: Answer | None = None
) -> Message:
    """New time: … (was …). The same place. You are still down as: coming."""
    what = difference(old, new)
    said = [_headline(old, new, what, t, now)]
    if "when" in what and "place" not in what and new.place:
        said.append(t("The same place."))
    if "title" in what:
        said.append(t("It was called {title}.", title=old.title))
    said.append(_stands(t, answer) if private else t("Answers given stand."))
    lines = [Markup(" ").join(said)]
    lines += card.details(new, t) if what & set(DETAILS) else [card.sender(new, t)]
    return Message(Markup("\n").join(lines), (card.answer_buttons(new.id, t), (card.ask_button(new.id, t),)))


def _stands(t: Translator, answer: Answer | None) -> Markup:
    return t(STILL[answer]) if answer else t("Your answer stands.")


def _headline(old: Activity, new: Activity, what: set[str], t: Translator, now: datetime) -> Markup:
    moment, before = card.moment(new, t, now=now), card.moment(old, t, now=now)
    place, was = (card.place(one, t) or t.plain("not settled yet") for one in (new, old))
    if {"when", "place"} <= what:
        return t(
            "<b>New time and place:</b> {title} is {moment}, {place} (was {before}, {was}).",
            title=new.title, moment=moment, place=place, before=before, was=was,
        )  # fmt: skip
    if "when" in what:
        return _new_time(old, new, t, now)
    if "place" in what:
        return t(
            "<b>New place:</b> {title} {moment} is here: {place} (was {was}).",
            title=new.title, moment=moment, place=place, was=was,
        )  # fmt: skip
    return t("<b>Changed:</b> {title}, {moment}.", title=new.title, moment=moment)


def _new_time(old: Activity, new: Activity, t: Translator, now: datetime) -> Markup:
    same_day = dates.day(old.starts_at, t, now=now) == dates.day(new.starts_at, t, now=now)
    if same_day and old.starts_at != new.starts_at:
        return t(
            "<b>New time:</b> {title} on {day} starts at {clock} (was {before}).",
            title=new.title,
            day=dates.day(new.starts_at, t, now=now),
            clock=dates.clock_span(new.starts_at, new.ends_at, t),
            before=dates.clock(old.starts_at, t),
        )
    moment, before = card.moment(new, t, now=now), card.moment(old, t, now=now)
    return t("<b>New time:</b> {title} is {moment} (was {before}).", title=new.title, moment=moment, before=before)


def cancelled(activity: Activity, reason: str, t: Translator, *, now: datetime) -> Message:
    """Cancelled today: … at 15:00, place. The reason. Do not go there."""
    if dates.relative_day(activity.starts_at, t, now=now) == t.plain("today"):
        headline = t(
            "<b>Cancelled today:</b> {title} at {clock}",
            title=activity.title,
            clock=dates.clock(activity.starts_at, t),
        )
    else:
        headline = t(
            "<b>Cancelled:</b> {title}, {moment}", title=activity.title, moment=card.moment(activity, t, now=now)
        )
    place = t(", {place}.", place=activity.place) if card.is_place(activity.place) else Markup(".")
    said = [headline + place]
    if reason:
        said.append(t("{text}", text=_sentence(reason)))
    said.append(t("Please do not go there."))
    text = Markup(" ").join(said) + Markup("\n") + card.sender(activity, t)
    return Message.of(text, card.ask_button(activity.id, t))


def _sentence(reason: str) -> str:
    """The reason with an end, so that what follows does not run into it."""
    whole = reason.rstrip()
    return whole if whole[-1:] in {".", "!", "?", "…", ")"} else f"{whole}."
