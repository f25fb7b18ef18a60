"""Hidden content is shown to those it was sent to, and to nobody else."""

import pytest
from markupsafe import Markup

from chat.address import Address, Platform
from chat.message import Button, Message
from db import outbox, reach
from db.models import PostKind, Priority
from schedules import reminders
from tests import given as there
from tests.handlers.organising import organising
from tests.room import ADA, BEN, Room, Someone, text
from tests.schedules.test_reminders import FRIDAY_AT_SIX
from tests.schedules.ticking import posts, tick


async def hidden(room: Room) -> Button:
    """The button on the message to Ada that hides its content."""
    person = await there.person(room, ADA)
    content = {"sv": Message(Markup("<b>Inställt:</b> mötet")), "en": Message(Markup("Cancelled"))}
    async with room.database.write() as session:
        post = await outbox.queue_post(
            session, "a", PostKind.CANCELLATION, private=content, priority=Priority.URGENT, now=room.now
        )
        assert post is not None
        await outbox.queue_to_people(session, post, reach.one_person(person), now=room.now, quiet=None)
    return Button("Visa", "post.show", str(post))


async def test_a_press_shows_what_was_hidden(room):
    """The lock screen told nothing; the chat does."""
    button = await hidden(room)

    answer = await room.presses(button, by=ADA)

    assert text(answer) == "Inställt: mötet"


async def test_somebody_elses_post_is_not_shown(room):
    """A number in a button is no key to other people's messages."""
    button = await hidden(room)

    answer = await room.presses(button, by=BEN)

    assert "Inställt" not in text(answer)


EVA = Someone("Eva", Address(Platform.TELEGRAM, "1005"))
ERIN = Someone("Erin", Address(Platform.TELEGRAM, "1006"), "en")


@pytest.mark.parametrize(
    ("who", "said"),
    [(EVA, "Inställt: Demonstration för vårdcentralen\n"), (ERIN, "Cancelled: Demonstration för vårdcentralen\n")],
)
async def test_a_hidden_reminder_of_what_is_called_off_says_so(room, published, who, said):
    """Whoever presses in the morning is not told to come."""
    await there.signup(room, who, published)
    await tick(room, reminders.run, after=FRIDAY_AT_SIX - room.now)
    (post,) = await posts(room, "reminder")
    asked = await room.presses(await organising(room), "Ställ in", by=ADA)
    await room.presses(await room.presses(asked, "Hoppa över", by=ADA), "Ställ in nu", by=ADA)

    shown = await room.presses(Button("Visa", "post.show", str(post.id)), by=who)

    assert text(shown).startswith(said)
