"""A message without an activity: asked for, looked at as it will be, and published once like a call."""

from typing import Any

from markupsafe import Markup

from chat.message import Button, Message, Reply, Shown
from chat.request import FormStyle
from db import announce as announcements
from db import audit, drafts, outbox, reach
from db.drafts import Draft
from handlers import forms, unreached
from handlers.announce.feature import ANNOUNCE, feature, finished, message, own_draft
from handlers.announce.publishing import MOST_ALONE, publish, takes_two
from handlers.call.reaching import reach_of, reach_text, show_who
from handlers.call.shown import shown
from handlers.context import Context
from handlers.feature import Needs
from handlers.own_associations import usual_association
from handlers.post import own_post
from texts import Translator, sentence

__all__ = ["ANNOUNCE", "feature", "own_draft", "publish"]


@feature.command(
    "meddelande",
    alias="announce",
    description=sentence("Write to many without an activity"),
    argument=sentence("the message"),
    shown=Shown.FORM,
    needs=Needs.ORGANISER,
)
async def begin(ctx: Context) -> Reply:
    """The first question; what stands behind the command is the message."""
    apart = str(int(ctx.now.timestamp()))
    typed = {"text": ctx.request.argument} if ctx.request.argument.strip() else {}
    usual = await usual_association(ctx)
    reply = await forms.open_form(ctx, ANNOUNCE, argument=apart, answers=usual, typed=typed)
    if ctx.in_private or ctx.request.forms is FormStyle.PAGES:
        return reply
    draft = await drafts.get_asking(ctx.session, ctx.person.id, now=ctx.now)
    opens = f"announce-{draft.id}" if draft else "do-meddelande"
    return Reply(Message.of(ctx.t("Let us do that privately."), Button(ctx.t.plain("Open"), opens=opens)))


@feature.link("announce")
async def go_on_privately(ctx: Context) -> Reply:
    """The message begun in a group goes on where only its organiser sees it."""
    return await forms.resume(ctx, await own_draft(ctx, ctx.request.argument))


@feature.form(ANNOUNCE, needs=Needs.ORGANISER)
async def show_preview(ctx: Context, draft: Draft, _: dict[str, Any]) -> Message:
    """The message as it will look, whom it reaches, and what to do with it."""
    made = await finished(ctx, draft)
    reached, asleep = await reach_of(ctx, made.aimed)
    said = message(ctx.t, made)
    parts = [
        ctx.t("This is how it will look:"),
        said.text + Markup("\n") + Markup("<i>[{}]</i>").format(said.buttons[0].label),
        reach_text(ctx, made.aimed, made.association, reached, asleep),
    ]
    if takes_two(reached):
        parts.append(ctx.t("It goes to more than {most} persons, so another admin has to agree.", most=MOST_ALONE))
    state = shown(draft, made.aimed)
    preview = Message(Markup("\n\n").join(parts), _buttons(ctx.t, str(draft.id), state))
    preview = preview.plus(None, *show_who(ctx, made.aimed, reached, "announce.unreached", str(draft.id)))
    if not asleep.waiting:
        return preview
    return preview.plus(None, Button(ctx.t.plain("Send now"), "send_now.announce", state))


def _buttons(t: Translator, about: str, state: str) -> tuple[tuple[Button, ...], ...]:
    return (
        (
            Button(t.plain("Publish"), "announce.publish", state),
            Button(t.plain("Change"), "announce.change", about),
            Button(t.plain("Cancel"), "form.cancel", about),
        ),
        (Button(t.plain("Text to mail"), "announce.copy", about),),
    )


@feature.button("announce.change", shown=Shown.FORM, needs=Needs.ORGANISER)
async def change(ctx: Context) -> Reply:
    """Asks which answer to change; everything else stays."""
    return await forms.reopen(ctx, await own_draft(ctx, ctx.request.argument))


@feature.button("announce.copy", shown=Shown.PRIVATELY, needs=Needs.ORGANISER)
async def copy(ctx: Context) -> Message:
    """The message as text to copy, before it goes out."""
    made = await finished(ctx, await own_draft(ctx, ctx.request.argument))
    said = message(ctx.in_language(ctx.installation.language), made)
    return Message(ctx.t("Copy this:") + Markup("\n\n") + said.text)


@feature.button("announce.mail", shown=Shown.PRIVATELY, needs=Needs.ORGANISER)
async def mail(ctx: Context) -> Message:
    """The message as text to copy, when it is out."""
    content = await announcements.content(ctx.session, await own_post(ctx, ctx.request.argument))
    language = ctx.installation.language
    said = outbox.in_language(outbox.unpack(content), language, language)
    return Message(ctx.t("Copy this:") + Markup("\n\n") + said.text)


@feature.button("announce.unreached", shown=Shown.PRIVATELY, needs=Needs.REGISTER)
async def unreached_before(ctx: Context) -> Message:
    """Who is in no chat, before it goes out."""
    number, _, page = ctx.request.argument.partition(":")
    made = await finished(ctx, await own_draft(ctx, number))
    about = f"association:{made.sender}"
    audit.note(ctx.session, "see unreached", about, actor_id=ctx.person.id, now=ctx.now)
    people = reach.unreached(made.aimed.target.audience)
    return await unreached.listed(ctx, people, "announce.unreached", number, int(page or 0))
