"""Reminders the day before and two hours before, a late signup, a training, and the Monday message."""

TITLE = "Demonstration för vårdcentralen"


async def coming(stage, **answers):
    """A published call to which the member comes."""
    await stage.publish(**answers)
    await stage.member.sees(answers.get("title", TITLE))
    await stage.member.presses("Jag kommer")
    await stage.member.sees("Du är anmäld")


async def test_the_day_before_and_two_hours_before(stage):
    """Who comes is reminded twice, in private, with when and where."""
    await coming(stage)

    await stage.time_is("2026-11-27 18:00")
    await stage.member.sees(
        "I morgon", TITLE, "lördag 28 november kl. 14.00", "Stortorget, Exempelby", "Från Provstad",
        buttons=("Kan inte", "Fråga"),
    )  # fmt: skip
    await stage.time_is("2026-11-28 12:00")

    await stage.member.sees("kl. 14.00", TITLE)
    assert len(await stage.group.everything()) == 1


async def test_who_cannot_come_is_not_reminded(stage):
    """No means no more about it."""
    await coming(stage)
    await stage.member.says("/mina")
    await stage.member.sees(TITLE, buttons=("Ändra 1",))
    await stage.member.presses("Ändra 1")
    await stage.member.sees("Du står som Kommer.")
    await stage.member.presses("Kan inte")
    await stage.member.sees("Inga fler påminnelser.")

    await stage.time_is("2026-11-27 18:00")
    await stage.time_is("2026-11-28 12:00")

    await stage.settles()
    assert await stage.member.has_seen("I morgon") == 0


async def test_a_late_signup_is_confirmed_and_reminded_in_one(stage):
    """Who signs up at 17.58 the day before is not told the same again at 18."""
    await stage.publish()
    await stage.member.sees(TITLE)
    await stage.time_is("2026-11-27 17:58")
    await stage.member.presses("Jag kommer")
    await stage.member.sees("Du är anmäld", "två timmar innan")

    await stage.time_is("2026-11-27 18:00")

    await stage.settles()
    assert await stage.member.has_seen("I morgon") == 0
    await stage.time_is("2026-11-28 12:00")
    await stage.member.sees("kl. 14.00", TITLE)


async def test_a_training_says_what_to_bring_and_read(stage):
    """A training is reminded of with what to take along, and who has not read is not scolded."""
    await coming(
        stage, title="Kurs för nya", kind="Utbildning", when="3/12 kl 18", place="Biblioteket, Provstad",
        bring="penna", read="Häftet, 20 minuter",
    )  # fmt: skip

    await stage.time_is("2026-12-02 18:00")

    await stage.member.sees("I morgon", "Kurs för nya", "Ta med: penna", "Häftet, 20 minuter", "Kom ändå")


async def test_the_monday_message(stage):
    """Mondays at nine the week goes to the group and to those who said yes."""
    await stage.planned("Öppet möte", "2026-12-01 18:30")

    await stage.time_is("2026-11-30 09:00")

    await stage.group.sees("Veckan 30 november–6 december", "Öppet möte")
    await stage.member.sees("Veckan 30 november–6 december", "Öppet möte")
    await stage.settles()
    assert len(await stage.group.everything()) == 1


async def test_no_monday_message_in_an_empty_week(stage):
    """An empty week is not worth a sound."""
    await stage.planned("Julfika", "2026-12-19 12:00")

    await stage.time_is("2026-11-30 09:00")

    await stage.settles()
    assert await stage.group.everything() == []
    assert await stage.member.has_seen("Veckan") == 0


async def test_an_organiser_turns_a_reminder_off(stage):
    """Which reminders there are is the activity's own."""
    await coming(stage)
    await stage.organiser.says("/aktiviteter")
    await stage.organiser.sees(TITLE)
    await stage.organiser.presses(f"1. {TITLE}")
    await stage.organiser.sees(TITLE, buttons=("Påminnelser",))
    await stage.organiser.presses("Påminnelser")
    await stage.organiser.sees("Påminnelser till dem som kommer")
    await stage.organiser.presses("Dagen före kl. 18: på. Slå av")
    await stage.organiser.sees("Påminnelser", buttons=("Dagen före kl. 18: av. Slå på",))

    await stage.time_is("2026-11-27 18:00")
    await stage.settles()
    assert await stage.member.has_seen("I morgon") == 0
    await stage.time_is("2026-11-28 12:00")

    await stage.member.sees("kl. 14.00", TITLE)
