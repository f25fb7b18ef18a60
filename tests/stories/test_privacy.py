"""My own data: stop, settings, everything that is kept, and being forgotten."""

import json

TITLE = "Demonstration för vårdcentralen"


async def test_stop_applies_at_once(stage):
    """After /stopp nothing comes unasked; questions are still answered, and /start begins again."""
    await stage.member.says("/stopp")
    await stage.member.sees("/start")

    await stage.publish()

    assert await stage.member.has_seen(TITLE) == 0
    await stage.member.says("/vecka")
    await stage.member.sees(TITLE)
    await stage.member.says("/start")
    await stage.member.sees("Välkommen tillbaka!")
    await stage.publish(title="Flygblad på torget", kind="Utåtriktat")
    await stage.member.sees("Flygblad på torget", buttons=("Jag kommer",))


async def test_settings_are_changed_in_place(stage):
    """What is sent is chosen by oneself, and holds."""
    await stage.publish()
    await stage.member.sees(TITLE)
    await stage.member.presses("Jag kommer")
    await stage.member.sees("Du är anmäld")

    await stage.member.says("/installningar")
    await stage.member.sees("Inställningar", "Min förening: Provstad", "Påminnelser: på")
    await stage.member.presses("Inga påminnelser")

    await stage.member.sees("Påminnelser: av")
    await stage.time_is("2026-11-27 18:00")
    await stage.settles()
    assert await stage.member.has_seen("I morgon") == 0


async def test_the_language_is_changed_by_a_press(stage):
    """Who reads English presses a word they can read."""
    await stage.member.says("/installningar")
    await stage.member.sees("Inställningar")

    await stage.member.presses("English")

    await stage.member.sees("Settings", "Language: English", buttons=("Svenska",))


async def test_quiet_hours_of_ones_own(stage):
    """What is sent at 20.30 waits for who wants to be left alone from 20."""
    await stage.member.says("/installningar")
    await stage.member.sees("21–08")
    await stage.member.presses("Tysta timmar")
    await stage.member.fills({"Från och till, till exempel 21-08": "20-09"})
    await stage.member.sees("20–09")
    await stage.time_is("2026-11-23 20:30")
    await stage.call()
    await stage.organiser.presses("Publicera")
    await stage.group.sees(TITLE)
    await stage.settles()
    assert await stage.member.has_seen(TITLE) == 0

    await stage.time_is("2026-11-24 09:00")

    await stage.member.sees(TITLE)


async def test_everything_that_is_kept(stage):
    """Shown in words and as a file, in private only."""
    await stage.publish()
    await stage.member.sees(TITLE)
    await stage.member.presses("Kanske")
    await stage.member.sees("Du står som Kanske")

    await stage.member.says("/mindata")

    await stage.member.sees("Det här är allt jag sparar om dig.", "Exempeldistriktet ansvarar.")
    kept = json.loads(await stage.member.gets_file())
    assert kept["signup"][0]["answer"] == "maybe"
    assert kept["account"][0]["address"] == stage.driver.address(stage.member.body).id


async def test_forgotten_after_a_second_press(stage):
    """Everything is gone at once: nobody sees the answer any more, and the next greeting is the first."""
    await stage.publish()
    await stage.member.sees(TITLE)
    await stage.member.presses("Jag kommer")
    await stage.member.sees("Du är anmäld")
    await stage.member.says("/glommig")
    await stage.member.sees("avanmäls från 1 aktivitet", buttons=("Ja, glöm mig", "Hämta mina uppgifter", "Nej"))

    await stage.member.presses("Ja, glöm mig")

    await stage.member.sees("Klart, du är glömd.")
    await stage.organiser.says("/aktiviteter")
    await stage.organiser.sees(TITLE)
    await stage.organiser.presses(f"1. {TITLE}")
    await stage.organiser.sees("Ingen har svarat än.")
    await stage.time_is("2026-11-27 18:00")
    await stage.settles()
    assert await stage.member.has_seen("I morgon") == 0
    await stage.member.says("/start")
    await stage.member.sees("Hej Hitta!", "konto-id")
