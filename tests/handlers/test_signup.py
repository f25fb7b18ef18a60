"""Signing up on a card: by anybody, with one press, changed as easily."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from chat.address import Address, Platform
from chat.markup import plain
from chat.message import Button
from chat.request import Chat, Event
from db import models, reminders
from db.models import Answer, Level
from db.session import Database
from tests import given
from tests.room import ADA, BEN, CEM, DORIS, GROUP, NOW, STOCKHOLM, labels, text

DISCORD_GROUP = Chat(Address(Platform.DISCORD, "3001"), private=False, title="Provstad")
COMING = "Du är anmäld: lördag 28 november kl. 14.00. Bara arrangören ser vem."


@pytest.fixture
async def march(room, exempelby):
    """A demonstration on Saturday, with its reminders planned."""
    number = await given.activity(room, "Demonstration", exempelby, "2026-11-28 14:00", kind="demonstration")
    async with room.database.write() as session:
        await reminders.plan(session, number, now=NOW)
    return number


def coming(number: int, answer: Answer = Answer.COMING) -> Button:
    """The button on the card."""
    return Button("Jag kommer", "signup.answer", f"{number}:{answer.value}")


async def answers(database: Database) -> list[tuple[str, str]]:
    """Every name with its answer, as the organiser would see them."""
    async with database.read() as session:
        query = select(models.Signup.name, models.Signup.answer).order_by(models.Signup.id)
        return [(row[0], row[1]) for row in await session.execute(query)]


async def test_a_stranger_signs_up_in_a_group_without_opening_the_bot(room, march):
    """Telegram shows it to that person only; the pop-up, its way out, takes 200 characters."""
    answer = await room.presses(coming(march), by=BEN, chat=GROUP)

    assert text(answer) == f"{COMING} Vill du ha påminnelse? Öppna mig."
    assert labels(answer) == ["Påminn mig", "Ändra"]
    assert answer.message is not None
    assert len(plain(answer.message.text)) <= 200
    assert await answers(room.database) == [("Ben", "coming")]


async def test_the_reminder_button_opens_the_private_chat(room, march):
    """One press more, and reminders come by themselves."""
    answer = await room.presses(coming(march), by=BEN, chat=GROUP)

    opened = await room.presses(answer, "Påminn mig", by=BEN)

    assert text(opened) == "Hej Ben! Jag påminner dig fredag kl. 18 och två timmar innan."
    assert labels(opened) == ["Ändra svar", "Mina uppgifter"]


async def test_somebody_who_can_be_reached_is_not_asked(room, march):
    """Reminders come by themselves in a private chat that is open."""
    await given.person(room, BEN)

    answer = await room.presses(coming(march), by=BEN, chat=GROUP)

    assert text(answer) == f"{COMING} Jag påminner dig fredag kl. 18 och två timmar innan."


async def test_on_discord_a_direct_message_is_asked_for_and_tried(room, march):
    """The reminder is promised only after a message arrived."""
    answer = await room.presses(coming(march), by=CEM, chat=DISCORD_GROUP)
    assert text(answer) == f"{COMING} Ska jag påminna dig i DM?"
    assert labels(answer) == ["Ja, påminn mig", "Nej tack", "Ändra"]

    yes = await room.presses(answer, "Ja, påminn mig", by=CEM, chat=DISCORD_GROUP)
    assert yes.test_message is not None
    assert text(yes.test_message) == "Här påminner jag dig."
    await room.happens(Event.UNBLOCKED, by=CEM, chat=Chat(CEM.address, private=True))

    again = await room.presses(coming(march, Answer.MAYBE), by=CEM, chat=DISCORD_GROUP)
    back = await room.presses(coming(march), by=CEM, chat=DISCORD_GROUP)
    assert labels(again) == ["Ändra"]
    assert "Jag påminner dig" in text(back)


async def test_closed_direct_messages_on_discord_are_told_of(room, march):
    """The signup counts all the same, and one can try again."""
    await room.presses(coming(march), by=CEM, chat=DISCORD_GROUP)

    refused = await room.happens(Event.BLOCKED, by=CEM, chat=Chat(CEM.address, private=True))

    assert text(refused).startswith("Discord släpper inte fram mig. Tillåt direktmeddelanden från servern")
    again = await room.presses(refused, "Försök igen", by=CEM)
    assert again.test_message is not None
    assert await answers(room.database) == [("Cem", "coming")]


async def test_a_second_press_changes_nothing(room, march):
    """Nor does a nervous finger."""
    await room.presses(coming(march), by=BEN, chat=GROUP)

    again = await room.presses(coming(march), by=BEN, chat=GROUP)

    assert text(again) == "Du är redan anmäld."
    assert await answers(room.database) == [("Ben", "coming")]


async def test_an_answer_is_changed_both_ways(room, march):
    """No question why, and a way to undo it."""
    signed_up = await room.presses(coming(march), by=ADA)
    choices = await room.presses(signed_up, "Ändra", by=ADA)
    assert text(choices) == "Demonstration, lördag 28 november. Du står som Kommer."

    cannot = await room.presses(choices, "Kan inte", by=ADA)
    assert text(cannot) == "Ändrat, tack för att du säger till. Inga fler påminnelser."
    undone = await room.presses(cannot, "Ångra", by=ADA)

    assert text(undone).startswith(COMING)
    assert await answers(room.database) == [("Ada", "coming")]


async def test_in_private_the_card_stays_below_the_answer(room, march):
    """The answer takes the place of the card, which is still needed on the day."""
    answer = await room.presses(coming(march, Answer.MAYBE), by=BEN)

    assert text(answer) == (
        "Du står som Kanske: lördag 28 november kl. 14.00. Bara arrangören ser vem.\n\n"
        "Demonstration\nLördag 28 november kl. 14.00\nFrån Exempelby"
    )


async def test_in_english(room, march):
    """The presser's language, whatever the group's."""
    answer = await room.presses(coming(march), by=DORIS, chat=GROUP)

    assert text(answer) == (
        "You are signed up: Saturday 28 November at 14:00. Only the organiser sees who. "
        "Would you like a reminder? Open me."
    )


@pytest.mark.parametrize("local", ["2026-11-27 17:56", "2026-11-28 11:56"])
async def test_only_a_reminder_that_comes_is_promised(room, march, local):
    """Minutes before the first there is the second; minutes before the last it comes all the same."""
    room.now = datetime.fromisoformat(local).replace(tzinfo=STOCKHOLM)

    answer = await room.presses(coming(march), by=BEN)

    assert "Jag påminner dig två timmar innan." in text(answer)


async def test_a_late_signup_is_confirmed_and_reminded_in_one(room, march):
    """An hour before there is nothing left to remind of, and everything needed is said."""
    room.now = NOW + timedelta(days=6, hours=3)

    answer = await room.presses(coming(march), by=BEN)

    assert text(answer) == f"{COMING}\n\nDemonstration\nLördag 28 november kl. 14.00\nFrån Exempelby"
    assert labels(answer) == ["Ändra", "Fråga"]


async def test_a_cancelled_activity_takes_no_answers(room, exempelby):
    """An old button says how things are."""
    gone = await given.activity(room, "Möte", exempelby, "2026-11-28 14:00", cancelled=True)

    answer = await room.presses(coming(gone), by=BEN)

    assert text(answer) == "Den är inställd. Inget ändrades."
    assert await answers(room.database) == []


@pytest.mark.parametrize(
    ("argument", "said"),
    [("999:coming", "Den finns inte längre."), ("abc:coming", "Den finns inte längre.")],
)
async def test_a_button_on_something_deleted_is_answered(room, exempelby, argument, said):
    """One clear sentence, no silence."""
    answer = await room.presses(Button("Jag kommer", "signup.answer", argument), by=BEN)

    assert said in text(answer)


async def test_what_has_been_takes_no_answers(room, exempelby):
    """Nobody signs up for yesterday."""
    past = await given.activity(room, "Möte", exempelby, "2026-11-21 14:00")

    assert text(await room.presses(coming(past), by=BEN)) == "Den har redan varit. Inget ändrades."


async def test_an_internal_activity_is_for_its_own(room, exempelby):
    """A button passed on opens nothing; a press in the internal group does."""
    inside = await given.activity(room, "Möte", exempelby, "2026-11-28 14:00", is_open=False)
    await given.bound_chat(room, association_id=exempelby, level=Level.INTERNAL)

    refused = await room.presses(coming(inside), by=BEN)
    allowed = await room.presses(coming(inside), by=DORIS, chat=GROUP)

    assert text(refused) == "Den är bara för de egna i Exempelby."
    assert "You are signed up" in text(allowed)
    assert await answers(room.database) == [("Doris", "coming")]


async def test_an_open_group_shows_nothing_internal(room, exempelby):
    """The level of the chat decides."""
    inside = await given.activity(room, "Möte", exempelby, "2026-11-28 14:00", is_open=False)
    await given.bound_chat(room, association_id=exempelby, level=Level.OPEN)

    refused = await room.presses(coming(inside), by=BEN, chat=GROUP)

    assert text(refused) == "Den är bara för de egna i Exempelby."


async def test_the_try_out_world_is_apart(room, exempelby):
    """An invented activity is not there for real people."""
    invented = await given.association(room, "Påhittsås", invented=True)
    other = await given.activity(room, "Möte", invented, "2026-11-28 14:00", invented=True)

    assert "finns inte längre" in text(await room.presses(coming(other), by=BEN))


async def test_my_answers_are_listed_and_changed(room, march, exempelby):
    """Conversation 11."""
    course = await given.activity(room, "Kurs för nya", exempelby, "2026-12-03 18:00", kind="training")
    await room.presses(coming(march), by=BEN)
    await room.presses(coming(course, Answer.MAYBE), by=BEN)

    mine = await room.says("/mina", by=BEN)
    assert text(mine) == (
        "Dina svar:\n"
        "1. Lördag 28 november kl. 14.00 Demonstration, Exempelby: kommer\n"
        "2. Torsdag 3 december kl. 18.00 Kurs för nya, Exempelby: kanske"
    )
    assert labels(mine) == ["Ändra 1", "Ändra 2"]

    change = await room.presses(mine, "Ändra 1", by=BEN)
    assert labels(change) == ["Jag kommer", "Kanske", "Kan inte", "Tillbaka"]
    assert text(await room.presses(change, "Tillbaka", by=BEN)) == text(mine)


async def test_nothing_answered_yet_shows_what_is_on(room):
    """An empty list is not a dead end."""
    empty = await room.says("/mine", by=DORIS)

    assert text(empty) == "You have not answered to anything yet."
    assert labels(empty) == ["What's on?"]


async def test_my_answers_stay_out_of_groups(room, march):
    """Whether one comes is nobody's business."""
    await room.presses(coming(march), by=BEN, chat=GROUP)

    asked = await room.says("/mina", by=BEN, chat=GROUP)

    assert text(asked) == "Vi tar det privat."


async def test_trainings_are_listed_for_the_one_who_asks(room, march, exempelby):
    """Only trainings, internal ones for their own only."""
    await given.activity(room, "Kurs för nya", exempelby, "2026-12-03 18:00", kind="training")
    await given.activity(room, "Styrelsekurs", exempelby, "2026-12-04 18:00", kind="training", is_open=False)

    offered = await room.says("/utbildningar", by=BEN)
    organisers = await room.says("/trainings", by=ADA)

    assert text(offered) == "Utbildningar:\n• torsdag 3 december kl. 18.00 Kurs för nya, Exempelby"
    assert labels(organisers) == ["Kurs för nya", "Styrelsekurs"]
    assert text(await room.presses(offered, "Kurs för nya", by=BEN)).startswith("Kurs för nya\nTorsdag 3 december")
