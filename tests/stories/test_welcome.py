"""The welcome: to a person who opens the bot, to those who join the group, and the question of consent."""

import pytest

from tests.stories.stage import HOME, NEWCOMER, PLACES

WAYS = ("Vad händer?", "Min förening", "Jag vill hjälpa till", "Jag har en kod", "Mina uppgifter")


async def test_who_opens_the_bot_is_greeted_once(stage):
    """A new person learns what this is, what is next and what is kept, and is not greeted twice."""
    await stage.planned("Öppet möte", "2026-11-24 18:30")

    await stage.newcomer.says("/start")

    await stage.newcomer.sees(
        "Hej Testa!",
        "Exempeldistriktet",
        "tisdag 24 november kl. 18.30 Öppet möte, Provstad",
        "konto-id",
        buttons=WAYS,
    )
    await stage.newcomer.sees("Får jag skriva", buttons=("Ja, skriv hit",))
    await stage.newcomer.says("/start")
    again = await stage.newcomer.sees("Hej igen!")
    assert "konto-id" not in again.text


async def test_the_welcome_speaks_english(stage):
    """Somebody whose app is English is greeted in English."""
    doris = stage.person(NEWCOMER, "en")

    await doris.says("/start")

    await doris.sees("Hello Testa!", buttons=("My association", "I want to help"))
    await doris.sees("May I write to you", buttons=("Yes, write here", "No, only when I ask"))


async def test_one_who_joins_is_welcomed_in_the_group(stage):
    """One newcomer gets one short message; a press shows what is on, to them alone."""
    testa = stage.newcomer if stage.on == "try" else stage.person(NEWCOMER, inside=False)
    await stage.planned("Öppet möte", "2026-11-24 18:30")

    await testa.joins()
    await stage.settles()
    await stage.time_is("2026-11-23 10:02")

    welcome = await stage.group.sees("Välkommen, Testa!", buttons=("Vad händer?", "Öppna mig privat"))
    assert "medlem" not in welcome.text
    await testa.presses_in_group("Vad händer?")
    await testa.sees("Öppet möte")
    await testa.presses_in_group("Öppna mig privat")
    await testa.sees("Hej Testa!", "konto-id")
    assert len(await stage.group.everything()) == 1


@pytest.mark.parametrize("platform", PLACES, indirect=True)
async def test_ten_who_join_are_one_message(stage):
    """Ten people in a minute are one message without names, and who comes back is not greeted again."""
    ten = [stage.person(f"Testa{number}", inside=False) for number in range(10)]
    for one in ten:
        await one.joins()
    await stage.settles()
    await stage.time_is("2026-11-23 10:02")
    welcome = await stage.group.sees("Välkomna, alla nya!")
    assert "Testa" not in welcome.text

    await ten[0].leaves()
    await ten[0].joins()
    await ten[1].says("/vecka")  # is handled after the joining, and shows that
    await ten[1].sees("Inget är inplanerat")
    await stage.time_is("2026-11-23 11:00")

    await stage.settles()
    assert len(await stage.group.everything()) == 1


async def consented(stage, answer):
    """The newcomer, at home in Provstad, who gave that answer."""
    await stage.newcomer.says("/start")
    await stage.newcomer.sees("Får jag skriva", buttons=(answer,))
    await stage.newcomer.presses(answer)
    await stage.newcomer.presses("Min förening")
    await stage.newcomer.sees("Vilken förening", buttons=(HOME,))
    await stage.newcomer.presses(HOME)
    await stage.newcomer.sees(HOME)
    return stage.newcomer


async def test_yes_means_that_calls_come(stage):
    """Who said yes and chose an association gets its calls in private."""
    testa = await consented(stage, "Ja, skriv hit")

    await stage.publish()

    await testa.sees("Demonstration för vårdcentralen", buttons=("Jag kommer", "Kanske", "Kan inte", "Fråga"))


async def test_hidden_means_that_a_press_shows_it(stage):
    """Who said yes but hide it sees that there is something, and the content at a press."""
    testa = await consented(stage, "Ja, men dölj innehållet")

    await stage.publish()

    await testa.sees("något nytt", buttons=("Visa",))
    assert await testa.has_seen("vårdcentralen") == 0
    await testa.presses("Visa")
    await testa.sees("Demonstration för vårdcentralen", buttons=("Jag kommer",))


async def test_no_means_that_nothing_comes_unasked(stage):
    """Who said no gets no call, and still gets answers."""
    testa = await consented(stage, "Nej, bara när jag frågar")

    await stage.publish()

    assert await testa.has_seen("vårdcentralen") == 0
    await testa.says("/vecka")
    await testa.sees("Demonstration för vårdcentralen")
