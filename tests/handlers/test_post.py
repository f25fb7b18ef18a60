"""Hidden content is shown to those it was sent to, and to nobody else."""

from markupsafe import Markup

from chat.message import Button, Message
from db import outbox, reach
from db.models import PostKind, Priority
from tests import given as there
from tests.room import ADA, BEN, Room, text


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
