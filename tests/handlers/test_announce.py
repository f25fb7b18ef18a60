"""A message without an activity: looked at, published once, followed; over a thousand takes two."""

from datetime import UTC, datetime

from sqlalchemy import insert, select

from chat.message import Button
from db import deliveries, models, people, roles, saved_audiences
from db.audiences import Audience, to_json
from db.models import Consent, Level
from handlers.announce.publishing import MOST_ALONE
from tests import given
from tests.handlers.calling import how_many, said_yes
from tests.room import ADA, BEN, CEM, DORIS, GROUP, KEYS, NOW, labels, text

WORDS = "Vi flyttar kansliet till Storgatan 3 på måndag."


async def written(room, to="Exempelby", by=ADA, seen_by="Alla"):
    """The preview of a message in one go."""
    asked = await room.says(f"/meddelande {WORDS}", by=by)
    who = await room.presses(asked, to, by=by)
    return await room.presses(who, seen_by, by=by)


async def test_a_message_is_asked_for_step_by_step(room, exempelby):
    """To whom, who may see it, and the words; then exactly what will be sent, and to how many."""
    await said_yes(room, BEN, exempelby)
    await said_yes(room, CEM)
    await given.bound_chat(room, association_id=exempelby)
    asked = await room.says("/meddelande", by=ADA)
    assert text(asked) == "Till vilka? Fler målgrupper gör du med /malgrupper."
    assert labels(asked) == ["Exempelby", "Hela distriktet", "Tillbaka", "Avbryt"]
    who = await room.presses(asked, "Exempelby", by=ADA)
    assert text(who) == "Vem får se den?"
    words = await room.presses(who, "Alla", by=ADA)
    assert text(words) == "Vad vill du berätta?"

    preview = await room.says(WORDS, by=ADA)

    assert text(preview) == (
        f"Så här blir det:\n\n{WORDS}\nFrån Exempelby\n[Fråga]\n\n"
        "Till Exempelby, nu: 1 grupp och privat till 2: 1 Telegram, 1 Discord. Några få når jag inte i chatt."
    )
    assert labels(preview) == ["Publicera", "Ändra", "Avbryt", "Text att mejla"]
    assert await how_many(room, models.Post) == 0


async def test_publishing_reaches_people_and_groups_once(room, exempelby):
    """A second press sends nothing; each reads it in their language, with a way to those it is from."""
    await said_yes(room, BEN, exempelby)
    await said_yes(room, DORIS)
    await given.bound_chat(room, association_id=exempelby)
    preview = await written(room)

    first = await room.presses(preview, "Publicera", by=ADA)
    second = await room.presses(preview, "Publicera", by=ADA)

    assert text(first) == "Publicerat. Jag skickar nu och berättar hur det gick."
    assert text(second) == "Den är redan publicerad."
    assert [text(one) for one in await given.waiting(room, to=BEN)] == [f"{WORDS}\nFrån Exempelby"]
    assert [text(one) for one in await given.waiting_in(room)] == [f"{WORDS}\nFrån Exempelby"]
    (english,) = await given.waiting(room, to=DORIS)
    assert text(english) == f"{WORDS}\nFrom Exempelby"
    assert labels(english) == ["Ask"]


async def test_a_question_about_it_reaches_who_it_is_from(room, exempelby):
    """Whoever is at home elsewhere asks Exempelby, not their own."""
    provstad = await given.association(room, "Provstad")
    await given.organiser(room, CEM, of=provstad)
    await said_yes(room, BEN, provstad)
    await room.presses(await written(room, "Hela distriktet"), "Publicera", by=ADA)
    (message,) = await given.waiting(room, to=BEN)

    await room.presses(message, "Fråga", by=BEN)
    await room.says("Finns det hiss?", by=BEN)

    assert "Finns det hiss?" in text((await given.waiting(room, to=ADA))[-1])
    assert not any("hiss" in text(one) for one in await given.waiting(room, to=CEM))


async def test_what_is_internal_stays_inside(room, exempelby):
    """And a group that is made open before its turn does not get it."""
    await said_yes(room, BEN, exempelby)
    await said_yes(room, CEM, exempelby)
    await given.member(room, "Ben", of=exempelby, by=BEN)
    await given.bound_chat(room, association_id=exempelby, level=Level.OPEN)

    preview = await written(room, seen_by="Bara våra egna")
    await room.presses(preview, "Publicera", by=ADA)

    assert "Bara till de egna i Exempelby, nu: privat till 1 på Telegram." in text(preview)
    assert len(await given.waiting(room, to=BEN)) == 1
    assert await given.waiting(room, to=CEM) == await given.waiting_in(room) == []


async def test_a_group_that_is_opened_before_its_turn_is_known_as_such(room, exempelby):
    """What decides about each delivery is told that the message is internal, though no activity says so."""
    chat = await given.bound_chat(room, association_id=exempelby, level=Level.INTERNAL)
    await room.presses(await written(room, seen_by="Bara våra egna"), "Publicera", by=ADA)

    async with room.database.read() as session:
        ours = select(models.Delivery.id).where(models.Delivery.chat_id == chat)
        (claimed,) = await deliveries.load(session, list(await session.scalars(ours)))

    assert claimed.open is False


async def test_a_question_begun_in_a_group_is_written_in_private(room, exempelby):
    """And still reaches those whom the message is from."""
    await given.bound_chat(room, association_id=exempelby)
    await room.presses(await written(room), "Publicera", by=ADA)
    (message,) = await given.waiting_in(room)

    answer = await room.presses(message, "Fråga", by=BEN, chat=GROUP)
    await room.presses(answer, "Öppna", by=BEN)
    await room.says("Finns det hiss?", by=BEN)

    assert "Finns det hiss?" in text((await given.waiting(room, to=ADA))[-1])


async def test_the_author_follows_it_and_copies_it_into_a_mail(room, exempelby):
    """Progress and result as of a call."""
    await said_yes(room, BEN, exempelby)
    await room.presses(await written(room), "Publicera", by=ADA)

    (progress,) = await given.waiting(room, to=ADA)
    assert text(progress) == "Skickar: 0 av 1. Du kan stänga, jag fortsätter."
    async with room.database.read() as session:
        post_id = await session.scalar(select(models.Post.id).where(models.Post.kind == "announcement"))
    mail = await room.presses(Button("x", "announce.mail", str(post_id)), by=ADA)
    assert text(mail) == f"Kopiera det här:\n\n{WORDS}\nFrån Exempelby"


async def test_at_night_it_waits_and_can_be_sent_now_with_a_reason(room, exempelby):
    """Quiet hours are kept as of a call."""
    room.now = datetime(2026, 11, 22, 21, 40, tzinfo=UTC)
    await said_yes(room, BEN, exempelby)
    preview = await written(room)
    assert "En väntar till 08.00." in text(preview)

    why = await room.presses(preview, "Skicka nu", by=ADA)
    sent = await room.presses(why, "Annars blir det för sent", by=ADA)

    assert "Jag skickar till 1 nu." in text(sent)
    async with room.database.read() as session:
        query = select(models.Delivery.not_before).join(models.Post, models.Post.id == models.Delivery.post_id)
        assert await session.scalar(query.where(models.Post.kind == "announcement")) == room.now
        assert "announce" in list(await session.scalars(select(models.Audit.action)))


async def test_without_the_right_there_is_no_message(room, exempelby):
    """Only organisers write to many, and only for their own association."""
    assert text(await room.says("/meddelande hej", by=BEN)) == "Det kan bara arrangörer göra."

    preview = await written(room)
    async with room.database.write() as session:
        ada = await people.get_person(session, KEYS, ADA.address)
        assert ada is not None
        await roles.withdraw(session, ada.id, roles.ORGANISER, association_id=exempelby)
    refused = await room.presses(preview, "Publicera", by=ADA)

    assert "arrangörer" in text(refused)
    assert await how_many(room, models.Post) == 0


async def crowd(room, association_id):
    """So many who said yes that one organiser may not write to all of them alone."""
    async with room.database.write() as session:
        numbers = range(1000, 1000 + MOST_ALONE + 1)
        somebody = {"language": "sv", "association_id": association_id, "created_at": NOW}
        await session.execute(insert(models.Person), [somebody | {"id": n} for n in numbers])
        account = {
            "platform": "telegram",
            "address": "1",
            "opened": True,
            "consent": Consent.YES,
            "created_at": NOW,
        }
        await session.execute(
            insert(models.Account),
            [account | {"person_id": n, "address_index": n.to_bytes(4, "big")} for n in numbers],
        )


async def test_a_message_to_more_than_a_thousand_takes_two(room, exempelby):
    """What the second admin has read is what goes out, from the one who asked."""
    await crowd(room, exempelby)
    await given.organiser(room, BEN, of=None, role=roles.ADMIN)
    preview = await written(room)
    assert "Det går till fler än 1000 personer, så en annan admin måste godkänna." in text(preview)

    asked = await room.presses(preview, "Publicera", by=ADA)
    assert "godkänn" in text(asked) or "två" in text(asked)
    (question,) = await given.waiting(room, to=BEN)
    assert f"Till Exempelby, nu: 1001 personer.\n{WORDS}\nFrån Exempelby" in text(question)
    assert await on_its_way(room) == 0
    await room.presses(question, "Godkänn", by=BEN)

    assert await on_its_way(room) == MOST_ALONE + 1
    assert "Godkänt: ditt meddelande är på väg." in [
        text(one).split("\n")[-1] for one in await given.waiting(room, to=ADA)
    ]
    assert text(await room.presses(preview, "Publicera", by=ADA)) == "Den är redan publicerad."


async def test_the_second_person_learns_which_audience_it_is(room, exempelby):
    """By its name and what it asks, in the words of whoever is asked."""
    await crowd(room, exempelby)
    await given.organiser(room, DORIS, of=None, role=roles.ADMIN)
    ours = Audience(invented=False, associations=(exempelby,))
    async with room.database.write() as session:
        await saved_audiences.add(session, "Hela stan", ours, association_id=exempelby, now=NOW)
    asked = await room.says(f"/meddelande {WORDS}", by=ADA)

    await room.presses(await room.presses(asked, "Hela stan", by=ADA), "Publicera", by=ADA)

    (question,) = await given.waiting(room, to=DORIS)
    assert f"To Hela stan (Exempelby), now: 1001 persons.\n{WORDS}\nFrom Exempelby" in text(question)


async def on_its_way(room):
    """How many the message is on its way to."""
    async with room.database.read() as session:
        query = select(models.Delivery.id).join(models.Post, models.Post.id == models.Delivery.post_id)
        return len(list(await session.scalars(query.where(models.Post.kind == "announcement"))))


async def test_who_asked_and_lost_the_right_sends_nothing(room, exempelby):
    """Rights count when it goes out."""
    await crowd(room, exempelby)
    await given.organiser(room, BEN, of=None, role=roles.ADMIN)
    await room.presses(await written(room), "Publicera", by=ADA)
    (question,) = await given.waiting(room, to=BEN)
    ada = await given.person(room, ADA)
    async with room.database.write() as session:
        await roles.withdraw(session, ada, roles.ORGANISER, association_id=exempelby)

    await room.presses(question, "Godkänn", by=BEN)

    assert await on_its_way(room) == 0


async def test_an_older_preview_publishes_only_what_it_shows(room, exempelby):
    """The words that its author reads are the words that go out."""
    await said_yes(room, BEN, exempelby)
    await given.organiser(room, DORIS, of=exempelby)
    asked = await room.says(f"/announce {WORDS}", by=DORIS)
    old = await room.presses(await room.presses(asked, "Exempelby", by=DORIS), "Everyone", by=DORIS)
    await room.presses(await room.presses(old, "Change", by=DORIS), "Your message", by=DORIS)
    await room.says("Vi flyttar inte.", by=DORIS)

    fresh = await room.presses(old, "Publish", by=DORIS)
    assert text(fresh).startswith("That has changed since. This is how it is now:\n\nThis is how it will look:")
    assert await given.waiting(room, to=BEN) == []
    await room.presses(fresh, "Publish", by=DORIS)

    assert [text(one) for one in await given.waiting(room, to=BEN)] == ["Vi flyttar inte.\nFrån Exempelby"]


async def test_an_audience_that_somebody_else_has_changed_is_shown_again(room, exempelby):
    """The preview says who is in it; whoever changed it meanwhile did not read the message."""
    provstad = await given.association(room, "Provstad")
    await said_yes(room, BEN, provstad)
    async with room.database.write() as session:
        ours = Audience(False, associations=(exempelby,))
        number = await saved_audiences.add(session, "Kören", ours, association_id=exempelby, now=NOW)
    preview = await room.presses(await room.says(f"/meddelande {WORDS}", by=ADA), "Kören", by=ADA)
    async with room.database.write() as session:
        row = await session.get_one(models.SavedAudience, number)
        row.definition = to_json(Audience(False, associations=(exempelby, provstad)))

    fresh = await room.presses(preview, "Publicera", by=ADA)

    assert "Till Kören (Exempelby och Provstad), nu: " in text(fresh)
    assert await given.waiting(room, to=BEN) == []
