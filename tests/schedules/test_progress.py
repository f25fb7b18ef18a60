"""The organiser sees how far a call is, and how it went, in one message."""

from __future__ import annotations

from datetime import timedelta

from markupsafe import Markup
from sqlalchemy import update

from chat.address import Address, Platform
from chat.message import Message
from chat.request import Chat
from db import outbox, reach
from db.models import Delivery, Post, PostKind, Priority
from schedules import progress
from tests import given as there
from tests.handlers.calling import previewed
from tests.room import ADA, BEN, CEM, Room
from tests.schedules.ticking import posts, said, tick

STRANGE = Chat(Address(Platform.TELEGRAM, "-2002"), private=False, title="En grupp hos andra")


async def call(room: Room) -> int:
    """A call to Ada and Ben, with a message that follows it."""
    for someone in (ADA, BEN):
        await there.person(room, someone)
    content = {language: Message(Markup("Demonstration")) for language in ("sv", "en")}
    async with room.database.write() as session:
        kind, now = PostKind.CALL, room.now
        post_id = await outbox.queue_post(
            session, "call:1", kind, private=content, priority=Priority.CALL, now=now
        )
        assert post_id is not None
        for person_id in (1, 2):
            await outbox.queue_to_people(session, post_id, reach.one_person(person_id), now=now, quiet=None)
        await outbox.queue_post(
            session, f"progress:{post_id}", PostKind.PERSONAL, private=content, priority=Priority.URGENT, now=now
        )
    return post_id


async def stands(room: Room, delivery: int, state: str) -> None:
    """That delivery stands so."""
    async with room.database.write() as session:
        await session.execute(update(Delivery).where(Delivery.id == delivery).values(state=state))


async def told(room: Room) -> Post:
    """The organiser's message."""
    (post,) = await posts(room, "personal")
    return post


async def test_the_message_follows_the_call_and_ends_with_the_result(room):
    """She presses publish and sees it arrive."""
    await call(room)
    await stands(room, 1, "sent")

    await tick(room, progress.run)
    under_way = await told(room)
    await stands(room, 2, "dead")
    await tick(room, progress.run, after=timedelta(seconds=5))
    done = await told(room)

    assert said(under_way) == "Skickar: 1 av 2. Du kan stänga, jag fortsätter."
    assert under_way.stale
    assert said(done) == "Klart kl. 10.00. Privat: 1 av 2. En kunde inte nås. Ring gärna dem du vet saknas."
    assert done.revision == under_way.revision + 1


async def test_the_result_says_which_group_was_missed_and_who_is_in_no_chat(room):
    """What Kallelse could not do is the organiser's to do: she is told where, and how many."""
    exempelby = await there.association(room, "Exempelby")
    await there.organiser(room, ADA, of=exempelby)
    await there.person(room, BEN, association_id=exempelby)
    await there.bound_chat(room, association_id=exempelby)
    provstad = await there.association(room, "Provstad")
    await there.person(room, CEM, association_id=provstad)
    await there.bound_chat(room, STRANGE, association_id=provstad)
    preview = await room.presses(await previewed(room), "Till hela distriktet", by=ADA)
    await room.presses(preview, "Publicera", by=ADA)
    async with room.database.write() as session:
        await session.execute(update(Delivery).where(Delivery.chat_id.is_not(None)).values(state="dead"))

    await tick(room, progress.run)

    assert said(await told(room)) == (
        "Klart kl. 10.00. Grupper: 0 av 2. I Provstads grupp kunde jag inte skriva: se efter att jag är kvar där "
        "och får skriva, och berätta där själv så länge. En annan förenings grupp nåddes inte. "
        "Några få når jag inte i chatt."
    )


async def test_what_has_not_changed_is_not_written_again(room):
    """An edit that says the same is one too many."""
    await call(room)
    await tick(room, progress.run)
    before = await told(room)

    await tick(room, progress.run, after=timedelta(seconds=5))

    assert (await told(room)).revision == before.revision


async def test_a_result_stays_as_it_was(room):
    """Done at ten does not become done at eleven."""
    await call(room)
    await stands(room, 1, "sent")
    await stands(room, 2, "sent")
    await tick(room, progress.run)
    before = await told(room)

    await tick(room, progress.run, after=timedelta(hours=1))

    assert said(await told(room)) == said(before) == "Klart kl. 10.00. Privat: 2 av 2."
