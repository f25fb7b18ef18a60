"""A call before it is published: as it will look, whom it is for, and how many it reaches."""

from datetime import datetime
from typing import Any

from markupsafe import Markup

from chat.message import Button, Message
from chat.quiet import allowed_from, parse
from db import associations
from db.activities import RULES, Activity
from db.drafts import Draft
from db.models import ActivityKind
from handlers import card
from handlers.audiences.choosing import NEAR, WIDE, Chosen, choices, chosen
from handlers.call.form import AUDIENCE
from handlers.call.reaching import reach_of, reach_text, show_who
from handlers.call.shown import shown
from handlers.context import Context, UserError
from texts import Translator


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


async def aim(ctx: Context, draft: Draft, activity: Activity) -> Chosen:
    """Whom the draft's call is for."""
    key = draft.answers.get(AUDIENCE.name, NEAR)
    return await chosen(ctx, key, association_id=activity.association_id, internal=not activity.open)


async def preview(ctx: Context, draft: Draft, activity: Activity) -> Message:
    """The call as it will look, its reach, and what to do with it."""
    aimed = await aim(ctx, draft, activity)
    reached, asleep = await reach_of(ctx, aimed)
    parts = [
        ctx.t("This is how it will look:"),
        card.text(activity, ctx.t, now=ctx.now) + Markup("\n") + _labels(ctx.t),
        reach_text(ctx, aimed, activity.association, reached, asleep, until=activity.starts_at),
    ]
    if aimed.saved is not None and activity.open:
        parts.append(ctx.t("I write only to them, but everybody can see the activity in /week."))
    message = Message(Markup("\n\n").join(parts), await _buttons(ctx, draft, activity, aimed))
    message = message.plus(None, *show_who(ctx, aimed, reached, "call.unreached", str(draft.id)))
    if not asleep.waiting:
        return message
    return message.plus(None, Button(ctx.t.plain("Send now"), "send_now.call", shown(draft, aimed)))


def _labels(t: Translator) -> Markup:
    every = [*card.LABELS.values(), card.ASK]
    return Markup("<i>{}</i>").format(" ".join(f"[{t.plain(label)}]" for label in every))


async def _buttons(
    ctx: Context, draft: Draft, activity: Activity, aimed: Chosen
) -> tuple[tuple[Button, ...], ...]:
    t, about = ctx.t, str(draft.id)
    rows: list[tuple[Button, ...]] = [
        (
            Button(t.plain("Publish"), "call.publish", shown(draft, aimed)),
            Button(t.plain("Change"), "call.change", about),
            Button(t.plain("Cancel"), "form.cancel", about),
        )
    ]
    audiences: list[Button] = []
    if activity.open and not activity.is_district:
        label = t.plain("To the whole district")
        if draft.answers.get(AUDIENCE.name) == WIDE:
            label = t.plain("Only {association}", association=activity.association)
        audiences.append(Button(label, "call.widen", about))
    if len(await choices(ctx, draft.answers)) > 1:
        audiences.append(Button(t.plain("Another audience"), "form.again", f"{about}:{AUDIENCE.name}"))
    if audiences:
        rows.append(tuple(audiences))
    rows.append((Button(t.plain("Text to mail"), "call.mail", about),))
    return tuple(rows)


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
