"""My association: chosen by oneself; an organiser confirms who belongs to it and sees what is internal."""

from chat.markup import one_line
from chat.message import Button, Message, Reply, Shown
from db import associations, audit, my_association, people
from db.associations import Association
from db.models import Consent
from handlers import consent
from handlers.context import Context, UserError
from handlers.feature import Feature, Needs
from handlers.paging import turn
from handlers.telling import answer_for, question_for, tell_organisers, tell_person
from texts import Translator, sentence

feature = Feature("my_association")

PAGE = 8  # associations in one message
MAX_NAME = 80  # characters
GONE = sentence("That association is no longer there. Choose again under My association.")
NOBODY = sentence("I cannot reach any organiser here just now. Please try again later.")


@feature.button("my_association.begin", shown=Shown.PRIVATELY)
@feature.button("my_association.choose")
async def choose(ctx: Context) -> Message:
    """The district and its associations, eight at a time; the welcome keeps its other buttons."""
    page = ctx.number
    every = await associations.associations(ctx.session, invented=ctx.person.invented)
    if not any(not one.is_district for one in every):
        return Message(ctx.t("There are no associations here yet."))
    shown = every[page * PAGE : page * PAGE + PAGE]
    buttons = [Button(_label(ctx, one), "my_association.set", str(one.id)) for one in shown]
    message = Message.of(
        ctx.t("Which association is nearest to you? Its things come first then."), *buttons, each=2
    )
    return message.plus(None, *turn(ctx.t, page, every[(page + 1) * PAGE :], "my_association.choose"))


def _label(ctx: Context, one: Association) -> str:
    name = ctx.t.plain("The whole district") if one.is_district else one.name
    return f"✓ {name}" if one.id == ctx.person.association_id else name


async def _asked(ctx: Context) -> Association:
    found = await associations.get_association(ctx.session, ctx.number, invented=ctx.person.invented)
    if found is None:
        raise UserError(GONE, Button(ctx.t.plain("My association"), "my_association.choose"))
    return found


@feature.button("my_association.set")
async def choose_one(ctx: Context) -> Reply:
    """The association's things come first from now on; who has not been asked may say yes to being written to."""
    one = await _asked(ctx)
    await people.set_values(ctx.session, ctx.person.id, association_id=one.id)
    asked = (consent.question(ctx),) if ctx.person.consent is Consent.UNASKED else ()
    what_is_on = Button(ctx.t.plain("What's on?"), "agenda.now")
    if one.is_district:
        text = ctx.t("Then I show what is on in the whole district, nearest in time first.")
        return Reply(Message.of(text, what_is_on), asked)
    text = ctx.t("What is on in {association} comes first now.", association=one.name)
    if await my_association.belongs(ctx.session, ctx.person.id, one.id):
        return Reply(Message.of(text, what_is_on), asked)
    belong = Button(
        ctx.t.plain("I belong to {association}", association=one.name), "my_association.belong", str(one.id)
    )
    return Reply(Message.of(text, what_is_on, belong, each=1), asked)


@feature.button("my_association.belong")
async def belong(ctx: Context) -> Message:
    """Says what is told to whom before it is."""
    one = await _asked(ctx)
    text = ctx.t(
        "I ask the organisers in {association}. They see the name you have here, and answer yes or no. "
        "With a yes you also see what is only for their own.",
        association=one.name,
    )
    yes = Button(ctx.t.plain("Yes, ask them"), "my_association.ask", str(one.id))
    return Message.of(text, yes, Button(ctx.t.plain("No"), "my_association.choose"))


@feature.button("my_association.ask")
async def ask(ctx: Context) -> Message:
    """The organisers are asked, at most once a day."""
    one = await _asked(ctx)
    if await my_association.belongs(ctx.session, ctx.person.id, one.id):
        return Message(ctx.t("That is already confirmed."))
    key = f"insider:{ctx.person.id}:{one.id}:{ctx.now:%Y-%m-%d}"
    name = one_line(ctx.request.sender_name)[:MAX_NAME] or "–"
    about = f"{ctx.person.id}:{one.id}"
    if not await tell_organisers(ctx, key, one.id, lambda t: _question(t, name, one, about)):
        raise UserError(NOBODY)
    return Message(ctx.t("Asked. The answer comes here."))


def _question(t: Translator, name: str, one: Association, about: str) -> Message:
    text = t(
        "{name} says that they belong to {association}. Is that right? With a yes they see what is internal.",
        name=name,
        association=one.name,
    )
    yes = Button(t.plain("Confirm"), "insider.confirm", about)
    return Message.of(question_for(t, text), yes, Button(t.plain("No"), "insider.refuse", about))


async def _about(ctx: Context) -> tuple[int, Association]:
    """The person and the association that an organiser answers about, with the right to do so checked."""
    person, _, association = ctx.request.argument.partition(":")
    if not (person.isdecimal() and association.isdecimal()):
        raise UserError(GONE)
    ctx.require(int(association))
    one = await associations.get_association(ctx.session, int(association), invented=ctx.person.invented)
    there = await my_association.is_in_world(ctx.session, int(person), invented=ctx.person.invented)
    if one is None or not there:
        raise UserError("They are no longer here. Nothing was changed.")
    return int(person), one


@feature.button("insider.confirm", shown=Shown.PRIVATELY, needs=Needs.ORGANISER)
async def confirm(ctx: Context) -> Message:
    """The person sees what is internal in the association, and is told.

    The question stays above the answer, for it alone says who it is about: no name is kept.
    """
    person_id, one = await _about(ctx)
    back = Button(ctx.t.plain("Take back"), "insider.back", f"{person_id}:{one.id}")
    if await my_association.is_insider(ctx.session, person_id, one.id):
        return Message.of(ctx.t("That is already confirmed."), back)
    await people.set_insider(ctx.session, person_id, one.id, now=ctx.now)
    audit.note(ctx.session, "confirm insider", f"person:{person_id}", actor_id=ctx.person.id, now=ctx.now)
    key = f"insider-yes:{person_id}:{one.id}:{ctx.now:%Y-%m-%d}"
    await tell_person(ctx, key, person_id, lambda t: _confirmed(t, one))
    return Message.of(ctx.t("Confirmed. They have been told."), back)


def _confirmed(t: Translator, one: Association) -> Message:
    text = t("{association} has confirmed you. Now you also see what is only for their own.", association=one.name)
    return Message.of(answer_for(t, text), Button(t.plain("What's on?"), "agenda.now"))


@feature.button("insider.back", needs=Needs.ORGANISER)
async def take_back(ctx: Context) -> Message:
    """The person no longer sees what is internal in the association, and is told."""
    person_id, one = await _about(ctx)
    if not await my_association.is_insider(ctx.session, person_id, one.id):
        return Message(ctx.t("That is already taken back."))
    await my_association.take_back(ctx.session, person_id, one.id)
    audit.note(ctx.session, "take back insider", f"person:{person_id}", actor_id=ctx.person.id, now=ctx.now)
    key = f"insider-back:{person_id}:{one.id}:{ctx.now:%Y-%m-%d}"
    await tell_person(ctx, key, person_id, lambda t: _taken_back(t, one))
    again = Button(ctx.t.plain("Confirm"), "insider.confirm", f"{person_id}:{one.id}")
    return Message.of(ctx.t("Taken back. They see only what is open, and have been told."), again)


def _taken_back(t: Translator, one: Association) -> Message:
    text = t(
        "{association} has taken its confirmation back. You still see everything that is open.",
        association=one.name,
    )
    return Message.of(answer_for(t, text), Button(t.plain("Write to an organiser"), "contact.ask"))


@feature.button("insider.refuse", needs=Needs.ORGANISER)
async def refuse(ctx: Context) -> Message:
    """Nothing changes, and the person is told whom to ask."""
    person_id, one = await _about(ctx)
    if await my_association.is_insider(ctx.session, person_id, one.id):
        return Message(ctx.t("Somebody has confirmed that already. Nothing was changed."))
    key = f"insider-no:{person_id}:{one.id}:{ctx.now:%Y-%m-%d}"
    await tell_person(ctx, key, person_id, lambda t: _not_confirmed(t, one))
    return Message(ctx.t("Nothing was changed. They are told that you could not confirm it."))


def _not_confirmed(t: Translator, one: Association) -> Message:
    text = t(
        "The organisers in {association} could not confirm it. You still see everything that is open.",
        association=one.name,
    )
    return Message.of(answer_for(t, text), Button(t.plain("Write to an organiser"), "contact.ask"))
