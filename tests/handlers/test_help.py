"""What can be asked, and what happens to what was not understood."""

import re
from pathlib import Path

import pytest
from sqlalchemy import select

import handlers
from chat.message import Button
from db.models import Draft
from handlers import FEATURES
from handlers.feature import Routes
from tests import given
from tests.room import ADA, BEN, CEM, DORIS, GROUP, STOCKHOLM, labels, text
from texts import translator
from texts.extract import find_sentences

ROOT = Path(handlers.__file__).parent.parent
SV = translator("sv", STOCKHOLM)


@pytest.mark.parametrize("words", ["/hjalp", "/help", "hjälp!", "what can you do?"])
async def test_help_lists_what_this_person_may_do(room, words):
    """Everybody finds what they can ask, and nothing that they cannot do."""
    answer = text(await room.says(words, by=ADA))

    for line in ("/vecka – Vad som händer i veckan", "/kontakt – ", "/mindata – ", "/stopp – "):
        assert line in answer
    assert "/arrangorer" not in answer
    assert "/admin" not in answer


async def test_organisers_find_more_in_the_help(room):
    """What organisers may do follows below."""
    await given.organiser(room, BEN, of=await given.association(room, "Provstad"))

    answer = text(await room.says("/hjalp", by=BEN))

    assert "Som arrangör:\n" in answer
    assert "/arrangorer – " in answer
    assert "/arrangorer" not in text(await room.says("/hjalp", by=BEN, chat=GROUP))


async def test_help_in_english_names_the_english_commands(room):
    """Every sentence of it is in the reader's language."""
    answer = text(await room.says("/help", by=DORIS))

    assert "/week – What is on this week" in answer
    assert "/vecka" not in answer


PLAIN = {
    ADA: ("/mina – Det jag har svarat på", "/stopp – Sluta skriva till mig, direkt"),
    DORIS: ("/mine – My answers", "/stop – Stop writing to me, at once"),
}


@pytest.mark.parametrize("someone", PLAIN, ids=lambda one: one.language)
async def test_what_one_can_do_is_said_plainly(room, someone):
    """As one would say it oneself; organisers read the same of roles."""
    await given.organiser(room, someone, of=await given.association(room, "Provstad"))

    answer = text(await room.says("/help", by=someone))

    for line in PLAIN[someone]:
        assert line in answer
    roles = "ge rätten till fler, eller ta tillbaka den" if someone is ADA else "let others in and take back"
    assert roles in answer


async def test_a_mistyped_command_is_guessed(room):
    """One slip of the finger costs one press."""
    await given.activity(room, "Öppet möte", await given.association(room, "Provstad"), "2026-11-24 18:30")

    answer = await room.says("/vekca", by=ADA)

    assert text(answer) == "Menade du /vecka?"
    assert labels(answer) == ["Visa /vecka", "Hjälp"]
    assert "Öppet möte" in text(await room.presses(answer, "Visa /vecka", by=ADA))


async def test_a_guess_may_open_a_form(room):
    """The command that was meant does what it does."""
    answer = await room.says("/kontkat", by=ADA)

    assert text(await room.presses(answer, "Visa /kontakt", by=ADA)).startswith("Vad vill du säga?")


async def test_nobody_is_led_to_what_they_may_not(room):
    """A guess tells nothing about commands of others, and a forged one opens nothing."""
    answer = await room.says("/arrangorrer", by=ADA)
    forged = await room.presses(Button("Visa", "help.run", "arrangorer"), by=ADA)

    assert text(answer) == "Det kommandot känner jag inte till."
    assert "används inte längre" in text(forged)


async def test_groups_get_no_answer_to_what_is_not_known(room):
    """A command for another bot, or talk, is none of ours."""
    assert (await room.says("/vekca", by=ADA, chat=GROUP)).message is None
    assert (await room.says("kan nån hämta mig?", by=ADA, chat=GROUP)).message is None


async def test_what_was_not_understood_reaches_a_person_by_a_press(room):
    """The bot does not pretend: a person reads it, when the writer wants that."""
    provstad = await given.association(room, "Provstad")
    await given.organiser(room, BEN, of=provstad)
    await given.person(room, ADA, association_id=provstad)

    answer = await room.says("kan nån hämta mig i Påhittsås?", by=ADA)
    before = await given.waiting(room, to=BEN)
    sent = await room.presses(answer, "Skicka till arrangörerna", by=ADA)
    (letter,) = await given.waiting(room, to=BEN)

    assert text(answer) == "Det förstod inte jag, men en människa gör det. Ska jag skicka det vidare?"
    assert labels(answer) == ["Skicka till arrangörerna", "Vad händer?", "Nej"]
    assert before == []
    assert text(sent).startswith("Skickat till Provstad.")
    assert "kan nån hämta mig i Påhittsås?" in text(letter)


async def test_a_second_press_sends_nothing(room):
    """What was sent is no longer kept."""
    await given.organiser(room, CEM, of=None)
    answer = await room.says("kan nån hämta mig i Påhittsås?", by=ADA)
    await room.presses(answer, "Skicka till arrangörerna", by=ADA)

    again = await room.presses(answer, "Skicka till arrangörerna", by=ADA)

    assert text(again) == "Det har jag inte kvar. Skriv det gärna igen."
    assert len(await given.waiting(room, to=CEM)) == 1


async def test_nobody_elses_words_can_be_sent(room):
    """A draft is its writer's."""
    await given.organiser(room, CEM, of=None)
    answer = await room.says("det här är mitt", by=ADA)

    await room.presses(answer, "Skicka till arrangörerna", by=BEN)

    assert await given.waiting(room, to=CEM) == []


async def test_no_throws_it_away(room):
    """Without a press nothing of it is kept."""
    answer = await room.says("kan nån hämta mig i Påhittsås?", by=ADA)

    await room.presses(answer, "Nej", by=ADA)

    async with room.database.read() as session:
        assert list(await session.scalars(select(Draft))) == []


async def test_what_was_not_understood_is_kept_encrypted(room, tmp_path):
    """Between the question and the press, nobody reads it in the file."""
    await room.says("kan nån hämta mig i Påhittsås?", by=ADA)

    kept = b"".join(path.read_bytes() for path in tmp_path.iterdir())

    assert "Påhittsås".encode() not in kept


@pytest.mark.parametrize("typed", ["🎉🎉🎉", "...", "?!"])
async def test_signs_alone_are_answered_with_a_hint(room, typed):
    """There is nothing to pass on."""
    answer = await room.says(typed, by=ADA)

    assert text(answer).startswith("Skriv vad du vill veta")
    assert labels(answer) == ["Vad händer?", "Hjälp"]


async def test_a_whole_essay_is_declined(room):
    """Too long to pass on is said at once, not after the press."""
    assert "för långt" in text(await room.says("långt " * 1000, by=ADA))


async def test_thanks_are_answered(room):
    """A friendly word costs nothing."""
    assert text(await room.says("tack!", by=ADA)) == "Varsågod!"


def test_each_language_names_commands_in_its_own_words():
    """Somebody who reads English is not sent to /aktiviteter."""
    swedish, english = set(), set()
    for command in Routes(FEATURES).all_commands:
        if command.route.name != command.alias:
            swedish.add(command.route.name)
            english.add(command.alias)
    said = [forms for forms in find_sentences(ROOT).sentences if any("/" in one for one in forms)]

    wrong = [one for forms in said for one in forms if swedish & commands(one)]
    wrong += [one for forms in said for one in map(SV.plain, forms) if english & commands(one)]

    assert any(english & commands(one) for forms in said for one in forms)
    assert not wrong


def commands(sentence):
    """The names after a slash that begins a word; `./kallelse` is a program."""
    return set(re.findall(r"(?<![\w/<.])/([a-z]+)", sentence))
