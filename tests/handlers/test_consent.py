"""May I write to you here? Yes, hidden, no; on every platform, and always changeable."""

import hashlib
from dataclasses import replace

import pytest
from sqlalchemy import select

from chat.message import Button
from chat.request import Chat, Event, Kind, Request
from db import people
from db.models import Account, Consent, ConsentLog, ConsentText
from handlers.consent import TEXT_VERSION
from tests import given
from tests.room import ADA, CEM, DORIS, GROUP, KEYS, labels, text

ANSWERS = ["Ja, skriv hit", "Ja, men dölj innehållet", "Nej, bara när jag frågar", "Läs mer"]
GUILD = Chat(replace(CEM.address, id="555"), private=False, title="Servern")


async def account(room, someone):
    """The person's account as it is kept."""
    async with room.database.read() as session:
        person = await people.get_person(session, KEYS, someone.address)
        assert person is not None
        return await session.get(Account, person.account_id)


async def test_the_question_is_a_step_of_its_own(room):
    """Being written to shows a contact: it is asked, apart from everything else, and says what it means."""
    question = (await room.says("/start", by=ADA)).also[0]

    assert text(question) == (
        "Får jag skriva till dig här när något är på gång? Telegram kan se att vi har kontakt. "
        "Högst några gånger i veckan, inte kl. 21–08 utom när något du ska till ändras. "
        "Nej går lika bra, och /stopp gäller direkt."
    )
    assert labels(question) == ANSWERS
    assert (await account(room, ADA)).consent == "unasked"


@pytest.mark.parametrize(
    ("label", "kept", "thanks"),
    [
        ("Ja, skriv hit", "yes", "Tack! Jag skriver hit när något är på gång."),
        ("Ja, men dölj innehållet", "hidden", "Tack! Jag skriver att något är på gång, men inte vad;"),
        ("Nej, bara när jag frågar", "no", "Okej. Jag svarar när du frågar"),
    ],
)
async def test_each_answer_is_in_force_and_logged(room, label, kept, thanks):
    """What was agreed to, in which words and when, can be shown later."""
    question = await room.says("/start", by=ADA)

    answer = await room.presses(question, label, by=ADA)

    assert text(answer).startswith(thanks)
    assert (await account(room, ADA)).consent == kept
    async with room.database.read() as session:
        (logged,) = await session.scalars(select(ConsentLog))
        (words,) = await session.scalars(select(ConsentText))
    assert (logged.answer, logged.text_version, logged.language) == (kept, words.version, words.language)
    assert (words.version.startswith(f"{TEXT_VERSION}:"), words.language) == (True, "sv")
    assert words.text.startswith(f"{text(question.also[0])}\n\nJa betyder:")


async def test_the_words_are_kept_as_they_were_shown_there(room):
    """Discord's name is in the question that was asked on Discord; the same words are kept once."""
    for one in (ADA, CEM, DORIS, ADA):
        await room.presses(consent_button(), by=one)

    async with room.database.read() as session:
        kept = {(words.language, words.text) for words in await session.scalars(select(ConsentText))}
    assert [language for language, _ in sorted(kept)] == ["en", "sv", "sv"]
    assert sum("Discord kan se" in shown for _, shown in kept) == 1


def consent_button():
    """A yes, wherever it stands."""
    return Button("x", "consent.set", "yes")


async def test_other_words_are_another_version(room):
    """Changed what is agreed to? Give it a new TEXT_VERSION, and put its hash here."""
    for one in (ADA, DORIS):
        await room.presses(consent_button(), by=one)

    async with room.database.read() as session:
        kept = await session.scalars(select(ConsentText.text).order_by(ConsentText.language))
    digest = hashlib.sha256("\n".join(kept).encode()).hexdigest()
    assert {TEXT_VERSION: digest[:16]} == {"2026-11-22.3": "dd8640592639cf0c"}


async def test_the_notice_says_all_that_the_law_asks_for(room):
    """GDPR article 13: who, why, what, how long, who else, and every right."""
    question = await room.says("/start", by=ADA)

    said = text(await room.presses(question, "Läs mer", by=ADA))

    for words in (
        "Exempeldistriktet ansvarar", "/kontakt", "samtycke", "Hur länge:", "utanför EU", "/mindata", "rättat",
        "/glommig", "/stopp", "imy.se",
    ):  # fmt: skip
        assert words in said


async def test_reading_more_is_no_answer(room):
    """Who wants to know first is told, and asked again."""
    question = await room.says("/start", by=ADA)

    more = await room.presses(question, "Läs mer", by=ADA)

    assert "Ja betyder" in text(more)
    assert labels(more) == ANSWERS
    assert (await account(room, ADA)).consent == "unasked"


async def test_it_can_be_asked_for_and_changed(room):
    """A no today may be a yes tomorrow."""
    question = await room.says("/start", by=DORIS)
    await room.presses(question, "No, only when I ask", by=DORIS)

    again = await room.presses(await room.says("/start", by=DORIS), "Tell me when something is on", by=DORIS)
    await room.presses(again, "Yes, write here", by=DORIS)

    assert (await account(room, DORIS)).consent == "yes"


async def test_a_yes_in_a_discord_server_is_tried_out(room):
    """A yes is worth nothing where direct messages are closed: one is sent at once."""
    yes = Button("Ja, skriv hit", "consent.set", "yes")

    answer = await room.presses(yes, by=CEM, chat=GUILD)
    before = (await account(room, CEM)).opened
    arrived = await room.happens(Event.UNBLOCKED, by=CEM, chat=Chat(CEM.address, private=True))

    assert text(answer.test_message) == "Här skriver jag till dig."
    assert not before
    assert arrived.message is None
    assert (await account(room, CEM)).opened


async def test_closed_direct_messages_are_explained(room):
    """The person learns what to change, and that their answers hold."""
    await room.presses(Button("Ja", "consent.set", "yes"), by=CEM, chat=GUILD)

    refused = await room.happens(Event.BLOCKED, by=CEM, chat=Chat(CEM.address, private=True))
    again = await room.presses(refused, "Försök igen", by=CEM, chat=GUILD)

    assert text(refused).startswith("Discord släpper inte fram mig.")
    assert not (await account(room, CEM)).reachable
    assert again.test_message is not None


async def test_a_yes_in_direct_messages_is_tried_out_by_the_thanks(room):
    """A press there is answered even where messages are refused, so the thanks come as a message."""
    alone = Chat(CEM.address, private=True)
    await room.says("/start", by=CEM, chat=alone)

    answer = await room.presses(Button("Ja, skriv hit", "consent.set", "yes"), by=CEM, chat=alone)

    assert answer.message is None
    assert text(answer.test_message).startswith("Tack!")
    assert answer.clear_buttons


async def test_who_could_not_be_tried_is_not_called_unreachable(room):
    """Discord was busy: the person hears that nothing is known yet."""
    await room.presses(Button("Ja", "consent.set", "yes"), by=CEM, chat=GUILD)

    unknown = await room.happens(Event.UNTRIED, by=CEM, chat=Chat(CEM.address, private=True))
    again = await room.presses(unknown, "Försök igen", by=CEM, chat=GUILD)

    assert "inte om det jag skriver kommer fram" in text(unknown)
    assert (await account(room, CEM)).reachable
    assert again.test_message is not None


async def test_no_needs_no_direct_message(room):
    """Nothing is sent to who does not want it."""
    answer = await room.presses(Button("Nej", "consent.set", "no"), by=CEM, chat=GUILD)

    assert answer.test_message is None


async def test_who_blocked_the_bot_is_left_alone_until_they_return(room):
    """A block is an answer, and so is coming back."""
    await room.says("/start", by=ADA)

    silent = await room.happens(Event.BLOCKED, by=ADA, chat=Chat(ADA.address, private=True))
    blocked = (await account(room, ADA)).reachable
    await room.says("/start", by=ADA)

    assert silent.message is None
    assert not blocked
    assert (await account(room, ADA)).reachable


async def test_events_about_strangers_change_nothing(room):
    """Somebody unknown who blocks the bot is not made known by that."""
    await room.happens(Event.BLOCKED, by=ADA, chat=GROUP)
    await room.happens(Event.UNBLOCKED, by=ADA, chat=GROUP)

    async with room.database.read() as session:
        assert await people.get_person(session, KEYS, ADA.address) is None


async def test_a_broken_answer_is_refused(room):
    """A button that says neither yes nor no changes nothing."""
    await given.person(room, ADA)
    broken = Request(Kind.PRESS, "consent.set", Chat(ADA.address, private=True), ADA.address, argument="maybe")

    answer = await room.gives(broken)

    assert "används inte längre" in text(answer)
    assert (await account(room, ADA)).consent == Consent.UNASKED
