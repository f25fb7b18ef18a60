"""The welcome: to a person who opens the bot, and to those who come into a group."""

from markupsafe import Markup

from chat.markup import one_line
from chat.message import Button, Message, Reply, Rows, Shown
from chat.request import Event
from db import arrivals, chats, people
from db.models import Consent
from handlers import agenda, consent
from handlers.agenda.sheet import title_and_place
from handlers.context import Context, organisation
from handlers.feature import Feature
from texts import Translator, dates, sentence
from texts.questions import Question

feature = Feature("welcome")

SHOWN = 2  # activities in a greeting
LONGEST_NAME = 30  # characters


@feature.command(
    "start", alias="start", description=sentence("Begin here"), argument=sentence("code"), private=True, help=False
)
async def start(ctx: Context) -> Reply:
    """The welcome the first time, later only what is next; a code that is not valid is said so."""
    back, known = ctx.person.stopped, ctx.person.greeted
    if back:
        platform = ctx.request.chat.address.platform.value
        await people.unstop(ctx.session, ctx.person, platform, now=ctx.now)
    if ctx.request.argument and known:
        return Reply(_refused(ctx))
    greeting = await greet(ctx, back=back)
    if not ctx.request.argument:
        return greeting
    return Reply(_refused(ctx), tuple(message for message in (greeting.message, *greeting.also) if message))


def _refused(ctx: Context) -> Message:
    another = Button(ctx.t.plain("Ask for a new one"), "linking.begin")
    return Message.of(ctx.t("That code is not valid."), another)


@feature.question("hello")
async def hello(ctx: Context, question: Question) -> Reply:
    """A greeting back."""
    return await greet(ctx)


async def greet(ctx: Context, *, back: bool = False) -> Reply:
    """The whole welcome once, with the question of consent behind it; after that a short one."""
    ahead = await _ahead(ctx)
    if ctx.person.greeted:
        return Reply(Message(Markup("\n").join([_again(ctx, back=back), *ahead]), _ways(ctx)))
    await people.set_values(ctx.session, ctx.person.id, greeted_at=ctx.now)
    district = await organisation(ctx)
    lines = [
        _introduction(ctx, district),
        *ahead,
        ctx.t("Write just as you like, for example “what is on this week?”."),
        await kept(ctx),
    ]
    asked = (consent.question(ctx),) if ctx.person.consent is Consent.UNASKED else ()
    return Reply(Message(Markup("\n").join(lines), _ways(ctx)), asked)


def _introduction(ctx: Context, district: str) -> Markup:
    name = first_name(ctx.request.sender_name)
    hello = ctx.t("Hello {name}!", name=name) if name else ctx.t("Hello!")
    where = district or ctx.t.plain("the district")
    return hello + Markup(" ") + ctx.t("I am Kallelse and keep track of what is on in {where}.", where=where)


async def kept(ctx: Context) -> Markup:
    """What is kept of who only says hello, and who is responsible."""
    what = ctx.t("I keep your account's id so that I can answer.")
    who = await organisation(ctx) or dates.capital(ctx.t.plain("the district"))
    return what + Markup(" ") + ctx.t("{organisation} is responsible.", organisation=who)


def _again(ctx: Context, *, back: bool) -> Markup:
    if back and ctx.person.consent in {Consent.YES, Consent.HIDDEN}:
        return ctx.t("Welcome back! I write again when something is on.")
    return ctx.t("Hello again!")


async def _ahead(ctx: Context) -> list[Markup]:
    found = await agenda.coming_up(ctx, SHOWN)
    if not found:
        return [ctx.t("Nothing is planned yet.")]
    lines = [
        ctx.t(
            "• {when} {what}",
            when=dates.day_and_time(entry.starts_at, ctx.t, now=ctx.now),
            what=title_and_place(entry, ctx.t),
        )
        for entry in found
    ]
    return [ctx.t("Next:"), *lines]


def _ways(ctx: Context) -> Rows:
    t = ctx.t
    rows = (
        (Button(t.plain("What's on?"), "agenda.now"), Button(t.plain("My association"), "my_association.begin")),
        (Button(t.plain("I want to help"), "help_offer.start"), Button(t.plain("I have a code"), "welcome.code")),
        (Button(t.plain("My data"), "privacy.show"),),
    )
    told = ctx.person.greeted and consent.is_open(ctx.person)
    return (*rows[:2], (*rows[2], consent.ask_button(ctx))) if told else rows


@feature.button("welcome.code", shown=Shown.PRIVATELY)
async def code(ctx: Context) -> Message:
    """What to do with a code."""
    text = ctx.t(
        "If your code came in a link, open the link and press Start, or write /link and the code. "
        "If it makes you the first organiser, write /admin and the code. Always here, never in a group."
    )
    return Message.of(text, Button(ctx.t.plain("Ask for a new one"), "linking.begin"))


def first_name(shown: str) -> str:
    """What to call somebody by what the platform shows; empty when it is no name to say aloud."""
    words = one_line(shown).split()
    name = words[0][:LONGEST_NAME] if words else ""
    # A link or a mention as a name would be advertising in a group.
    return name if any(letter.isalpha() for letter in name) and not set(name) & set("./@:#<>") else ""


@feature.event(Event.JOINED)
async def joined(ctx: Context) -> None:
    """A newcomer to a bound chat will be welcomed with those of the same minute; in another nobody is."""
    address, chat = ctx.request.sender, await chats.get_chat(ctx.session, ctx.keys, ctx.request.chat.address)
    if address is None or chat is None:
        return
    if chat.level is None:
        await arrivals.mark_known(ctx.session, ctx.keys, chat.id, [address], now=ctx.now)
        return
    name = first_name(ctx.request.sender_name)
    await arrivals.add(ctx.session, ctx.keys, chat.id, address, first_name=name, now=ctx.now)


@feature.event(Event.JOIN_ASKED)
async def join_asked(ctx: Context) -> Message | None:
    """Who wants to be let in is greeted once, in private; those who run the group decide."""
    address, chat = ctx.request.sender, await chats.get_chat(ctx.session, ctx.keys, ctx.request.chat.address)
    if address is None or chat is None or chat.level is None:
        return None
    if not await arrivals.mark_known(ctx.session, ctx.keys, chat.id, [address], now=ctx.now):
        return None
    name = first_name(ctx.request.sender_name)
    hello = ctx.t("Hello {name}!", name=name) if name else ctx.t("Hello!")
    text = ctx.t("Those who run the group see that you want to come in. Meanwhile I can show you what is on.")
    return Message.of(hello + Markup(" ") + text, Button(ctx.t.plain("What's on?"), "agenda.now"))


def group_welcome(t: Translator, where: str, names: list[str]) -> Message:
    """One silent message for everybody who came; a name only when there is one newcomer."""
    hello = t("Welcome, all of you who are new!")
    if len(names) == 1:
        hello = t("Welcome, {name}!", name=names[0]) if names[0] else t("Welcome!")
    shares = t("Here we share what is on in and around {where}. Press and I show you, you alone.", where=where)
    buttons = (
        Button(t.plain("What's on?"), "agenda.now"),
        Button(t.plain("Open me privately"), opens="do-start"),
    )
    return Message(hello + Markup(" ") + shares, (buttons,), silent=True)
