"""What is on: by command, by free text, and in an empty week."""

from tests.stories.stage import NEWCOMER


async def test_the_week_is_one_message_by_day(stage):
    """A member asks and gets the week, own association marked, with a way to each activity."""
    await stage.planned("Öppet möte", "2026-11-24 18:30")
    await stage.planned("Demonstration", "2026-11-28 14:00", home="Exempelby", kind="demonstration")

    await stage.member.says("/vecka")

    week = await stage.member.sees("Veckan 23–29 november", buttons=("Öppet möte", "Demonstration"))
    assert "Tisdag 24 18.30 Öppet möte, Provstad (din förening)" in week.text
    assert "Lördag 28 14.00 Demonstration, Exempelby" in week.text


async def test_free_text_is_answered_like_the_command(stage):
    """Nobody has to know commands."""
    await stage.planned("Öppet möte", "2026-11-24 18:30")

    await stage.member.says("vad händer i veckan?")

    await stage.member.sees("Veckan 23–29 november", "Öppet möte")


async def test_english_is_answered_in_english(stage):
    """The same for somebody who reads English."""
    await stage.planned("Öppet möte", "2026-11-24 18:30")
    doris = stage.person(NEWCOMER, "en")

    await doris.says("/week")
    await doris.sees("The week 23–29 November", "18:30 Öppet möte")
    await doris.says("what's on tomorrow")

    await doris.sees("Tuesday 24 November 18:30 Öppet möte")


async def test_an_empty_week_says_when_the_next_thing_is(stage):
    """An empty week is not a dead end."""
    await stage.planned("Julfika", "2026-12-05 12:00", kind="social")

    await stage.member.says("/vecka")

    await stage.member.sees(
        "Inget är inplanerat 23–29 november", "lördag 5 december kl. 12.00, Julfika, Provstad",
        buttons=("Julfika", "Allt framöver", "Jag har en idé"),
    )  # fmt: skip


async def test_internal_things_are_for_their_own(stage):
    """What is internal is seen by a confirmed member, not by a newcomer, and never in the open group."""
    await stage.planned("Styrelsemöte", "2026-11-25 18:00", is_open=False)
    await stage.planned("Öppet möte", "2026-11-24 18:30")

    await stage.member.says("/vecka")
    await stage.member.sees("Styrelsemöte")
    await stage.newcomer.says("/vecka")
    newcomers = await stage.newcomer.sees("Öppet möte")
    assert "Styrelsemöte" not in newcomers.text
    await stage.member.says("/vecka", in_group=True)
    in_group = await stage.member.sees("Öppet möte")
    assert "Styrelsemöte" not in in_group.text
    assert await stage.group.everything() == []


async def test_asked_by_name_in_the_group(stage):
    """Who calls the bot by its name in the group gets the answer alone."""
    await stage.planned("Öppet möte", "2026-11-24 18:30")

    await stage.member.says("vad händer i veckan?", in_group=True)
    if stage.on == "discord":  # it cannot whisper before somebody presses
        await stage.group.sees("bara för dig.", buttons=("Visa",))
        await stage.member.presses_in_group("Visa")

    await stage.member.sees("Veckan 23–29 november", "Öppet möte")
    assert all("Öppet möte" not in one.text for one in await stage.group.everything())


async def test_trainings_and_help_are_found(stage):
    """What is offered, and what can be asked."""
    await stage.planned("Kurs för nya", "2026-12-03 18:00", kind="training")

    await stage.newcomer.says("/utbildningar")
    await stage.newcomer.sees("torsdag 3 december kl. 18.00 Kurs för nya, Provstad", buttons=("Kurs för nya",))
    await stage.newcomer.presses("Kurs för nya")
    await stage.newcomer.sees("Från Provstad", buttons=("Jag kommer", "Fråga"))
    await stage.newcomer.says("/hjalp")
    offered = await stage.newcomer.sees("/vecka", "/mina", "/kontakt", "/installningar")
    assert "/kallelse" not in offered.text
    await stage.organiser.says("/hjalp")
    await stage.organiser.sees("Som arrangör:", "/kallelse", "/aktiviteter")
