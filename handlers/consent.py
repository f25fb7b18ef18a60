"""May I write to you here? Asked in a step of its own, changed at any time."""

from markupsafe import Markup

from chat.address import Platform
from chat.markup import plain
from chat.message import Button, Message, Reply, Shown
from chat.quiet import parse
from chat.request import Event
from db import consents, people
from db.models import Consent
from db.people import Person
from handlers.context import Context, UserError, organisation
from handlers.feature import Feature
from texts import dates, sentence

feature = Feature("consent")

TEXT_VERSION = "2026-11-22.3"  # of what follows: a new one whenever what is agreed to changes
PLATFORMS = {
    Platform.TELEGRAM: "Telegram",
    Platform.DISCORD: "Discord",
    Platform.TRY: sentence("The one who runs this page"),
}
THERE = PLATFORMS | {Platform.TRY: sentence("The try-out page")}  # what the place itself is called
LABELS = {
    Consent.YES: sentence("Yes, write here"),
    Consent.HIDDEN: sentence("Yes, but hide the content"),
    Consent.NO: sentence("No, only when I ask"),
}
NOTICE = (  # GDPR article 13: who, what and why, how long, who else, and which rights
    sentence(
        "<b>Yes means:</b> calls from your association and the district come here, and once a week what is on. "
        "Reminders of what you have said you come to are sent in any case, until you turn them off. "
        "“Hide the content” means that only “Something is on” is seen until you press."
    ),
    sentence("<b>Who:</b> {organisation} is responsible. Ask them anything: /contact."),
    sentence(
        "<b>What and why:</b> your account's id, your answers and your settings, so that I can answer and "
        "remind you; nothing that you write to me in passing. What you say yes to rests on your consent."
    ),
    sentence(
        "<b>How long:</b> until /forgetme; answers to activities a year after the activity, messages a month. "
        "Backups keep what was there for at most a month more."
    ),
    sentence(
        "<b>Who else:</b> {platform} carries what we write to each other, also outside the EU, and a mail server "
        "the codes you ask for. Nobody else is given anything, and no machine decides about you."
    ),
    sentence(
        "<b>Your rights:</b> see and take out everything, and have it corrected: /mydata. "
        "Change your mind: /settings or /stop. Be erased: /forgetme. "
        "Complain to the data protection authority: imy.se."
    ),
)
THANKS = {
    Consent.YES: sentence("Thank you! I write here when something is on. /stop applies at once."),
    Consent.HIDDEN: sentence(
        "Thank you! I write that something is on, but not what; you press to see it. /stop applies at once."
    ),
    Consent.NO: sentence("All right. I answer when you ask, and do not write otherwise."),
}


def question(ctx: Context, *, route: str = "consent.set") -> Message:
    """The question, with its answers and a way to read more. `route`: of who says something more to the answer."""
    buttons = [Button(ctx.t.plain(label), route, answer.value) for answer, label in LABELS.items()]
    more = Button(ctx.t.plain("Read more"), "consent.more", "" if route == "consent.set" else route)
    parts = [
        ctx.t("May I write to you here when something is on?"),
        ctx.t("{platform} can see that we are in touch.", platform=_platform(ctx)),
        _how_often(ctx),
        ctx.t("No is just as fine, and /stop applies at once."),
    ]
    return Message(Markup(" ").join(parts), ((buttons[0], buttons[1]), (buttons[2], more)))


def _platform(ctx: Context) -> str:
    return ctx.t.plain(PLATFORMS[ctx.request.chat.address.platform])


def _how_often(ctx: Context) -> Markup:
    hours = parse(ctx.installation.quiet_hours)
    if hours is None:
        return ctx.t("At most a few times a week.")
    return ctx.t(
        "At most a few times a week, not between {start} and {end} unless something you are going to changes.",
        start=f"{hours.start:%H}",
        end=f"{hours.end:%H}",
    )


def ask_button(ctx: Context) -> Button:
    """The way to the question."""
    return Button(ctx.t.plain("Tell me when something is on"), "consent.ask")


def is_open(person: Person) -> bool:
    """True when the person has not said yes."""
    return person.consent in {Consent.UNASKED, Consent.NO}


@feature.button("consent.ask", shown=Shown.PRIVATELY)
async def ask(ctx: Context) -> Message:
    """The question, for somebody who wants to be told."""
    return question(ctx)


@feature.button("consent.more")
async def more(ctx: Context) -> Message:
    """What yes means, the notice of GDPR article 13, and the question again."""
    return Message(await _notice(ctx), question(ctx, route=ctx.request.argument or "consent.set").rows)


async def _notice(ctx: Context) -> Markup:
    who = await organisation(ctx) or dates.capital(ctx.t.plain("the district"))
    return Markup("\n").join(ctx.t(line, organisation=who, platform=_platform(ctx)) for line in NOTICE)


@feature.button("consent.set")
async def answer(ctx: Context) -> Reply:
    """The answer is in force and logged; on Discord a yes is tried out by a message."""
    return await take(ctx)


async def take(ctx: Context) -> Reply:
    """The same, for who says something more to the answer."""
    try:
        chosen = Consent(ctx.request.argument)
    except ValueError as error:
        raise UserError("That button is no longer in use. Write what you want to know, or /help.") from error
    platform = ctx.request.chat.address.platform
    shown = f"{plain(question(ctx).text)}\n\n{plain(await _notice(ctx))}"
    version = await consents.keep_words(ctx.session, shown, version=TEXT_VERSION, language=ctx.person.language)
    await people.set_consent(ctx.session, ctx.person, platform.value, chosen, text_version=version, now=ctx.now)
    thanks = Message(ctx.t(THANKS[chosen]))
    if chosen is Consent.NO or platform is not Platform.DISCORD:
        return Reply(thanks)
    if ctx.in_private:  # a press is answered even where a message is refused: the thanks themselves are the test
        return Reply(test_message=thanks, clear_buttons=True)
    return Reply(thanks, test_message=test_message(ctx))


def test_message(ctx: Context) -> Message:
    """What shows that messages arrive."""
    return Message(ctx.t("This is where I write to you."))


@feature.button("consent.try")
async def try_again(ctx: Context) -> Reply:
    """A message is tried once more."""
    return Reply(Message(ctx.t("I am trying again.")), test_message=test_message(ctx))


@feature.event(Event.UNBLOCKED)
async def unblocked(ctx: Context) -> None:
    """The person can be written to."""
    if ctx.person.account_id:
        await people.set_opened(ctx.session, ctx.person)


@feature.event(Event.BLOCKED)
async def blocked(ctx: Context) -> Message | None:
    """Nothing is sent there until the person comes back; who asked for a message learns how to let it through."""
    if ctx.person.account_id:
        await people.set_unreachable(ctx.session, ctx.person.account_id)
    if ctx.request.chat.address.platform is not Platform.DISCORD:
        return None
    text = ctx.t(
        "Discord does not let me through. Allow direct messages from the server, then try again. "
        "What you have answered holds all the same."
    )
    return Message.of(text, Button(ctx.t.plain("Try again"), "consent.try"))


@feature.event(Event.UNTRIED)
async def untried(ctx: Context) -> Message:
    """Nothing is known; who asked for a message is told so."""
    text = ctx.t(
        "I could not send you a message just now, so I do not know whether you get what I write. "
        "What you have answered holds all the same. Please try again in a while."
    )
    return Message.of(text, Button(ctx.t.plain("Try again"), "consent.try"))
