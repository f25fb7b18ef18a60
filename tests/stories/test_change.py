"""New time, and called off the same morning: every copy changes, and those who come are told."""

import pytest

from tests.stories.stage import PLACES

TITLE = "Demonstration för vårdcentralen"


async def answered(stage, label="Jag kommer"):
    """A published call to which the member has answered."""
    await stage.publish()
    await stage.member.sees(TITLE)
    await stage.member.presses(label)
    await stage.member.sees(TITLE if label != "Kan inte" else "Tack")


async def opened(stage):
    """The activity as its organiser sees it."""
    await stage.organiser.says("/aktiviteter")
    await stage.organiser.sees(TITLE)
    await stage.organiser.presses(f"1. {TITLE}")
    await stage.organiser.sees(TITLE, buttons=("Ändra", "Ställ in"))


async def moved(stage, when):
    """The organiser has published another time."""
    await opened(stage)
    await stage.organiser.presses("Ändra")
    if stage.on == "telegram":
        await stage.organiser.sees("Vad vill du ändra?", buttons=("När",))
        await stage.organiser.presses("När")
    await stage.organiser.fills({"När": when})
    await stage.organiser.sees("Det här ändras", buttons=("Publicera",))
    await stage.organiser.presses("Publicera")
    await stage.organiser.sees("Ändrat.")


async def test_a_new_time_is_told_to_those_who_come(stage):
    """A message says what changed, and the cards say how it is now."""
    await answered(stage)

    await moved(stage, "lördag 28 november kl 15")

    await stage.member.sees("Ny tid", "15.00", "(var 14.00)", "Samma plats.", "Du står kvar som Kommer.")
    await stage.group.sees("Ny tid", "15.00")
    await stage.settles()
    [card, _] = await stage.group.everything()
    assert "Lördag 28 november kl. 15.00" in card.text
    assert await stage.member.has_seen("kl. 14.00") == 0


async def test_who_cannot_come_is_left_alone(stage):
    """Nobody who said no hears that it moved."""
    await answered(stage, "Kan inte")

    await moved(stage, "lördag 28 november kl 15")

    await stage.group.sees("Ny tid")
    await stage.settles()
    assert await stage.member.has_seen("Ny tid") == 0


async def test_called_off_the_same_morning(stage):
    """At 07.40 those who come are told at once; afterwards nobody is reminded, and old buttons change nothing."""
    await answered(stage)
    await stage.time_is("2026-11-28 07:40")
    await opened(stage)

    await stage.organiser.presses("Ställ in")
    await stage.organiser.sees("1 kommer", "fast klockan är 07.40") if stage.on == "telegram" else None
    await stage.organiser.fills({"Varför": "Stormvarning."})
    await stage.organiser.sees("Stormvarning.", buttons=("Ställ in nu",))
    await stage.organiser.presses("Ställ in nu")

    await stage.member.sees("Inställt i dag", "Stormvarning.", "Från Provstad", buttons=("Fråga",))
    await stage.group.sees("Inställt i dag", "Stormvarning.")
    await stage.moves_on()
    await stage.organiser.sees("1 av 1 har fått det.")
    await stage.member.says("/vecka")
    await stage.member.sees("Inställd")
    await stage.time_is("2026-11-28 12:00")
    await stage.settles()
    assert await stage.member.has_seen("I dag kl.") == 0


async def test_a_button_on_a_cancelled_activity(stage):
    """Who presses an old card learns that it is off, and nothing changes."""
    await answered(stage)
    cards = await stage.member.screen.everything()
    await opened(stage)
    await stage.organiser.presses("Ställ in")
    await stage.organiser.fills({"Varför": "Sjukdom."})
    await stage.organiser.sees("Sjukdom.", buttons=("Ställ in nu",))
    old = next(one for one in cards if one.has("Ändra"))
    await stage.organiser.presses("Ställ in nu")
    await stage.member.sees("Inställt")

    await stage.driver.sends(stage.member.body, old, old.data["Ändra"])

    await stage.member.sees("Inställt: Demonstration", "Sjukdom.")


@pytest.mark.parametrize("platform", PLACES, indirect=True)
async def test_whom_the_cancellation_did_not_reach(stage):
    """The organiser learns how many, and at a press who, to call them."""
    await answered(stage)
    await stage.driver.refuses(stage.member.body)
    await opened(stage)
    await stage.organiser.presses("Ställ in")
    await stage.organiser.fills({"Varför": "Sjukdom."})
    await stage.organiser.sees("Sjukdom.", buttons=("Ställ in nu",))

    await stage.organiser.presses("Ställ in nu")
    await stage.moves_on()

    await stage.organiser.sees("0 av 1 har fått det. En nåddes inte, ring gärna.", buttons=("Visa vem",))
    await stage.organiser.presses("Visa vem")
    await stage.organiser.sees("Hitta Påhittsson")
