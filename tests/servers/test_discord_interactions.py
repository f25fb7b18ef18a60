"""Commands, buttons and modals of the local Discord, as the unmodified discord.py meets them."""

from typing import Any

import discord
import pytest
from discord.http import Route

from tests.servers.discord_library import Bot, running
from tests.servers.discord_people import NO_ANSWER

BUTTONS = [{"type": 1, "components": [{"type": 2, "style": 1, "label": "Jag kommer · 7", "custom_id": "come"}]}]


async def test_a_slash_command_is_answered_ephemerally(server):
    """Only the asker sees it."""
    guild = server.guild()
    channel = server.channel(guild)
    person, other = server.person("Testa", guild), server.person("Prova", guild)

    async with running(Bot(server)) as bot:
        await bot.put_commands("vecka")
        person.slash("vecka", channel)
        answer = await person.next_message()

        assert (answer.text, answer.ephemeral) == ("Svar", True)
        assert channel.texts == other.sees() == []


async def test_commands_are_shown_in_the_language_of_the_app(server):
    """The English name is a localisation of the Swedish."""
    person = server.person("Testa", locale="en-GB")

    async with running(Bot(server)) as bot:
        await bot.put_commands("vecka")

        assert list(person.commands()) == ["week"]


@pytest.mark.parametrize(
    ("name", "works"), [("förnyelse", True), ("Vecka", False), ("två ord", False), ("x" * 33, False), ("", False)]
)
async def test_names_of_commands_are_checked(server, name, works):
    """Swedish letters are allowed, capitals and spaces are not."""
    async with running(Bot(server)) as bot:
        if works:
            assert (await bot.put_commands(name))[0]["name"] == name
        else:
            with pytest.raises(discord.HTTPException, match="50035"):
                await bot.put_commands(name)


async def test_no_answer_in_three_seconds_is_seen_as_failed(server):
    """What was not answered has visibly failed."""
    server.world.answer_seconds = 0.05
    person = server.person("Testa")
    refused = []

    async def late(interaction):
        await server.until(lambda: person.failures)
        with pytest.raises(discord.NotFound) as error:
            await interaction.response.send_message("för sent")
        refused.append(error.value.code)

    async with running(Bot(server, late)) as bot:
        await bot.put_commands("vecka")
        person.slash("vecka")
        await server.until(lambda: refused)

    assert person.failures == [NO_ANSWER]
    assert refused == [10062]


async def test_a_second_first_answer_is_refused(server):
    """40060, whatever the first one was."""
    person = server.person("Testa")
    refused = []

    async def twice(interaction):
        await interaction.response.defer(ephemeral=True)
        answer = {"type": 4, "data": {"content": "igen"}}
        route = Route("POST", f"/interactions/{interaction.id}/{interaction.token}/callback")
        with pytest.raises(discord.HTTPException) as error:
            await interaction.client.http.request(route, json=answer)
        refused.append(error.value.code)
        await interaction.edit_original_response(content="Till sist")

    async with running(Bot(server, twice)) as bot:
        await bot.put_commands("vecka")
        person.slash("vecka")
        answer = await person.next_message()

    assert refused == [40060]
    assert (answer.text, answer.ephemeral) == ("Till sist", True)


async def test_a_press_edits_its_message_and_follow_ups_come_after(server):
    """A count behind the label need not be named."""
    guild = server.guild()
    channel = server.channel(guild)
    person = server.person("Testa", guild)

    async def pressed(interaction):
        assert interaction.data["custom_id"] == "come"
        await interaction.response.edit_message(content="Nytt")
        await interaction.followup.send("Också", ephemeral=True)

    async with running(Bot(server, pressed)) as bot:
        await bot.http.request(
            Route("POST", "/channels/{channel_id}/messages", channel_id=channel.id),
            json={"content": "Gammalt", "components": BUTTONS},
        )
        person.presses(await person.next_message(), "Jag kommer")
        follow_up = await person.next_message()

    assert (follow_up.text, follow_up.ephemeral) == ("Också", True)
    assert channel.texts == ["Nytt"]
    assert channel.shown[0].edits == ["Gammalt"]


class Ask(discord.ui.Modal, title="Ny aktivitet"):
    """A modal of the library's own, with labels."""

    def __init__(self):
        super().__init__()
        both = [
            discord.SelectOption(label="Alla", value="all"),
            discord.SelectOption(label="Bara vi", value="own"),
        ]
        self.name: discord.ui.TextInput[Any] = discord.ui.TextInput(max_length=100)
        self.who: discord.ui.Select[Any] = discord.ui.Select(options=both)
        self.add_item(discord.ui.Label(text="Rubrik", component=self.name))
        self.add_item(discord.ui.Label(text="Vem får se den?", component=self.who))

    async def on_submit(self, interaction):
        await interaction.response.send_message(f"{self.name.value}, {self.who.values}", ephemeral=True)


async def test_a_modal_is_filled_in_and_submitted(server):
    """Labels with a text and a select."""
    person = server.person("Testa")

    async def ask(interaction):
        if interaction.type is discord.InteractionType.application_command:
            await interaction.response.send_modal(Ask())

    async with running(Bot(server, ask)) as bot:
        await bot.put_commands("kallelse")
        person.slash("kallelse")
        modal = await person.next_modal()
        with pytest.raises(AssertionError, match="must be filled in"):
            person.submits(modal, {"Vem får se den?": "Alla"})
        person.submits(modal, {"Rubrik": "Demonstration", "Vem får se den?": "Alla"})
        answer = await person.next_message()

    assert answer.text == "Demonstration, ['all']"
