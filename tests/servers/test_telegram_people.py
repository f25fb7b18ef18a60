"""People and groups on the local Telegram: what each sees, and what the bot hears."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from telegram import BotCommand, BotCommandScopeAllGroupChats, InlineKeyboardButton, InlineKeyboardMarkup
from telegram.error import (
    BadRequest,
    ChatMigrated,
)

from tests.servers.telegram import TelegramServer

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40


@pytest.fixture
async def server() -> AsyncIterator[TelegramServer]:
    async with TelegramServer() as running:
        yield running


async def test_a_press_is_answered_once_and_the_message_edited(server, bot):
    """The person sees the toast and the new text; the same text again is not an edit."""
    testa = server.person("Testa")
    testa.opens()
    keys = InlineKeyboardMarkup([[InlineKeyboardButton("Jag kommer · 12", callback_data="signup:1")]])
    sent = await bot.send_message(testa.id, "Demonstration", reply_markup=keys)
    press = testa.presses(await testa.next_message(), "Jag kommer")
    query = (await bot.get_updates())[-1].callback_query

    await query.answer("Du är anmäld")
    await query.edit_message_text("Demonstration. Du kommer.")

    assert query.data == "signup:1"
    assert (await press.answer()).text == "Du är anmäld"
    assert testa.inbox[0].text == "Demonstration. Du kommer."
    with pytest.raises(BadRequest, match="is not modified"):
        await sent.edit_text("Demonstration. Du kommer.")
    with pytest.raises(BadRequest, match="uery is too old"):
        await query.answer()


async def test_a_pressed_button_may_be_answered_for_one_person_alone(server, bot):
    """In a group only the one who pressed sees an ephemeral message, and only within 15 seconds."""
    testa, prova = server.person("Testa"), server.person("Prova")
    group = server.group("Provstad", [testa, prova])
    keys = InlineKeyboardMarkup([[InlineKeyboardButton("Jag kommer", callback_data="signup:1")]])
    await bot.send_message(group.id, "Demonstration", reply_markup=keys)
    testa.presses(group.messages[0], "Jag kommer")
    query = (await bot.get_updates())[-1].callback_query
    only = {"ephemeral_message_parameters": {"receiver_user_id": testa.id, "callback_query_id": query.id}}

    sent = await bot.send_message(group.id, "Du är anmäld", api_kwargs=only)

    assert sent.message_id == 0
    assert testa.inbox[0].ephemeral
    assert [one.text for one in prova.sees(group)] == ["Demonstration"]
    server.advance(16)
    with pytest.raises(BadRequest):
        await bot.send_message(group.id, "En gång till", api_kwargs=only)
    assert len(group.messages) == 1


async def test_a_command_of_the_group_menu_is_ephemeral_and_answered_so(server, bot):
    """Neither the command nor its answer fills the group."""
    testa = server.person("Testa")
    group = server.group("Provstad", [testa])
    ephemeral = BotCommand("vecka", "Veckan", api_kwargs={"is_ephemeral": True})
    await bot.set_my_commands([ephemeral], scope=BotCommandScopeAllGroupChats())
    testa.says("/vecka", group)
    message = (await bot.get_updates())[0].message
    reply = {"ephemeral_message_id": message.api_kwargs["ephemeral_message_id"]}

    await bot.send_message(group.id, "Lugnt", api_kwargs={"receiver_user_id": testa.id, "reply_parameters": reply})

    assert message.message_id == 0
    assert group.messages == []
    assert testa.inbox[0].text == "Lugnt"


async def test_a_migrated_group_tells_its_new_id(server, bot):
    """What is sent to the old group is answered with the new one."""
    testa = server.person("Testa")
    group = server.group("Provstad", [testa], kind="group")
    new = group.migrate(testa)

    with pytest.raises(ChatMigrated) as moved:
        await bot.send_message(group.id, "hej")

    assert moved.value.new_chat_id == new.id
    assert (await bot.get_updates())[0].message.migrate_to_chat_id == new.id


async def test_membership_is_told_to_administrators_who_ask(server, bot):
    """chat_member comes only to an administrator that listed it; joining by request asks first."""
    testa, prova = server.person("Testa"), server.person("Prova")
    group = server.group("Provstad", [], bot="member", service_messages=False)
    testa.joins(group)
    assert await bot.get_updates(timeout=0, allowed_updates=["message", "chat_member", "chat_join_request"]) == ()

    group.bot_status = "administrator"
    group.join_by_request = True
    prova.joins(group)
    asked = (await bot.get_updates(timeout=1))[0].chat_join_request
    await bot.send_message(asked.user_chat_id, "Välkommen")
    await asked.approve()

    assert prova.inbox[0].text == "Välkommen"
    member = (await bot.get_updates(offset=-1))[0].chat_member
    assert member.new_chat_member.status == "member"
    assert await bot.get_chat_member_count(group.id) == 3


async def test_privacy_mode_hides_small_talk(server, bot):
    """In a group the bot sees commands and what is meant for it."""
    testa = server.person("Testa")
    group = server.group("Provstad", [testa])

    testa.says("fint väder", group)
    testa.says("/vecka", group)
    testa.says(f"@{server.username} hej", group)

    assert [one.message.text for one in await bot.get_updates()] == ["/vecka", f"@{server.username} hej"]


async def test_pictures_and_files_come_through(server, bot):
    """A picture can be sent, sent again by its id, and fetched."""
    testa = server.person("Testa")
    testa.sends_photo(PNG, "affisch")
    update = (await bot.get_updates())[0].message

    content = await (await update.photo[-1].get_file()).download_as_bytearray()
    sent = await bot.send_photo(testa.id, PNG, caption="<b>Affisch</b>", parse_mode="HTML")
    await bot.send_photo(testa.id, sent.photo[0].file_id)
    await bot.send_document(testa.id, b"{}", filename="mina-uppgifter.json")

    assert bytes(content) == PNG
    assert [one.content for one in testa.inbox] == [PNG, PNG, b"{}"]
    with pytest.raises(BadRequest, match=r"(?i)image_process_failed"):
        await bot.send_photo(testa.id, b"text")
