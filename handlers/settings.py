"""Settings: language, what is sent and when, in one message whose buttons change it in place."""

from dataclasses import replace

from markupsafe import Markup

from chat.form import Choice, Field, FieldKind, Form
from chat.message import Button, Message, Reply, Rows, Shown
from chat.quiet import parse
from db import outbox, people, send_now
from db.drafts import Draft
from db.models import Consent, PostKind
from db.settings import Settings, get_settings
from handlers import consent, forms
from handlers.context import Context, UserError
from handlers.feature import Feature
from handlers.private import leads_to_private
from texts import LANGUAGES, Translator, sentence
from texts.questions import Question

feature = Feature("settings")

LANGUAGE_NAMES = {"sv": "Svenska", "en": "English"}  # each in itself: who cannot read the other finds it
SWITCHES = {
    "reminders": (PostKind.REMINDER,),
    "digest": (PostKind.DIGEST,),
    "private_copies": (PostKind.CALL, PostKind.ANNOUNCEMENT),
}
NONE = sentence("None")
NO_HOURS = {"none", "no", "inga", "ingen", "nej", "-", "–"}
CONSENTS = {
    Consent.UNASKED: sentence("not asked yet"),
    Consent.YES: sentence("yes"),
    Consent.HIDDEN: sentence("yes, with the content hidden"),
    Consent.NO: sentence("no, only when you ask"),
}
QUIET = Form(
    "quiet_hours",
    title=sentence("Quiet hours"),
    fields=(
        Field(
            "hours",
            label=sentence("From and to, for example 21-08"),
            question=sentence("Between which hours shall I be quiet? Write for example 21-08."),
            kind=FieldKind.TEXT,
            max_length=20,
            suggestions=(Choice("21", "21-08", own=True), Choice("22", "22-07", own=True), Choice("none", NONE)),
        ),
    ),
)


@feature.command(
    "installningar",
    alias="settings",
    description=sentence("Language, reminders, quiet hours and more"),
    menu=4,
    private=True,
)
@feature.button("settings.show")
async def show(ctx: Context) -> Message:
    """Everything as it is set now, each with a button that changes it."""
    return await _settings(ctx, ctx.t)


@feature.question("settings")
async def asked(ctx: Context, question: Question) -> Message | Reply:
    """The same, for somebody who wrote it; who names a language gets it."""
    away = leads_to_private(ctx, "do-installningar")
    words = ctx.request.text.lower()
    if away is None and ("english" in words or "engelska" in words):
        return await _speak(ctx, "en")
    if away is None and "svenska" in words:
        return await _speak(ctx, "sv")
    return away or await _settings(ctx, ctx.t)


async def _settings(ctx: Context, t: Translator) -> Message:
    now = await get_settings(ctx.session, ctx.person.id, ctx.person.account_id)
    lines = [
        t("<b>Settings</b>"),
        t("Language: {language}", language=LANGUAGE_NAMES.get(t.language, t.language)),
        t("My association: {association}", association=_association(now, t)),
        t("Reminders: {value}", value=_on(now.reminders, t)),
        t("What is on, every Monday: {value}", value=_on(now.digest, t)),
        t("Calls: {value}", value=t.plain("here too") if now.private_copies else t.plain("only in the group")),
        t("Quiet hours: {hours}", hours=_hours(ctx, now, t)),
        t(
            "May I write here: {answer}",
            answer=t.plain("stopped") if now.stopped else t.plain(CONSENTS[now.consent]),
        ),
    ]
    return Message(Markup("\n").join(lines), _rows(now, t))


def _on(value: bool, t: Translator) -> str:
    return t.plain("on") if value else t.plain("off")


def _association(now: Settings, t: Translator) -> str:
    if now.association is None:
        return t.plain("not chosen")
    return t.plain("the whole district") if now.is_district else now.association


def _hours(ctx: Context, now: Settings, t: Translator) -> str:
    hours = ctx.installation.quiet_hours if now.quiet_hours is None else now.quiet_hours
    return hours.replace("-", "–") or t.plain("none")


def _rows(now: Settings, t: Translator) -> Rows:
    reminders = t.plain("No reminders") if now.reminders else t.plain("Remind me")
    digest = t.plain("No Monday message") if now.digest else t.plain("Monday message, please")
    copies = t.plain("Calls only in the group") if now.private_copies else t.plain("Calls here too")
    others = [one for one in LANGUAGES if one != t.language]
    spoken = [Button(LANGUAGE_NAMES.get(one, one), "settings.language", one) for one in others]
    return (
        (*spoken, Button(t.plain("My association"), "my_association.choose")),
        (_switch(reminders, "reminders", now.reminders), _switch(digest, "digest", now.digest)),
        (_switch(copies, "private_copies", now.private_copies), Button(t.plain("Quiet hours"), "settings.quiet")),
        (Button(t.plain("May I write here?"), "settings.consent"), Button(t.plain("My data"), "privacy.show")),
        (Button(t.plain("Interests"), "labels.mine"), Button(t.plain("Accounts"), "accounts.list")),
    )


def _switch(label: str, name: str, value: bool) -> Button:
    """A button that says what will be, so that a second press changes nothing."""
    return Button(label, "settings.set", f"{name}:{int(not value)}")


@feature.button("settings.set")
async def switch(ctx: Context) -> Message:
    """The setting has the button's value, also for what is waiting until the morning."""
    name, _, value = ctx.request.argument.partition(":")
    if name not in SWITCHES:
        raise UserError("That button is no longer in use. Write what you want to know, or /help.")
    await people.set_values(ctx.session, ctx.person.id, **{name: value == "1"})
    if value != "1":
        await outbox.cancel_for(ctx.session, ctx.person.id, SWITCHES[name], reason="settings")
    return await _settings(ctx, ctx.t)


@feature.button("settings.language")
async def language(ctx: Context) -> Reply:
    """The person is spoken to in that language from now on."""
    return await _speak(ctx, ctx.request.argument)


async def _speak(ctx: Context, chosen: str) -> Reply:
    if chosen not in LANGUAGES:
        raise UserError("I do not speak that language yet.")
    await people.set_values(ctx.session, ctx.person.id, language=chosen)
    person = replace(ctx.person, language=chosen)
    t = ctx.in_language(chosen)
    return Reply(await _settings(replace(ctx, person=person, t=t), t), refresh_menu=True)


@feature.button("settings.consent")
async def writing(ctx: Context) -> Message:
    """The question of consent again, with the answer that holds."""
    now = await get_settings(ctx.session, ctx.person.id, ctx.person.account_id)
    holds = ctx.t.plain("stopped") if now.stopped else ctx.t.plain(CONSENTS[now.consent])
    asked = consent.question(ctx)
    return replace(asked, text=asked.text + Markup(" ") + ctx.t("Now: {value}.", value=holds))


@feature.button("settings.quiet", shown=Shown.FORM)
async def ask_hours(ctx: Context) -> Reply:
    """Asks for the hours."""
    return await forms.open_form(ctx, QUIET)


@feature.form(QUIET)
async def set_hours(ctx: Context, draft: Draft, values: dict[str, str]) -> Message:
    """These are the person's quiet hours from now on, also for what is waiting until the morning."""
    typed = values["hours"].replace("–", "-").replace(" ", "")
    none = typed.casefold() in NO_HOURS or typed.casefold() == ctx.t.plain(NONE).casefold()
    hours = "" if none else _checked(typed)
    before = (await get_settings(ctx.session, ctx.person.id, ctx.person.account_id)).quiet_hours
    was = ctx.quiet.default if before is None else before
    await people.set_values(ctx.session, ctx.person.id, quiet_hours=hours)
    await send_now.wait_anew(ctx.session, ctx.person.id, was=was, hours=hours, now=ctx.now, quiet=ctx.quiet)
    return await _settings(ctx, ctx.t)


def _checked(typed: str) -> str:
    try:
        return typed if parse(typed) else ""
    except ValueError as error:
        raise UserError("I did not understand those hours. Write for example 21-08, or “none”.") from error
