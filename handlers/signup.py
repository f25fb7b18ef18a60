"""Signing up: an answer by one press, changed as easily, and a reminder for those who want one."""

from collections.abc import Mapping
from datetime import datetime

from markupsafe import Markup

from chat.address import Platform
from chat.markup import one_line
from chat.message import Button, Message, Reply, Shown
from db import outbox
from db import signup as signups
from db.activities import Activity, Look
from db.models import Answer, PostKind
from handlers import card
from handlers.card import STANDING
from handlers.context import Context, UserError
from handlers.feature import Feature
from handlers.welcome import first_name
from texts import Translator, dates, sentence

feature = Feature("signup")
MAX_NAME = 80  # characters

ALREADY = {
    Answer.COMING: sentence("You are already signed up."),
    Answer.MAYBE: sentence("You are already down as maybe."),
    Answer.NO: sentence("You have already said that you can't."),
}
TEST_MESSAGE = sentence("This is where I will remind you.")


@feature.button("signup.answer")
async def answer(ctx: Context) -> Message:
    """The presser's answer is this one; a second press changes nothing."""
    number, _, wanted = ctx.request.argument.partition(":")
    look = await card.seen(ctx, number)
    activity, before, said = look.activity, look.answer, Answer(wanted)
    if activity.cancelled:
        raise UserError("It is cancelled. Nothing was changed.", card.ask_button(activity.id, ctx.t))
    if activity.is_over(ctx.now):
        raise UserError("It has already been. Nothing was changed.")
    if before is said:
        return await _already(ctx, activity, said)
    await _keep(ctx, activity, said)
    if before is Answer.COMING:
        await outbox.cancel_for(
            ctx.session, ctx.person.id, [PostKind.REMINDER], activity_id=activity.id, reason="answer"
        )
    return await _confirmed(ctx, look, said)


async def _keep(ctx: Context, activity: Activity, said: Answer) -> None:
    """The answer is kept, with the name that the platform shows, and the groups' counts follow."""
    name = one_line(ctx.request.sender_name)[:MAX_NAME]
    await signups.set_answer(ctx.session, activity.id, ctx.person.id, said, name=name, now=ctx.now)
    await outbox.recount(ctx.session, activity.id)


async def _already(ctx: Context, activity: Activity, said: Answer) -> Message:
    text = ctx.t(ALREADY[said])
    if not ctx.in_private:
        return Message.of(text, _change_button(ctx, activity.id))
    fresh = card.message(activity, ctx.t, now=ctx.now)
    return Message(text, fresh.rows).plus(fresh.text)


async def _confirmed(ctx: Context, look: Look, said: Answer) -> Message:
    activity = look.activity
    if said is Answer.NO:
        return _thanks(ctx, activity, look.answer)
    if said is Answer.MAYBE:
        text = ctx.t(
            "You are down as maybe: {moment}. Only the organiser sees who.",
            moment=card.moment(activity, ctx.t, now=ctx.now),
        )
        return _with_card(ctx, activity, Message.of(text, _change_button(ctx, activity.id)))
    return _with_card(ctx, activity, await _signed_up(ctx, look))


def _thanks(ctx: Context, activity: Activity, before: Answer | None) -> Message:
    if before is None:
        text = ctx.t("Thank you for letting us know. You get no reminders about it.")
        return Message.of(text, _change_button(ctx, activity.id))
    text = ctx.t("Changed, thank you for letting us know. No more reminders.")
    undo = Button(ctx.t.plain("Undo"), "signup.answer", f"{activity.id}:{before.value}")
    return Message.of(text, undo)


def _with_card(ctx: Context, activity: Activity, message: Message) -> Message:
    """In private the answer stands where the card was, so the card stays below it, with the way to ask."""
    if not ctx.in_private:
        return message
    return message.plus(card.text(activity, ctx.t, now=ctx.now), card.ask_button(activity.id, ctx.t))


async def _signed_up(ctx: Context, look: Look) -> Message:
    """What is agreed, at most 200 characters for a pop-up, and the way to a reminder."""
    t, activity = ctx.t, look.activity
    change = _change_button(ctx, activity.id)
    text = t(
        "You are signed up: {moment}. Only the organiser sees who.",
        moment=card.moment(activity, t, now=ctx.now),
    )
    ahead = await signups.reminders_ahead(ctx.session, activity.id, now=ctx.now)
    if not ahead or not look.reminded:
        return Message.of(text, change)
    if _can_remind(ctx):
        return Message.of(text + Markup(" ") + reminding(t, ahead, now=ctx.now), change)
    if ctx.request.chat.address.platform is Platform.DISCORD:
        yes = Button(t.plain("Yes, remind me"), "signup.remind", str(activity.id))
        no = Button(t.plain("No thanks"), "signup.no_reminder", str(activity.id))
        return Message.of(text + Markup(" ") + t("Shall I remind you in a direct message?"), yes, no, change)
    remind = Button(t.plain("Remind me"), opens=f"remind-{activity.id}")
    return Message.of(text + Markup(" ") + t("Would you like a reminder? Open me."), remind, change)


def _can_remind(ctx: Context) -> bool:
    """True when a private message reaches the person."""
    return ctx.in_private or (ctx.person.opened and ctx.person.reachable and not ctx.person.stopped)


def reminding(t: Translator, ahead: Mapping[str, datetime], *, now: datetime) -> Markup:
    """I will remind you Friday at 18 and two hours before."""
    moments = []
    for rule, due_at in ahead.items():
        if rule == "two_hours":
            moments.append(t.plain("two hours before"))
        else:
            moments.append(dates.relative_day_and_time(due_at, t, now=now))
    return t("I will remind you {moments}.", moments=dates.names(moments, t))


def _change_button(ctx: Context, activity_id: int) -> Button:
    return Button(ctx.t.plain("Change"), "signup.change", str(activity_id))


@feature.button("signup.change")
async def change(ctx: Context) -> Message:
    """The answer as it stands, with the other answers to choose from. "12:mine" leads back to the list."""
    number, _, origin = ctx.request.argument.partition(":")
    look = await card.seen(ctx, number)
    activity, said = look.activity, look.answer
    if activity.cancelled or activity.is_over(ctx.now) or said is None:
        return card.with_standing(ctx, look)
    text = ctx.t(
        "{title}, {day}. {standing}",
        title=activity.title,
        day=dates.day(activity.starts_at, ctx.t, now=ctx.now),
        standing=ctx.t(STANDING[said]),
    )
    message = Message(text, (card.answer_buttons(activity.id, ctx.t),))
    return message.plus(None, Button(ctx.t.plain("Back"), "mine.list")) if origin else message


@feature.link("remind")
async def remind_me(ctx: Context) -> Reply:
    """The private chat is open now, so reminders come there by themselves."""
    look = await card.seen(ctx, ctx.request.argument)
    if not ctx.in_private:
        return _ask_for_test(ctx)
    activity = look.activity
    if look.answer is not Answer.COMING or activity.cancelled:
        return Reply(card.with_standing(ctx, look))
    name = first_name(ctx.request.sender_name)
    hello = ctx.t("Hi {name}!", name=name) if name else ctx.t("Hello!")
    change_it = Button(ctx.t.plain("Change answer"), "signup.change", str(activity.id))
    mine = Button(ctx.t.plain("My details"), "privacy.show")
    ahead = await signups.reminders_ahead(ctx.session, activity.id, now=ctx.now)
    if not ahead:
        soon = ctx.t("It starts soon, so there is nothing left to remind you of.")
        return Reply(Message.of(hello + Markup(" ") + soon, change_it, mine))
    return Reply(Message.of(hello + Markup(" ") + reminding(ctx.t, ahead, now=ctx.now), change_it, mine))


@feature.button("signup.remind", shown=Shown.PRIVATELY)
async def yes_remind_me(ctx: Context) -> Reply:
    """A first direct message is tried at once; whether it arrived comes back as an event."""
    await card.seen(ctx, ctx.request.argument)
    return _ask_for_test(ctx)


def _ask_for_test(ctx: Context) -> Reply:
    """What is said while the test message is on its way, and the test message."""
    return Reply(Message(ctx.t("I am writing to you now.")), test_message=Message(ctx.t(TEST_MESSAGE)))


@feature.button("signup.no_reminder")
async def no_reminder(ctx: Context) -> Message:
    """Nothing is sent; the signup stays."""
    text = ctx.t("All right, no reminder. You are signed up.")
    return Message.of(text, _change_button(ctx, ctx.number))
