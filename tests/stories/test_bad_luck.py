"""Bad luck as a new user has it: one clear sentence, nothing lost, nothing twice."""

import pytest
from sqlalchemy import text

from handlers.call.form import CALL
from tests.stories.driver import label
from tests.stories.stage import PLACES, call

TITLE = "Demonstration för vårdcentralen"


async def test_an_unknown_command(stage):
    """What was probably meant is offered; in the group nobody is bothered."""
    await stage.newcomer.says("/vekca")

    await stage.newcomer.sees("Menade du /vecka?")
    await stage.newcomer.says("/vekca", in_group=True)
    await stage.settles()
    assert await stage.group.everything() == []


async def test_what_was_not_understood_reaches_a_person_by_a_press(stage):
    """Nothing is passed on before somebody says so."""
    await stage.member.says("kan nån hämta mig i Påhittsås?")
    await stage.member.sees(
        "Det förstod inte jag, men en människa gör det.", buttons=("Skicka till arrangörerna",)
    )
    await stage.settles()
    assert await stage.organiser.has_seen("Påhittsås") == 0

    await stage.member.presses("Skicka till arrangörerna")

    await stage.organiser.sees("kan nån hämta mig i Påhittsås?", buttons=("Svara",))


async def test_nothing_but_an_emoji(stage):
    """A smile is no question."""
    await stage.member.says("🎉")

    await stage.member.sees("vad händer i veckan?")


async def test_no_rights(stage):
    """Who may not is told who may, and where to ask."""
    for command in ("/kallelse", "/aktiviteter", "/arrangorer", "/foreningar"):
        await stage.member.says(command)
        await stage.member.sees("Det kan bara arrangörer göra.", buttons=("Fråga en arrangör",))


@pytest.mark.parametrize("platform", ["telegram", "try"], indirect=True)
async def test_a_title_of_thousands_of_characters(stage):
    """It is too long, and what else was written is kept."""
    await stage.organiser.says("/kallelse")
    await stage.organiser.fills(call(title="A" * 3000))
    await stage.organiser.sees("3000 tecken, och 120 får plats")

    if stage.on == "telegram":
        await stage.organiser.says("Kort rubrik")
        await stage.organiser.sees("När?")
        await stage.organiser.fills(call())
    else:
        await stage.organiser.fills(call(title="Kort rubrik"))

    await stage.organiser.sees("Så här blir det", "Kort rubrik", "Vi samlas vid fontänen.")


@pytest.mark.parametrize("platform", ["try"], indirect=True)
async def test_an_empty_form(stage):
    """An empty page comes back with what is missing."""
    await stage.organiser.says("/kallelse")
    await stage.organiser.fills(call(title=" ", when=" "))

    await stage.organiser.sees("Skriv det med några ord.")


async def test_what_people_type_comes_out_as_they_typed_it(stage):
    """Markup, mentions and marks that turn the text around do nothing."""
    typed = "@everyone <b>Fet</b> *stjärna* _streck_ \u202eomvänt"

    preview = await stage.call(title=typed)

    assert "@everyone <b>Fet</b> *stjärna* _streck_" in preview.text
    assert "\u202e" not in preview.text


async def test_a_forged_button(stage):
    """A button that the bot never made does nothing."""
    await stage.publish()
    card = await stage.member.sees(TITLE)
    forged = card.data["Jag kommer"].replace("coming", "maybe")

    await stage.member.screen.turn()
    await stage.driver.sends(stage.member.body, card, forged)

    await stage.member.sees("Den knappen används inte längre.")
    await stage.member.says("/mina")
    await stage.member.sees("Du har inte svarat på något än.")


@pytest.mark.long
@pytest.mark.parametrize("platform", PLACES, indirect=True)
async def test_two_organisers_change_at_once(stage):
    """The second learns of the first, and nothing of either is lost."""
    await stage.publish()
    second = await stage.friend("Kim Kimsson", organises=True)
    await opens_change(stage, stage.organiser)
    await opens_change(stage, second)
    await changes(stage, stage.organiser, "Var", "Torget, Provstad")
    await changes(stage, second, "När", "lördag 28 november kl 16")

    await stage.organiser.presses("Publicera")
    await stage.organiser.sees("Ändrat.")
    await second.presses("Publicera")
    await second.sees("Någon annan hann ändra den.", "Torget, Provstad", buttons=("Publicera",))
    await second.presses("Publicera")
    await second.sees("Ändrat.")

    await stage.settles()
    await stage.member.says("/kommande")
    await stage.member.sees(TITLE)
    await stage.member.presses(TITLE)
    await stage.member.sees("Lördag 28 november kl. 16.00, Torget, Provstad")


async def opens_change(stage, one):
    """The activity's change is open."""
    await one.says("/aktiviteter")
    await one.sees(TITLE)
    await one.presses(f"1. {TITLE}")
    await one.sees(TITLE, buttons=("Ändra",))
    await one.presses("Ändra")


async def changes(stage, one, name, value):
    """One answer is another; the change waits to be published."""
    if stage.on == "telegram":
        await one.sees("Vad vill du ändra?", buttons=(name,))
        await one.presses(name)
    await one.fills({name: value})
    await one.sees("Det här ändras", buttons=("Publicera",))


@pytest.mark.parametrize("platform", PLACES, indirect=True)
async def test_the_bot_is_removed_from_the_group(stage):
    """Nothing is sent there any more, and the preview does not count it."""
    await stage.driver.loses_bot(stage.organiser.body)
    await stage.settles()
    await stage.member.says("/vecka")  # is handled after the removal
    await stage.member.sees("Inget är inplanerat")

    preview = await stage.call()

    assert "grupp och" not in preview.text
    await stage.organiser.presses("Publicera")
    await stage.member.sees(TITLE)
    await stage.moves_on()
    await stage.organiser.sees("Privat: 2 av 2.")


@pytest.mark.parametrize("platform", PLACES, indirect=True)
async def test_the_person_who_blocked_it(stage):
    """The organiser learns that one was not reached, and how many were; the next preview counts one less."""
    await stage.driver.refuses(stage.member.body)

    await stage.publish()

    [result] = [one for one in await stage.organiser.screen.everything() if "Klart kl." in one.text]
    assert "Privat: 1 av 2. En kunde inte nås." in result.text
    assert "Hitta" not in result.text
    preview = await stage.call(title="Flygblad på torget", kind="Utåtriktat")
    assert "privat till 1" in preview.text


async def test_a_restart_in_the_middle_of_a_form(stage):
    """What was answered before is still there after."""
    later = {label(CALL.field(name), "sv") for name in ("place", "text", "association", "seen_by")}
    await stage.organiser.says("/kallelse")
    if stage.on == "telegram":
        await stage.organiser.fills({name: value for name, value in call().items() if name not in later})
        await stage.organiser.sees("Var?")

    await stage.restarts()

    await stage.organiser.fills(call())
    await stage.organiser.sees("Så här blir det", TITLE, "Lördag 28 november kl. 14.00, Stortorget, Exempelby")


async def test_a_restart_in_the_middle_of_publishing(stage):
    """Pressed, then ended: after the start everybody gets it, once."""
    await stage.call()

    await stage.organiser.presses("Publicera")
    await stage.restarts()

    await stage.member.sees(TITLE)
    await stage.group.sees(TITLE)
    await stage.settles()
    assert await stage.member.has_seen(TITLE) == 1
    assert len(await stage.group.everything()) == 1


async def test_a_full_disk_while_publishing(stage):
    """One sentence; nothing was sent; when there is room again, one press publishes it once."""
    await stage.call(text="Ta med lykta. " * 100)  # more than fits where there is room already
    await room_left(stage, 0)
    stage.goes_wrong = True

    await stage.organiser.presses("Publicera")

    await stage.organiser.sees("Jag kunde inte spara det just nu. Ingenting har skickats.")
    assert await stage.group.everything() == []
    await room_left(stage, 100_000)
    await stage.organiser.presses("Publicera")
    await stage.member.sees(TITLE)
    await stage.settles()
    assert await stage.member.has_seen(TITLE) == 1
    assert len(await stage.group.everything()) == 1


async def room_left(stage, pages):
    """The database can grow by so many pages."""
    async with stage.product.opened.database.engine.begin() as connection:
        free = (await connection.execute(text("PRAGMA freelist_count"))).scalar_one()
        await connection.execute(text("CREATE TABLE IF NOT EXISTS filling (bytes)"))
        await connection.execute(text("INSERT INTO filling VALUES (zeroblob(:bytes))"), {"bytes": 4096 * free})
        used = (await connection.execute(text("PRAGMA page_count"))).scalar_one()
        await connection.execute(text(f"PRAGMA max_page_count = {used + pages}"))


@pytest.mark.parametrize("platform", ["telegram"], indirect=True)
async def test_the_group_becomes_a_supergroup(stage):
    """Telegram gives it a new number; posts follow it."""
    driver = stage.driver
    driver.chat = driver.server.group(
        "Liten grupp", kind="group", bot="administrator", admins=[stage.organiser.body.account]
    )
    await stage.organiser.says("/anslut Provstad", in_group=True)
    await stage.organiser.sees("Vilka läser här?")
    await stage.organiser.presses("Alla")
    await stage.organiser.sees("Klart.")

    driver.chat = driver.chat.migrate(stage.organiser.body.account)
    await stage.settles()
    await stage.publish()

    await stage.group.sees(TITLE)
    assert len(await stage.group.everything()) == 1
