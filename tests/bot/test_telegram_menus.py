"""Telegram's menus: short, in the reader's language, by what they may do, set only when they changed."""

import pytest

from bot.telegram_bot.menus import REMEMBERED
from db.installation import set_setting
from tests.bot.telegram_house import House, open_house
from tests.servers.telegram import TelegramServer


@pytest.fixture
async def server():
    async with TelegramServer() as running:
        yield running


@pytest.fixture
async def house(tmp_path, server):
    async with open_house(tmp_path, server) as opened:
        yield opened


def names(menu):
    return [one["command"] for one in menu]


async def test_everybody_is_offered_the_short_menu_in_their_language(house: House, server):
    """Swedish names for Swedish readers, English ones for English; others get the installation's."""
    people = [server.person("Testa"), server.person("Prova", language="en"), server.person("Pröva", language="fi")]
    async with house.running():
        await server.until(lambda: server.counts["setMyCommands"] == 9)
        await house.until(lambda: all(one.menu() for one in people))

    assert [names(one.menu()) for one in people] == [["vecka", "mina"], ["week", "mine"], ["vecka", "mina"]]
    assert people[0].menu()[0]["description"] == "Vad som händer i veckan"
    assert people[1].menu()[0]["description"] == "What is on this week"


async def test_commands_of_a_group_are_ephemeral_and_its_administrators_see_more(house: House, server):
    """Neither a question nor its answer fills the group."""
    testa, prova = server.person("Testa"), server.person("Prova")
    group = server.group("Provstad", [testa], admins=[prova])
    async with house.running():
        await house.until(lambda: server.counts["setMyCommands"] == 9)

    assert names(testa.menu(group))[:3] == ["vecka", "mina", "start"]
    assert names(prova.menu(group))[:3] == ["vecka", "mina", "kallelse"]
    assert set(names(prova.menu(group))) - set(names(testa.menu(group))) == {"kallelse", "anslut"}
    assert all(one["is_ephemeral"] for one in prova.menu(group))
    assert not any(one.get("is_ephemeral") for one in testa.menu())


async def test_menus_are_set_only_when_they_changed(house: House, server):
    """A restart sends nothing that is there already."""
    for _ in range(2):
        async with house.running():
            await server.until(lambda: server.counts["getUpdates"])
            await house.until(lambda: server.counts["setMyCommands"] == 9)

    assert server.counts["setMyCommands"] == 9


async def test_who_becomes_an_organiser_is_offered_more_at_once(house: House, server):
    """The menu follows what the person may do."""
    testa = server.person("Testa")
    async with house.running():
        await house.until(lambda: server.counts["setMyCommands"] == 9)
        testa.says("/bli")

        await server.until(lambda: "kallelse" in names(testa.menu()))

    assert names(testa.menu()) == ["vecka", "mina", "kallelse"]


async def test_a_chosen_language_has_its_menu(house: House, server):
    """Also when the client speaks another one."""
    testa = server.person("Testa", language="en")
    async with house.running():
        await house.until(lambda: server.counts["setMyCommands"] == 9)
        testa.says("/svenska")

        await server.until(lambda: names(testa.menu()) == ["vecka", "mina"])


async def test_new_commands_reach_the_organisers_own_menus(house: House, server):
    """A menu that was set for one person does not stay as it was."""
    testa = server.person("Testa")
    async with house.running():
        await house.until(lambda: server.counts["setMyCommands"] == 9)
        testa.says("/bli")
        await server.until(lambda: "kallelse" in names(testa.menu()))
    server.menus.stored.clear()
    async with house.database.write() as session:
        await set_setting(session, REMEMBERED, "those of another version")

    async with house.running():
        await server.until(lambda: "kallelse" in names(testa.menu()))
