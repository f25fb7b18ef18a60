"""Codes by e-mail: a real server takes them, and nothing that somebody typed becomes a header."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from functools import partial

import pytest
from markupsafe import Markup
from sqlalchemy import select

from bot.delivery import Delivery
from bot.mail_sender import MailSender
from bot.pacing import Limits, Pace
from chat.address import Address, Platform
from chat.message import Message
from chat.sending import NotSent, Outgoing, Refused, SendError, Uncertain, Unreachable
from db import linking
from db.models import Account, Post, State
from db.models import Delivery as Row
from schedules import housekeeping
from tests import given
from tests.handlers.linked import EMAIL, is_linked, member
from tests.room import ADA, CEM, KEYS, NOW, Room, text
from tests.servers.mail import serving
from tests.stories.seen import PATIENCE_SECONDS, within

FROM = "Kallelse <bot@exempel.example>"
SAID = Message(Markup("<b>Din kod</b>\nHej! Åtta siffror: <b>1234 5678</b> &lt;3"))


@pytest.fixture
async def server():
    """A mail server."""
    async with serving() as kept:
        yield kept


def sender(port: int) -> MailSender:
    return MailSender(f"smtp://127.0.0.1:{port}", FROM, clock=lambda: NOW)


def outgoing(to: str = EMAIL, message: Message = SAID) -> Outgoing:
    return Outgoing(Address(Platform.EMAIL, to), True, message, "k0123456789ab1")


async def test_a_letter_is_plain_and_says_nothing_on_its_envelope(server):
    """The first line is the subject; whoever sees the list of letters learns nothing."""
    mail = sender(server.port)
    number = await mail.send(outgoing())
    again = await mail.send(outgoing())

    letter = server.letters[0]
    assert server.taken[0][:2] == ("bot@exempel.example", [EMAIL])
    assert (letter["Subject"], letter["To"], letter["From"]) == ("Din kod", EMAIL, FROM)
    assert number == again == letter["Message-ID"] == "<k0123456789ab1@exempel.example>"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["Date"] == "Sun, 22 Nov 2026 09:00:00 +0000"
    assert letter.get_content_type() == "text/plain"
    assert letter.get_content().strip() == "Hej! Åtta siffror: 1234 5678 <3"
    assert server.taken[0][2].isascii()


@pytest.mark.parametrize(
    "address",
    ["", "utan", "a@b@c", "a b@c.example", "a@b.example\r\nBcc: x@y.example", "a@b.example,c@d.example",
     "<a@b.example>", "a@b.example\x00", "a@\u202eb.example", "x" * 65 + "@b.example"],
)  # fmt: skip
async def test_what_is_no_address_gets_nothing(server, address):
    """One register entry must not become two letters, or a header."""
    with pytest.raises(Refused):
        await sender(server.port).send(outgoing(address))

    assert server.taken == []


async def test_a_message_cannot_bring_headers(server):
    """Whatever is in the first line stays in the subject."""
    tricky = Message(Markup("Din kod\r\nBcc: x@y.example\r\n\r\nHej"))
    await sender(server.port).send(outgoing(message=tricky))
    await sender(server.port).send(
        outgoing(message=replace(tricky, text=Markup("Din\x00\u202e kod\rBcc: x\nHej")))
    )

    assert [sorted(letter.keys()) for letter in server.letters] == [sorted(server.letters[0].keys())] * 2
    assert all(letter["Bcc"] is None for letter in server.letters)
    assert {rcpt for _, rcpts, _ in server.taken for rcpt in rcpts} == {EMAIL}


@pytest.mark.parametrize(
    ("command", "answer", "meaning"),
    [
        ("RCPT", "550 no such mailbox", Unreachable),
        ("RCPT", "450 later", NotSent),
        ("DATA", "554 not that", Refused),
        ("DATA", "451 later", NotSent),
    ],
)
async def test_what_the_server_answers_is_understood(server, command, answer, meaning):
    """For good, for now, or perhaps: the outbox decides by it."""
    server.answers[command] = answer

    with pytest.raises(SendError) as caught:
        await sender(server.port).send(outgoing())

    assert type(caught.value) is meaning
    assert "mailbox" not in str(caught.value)


async def test_a_server_that_is_away_or_drops_us(server):
    """Surely not sent, or nobody knows; and /readyz tells."""
    server.drops = True
    mail = sender(server.port)
    with pytest.raises(Uncertain):
        await mail.send(outgoing())
    assert mail.state != "ok"
    server.drops = False
    await mail.send(outgoing())
    assert mail.state == "ok"

    with pytest.raises(NotSent):
        await sender(1).send(outgoing())


async def test_a_password_is_not_sent_in_the_clear(server):
    """A server without TLS gets neither the password nor the letter."""
    mail = MailSender(f"smtp://anna:hemligt@127.0.0.1:{server.port}", FROM, clock=lambda: NOW)

    with pytest.raises(SendError):
        await mail.send(outgoing())
    assert server.taken == []


async def _delivered(room: Room, port: int) -> None:
    """What waits has been sent, through the outbox."""
    pace = Pace({Platform.EMAIL: Limits()})
    delivery = Delivery(
        room.database,
        KEYS,
        room.dispatch.installation,
        {Platform.EMAIL: sender(port)},
        pace,
        clock=lambda: room.now,
    )
    running = asyncio.create_task(delivery.run())
    await within(PATIENCE_SECONDS, partial(_nothing_waits, room))
    await delivery.stop()
    await running


async def _nothing_waits(room: Room) -> bool:
    async with room.database.read() as session:
        states = await session.scalars(select(Row.state).where(Row.lane == Platform.EMAIL.value))
        return not any(state in {State.READY, State.CLAIMED, State.SENDING} for state in states)


async def test_koppla_by_mail_from_the_address_to_the_yes(room, server):
    """The whole of it: asked in chat, sent by the outbox, typed in chat."""
    room.dispatch.installation = replace(room.dispatch.installation, mail=True)
    testa = await member(room, association_id=await given.association(room, "Provstad"))

    answer = await room.says(f"/koppla {EMAIL.upper()}", by=ADA)
    unknown = await room.says("/koppla okand@exempel.example", by=CEM)
    await _delivered(room, server.port)
    (letter,) = server.letters
    (digits,) = re.findall(r"\d{4} \d{4}", letter.get_content())
    question = await room.says(digits, by=ADA)
    await room.presses(question, "Ja, det är jag", by=ADA)

    assert text(answer) == text(unknown)
    assert text(answer).startswith("Om adressen finns hos oss får du en kod dit. Den gäller i tio minuter.")
    assert letter["Subject"] == "Din kod"
    assert letter["To"] == EMAIL
    for said in (letter["Subject"], letter.get_content()):
        assert not re.search("medlem|förening|parti|Provstad|Exempeldistriktet|Testa", said)
    assert await is_linked(room, ADA, testa)


async def test_a_mailbox_is_no_account_for_anything_else(room, server):
    """Reach never finds it, it is not among one's accounts, and a day later it is gone."""
    room.dispatch.installation = replace(room.dispatch.installation, mail=True)
    testa = await member(room)
    await room.says(f"/koppla {EMAIL}", by=ADA)
    async with room.database.read() as session:
        (box,) = await session.scalars(select(Account).where(Account.platform == Platform.EMAIL.value))
        not_linked = await linking.unlinked_members(session)
        posts = (await session.scalars(select(Post.expires_at).where(Post.key.startswith("link-mail:")))).all()

    assert (box.opened, box.organises, box.preferred, box.consent) == (False, False, False, "unasked")
    assert [number for number, _ in not_linked] == [testa]
    assert posts == [room.now + (posts[0] - room.now)]
    assert (posts[0] - room.now).total_seconds() == 600
    room.passes(linking.A_DAY * 2)
    async with room.database.write() as session:
        await housekeeping.run(session, now=room.now, installation=room.dispatch.installation)
        assert (await session.scalars(select(Account.platform))).all() == ["telegram"]


async def test_a_letter_that_comes_too_late_is_not_sent(room, server):
    """A code that is not valid any more would only puzzle."""
    room.dispatch.installation = replace(room.dispatch.installation, mail=True)
    await member(room)
    await room.says(f"/koppla {EMAIL}", by=ADA)
    room.passes(linking.A_DAY / 100)

    await _delivered(room, server.port)

    assert server.taken == []
