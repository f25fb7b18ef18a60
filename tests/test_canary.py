"""Canaries: distinctive names, ids, texts and codes go through the whole product; none may fly where it must not.

Titles of activities are for everybody, and are no canaries.
"""

from __future__ import annotations

import io
import re
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import closing
from pathlib import Path

import aiohttp
import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.exc import DBAPIError

from bot import backups, pacing
from bot.admin_code import new_code
from bot.opening import opened
from bot.pacing import Limits
from bot.settings import Settings
from chat.address import Platform
from db import question
from db.keys import Encrypted
from tests import canary_traps as traps
from tests import everything
from tests.lists import as_bytes
from tests.room import NOW
from tests.stories.driver import Driver
from tests.stories.on_discord import OnDiscord
from tests.stories.on_telegram import OnTelegram
from tests.stories.seen import PATIENCE_SECONDS, within
from tests.stories.stage import HOME, Stage

TITLE = "Demonstration för vårdcentralen"
NAMES = ("Kanarina", "Gulfjäder", "Tukana", "Näbbsdotter", "Pelikana", "Storvinge")
ASKED, ANSWERED = "Får papegojan följa med på tåget?", "Ja, i bur med kanariefrön."
LETTER, LOST = "Jag är rädd för tranor sedan barnsben", "Ugglan ropade tretton gånger i natt"
UNCLEAR, COMMAND = "kolibrin vill ha saft och kaka", "strutsägget"
PLACE, TEXT, REASON = "Hos flamingon, Fjäderstigen 7", "Ta med gräshoppor åt storken", "Häger har influensa"
LISTED = ("Strutsina", "Äggskalsdotter", "strutsina@boet.example", "070-555 12 34", "MN774411", "Boetvägen 9")
PHONE = "+46705551234"  # as it is kept
WRONG, DAMAGED = "Mösspippi", "mösspippi@boet@example"  # in a list that cannot be read
CORRECTED = "Efternamnet stavas med fjäderpenna"
REGISTER = (*LISTED, PHONE, PHONE[3:], WRONG, DAMAGED, CORRECTED)
HEADINGS = ("Förnamn", "Efternamn", "E-post", "Mobil", "Medlemsnummer", "Adress", "Förening")
INTERNAL = ("Styrelsemöte", PLACE, TEXT)
CALLS = (PLACE, TEXT, REASON)  # what organisers tell those whom it concerns
WORDS = (ASKED, ANSWERED, LETTER, LOST, UNCLEAR, COMMAND, PLACE, TEXT, REASON)
DRIVERS: dict[str, Callable[[], Driver]] = {"telegram": OnTelegram, "discord": OnDiscord}


class Aviary:
    """A stage on which three people with distinctive names live, and what came out of it."""

    def __init__(self, stage: Stage, folder: Path, err: io.StringIO, heard: traps.Heard) -> None:
        """Nobody has met the bot. `err` is standard error, `heard` what our rooms log before redaction."""
        self.stage, self.folder, self.err, self.heard = stage, folder, err, heard
        self.kanarina, self.pelikana = (
            stage.person(name, inside=False) for name in ("Kanarina Gulfjäder", "Pelikana Storvinge")
        )
        self.tukana = stage.person("Tukana Näbbsdotter")
        self.codes: list[str] = []

    def ids(self) -> list[str]:
        """Every account, the direct messages they have, and the group."""
        birds, driver = (self.kanarina, self.pelikana, self.tukana), self.stage.driver
        found = [driver.address(one.body).id for one in birds] + [driver.group_address().id]
        if isinstance(driver, OnDiscord):
            found += [str(one.id) for one in driver.server.world.dms.values()]
        return found

    def secrets(self) -> list[str]:
        """Tokens and codes, as they are shown and as they are read."""
        spelt = [one.replace(mark, "") for one in self.codes for mark in ("-", " ")]
        return [*self.tokens(self.stage.driver), *self.codes, *spelt]

    @staticmethod
    def tokens(driver: Driver) -> list[str]:
        """What the platform knows the bot by."""
        return [value for name, value in driver.settings.items() if name.endswith("TOKEN")]

    def canaries(self) -> list[str]:
        """All that must stay where it belongs."""
        return [*NAMES, *WORDS, *REGISTER, *self.ids(), *self.secrets()]

    def database(self, statement: str) -> None:
        """Somebody did that to the database behind the product's back."""
        [path] = self.folder.glob("*.db")
        with closing(sqlite3.connect(path, isolation_level=None, timeout=10)) as opened:
            opened.execute(statement)


@pytest.fixture(params=["telegram", "discord"])
async def aviary(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Aviary]:
    """Nobody has done anything yet; what happens is logged at DEBUG."""
    for one in Platform:
        monkeypatch.setitem(pacing.LIMITS, one, Limits())
    stage = Stage(DRIVERS[request.param](), tmp_path)
    with traps.logging_as_run(Aviary.tokens(stage.driver), monkeypatch) as (err, heard):
        await stage.open()
        try:
            yield Aviary(stage, tmp_path, err, heard)
        finally:
            await stage.close()


async def live(on: Aviary) -> None:
    """The main job is done, and much of it goes wrong."""
    for part in (_arrive, _are_called, _talk, _are_registered, _are_linked, _meet_errors, _go):
        await part(on)


async def _arrive(on: Aviary) -> None:
    """The first organiser by a code; two join, are greeted, and answer whether they may be written to."""
    on.codes.append(await new_code(on.stage.product.opened, on.stage.now))
    await on.tukana.says(f"/admin {on.codes[0]}")
    await on.tukana.sees("Välkommen som arrangör!")
    for one in (on.kanarina, on.pelikana):
        await one.joins()
    await on.stage.time_is("2026-11-23 10:02")
    await on.stage.group.sees("Välkomna, alla nya!")
    for one, consent in ((on.kanarina, "Ja, skriv hit"), (on.pelikana, "Ja, men dölj innehållet")):
        await one.says("/start")
        await one.sees("Hej")
        await _press(one, consent)
        await one.sees("Tack!")
    await _press(on.kanarina, "Min förening")
    await _press(on.kanarina, HOME, under="närmast")
    await _press(on.kanarina, f"Jag är med i {HOME}")
    await _press(on.kanarina, "Ja, fråga dem")
    await on.tukana.sees("Kanarina", buttons=("Bekräfta",))
    await _press(on.tukana, "Bekräfta")
    await on.kanarina.sees(HOME, buttons=("Vad händer?",))


async def _are_called(on: Aviary) -> None:
    """One call to everybody, which people answer, and one to those inside."""
    await on.stage.publish(contact="Provstad")
    await on.kanarina.sees(TITLE)
    await on.pelikana.sees("något nytt")
    await _press(on.pelikana, "Visa")
    await on.pelikana.sees(TITLE)
    for one in (on.kanarina, on.pelikana):
        await one.presses_in_group("Jag kommer")
        await one.sees("Du är anmäld")
    await on.stage.publish(title="Styrelsemöte", kind="Möte", place=PLACE, text=TEXT, seen_by="Bara våra egna")
    await on.kanarina.sees("Styrelsemöte", TEXT)


async def _talk(on: Aviary) -> None:
    """A question with its answer, a letter, what nobody understood, an offer to help, settings, what is kept."""
    await _press(on.kanarina, "Fråga", under=TITLE)
    await on.kanarina.fills({"Din fråga": ASKED})
    await on.tukana.sees(ASKED, buttons=("Svara",))
    await _press(on.tukana, "Svara", under=ASKED)
    await on.tukana.fills({"Ditt svar": ANSWERED})
    await on.kanarina.sees(ANSWERED)
    await on.kanarina.says("/kontakt")
    await on.kanarina.fills({"Det du vill säga": LETTER})
    await on.tukana.sees(LETTER)
    await on.kanarina.says(UNCLEAR)
    await _press(on.kanarina, "Skicka till arrangörerna")
    await on.tukana.sees(UNCLEAR)
    await on.kanarina.says(f"/{COMMAND}")
    await on.kanarina.says("jag vill hjälpa till")
    await _press(on.kanarina, "Ja, berätta")
    await on.tukana.sees("Kanarina", "hjälpa till")
    await on.kanarina.says("/installningar")
    await _press(on.kanarina, "Inga påminnelser")
    await on.kanarina.sees("Påminnelser: av")
    await on.kanarina.says("/mindata")
    await on.kanarina.sees("allt jag sparar")


async def _are_registered(on: Aviary) -> None:
    """A list that is damaged and one that is taken over; the keeper of the register looks somebody up."""
    wrong = (WRONG, "x", DAMAGED, "070", "1", "", HOME)
    await on.tukana.sends_file("fel.csv", as_bytes(wrong, wrong, headings=HEADINGS))
    await on.tukana.sees("rad 2")
    await on.tukana.sends_file("Medlemmar.csv", as_bytes((*LISTED, HOME), headings=HEADINGS))
    await _press(on.tukana, "Genomför", under="Nya: 1")
    await on.tukana.sees("Klart.")
    await on.tukana.says("/medlem Strutsina")
    await on.tukana.sees("Strutsina Äggskalsdotter")


async def _are_linked(on: Aviary) -> None:
    """By digits that a person hands over, after a wrong one; what the register holds is seen and corrected."""
    await on.pelikana.says(f"/koppla {LISTED[2]}")
    await on.pelikana.sees("Om adressen finns hos oss")
    await _press(on.tukana, "Visa vem, och en kod")
    (digits,) = re.findall(r"\d{4} \d{4}", (await on.tukana.sees("Koden:")).text)
    on.codes.append(digits)
    await on.pelikana.says("/koppla 1234 5678")
    await on.pelikana.sees("Den koden gäller inte")
    await on.pelikana.says(f"/koppla {digits}")
    await _press(on.pelikana, "Ja, det är jag")
    await on.pelikana.says("/mindata")
    await on.pelikana.sees(LISTED[2], PHONE)
    await _press(on.pelikana, "Rätta mina uppgifter")
    await on.pelikana.fills({"Vad som är fel, och hur det ska vara": CORRECTED})
    await _press(on.tukana, "Visa", under="rättat i registret")
    await on.tukana.sees(CORRECTED, buttons=("Det är rättat",))


async def _meet_errors(on: Aviary) -> None:
    """The database refuses, a row is damaged, the platform refuses."""
    await on.kanarina.says("/kontakt")
    on.database("ALTER TABLE question RENAME TO gone")
    await on.kanarina.fills({"Det du vill säga": LOST})
    await on.kanarina.sees("Jag kunde inte spara")
    on.database("ALTER TABLE gone RENAME TO question")
    on.database("UPDATE question SET text = x'00'")
    await _press(on.tukana, "Svara", under=LETTER)
    await on.tukana.sees("Något gick fel")
    await on.stage.driver.refuses(on.pelikana.body)


async def _go(on: Aviary) -> None:
    """It is called off, one cannot be told, one stops."""
    organiser = on.stage.organiser
    await organiser.says("/aktiviteter")
    await _press(organiser, f"1. {TITLE}")
    await _press(organiser, "Ställ in")
    await organiser.fills({"Varför": REASON})
    await _press(organiser, "Ställ in nu")
    await on.kanarina.sees("Inställt", REASON)
    await on.stage.settles()
    await on.kanarina.says("/stopp")
    await on.kanarina.sees("Jag slutar direkt")


async def _press(one, label, under=""):
    """They press the newest such button of their own under a message that says that, as soon as there is one."""

    async def fitting():
        return [seen for seen in await one.screen.everything() if seen.has(label) and under in seen.text]

    found = await within(PATIENCE_SECONDS, fitting)
    await one.screen.turn()
    await one.stage.driver.presses(one.body, found[-1], label)


def _text(seen: Iterable[object]) -> str:
    return "\n".join(map(str, seen))


async def _pages(on: Aviary) -> str:
    """What the process says of itself, and to the public."""
    async with aiohttp.ClientSession(on.stage.product.web) as browser:
        pages = [await (await browser.get(path)).text() for path in ("/readyz", "/metrics", "/")]
    assert "python_info" in pages[1]
    return "\n".join(pages)


async def test_no_canary_flies(aviary):
    """Nothing of a person is in a log, a group, somebody else's chat, a page, or the bytes of the database."""
    await live(aviary)
    stage, pages = aviary.stage, await _pages(aviary)
    group = _text(await stage.group.everything())
    others = _text([*await stage.newcomer.screen.everything(), *await stage.member.screen.everything()])
    outside, friend = [_text(await one.screen.everything()) for one in (aviary.pelikana, aviary.kanarina)]
    kept = traps.bytes_of(aviary.folder)
    await stage.product.stop()
    kept += traps.bytes_of(aviary.folder)
    backup = backups.back_up(stage.product.settings, None, now=stage.now).read_bytes()
    err, heard = aviary.err.getvalue(), "\n".join(aviary.heard.lines)

    # what the traps hang on is there, so that they could catch something
    assert all(words in err for words in ("was not saved", "failed (ValueError", "is dead: unreachable"))
    assert all(TITLE in seen for seen in (group, others, outside))
    assert TITLE.encode() in kept
    personal = [one for one in aviary.canaries() if one not in CALLS]
    caught = {
        "standard error": traps.found_in_text(err, aviary.canaries()),
        "log lines before redaction": traps.found_in_text(heard, aviary.canaries()),
        "group": traps.found_in_text(group, personal),
        "open group and who is outside, of what is internal": traps.found_in_text(group + outside, INTERNAL),
        "other people": traps.found_in_text(others, personal),
        "a friend, of the register": traps.found_in_text(friend, REGISTER),
        "backup": [one for one in (*aviary.canaries(), TITLE) if traps.found_in_bytes(backup, one)],
        "pages": traps.found_in_text(pages, aviary.canaries()),
        "database": [one for one in aviary.canaries() if traps.found_in_bytes(kept, one)],
    }
    assert {place: found for place, found in caught.items() if found} == {}


async def test_an_error_of_the_database_quotes_no_value(room):
    """Its words hold the statement, never what was to be kept."""
    async with room.database.write() as session:
        await session.execute(text("ALTER TABLE question RENAME TO gone"))

    with pytest.raises(DBAPIError) as caught:
        async with room.database.write() as session:
            await question.add_question(
                session, person_id=1, association_id=None, activity_id=None, text=LOST, now=room.now
            )

    said = traps.in_words(caught.value)
    assert "INSERT INTO question" in said
    assert traps.found_in_text(said, [LOST]) == []


async def test_every_encrypted_column_hides_what_stands_in_it(tmp_path):
    """Generated from the tables, so that a new column is tried too: it occurs, and no byte of it can be read."""
    settings = Settings(data_dir=tmp_path / "data", _env_file=None)
    async with opened(settings) as house, house.database.write() as session:
        for table in everything.TABLES:
            row = await everything.row_of(session, table, 0)
            await session.execute(insert(table).values(row | _canaries(table)))
    backup = backups.back_up(settings, None, now=NOW).read_bytes()
    kept = traps.bytes_of(settings.data_dir)
    async with opened(settings) as house, house.database.read() as session:
        read = {table: (await session.execute(select(table))).mappings().all() for table in everything.TABLES}

    encrypted = {table: _canaries(table) for table in everything.TABLES if _canaries(table)}
    assert len(encrypted) > 10
    for table, canaries in encrypted.items():
        for name, canary in canaries.items():
            assert canary in [row[name] for row in read[table]]
            assert not traps.found_in_bytes(kept, canary), f"{table}.{name}"
            assert not traps.found_in_bytes(backup, canary), f"{table}.{name}"


def _canaries(table):
    """What stands in each encrypted column of the table."""
    return {one.name: f"kanarie i {one}" for one in table.columns if isinstance(one.type, Encrypted)}
