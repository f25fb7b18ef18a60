"""My data: shown in full, erased in full, and peace at once."""

import json

import pytest
from sqlalchemy import select

from chat.request import Event
from db import activities, associations, outbox, people, reach, roles
from db.audiences import Audience
from db.models import Activity, Answer, Base, Delivery, Post, PostKind, Priority, Reminder, Role
from handlers import card
from schedules import reminders
from tests import given
from tests.room import ADA, BEN, CEM, DORIS, GROUP, KEYS, NOW, STOCKHOLM, labels, text
from tests.schedules.ticking import tick
from texts import LANGUAGES, translator


@pytest.fixture
async def provstad(room):
    """An association where Ben organises."""
    number = await given.association(room, "Provstad")
    await given.organiser(room, BEN, of=number)
    return number


async def lived_in(room, provstad):
    """Ada has done everything that leaves a trace."""
    await given.bound_chat(room, association_id=provstad)
    await room.happens(Event.JOINED, by=ADA)
    start = await room.says("/start", by=ADA)
    await room.presses(start, "Ja, skriv hit", by=ADA)
    await given.person(room, ADA, association_id=provstad)
    await given.insider(room, ADA, provstad)
    march = await given.activity(room, "Demonstration", provstad, "2026-11-28 14:00")
    await given.signup(room, ADA, march)
    await given.signup(room, ADA, await given.activity(room, "Möte", provstad, "2026-11-29 14:00"), Answer.MAYBE)
    await room.presses(await room.says("jag vill hjälpa till", by=ADA), "Ja, berätta", by=ADA)
    await room.says("/kontakt", by=ADA)
    await room.says("Får hunden följa med?", by=ADA)
    await room.says("det här förstår du inte", by=ADA)
    await call(room, march)
    return march


async def call(room, activity_id):
    """A call waits for those who said yes."""
    async with room.database.write() as session:
        found = await activities.get_activity(session, activity_id, invented=False)
        assert found is not None
        content = {
            language: card.message(found, translator(language, STOCKHOLM), now=NOW) for language in LANGUAGES
        }
        post_id = await outbox.queue_post(
            session, f"call:{activity_id}", PostKind.CALL, private=content, group=content, priority=Priority.CALL,
            now=NOW, activity_id=activity_id,
        )  # fmt: skip
        assert post_id is not None
        await outbox.queue_to_people(session, post_id, reach.reached(Audience(False)), now=NOW, quiet=None)


async def person_id(room, someone):
    """The id under which the person is kept."""
    async with room.database.read() as session:
        found = await people.get_person(session, KEYS, someone.address)
        return found.id if found else None


async def test_my_data_is_everything_in_words_and_as_a_file(room, provstad):
    """One sees what is kept, and may take all of it along."""
    await lived_in(room, provstad)

    answer = await room.says("/mindata", by=ADA)

    for line in (
        "• Ditt språk, din förening och dina inställningar\n",
        "• Konton: 1 (1001)",
        "• Dina svar på aktiviteter: 2",
        "• Det du har frågat: 2 (Får hunden följa med?)",
    ):
        assert line in text(answer)
    kept = json.loads(answer.message.document.content)
    assert answer.message.document.name == "kallelse.json"
    assert kept["account"][0]["address"] == "1001"
    assert {row["answer"] for row in kept["signup"]} == {"coming", "maybe"}
    expected = {"person", "account", "consent_log", "insider", "signup", "question", "help_offer", "delivery"}
    assert expected | {"draft", "arrival"} <= kept.keys()


async def test_no_table_that_knows_persons_is_left_out(room, provstad):
    """Whatever a later feature keeps about a person is in the file by itself."""
    await lived_in(room, provstad)
    number = await person_id(room, ADA)

    kept = json.loads((await room.says("/mindata", by=ADA)).message.document.content)

    async with room.database.read() as session:
        for table in Base.metadata.sorted_tables:
            for column in table.c:
                if any(key.column.table.name == "person" for key in column.foreign_keys):
                    rows = (await session.execute(select(table.c[column.name]).where(column == number))).all()
                    assert len(kept.get(table.name, [])) >= len(rows), table.name


async def test_nobody_elses_data_is_shown(room, provstad):
    """The file is about one person."""
    await lived_in(room, provstad)
    await room.says("/start", by=DORIS)

    content = (await room.says("/mydata", by=DORIS)).message.document.content.decode()

    assert "1001" not in content
    assert "hunden" not in content


async def test_what_others_were_told_about_one_is_in_the_file_and_erased(room, provstad):
    """The name that an organiser read, and that somebody confirmed the person, are kept about them too."""
    await given.organiser(room, CEM, of=None, role=roles.ADMIN)
    invitation = await invited(room, provstad)
    await room.presses(invitation, "Öppna", by=ADA)
    asked = await room.says("/mindata", by=ADA)
    kept = json.loads(asked.message.document.content)
    assert "Ada har öppnat din inbjudan" in kept["post"][0]["private"]
    await room.presses((await given.waiting(room, to=CEM))[0], "Ja, släpp in", by=CEM)
    kept = json.loads((await room.says("/mindata", by=ADA)).message.document.content)
    assert [row["action"] for row in kept["audit"]] == ["grant organiser association:2"]

    await room.presses(await room.says("/glommig", by=ADA), "Ja, glöm mig", by=ADA)

    async with room.database.read() as session:
        assert not [post for post in await session.scalars(select(Post.private)) if "Ada" in post]


ROLES = {
    CEM: "• Det du är arrangör för: 4 (Provstad, registeransvarig, Provstad, granskare, värd för Demonstration)",
    DORIS: "• What you organise: 4 "
    "(Provstad, keeps the register of Provstad, reads the log, host of Demonstration)",
}


@pytest.mark.parametrize("someone", ROLES, ids=lambda one: one.language)
async def test_roles_are_said_by_what_they_are_and_where(room, provstad, someone):
    """One's own name, as often as one has a role, tells nothing."""
    march = await given.activity(room, "Demonstration", provstad, "2026-11-28 14:00")
    for of, role in ((provstad, roles.ORGANISER), (provstad, roles.REGISTRAR), (None, roles.AUDITOR)):
        person_id = await given.organiser(room, someone, of=of, role=role)
    async with room.database.write() as session:
        session.add(Role(person_id=person_id, activity_id=march, role=roles.HOST, name="Cem", granted_at=NOW))

    assert ROLES[someone] in text(await room.says("/mindata", by=someone))


async def invited(room, where):
    """Cem's invitation to organise there, as it is passed on."""
    asked = await room.presses(await room.says("/arrangorer", by=CEM), "Lägg till en arrangör", by=CEM)
    return (await room.presses(asked, "Provstad", by=CEM)).also[0]


async def test_whom_one_let_in_is_not_in_ones_own_file(room, provstad):
    """An organiser's export must not carry other people's names out."""
    await given.organiser(room, CEM, of=None, role=roles.ADMIN)
    await room.presses(await invited(room, provstad), "Öppna", by=ADA)
    await room.presses((await given.waiting(room, to=CEM))[0], "Ja, släpp in", by=CEM)

    answer = await room.says("/mindata", by=CEM)

    kept = json.loads(answer.message.document.content)
    assert [row["name"] for row in kept["role"]] == ["Cem"]
    assert "Ada" not in answer.message.document.content.decode()
    assert [row["action"] for row in kept["audit"]] == ["grant organiser association:2"]


async def test_to_be_forgotten_is_asked_once_more(room, provstad):
    """A slip does not erase anybody, and it says what will be gone."""
    await lived_in(room, provstad)

    question = await room.says("/glommig", by=ADA)
    stays = await room.presses(question, "Nej", by=ADA)

    assert text(question) == (
        "Ska jag glömma dig? Konto, svar och inställningar raderas direkt, och du avanmäls från 2 aktiviteter. "
        "Vill du spara dina uppgifter först?"
    )
    assert labels(question) == ["Ja, glöm mig", "Hämta mina uppgifter", "Nej"]
    assert text(stays) == "Då är allt som förut."
    assert await person_id(room, ADA) is not None


async def test_forgotten_is_forgotten_everywhere(room, provstad):
    """No row in any table leads back, nothing waits to be sent, and those told keep no letter to open."""
    await lived_in(room, provstad)
    number, index = await person_id(room, ADA), people.address_index(KEYS, ADA.address)

    answer = await room.presses(await room.says("/forgetme", by=ADA), "Ja, glöm mig", by=ADA)

    assert text(answer).startswith("Klart, du är glömd. Radera gärna den här chatten hos dig också.")
    assert await given.waiting(room, to=BEN) == []
    async with room.database.read() as session:
        for table in Base.metadata.sorted_tables:
            for column in table.c:
                points = any(key.column.table.name == "person" for key in column.foreign_keys)
                if points or (table.name == "person" and column.name == "id"):
                    assert not (await session.execute(select(table).where(column == number))).all(), table.name
                if column.name == "address_index":
                    assert not (await session.execute(select(table).where(column == index))).all(), table.name


async def test_the_card_counts_anew_without_the_forgotten(room, provstad):
    """A count that says who is gone would be a trace."""
    march = await lived_in(room, provstad)

    await room.presses(await room.says("/glommig", by=ADA), "Ja, glöm mig", by=ADA)

    async with room.database.read() as session:
        post = await session.scalar(select(Post).where(Post.activity_id == march, Post.kind == "call"))
        assert (post.counts, post.stale) == (1, True)


async def test_an_organisers_activities_stay_without_their_name(room, provstad):
    """Those who come must not lose the activity; the card no longer says who answers."""
    march = await given.activity(room, "Demonstration", provstad, "2026-11-28 14:00")
    await given.organiser(room, CEM, of=None, role=roles.ADMIN)
    number = await person_id(room, BEN)
    async with room.database.write() as session:
        row = await session.get(Activity, march)
        row.organiser_id, row.contact_name = number, "Ben"
    await call(room, march)
    async with room.database.read() as session:
        assert "Från Provstad, Ben svarar" in (await session.scalar(select(Post.private)))
    async with room.database.write() as session:
        await associations.rename_association(session, provstad, "Nya Provstad")

    await room.presses(await room.says("/glommig", by=BEN), "Ja, glöm mig", by=BEN)

    async with room.database.read() as session:
        row = await session.get(Activity, march)
        post = await session.scalar(select(Post).where(Post.activity_id == march))
    assert (row.organiser_id, row.contact_name) == (None, None)
    assert post.revision == 2
    assert "Från Provstad" in post.private
    assert "Ben" not in post.private + post.group


async def test_a_reminder_no_longer_names_a_forgotten_organiser(room, provstad):
    """It keeps no words of its own: those who got it see it made anew."""
    await given.organiser(room, CEM, of=None, role=roles.ADMIN)
    march = await given.activity(room, "Demonstration", provstad, "2026-11-28 14:00")
    await given.signup(room, ADA, march)
    number = await person_id(room, BEN)
    async with room.database.write() as session:
        row = await session.get(Activity, march)
        row.organiser_id, row.contact_name = number, "Ben"
        session.add(Reminder(activity_id=march, rule="day_before", version=1, due_at=room.now))
    await tick(room, reminders.run)
    (before,) = await given.waiting(room, to=ADA)

    await room.presses(await room.says("/glommig", by=BEN), "Ja, glöm mig", by=BEN)

    (after,) = await given.waiting(room, to=ADA)
    assert ("Ben svarar" in before.text, "Ben" in after.text) == (True, False)
    async with room.database.read() as session:
        post = await session.scalar(select(Post).where(Post.kind == "reminder"))
    assert (post.revision, post.stale) == (2, True)


async def test_the_last_who_can_let_organisers_in_hands_over_first(room):
    """A district without anybody who may grant would be locked."""
    await given.organiser(room, CEM, of=None, role=roles.ADMIN)

    asked = await room.says("/glommig", by=CEM)

    assert text(asked) == (
        "Du är den sista som kan släppa in arrangörer. Be den som sköter mig om en kod (./kallelse admin-code), "
        "och låt någon annan först skriva /admin och koden till mig."
    )
    await given.organiser(room, DORIS, of=None, role=roles.ADMIN)
    assert "Ska jag glömma dig?" in text(await room.says("/glommig", by=CEM))


async def test_a_second_press_is_as_good_as_one(room, provstad):
    """Somebody who is gone can press again and is not kept by that."""
    question = await room.says("/glommig", by=ADA)

    for _ in range(2):
        answer = await room.presses(question, "Ja, glöm mig", by=ADA)
        assert text(answer).startswith("Klart, du är glömd.")

    assert await person_id(room, ADA) is None


async def test_the_forgotten_are_welcome_again(room, provstad):
    """Who comes back is new."""
    await lived_in(room, provstad)
    await room.presses(await room.says("/glommig", by=ADA), "Ja, glöm mig", by=ADA)

    assert "Jag är Kallelse" in text(await room.says("/start", by=ADA))


async def test_stop_is_in_force_at_once(room, provstad):
    """Not even what was already waiting is sent, and no later call reaches the person."""
    await lived_in(room, provstad)

    answer = await room.says("/stopp", by=ADA)

    assert text(answer).startswith("Jag slutar direkt.")
    assert await given.waiting(room, to=ADA) == []
    async with room.database.read() as session:
        assert (await session.execute(reach.reached(Audience(False)))).all() == []
        reasons = await session.scalars(select(Delivery.reason).where(Delivery.state == "cancelled"))
        assert set(reasons) == {"stopped"}


@pytest.mark.parametrize("words", ["/stop", "stop", "unsubscribe"])
async def test_stop_is_understood_in_words(room, words):
    """Nobody looks for a command when they have had enough."""
    assert text(await room.says(words, by=DORIS)).startswith("I have stopped.")


async def test_start_brings_the_stopped_back(room, provstad):
    """What was agreed to before holds again, and the person is told."""
    await lived_in(room, provstad)
    await room.says("/stopp", by=ADA)

    answer = await room.says("/start", by=ADA)

    assert text(answer).startswith("Välkommen tillbaka! Nu skriver jag igen")
    async with room.database.read() as session:
        assert len((await session.execute(reach.reached(Audience(False)))).all()) == 1


async def test_private_matters_are_not_opened_in_a_group(room):
    """What is kept about a person is shown to them alone."""
    for words in ("/mindata", "/glommig", "vad vet du om mig?", "glöm mig"):
        assert text(await room.says(words, by=ADA, chat=GROUP)) == "Vi tar det privat."
