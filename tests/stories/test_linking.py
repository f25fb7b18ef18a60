"""Linking, through the platforms' own libraries: by a code, by the address that is known, and undone again."""

import re

import aiohttp
import pytest

from chat.address import Platform
from db import codes, people, register, roles
from db.linking import MEMBER
from db.models import Member, Person
from handlers.linking.feature import INVITED
from tests.servers.mail import serving
from tests.stories import conftest, world
from tests.stories.on_telegram import OnTelegram
from tests.stories.stage import PLACES

EMAIL = "testa@exempel.example"

on_both = pytest.mark.parametrize("platform", PLACES, indirect=True)


class WithMail(OnTelegram):
    """A Telegram beside which the product has a mail server."""

    def __init__(self, port):
        """The server is there already."""
        super().__init__()
        self.port = port

    @property
    def settings(self):
        mail = {"SMTP_URL": f"smtp://127.0.0.1:{self.port}", "MAIL_FROM": "bot@exempel.example"}
        return super().settings | mail


@pytest.fixture
async def mail(monkeypatch):
    """A mail server that the product of the next stage knows."""
    async with serving() as server:
        monkeypatch.setitem(conftest.DRIVERS, "telegram", lambda: WithMail(server.port))
        yield server


async def _registered(stage, name="Testa Testsson"):
    """The number of somebody who stands in the register of Provstad."""
    opened = stage.product.opened
    async with opened.database.write() as session:
        home = await world.association(stage, world.HOME)
        person = Person(language="sv", association_id=home, created_at=stage.now)
        session.add(person)
        await session.flush()
        row = Member(
            person_id=person.id, association_id=home, name=name, email=EMAIL, created_at=stage.now,
            email_index=register.email_index(opened.keys, EMAIL), updated_at=stage.now,
        )  # fmt: skip
        session.add(row)
        await session.flush()
        return row.id


async def _opens(stage, person, member):
    """They open the link of a letter; on Discord they type its code."""
    opened = stage.product.opened
    async with opened.database.write() as session:
        code = await codes.new_long(
            session, opened.keys, MEMBER, argument=str(member), valid=INVITED, now=stage.now
        )  # fmt: skip
    way = "/start" if stage.on is Platform.TELEGRAM else "/koppla"
    await person.says(f"{way} member-{code}")


@on_both
async def test_a_member_arrives_by_a_letter_and_a_thief_is_found_out(stage):
    """Who, yes, consent, welcome; the second account is told of at once, and is unlinked by a press."""
    await stage.planned("Öppet möte", "2026-11-24 18:30")
    member = await _registered(stage)
    await _opens(stage, stage.newcomer, member)
    await stage.newcomer.sees("till T… T…, Provstad. Är det du?", buttons=("Ja, det är jag", "Nej, inte jag"))
    await stage.newcomer.presses("Ja, det är jag")
    await stage.newcomer.sees("Fint! Får jag skriva till dig här", buttons=("Ja, skriv hit",))
    await stage.newcomer.presses("Ja, skriv hit")
    await stage.newcomer.sees("Tack, och välkommen! Nästa träff nära dig: Öppet möte", buttons=("Jag kommer",))

    await _opens(stage, stage.member, member)
    await stage.member.sees("Är det du?")
    await stage.member.presses("Ja, det är jag")
    await stage.member.sees("Tack, och välkommen!")
    await stage.settles()
    await stage.newcomer.sees("Om dina konton:", "är nu kopplat till dig", buttons=("Koppla bort",))
    await stage.newcomer.presses("Koppla bort")
    await stage.settles()

    await stage.member.sees("har kopplats bort")


@on_both
async def test_a_code_is_handed_over_and_typed_in_english(stage):
    """The address that is known, a person who knows the person, eight digits."""
    opened = stage.product.opened
    await _registered(stage)
    async with opened.database.write() as session:
        whole = await _person(stage, stage.organiser, session)
        await roles.grant(
            session, whole, roles.REGISTRAR, association_id=None, name="x", granted_by=None, now=stage.now
        )
    guest = stage.person("Ellen Example", "en")
    await world.met(stage, guest)

    await guest.says(f"/link {EMAIL}")
    await guest.sees("If we have that address, you will get a code")
    await stage.settles()
    await stage.organiser.sees("En fråga till dig:", buttons=("Visa vem, och en kod",))
    await stage.organiser.presses("Visa vem, och en kod")
    shown = await stage.organiser.sees("Testa Testsson", "Koden:")
    (digits,) = re.findall(r"\d{4} \d{4}", shown.text)
    await guest.says(f"/link {digits}")
    await guest.sees("This code is for T… T…, Provstad. Is that you?")
    await guest.presses("Yes, that is me")

    await guest.sees("Thank you, and welcome!")


@pytest.mark.parametrize("platform", ["telegram"], indirect=True)
async def test_a_code_comes_by_mail(mail, stage):
    """Through the whole product, to the server and back."""
    await _registered(stage)

    await stage.newcomer.says(f"/koppla {EMAIL}")
    await stage.newcomer.sees("får du en kod dit")
    await stage.settles()
    (letter,) = mail.letters
    (digits,) = re.findall(r"\d{4} \d{4}", letter.get_content())
    await stage.newcomer.says(f"/koppla {digits}")
    await stage.newcomer.sees("till T… T…, Provstad. Är det du?")
    await stage.newcomer.presses("Ja, det är jag")
    await stage.newcomer.sees("Får jag skriva till dig här")

    async with aiohttp.ClientSession() as http, http.get(f"{stage.product.web}/readyz") as answer:
        assert (await answer.json())["email"] == "ok"


async def _person(stage, one, session):
    known = await people.get_person(session, stage.product.opened.keys, stage.driver.address(one.body))
    assert known is not None
    return known.id
