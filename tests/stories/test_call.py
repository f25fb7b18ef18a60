"""A call: asked for, in one message, looked at before, published once, and what came of it."""

import asyncio

import pytest

from tests.stories.stage import PLACES, call

TITLE = "Demonstration för vårdcentralen"


async def test_the_preview_shows_the_call_and_whom_it_reaches(stage):
    """What will be sent is read before it is, with how many get it where."""
    preview = await stage.call(place="Stortorget, Exempelby", text="Vi samlas vid fontänen. Ta gärna med lykta.")

    assert preview.shows(
        (
            TITLE,
            "Lördag 28 november kl. 14.00, Stortorget, Exempelby",
            "Vi samlas vid fontänen. Ta gärna med lykta.",
            "Från Provstad",
            "1 grupp och privat till 2",
        ),
        ("Publicera", "Ändra", "Avbryt", "Text att mejla"),
    )
    await stage.organiser.presses("Text att mejla")
    await stage.organiser.sees("Kopiera", TITLE, "Stortorget, Exempelby")
    assert await stage.group.everything() == []
    assert await stage.member.has_seen(TITLE) == 0


async def test_published_once_though_pressed_twice(stage):
    """Two presses at the same moment publish one call: the group and each person get it once."""
    preview = await stage.call()

    press = stage.driver.presses
    twice = [press(stage.organiser.body, preview, "Publicera") for _ in range(2)]
    await asyncio.gather(*twice)

    await stage.member.sees(TITLE, buttons=("Jag kommer", "Kanske", "Kan inte", "Fråga"))
    await stage.group.sees(TITLE, "Från Provstad", buttons=("Jag kommer", "Kanske", "Kan inte", "Fråga"))
    await stage.moves_on()
    await stage.organiser.sees("Klart kl. 10.00.", "Grupper: 1 av 1.", "Privat: 2 av 2.")
    assert await stage.member.has_seen(TITLE) == 1
    assert len(await stage.group.everything()) == 1


async def test_a_date_that_does_not_exist_is_asked_about(stage):
    """31 February is not guessed at, and nothing of the rest is lost."""
    await stage.organiser.says("/kallelse")
    await stage.organiser.fills(call(when="31 feb kl 18"))

    await stage.organiser.sees("31 februari finns inte")
    await stage.organiser.corrects(call(when="3/12 18"))

    await stage.organiser.sees("Så här blir det", TITLE, "Torsdag 3 december kl. 18.00", "Vi samlas vid fontänen.")


async def test_a_moment_that_has_passed_is_asked_about(stage):
    """A date in the past is not published."""
    await stage.organiser.says("/kallelse")
    await stage.organiser.fills(call(when="2026-11-20 18:00"))

    await stage.organiser.sees("har redan varit")
    await stage.organiser.corrects(call())

    await stage.organiser.sees("Så här blir det", "Lördag 28 november kl. 14.00")


async def test_a_call_in_one_message(stage):
    """The lines say title, when, where and text; a weekday that does not fit is asked about, the rest kept."""
    await stage.organiser.says(
        f"/kallelse\n{TITLE}\nlördag 29/11 kl 14\nStortorget, Exempelby\nVi samlas vid fontänen."
    )

    await stage.organiser.sees("29 november är en söndag. Vilken dag menar du?")
    await stage.organiser.corrects(call(when="Lördag 28 november kl. 14.00"))

    await stage.organiser.sees(
        "Så här blir det", TITLE, "Lördag 28 november kl. 14.00, Stortorget, Exempelby", "Vi samlas vid fontänen."
    )


@pytest.mark.parametrize("platform", ["telegram"], indirect=True)
async def test_step_by_step(stage):
    """One question at a time, a way back, and the week in between."""
    prova = stage.organiser
    await prova.says("/kallelse")
    await prova.sees("Vad ska hända?", buttons=("Avbryt",))
    await prova.says("Kurs för nya")
    await prova.sees("När?", buttons=("Tillbaka", "Avbryt"))
    await prova.says("3/12 18")
    await prova.sees("Torsdag 3 december 2026 kl. 18.00?", buttons=("Stämmer", "Ändra"))
    await prova.presses("Stämmer")
    await prova.sees("Var?", buttons=("På nätet", "Inte klart än", "Tillbaka"))
    await prova.presses("Tillbaka")
    await prova.sees("Nu: torsdag 3 december kl. 18.00.", buttons=("Behåll",))
    await prova.presses("Behåll")
    await prova.sees("Var?")

    await prova.says("/vecka")
    await prova.sees("Inget är inplanerat")
    await prova.sees("Ditt utkast väntar.", buttons=("Fortsätt",))
    await prova.presses("Fortsätt")
    await prova.sees("Var?")
    await prova.presses("Avbryt")
    await prova.sees("Utkastet finns kvar till i morgon.", buttons=("Fortsätt", "Kasta"))
    await prova.presses("Fortsätt")
    await prova.sees("Var?")
    await prova.presses("På nätet")
    await prova.sees("Vad mer behöver man veta?")


async def test_a_call_in_a_group_is_seen_by_the_asker_only(stage):
    """In the group nothing shows that somebody writes a call."""
    await stage.organiser.says("/kallelse", in_group=True)

    if stage.on != "discord":
        await stage.organiser.sees("Vi tar det privat.", buttons=("Öppna",))
        await stage.organiser.presses("Öppna")
    if stage.on == "telegram":
        await stage.organiser.sees("Vad ska hända?")
    await stage.organiser.fills(call())
    await stage.organiser.sees("Så här blir det", TITLE)
    assert await stage.group.everything() == []


@pytest.mark.parametrize("platform", PLACES, indirect=True)
async def test_who_is_in_the_group_gets_a_private_copy_once(stage):
    """Three people who said yes get one copy each, and the group one card."""
    three = [await stage.friend(f"Testa{number}") for number in range(3)]

    await stage.publish()

    for one in three:
        await one.sees(TITLE, buttons=("Jag kommer",))
        assert await one.has_seen(TITLE) == 1
    assert len(await stage.group.everything()) == 1


async def test_an_internal_call_never_reaches_the_open_group(stage):
    """What is only for the association's own goes to those confirmed, privately."""
    await stage.publish(title="Styrelsemöte", kind="Möte", seen_by="Bara våra egna")

    await stage.member.sees("Styrelsemöte", buttons=("Jag kommer",))
    assert await stage.group.everything() == []
    await stage.newcomer.says("/kommande")
    await stage.newcomer.sees("Inget är inplanerat")


async def test_quiet_hours_hold_back_private_copies(stage):
    """Published at 22.40 it goes out privately at eight, and the preview says so."""
    await stage.time_is("2026-11-23 22:40")
    preview = await stage.call()
    assert "2 väntar till 08.00." in preview.text
    await stage.organiser.presses("Publicera")
    await stage.group.sees(TITLE)
    await stage.settles()
    assert await stage.member.has_seen(TITLE) == 0

    await stage.time_is("2026-11-24 08:00")

    await stage.member.sees(TITLE)
    await stage.moves_on()
    await stage.organiser.sees("Klart kl. 08.00.", "Privat: 2 av 2.")
