"""Signing up on the post, in the group or in private; my answers; a question and its answer."""

import pytest

from tests.stories.stage import NEWCOMER, PLACES

TITLE = "Demonstration för vårdcentralen"


async def test_signing_up_in_the_group_without_having_met_the_bot(stage):
    """One press is enough; only the presser sees the answer, and a second press changes nothing."""
    await stage.publish()

    await stage.newcomer.presses_in_group("Jag kommer")

    await stage.newcomer.sees("Du är anmäld: lördag 28 november kl. 14.00. Bara arrangören ser vem.")
    await stage.newcomer.presses_in_group("Jag kommer")
    await stage.newcomer.sees("Du är redan anmäld.")
    [card] = await stage.group.everything()
    assert "Testa" not in card.text
    assert not any("·" in label for label in card.labels)


async def test_signing_up_in_english(stage):
    """The card in the group is Swedish; who presses is answered in their language."""
    await stage.publish()
    doris = stage.person(NEWCOMER, "en")

    await doris.presses_in_group("Jag kommer")

    await doris.sees("You are signed up: Saturday 28 November at 14:00. Only the organiser sees who.")


async def test_remind_me(stage):
    """From the group to a reminder in private, one press more."""
    await stage.publish()
    await stage.newcomer.presses_in_group("Jag kommer")
    await stage.newcomer.sees("Du är anmäld")

    if stage.on == "discord":
        await stage.newcomer.presses("Ja, påminn mig")
        await stage.newcomer.sees("Här påminner jag dig.")
    else:
        await stage.newcomer.presses("Påminn mig")
        await stage.newcomer.sees("Hej Testa! Jag påminner dig fredag kl. 18 och två timmar innan.")

    await stage.time_is("2026-11-27 18:00")
    await stage.newcomer.sees("I morgon", TITLE)


@pytest.mark.parametrize("platform", ["discord"], indirect=True)
async def test_closed_direct_messages(stage):
    """Discord refuses: the signup counts all the same, and one press tries again."""
    await stage.publish()
    stage.newcomer.body.account.closes_dms()
    await stage.newcomer.presses_in_group("Jag kommer")
    await stage.newcomer.sees("Du är anmäld")

    await stage.newcomer.presses("Ja, påminn mig")

    await stage.newcomer.sees("Discord släpper inte fram mig.", "gäller ändå.", buttons=("Försök igen",))
    stage.newcomer.body.account.opens_dms()
    await stage.newcomer.presses("Försök igen")
    await stage.newcomer.sees("Här skriver jag till dig.")
    await stage.time_is("2026-11-27 18:00")
    await stage.newcomer.sees("I morgon", TITLE)


@pytest.mark.parametrize("platform", PLACES, indirect=True)
async def test_the_card_counts_from_five(stage):
    """Four would tell who; five are a number. Names and those who cannot are never shown."""
    await stage.publish()
    people = [stage.person(f"Testa{number}") for number in range(7)]
    for one in people[:4]:
        await one.presses_in_group("Jag kommer")
    await people[5].presses_in_group("Kan inte")
    await people[6].presses_in_group("Kanske")
    await people[6].sees("Kanske")
    await stage.settles()
    [card] = await stage.group.everything()
    assert "Jag kommer" in card.labels

    await people[4].presses_in_group("Jag kommer")

    card = await stage.group.sees(TITLE, buttons=("Jag kommer · 5",))
    assert "Testa" not in card.text
    assert {"Kanske", "Kan inte"} <= set(card.labels)


async def test_mine_shows_and_changes(stage):
    """What one said, each changeable, without a why."""
    await stage.publish()
    await stage.member.sees(TITLE)
    await stage.member.presses("Jag kommer")
    await stage.member.sees("Du är anmäld")

    await stage.member.says("/mina")

    await stage.member.sees(
        "1. Lördag 28 november kl. 14.00 Demonstration", "Provstad: kommer", buttons=("Ändra 1",)
    )
    await stage.member.presses("Ändra 1")
    await stage.member.sees("Du står som Kommer.", buttons=("Jag kommer", "Kanske", "Kan inte", "Tillbaka"))
    await stage.member.presses("Kan inte")
    await stage.member.sees("Ändrat, tack för att du säger till. Inga fler påminnelser.", buttons=("Ångra",))
    await stage.member.presses("Ångra")
    await stage.member.sees("Du är anmäld")


async def test_mine_in_the_group_is_not_answered_there(stage):
    """What one answered is nobody else's to see."""
    await stage.publish()
    await stage.member.sees(TITLE)
    await stage.member.presses("Jag kommer")
    await stage.member.sees("Du är anmäld")

    await stage.member.says("/mina", in_group=True)
    await stage.member.sees("Vi tar det privat." if stage.on != "discord" else TITLE)

    assert len(await stage.group.everything()) == 1


async def test_mine_when_there_is_nothing(stage):
    """Nothing answered is said so, with a way on."""
    await stage.newcomer.says("/mina")

    await stage.newcomer.sees("Du har inte svarat på något än.", buttons=("Vad händer?",))


async def test_a_question_reaches_the_organiser_and_the_answer_comes_back(stage):
    """Neither needs to know the other's account."""
    await stage.publish()
    await stage.member.sees(TITLE)

    await stage.member.presses("Fråga")
    await stage.member.fills({"Din fråga": "Finns det plats för barnvagn?"})
    await stage.member.sees("Skickat till Provstad.")
    await stage.organiser.sees("En fråga om", "Finns det plats för barnvagn?", buttons=("Svara",))
    await stage.organiser.presses("Svara")
    await stage.organiser.fills({"Ditt svar": "Ja, gott om plats."})

    await stage.member.sees("Svar om", "Ja, gott om plats.")
    assert len(await stage.group.everything()) == 1


async def test_a_letter_to_the_organisers(stage):
    """/kontakt reaches those of one's own association, and the answer comes back."""
    await stage.member.says("/kontakt")
    await stage.member.fills({"Det du vill säga": "Jag har en bandvagn att låna ut."})
    await stage.member.sees("Skickat till Provstad.")
    await stage.organiser.sees("Jag har en bandvagn att låna ut.", "Från Hitta Påhittsson", buttons=("Svara",))

    await stage.organiser.presses("Svara")
    await stage.organiser.fills({"Ditt svar": "Tack, vi hör av oss!"})

    await stage.member.sees("Svar från Provstad", "Tack, vi hör av oss!")


async def test_a_question_from_the_group(stage):
    """Who never met the bot asks from the card in the group; nobody there reads the question or the answer."""
    await stage.publish()

    await stage.newcomer.presses_in_group("Fråga")
    if stage.on == "telegram":
        await stage.newcomer.sees("Vi tar det privat.", buttons=("Öppna",))
        await stage.newcomer.presses("Öppna")
    await stage.newcomer.fills({"Din fråga": "Finns det plats för barnvagn?"})
    await stage.newcomer.sees("Skickat till Provstad.")
    if stage.on == "discord":
        await stage.newcomer.presses("Ja, skriv till mig")
        await stage.newcomer.sees("Här kommer ditt svar.")
    elif stage.on == "try":
        await stage.newcomer.presses("Öppna")
    await stage.organiser.sees("Finns det plats för barnvagn?", buttons=("Svara",))
    await stage.organiser.presses("Svara")
    await stage.organiser.fills({"Ditt svar": "Ja, gott om plats."})

    await stage.newcomer.sees("Svar om", "Ja, gott om plats.")
    assert all("barnvagn" not in one.text for one in await stage.group.everything())
