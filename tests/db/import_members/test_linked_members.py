"""What a list does to members who have an account: what they chose stays theirs."""

import pytest
from markupsafe import Markup
from sqlalchemy import select

from chat.message import Message
from db import models, outbox, reach
from tests import given
from tests.db.import_members.test_taking_over import MORE, but
from tests.lists import ASA, BO, HEADINGS
from tests.room import ADA, NOW


async def test_the_language_of_somebody_with_an_account_is_their_own(lists):
    """They have chosen it where they talk to the bot; the list's counts for the others."""
    headings = (*HEADINGS, "Språk")
    await lists.take((*ASA, ""), (*BO, "svenska"), headings=headings)
    person_id = await given.person(lists.room, ADA)
    async with lists.room.database.write() as session:
        asa = await session.get_one(models.Member, (await lists.members())["Åsa Öberg"].id)
        asa.person_id = person_id

    found = await lists.take((*ASA, "en"), (*BO, "engelska"), headings=headings)

    assert [one.fields for one in found.changed] == [("language",)]
    assert {one.name: one.language for one in (await lists.members()).values()} == {
        "Åsa Öberg": "sv", "Bo Ek": "en",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("chosen", "afterwards"), [("Provstad", "Exempelby"), ("Annanby", "Annanby"), (None, None)]
)
async def test_who_moves_is_not_left_with_the_old_association(lists, chosen, afterwards):
    """Else the calls of both would come; what somebody with an account chose otherwise stays theirs."""
    ids = {"Provstad": lists.provstad, "Exempelby": lists.exempelby, None: None}
    ids["Annanby"] = await given.association(lists.room, "Annanby")
    await lists.take(ASA, BO)
    person_id = await given.person(lists.room, ADA)
    async with lists.room.database.write() as session:
        (await session.get_one(models.Person, person_id)).association_id = ids[chosen]
        asa = await session.get_one(models.Member, (await lists.members())["Åsa Öberg"].id)
        asa.person_id = person_id

    await lists.take(but(ASA, association="Exempelby"), BO)

    async with lists.room.database.read() as session:
        assert (await session.get_one(models.Person, person_id)).association_id == ids[afterwards]
    assert (await lists.members())["Åsa Öberg"].association == "Exempelby"


@pytest.mark.parametrize("left", [True, False])
async def test_who_left_is_sent_nothing_internal(lists, left):
    """What waits for the morning is for the association's own."""
    await lists.take(ASA, *MORE)
    person_id = await given.person(lists.room, ADA)
    activity = await given.activity(lists.room, "Internt möte", lists.provstad, "2026-11-28 14:00", is_open=False)
    async with lists.room.database.write() as session:
        asa = await session.get_one(models.Member, (await lists.members())["Åsa Öberg"].id)
        asa.person_id = person_id
        await session.flush()
        post = await outbox.queue_post(
            session, "call:1", models.PostKind.CALL, private={"sv": Message(Markup("Internt möte"))},
            priority=models.Priority.CALL, now=NOW, activity_id=activity,
        )  # fmt: skip
        assert post is not None
        await outbox.queue_to_people(session, post, reach.one_person(person_id), now=NOW, quiet=None)

    await lists.take(*MORE if left else (ASA, *MORE[1:]))

    async with lists.room.database.read() as session:
        [delivery] = await session.scalars(select(models.Delivery))
    assert (delivery.state, delivery.reason) == (("cancelled", "not_insider") if left else ("ready", None))
