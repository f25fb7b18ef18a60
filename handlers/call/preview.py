"""A call before it is published: as it will look, whom it is for, and how many it reaches."""

from datetime import datetime
from typing import Any

from markupsafe import Markup

from chat.address import Platform
from chat.message import Button, Message
from chat.quiet import allowed_from, parse
from db import associations, call, send_now
from db import reach as reaches
from db.activities import RULES, Activity
from db.call import Target
from db.drafts import Draft
from db.models import ActivityKind
from db.progress import Flow
from db.reach import Outside, Reach
from handlers import card
from handlers.call.left import elsewhere
from handlers.call.progress import waiting
from handlers.context import Context, UserError
from texts import Translator, dates, sentence

WIDE = "reach"  # the draft's answer that widens a call to the whole district

PLATFORMS = {
    Platform.TELEGRAM.value: "Telegram",
    Platform.DISCORD.value: "Discord",
    Platform.TRY.value: sentence("the try-out page"),
}


async def as_activity(ctx: Context, values: dict[str, Any], name: str) -> Activity:
    """The activity that the answers would become, with no id yet; `name` is how the organiser is called."""
    start, end = values["when"]
    association_id = int(values["association"] or 0)
    ctx.require(association_id)
    found = await associations.get_association(ctx.session, association_id, invented=ctx.person.invented)
    if found is None:
        raise UserError("That association is no longer there. Look at /associations.")
    return Activity(
        id=0,
        association_id=found.id,
        association=found.name or ctx.t.plain("The district"),
        is_district=found.is_district,
        kind=ActivityKind(values["kind"]),
        cancelled=False,
        open=values["seen_by"] != "internal",
        title=values["title"],
        text=values["text"],
        place=values["place"],
        bring=values["bring"],
        read=values["read"],
        starts_at=start,
        ends_at=end,
        reminders=RULES,
        organiser_id=ctx.person.id,
        contact_name=name if values["contact"] == "me" and name else None,
        cancel_reason="",
        revision=1,
        invented=ctx.person.invented,
    )


async def aim(ctx: Context, draft: Draft, activity: Activity) -> Target:
    """Whom the draft's call is for. What is internal stays in its association: others could not even open it."""
    return await call.target(
        ctx.session,
        activity.association_id,
        wide=activity.open and WIDE in draft.answers,
        internal=not activity.open,
        invented=ctx.person.invented,
    )


async def preview(ctx: Context, draft: Draft, activity: Activity) -> Message:
    """The call as it will look, its reach, and what to do with it."""
    target = await aim(ctx, draft, activity)
    reach = await call.reach_of(ctx.session, target)
    people = reaches.reached(target.audience)
    asleep = await send_now.who_wait(ctx.session, people, now=ctx.now, quiet=ctx.quiet)
    parts = [
        ctx.t("This is how it will look:"),
        card.text(activity, ctx.t, now=ctx.now) + Markup("\n") + _labels(ctx.t),
        reach_text(ctx, activity, target, reach, asleep),
    ]
    message = Message(Markup("\n\n").join(parts), _buttons(ctx, draft, activity, target))
    return (
        message.plus(None, Button(ctx.t.plain("Send now"), "send_now.call", str(draft.id)))
        if asleep.waiting
        else message
    )


def _labels(t: Translator) -> Markup:
    every = [*card.LABELS.values(), card.ASK]
    return Markup("<i>{}</i>").format(" ".join(f"[{t.plain(label)}]" for label in every))


def _buttons(ctx: Context, draft: Draft, activity: Activity, target: Target) -> tuple[tuple[Button, ...], ...]:
    t, about = ctx.t, str(draft.id)
    rows: list[tuple[Button, ...]] = [
        (
            Button(t.plain("Publish"), "call.publish", about),
            Button(t.plain("Change"), "call.change", about),
            Button(t.plain("Cancel"), "form.cancel", about),
        )
    ]
    if activity.open and not activity.is_district:
        label = t.plain("To the whole district")
        if target.audience.association_id is None:
            label = t.plain("Only {association}", association=activity.association)
        rows.append((Button(label, "call.widen", about),))
    rows.append((Button(t.plain("Text to mail"), "call.mail", about),))
    return tuple(rows)


def reach_text(ctx: Context, activity: Activity, target: Target, reach: Reach, asleep: Flow) -> Markup:
    """To the whole district, now: 3 groups and privately 70 … 50 not in chat. And who waits for the morning."""
    sentences = [_target(ctx.t, activity, target, now=_ways(ctx.t, reach))]
    if reach.outside.people:
        sentences.append(_outside(ctx.t, reach.outside))
    if asleep.first_at:
        sentences.append(waiting(ctx.t, asleep))
        if asleep.first_at >= activity.starts_at:
            sentences.append(ctx.t("That is too late."))
    return Markup(" ").join(sentences)


def _target(t: Translator, activity: Activity, target: Target, *, now: str) -> Markup:
    everybody = target.audience.association_id is None
    if target.audience.internal and everybody:
        return t("Only to our own in the whole district, now: {reach}.", reach=now)
    if target.audience.internal:
        return t("Only to {association}'s own, now: {reach}.", association=activity.association, reach=now)
    if everybody:
        return t("To the whole district, now: {reach}.", reach=now)
    return t("To {association}, now: {reach}.", association=activity.association, reach=now)


def _outside(t: Translator, left: Outside) -> Markup:
    """50 I cannot reach in chat: 44 have an e-mail or postal address, 6 nothing."""
    said = t.count(left.people, one="{n} I cannot reach in chat", other="{n} I cannot reach in chat")
    return said + elsewhere(t, left)


def _ways(t: Translator, reach: Reach) -> str:
    """3 groups and privately to 70: 61 Telegram, 9 Discord."""
    ways = []
    if reach.chats:
        ways.append(t.count_plain(reach.chats, one="{n} group", other="{n} groups"))
    people = sum(reach.people.values())
    each = [(n, t.plain(PLATFORMS[name])) for name, n in sorted(reach.people.items(), key=_most)]
    if len(each) == 1:
        ways.append(t.plain("privately to {n} on {platform}", n=people, platform=each[0][1]))
    elif each:
        listed = ", ".join(f"{n} {platform}" for n, platform in each)
        ways.append(t.plain("privately to {n}: {platforms}", n=people, platforms=listed))
    return dates.names(ways, t) or t.plain("nobody yet")


def _most(platform: tuple[str, int]) -> tuple[int, int]:
    return -platform[1], list(PLATFORMS).index(platform[0])


def privately_from(ctx: Context) -> datetime | None:
    """When the installation's quiet hours end; None when it is not quiet now."""
    later = allowed_from(ctx.now, parse(ctx.quiet.default), ctx.quiet.zone)
    return later if later > ctx.now else None


def mail_text(ctx: Context, activity: Activity) -> Message:
    """The call as plain text to copy into a mail."""
    t = ctx.in_language(ctx.installation.language)
    lines = [t("{title}", title=activity.title), t("{line}", line=card.when_and_where(activity, t, now=ctx.now))]
    text = Markup("\n").join([*lines, *card.details(activity, t)])
    return Message(ctx.t("Copy this:") + Markup("\n\n") + text)
