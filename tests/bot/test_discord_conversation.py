"""People talk with the bot on Discord: commands, buttons, pages, direct messages."""

import pytest

from bot.discord_bot import answering, conversation
from chat.request import Fact, Kind
from tests.bot.discord_trial import open_talk
from tests.servers.discord import Fault


@pytest.fixture
async def talk(tmp_path):
    """A connected bot on a local Discord."""
    async with open_talk(tmp_path) as opened:
        await opened.connect()
        yield opened


async def signed_up(talk):
    """A person in the server, and the answer to their press that only they see."""
    person = talk.server.person("Testa", talk.guild)
    person.slash("visa", talk.channel)
    person.presses(await person.next_message(), "Jag kommer")
    return person, await person.next_message()


async def test_a_command_in_a_channel_is_answered_to_the_asker_alone(talk):
    """Nobody else sees what somebody asks."""
    person, other = talk.server.person("Testa", talk.guild), talk.server.person("Prova", talk.guild)

    person.slash("vecka", talk.channel)
    answer = await person.next_message()

    assert (answer.text, answer.ephemeral, answer.labels) == ("**Veckan**", True, ["Jag kommer", "Öppna"])
    assert other.sees(talk.channel) == []
    assert talk.trial.requests[0].language == "sv-SE"


async def test_commands_are_localised_and_registered_once(talk):
    """A second start writes nothing."""
    english = talk.server.person("Testa", talk.guild, locale="en-GB")
    swedish = talk.server.person("Prova", talk.guild)

    await talk.disconnect()
    talk.bot.status = "off"
    await talk.connect()

    assert "week" in english.commands()
    assert "vecka" in swedish.commands()
    assert talk.server.requests["PUT /applications/{app}/commands"] == 1
    english.slash("week", talk.channel, when="idag")
    assert (await english.next_message()).text == "**idag**"


async def test_a_public_answer_is_seen_by_all_and_its_press_by_the_presser(talk):
    """A card in a channel keeps its face; who presses is told alone."""
    person, other = talk.server.person("Testa", talk.guild), talk.server.person("Prova", talk.guild)
    person.slash("visa", talk.channel)
    card = await other.next_message()

    other.presses(card, "Jag kommer")
    answer = await other.next_message()

    assert (card.ephemeral, answer.ephemeral) == (False, True)
    assert talk.channel.texts == ["Hej"]
    assert answer.text == "Du är anmäld"


async def test_a_press_on_an_own_message_changes_it(talk):
    """No pile of answers where one is enough."""
    person = talk.server.person("Testa", talk.guild)
    person.slash("vecka", talk.channel)
    week = await person.next_message()

    pressed = person.presses(week, "Jag kommer")
    await talk.server.until(lambda: pressed.answered)

    assert [one.text for one in person.sees(talk.channel)] == ["Du är anmäld"]
    assert talk.trial.requests[-1].own_message


async def test_a_question_shows_what_was_chosen(talk):
    """Who scrolls up sees the answer, and nothing left to press."""
    person = talk.server.person("Testa", talk.guild)
    person.slash("start", talk.channel)
    question = await person.next_message()

    person.presses(question, "Torget")
    after = await person.next_message()

    assert (question.text, question.labels) == (r"Var? – \*\*Torget\*\*", [])
    assert after.text == "Vidare"


async def test_in_direct_messages_answers_stay(talk):
    """Ephemeral would be gone at the next start of the app."""
    person = talk.server.person("Testa", talk.guild)

    person.slash("vecka")

    assert not (await person.next_message()).ephemeral
    assert talk.trial.requests[0].chat.private


async def test_buttons_survive_a_restart(talk):
    """What a button does is in the button."""
    person = talk.server.person("Testa", talk.guild)
    person.slash("vecka", talk.channel)
    week = await person.next_message()
    await talk.disconnect()
    talk.bot.status = "off"
    await talk.connect()

    person.presses(week, "Jag kommer")
    await talk.server.until(lambda: week.text == "Du är anmäld")


async def test_a_forged_button_does_nothing(talk):
    """Only what we signed is taken."""
    person = talk.server.person("Testa", talk.guild)
    person.slash("vecka", talk.channel)
    week = await person.next_message()
    asked = len(talk.trial.requests)

    person.forges(week, week.parts[0]["custom_id"].replace("12", "13"))
    answer = await person.next_message()

    assert "/hjalp" in answer.text
    assert len(talk.trial.requests) == asked


async def test_a_way_into_the_private_chat_is_taken_on_the_spot(talk):
    """Discord has no such link: the answer is private where it is pressed."""
    person = talk.server.person("Testa", talk.guild)
    person.slash("vecka", talk.channel)

    person.presses(await person.next_message(), "Öppna")
    answer = await person.next_message()

    assert (answer.text, answer.ephemeral) == ("Koden abc", True)


async def test_a_slow_answer_is_deferred_and_comes_all_the_same(talk, monkeypatch):
    """Discord waits three seconds only."""
    monkeypatch.setattr(answering, "DEFER_SECONDS", 0.02)
    person = talk.server.person("Testa", talk.guild)
    person.slash("visa", talk.channel)
    card = await person.next_message()
    person.presses(card, "Jag kommer")
    own = await person.next_message()

    pressed = person.presses(own, "Sakta")
    await talk.server.until(lambda: pressed.answered)
    talk.trial.go.set()
    answer = await person.next_message()

    assert (answer.text, answer.ephemeral, person.failures) == ("Till sist", True, [])


async def test_nothing_to_say_leaves_nothing_spinning(talk):
    """The command is acknowledged, and what shows that is taken away."""
    person = talk.server.person("Testa", talk.guild)

    asked = person.slash("tyst", talk.channel)
    await talk.server.until(lambda: asked.original and asked.original.deleted)

    assert person.sees(talk.channel) == []


async def test_long_answers_and_many_buttons_are_within_the_limits(talk):
    """Split between words; rows that are too many are filled up."""
    person = talk.server.person("Testa", talk.guild)

    person.slash("bred", talk.channel)
    parts = [await person.next_message() for _ in range(3)]

    assert [len(one.text) <= 2000 for one in parts] == [True] * 3
    assert " ".join(one.text for one in parts[:2]).split() == ["ord"] * 900
    assert len(parts[1].labels) == 12
    assert parts[2].text == "Också"
    assert all(one.ephemeral for one in parts)


async def test_a_file_comes_with_its_message(talk):
    """What is kept about a person is given as a file, however they asked."""
    person = talk.server.person("Testa", talk.guild)

    person.slash("fil")
    by_command = await person.next_message()
    person.says("/fil")

    assert by_command.files == (await person.next_message()).files == {"mindata.json": b"{}"}


async def test_direct_messages_and_commands_typed_out_are_answered(talk):
    """A person writes as they like."""
    person = talk.server.person("Testa", talk.guild)

    person.says("kan nån hämta mig? @everyone *nu*")
    answer = await person.next_message()
    person.says("/vecka idag")

    assert answer.text == r"Du skrev: kan nån hämta mig? @everyone \*nu\*"
    assert answer.pinged == set()
    assert (await person.next_message()).text == "**idag**"


async def test_a_mention_in_a_bound_channel_is_answered_privately_by_a_press(talk):
    """Never a public answer; and silence where the channel belongs to nobody."""
    person = talk.server.person("Testa", talk.guild)
    person.says("vad händer?", talk.channel, mention=True)
    person.says("hej")
    await person.next_message()
    assert talk.channel.texts == [f"<@{talk.server.world.bot.id}> vad händer?"]
    await talk.bind()

    person.says("/vecka", talk.channel, mention=True)
    offer = await person.next_message()
    person.presses(offer, "Visa")
    await talk.server.until(lambda: person.acts[-1].answered)

    assert (offer.ephemeral, offer.silent) == (False, True)
    assert talk.channel.texts[-1] == offer.text


async def test_a_test_message_says_whether_direct_messages_arrive(talk):
    """Nobody is promised reminders that cannot come."""
    person = talk.server.person("Testa", talk.guild)
    person.slash("visa", talk.channel)
    card = await person.next_message()
    person.presses(card, "Jag kommer")
    own = await person.next_message()

    person.presses(own, "Påminn")
    outcome = await person.next_message(talk.channel)
    assert outcome.text == "Det gick fram."
    assert (await person.next_message(person.dm)).text == "Här påminner jag dig."

    person.closes_dms()
    person.presses(card, "Jag kommer")
    person.presses(await person.next_message(talk.channel), "Påminn")
    refused = await person.next_message(talk.channel)

    assert (refused.text, refused.ephemeral) == ("Discord släpper inte fram mig.", True)
    assert person.dm.texts == ["Här påminner jag dig."]


async def test_a_mention_that_was_not_understood_is_answered_to_the_one_who_presses(talk):
    """A press that leads to nothing would look broken; a command after the mention is a command."""
    await talk.bind()
    person = talk.server.person("Testa", talk.guild)
    answers = []
    for words in ("kan nån hämta mig?", "/vecka"):
        person.says(words, talk.channel, mention=True)
        person.presses(await person.next_message(), "Visa")
        answers.append(await person.next_message())

    assert [one.ephemeral for one in answers] == [True, True]
    assert [one.text for one in answers] == ["Du skrev: kan nån hämta mig?", "**Veckan**"]


async def test_nobody_presses_somebody_elses_words(talk):
    """A mention written to trap the next organiser who presses is not a command of theirs."""
    await talk.bind()
    author, presser = (talk.server.person(name, talk.guild) for name in ("Testa", "Prova"))
    author.says("/vecka Testas ord", talk.channel, mention=True)
    offer = await presser.next_message()
    while "Visa" not in offer.labels:
        offer = await presser.next_message()

    presser.presses(offer, "Visa")

    assert (await presser.next_message()).text == "**Veckan**"


@pytest.mark.parametrize("status", [429, 503])
async def test_a_test_message_that_found_no_way_is_tried_again(talk, status, monkeypatch):
    """A moment's fault says nothing about the person's direct messages."""
    monkeypatch.setattr(conversation, "AGAIN_SECONDS", 0.01)
    person, own = await signed_up(talk)
    talk.server.fault(Fault.ERROR, "POST /channels/.*/messages", status=status, seconds=0.01)

    person.presses(own, "Påminn")

    assert (await person.next_message(talk.channel)).text == "Det gick fram."
    assert person.dm.texts == ["Här påminner jag dig."]


@pytest.mark.parametrize(("status", "seconds"), [(429, 600), (503, 0)])
async def test_nobody_is_called_unreachable_because_discord_is(talk, status, seconds, monkeypatch):
    """What is not known is not said: the person may try again, and nothing is suspended."""
    monkeypatch.setattr(conversation, "AGAIN_SECONDS", 0.01)
    person, own = await signed_up(talk)
    talk.server.fault(Fault.ERROR, "POST /channels/.*/messages", status=status, seconds=seconds, times=5)

    person.presses(own, "Påminn")

    assert (await person.next_message(talk.channel)).text == "Det vet jag inte än."
    assert person.dm.texts == []


async def test_an_administrator_is_known_as_one(talk):
    """The rights come with the press."""
    admin = talk.server.person("Testa", talk.guild, roles=("manager",))
    member = talk.server.person("Prova", talk.guild)

    for person in (admin, member):
        person.slash("vecka", talk.channel)
        await person.next_message()

    assert [one.facts for one in talk.trial.requests] == [{Fact.CHAT_ADMIN}, set()]
    assert {one.kind for one in talk.trial.requests} == {Kind.COMMAND}
