"""/koppla: an address that is known, a code that is handed over, and the same answer to everybody."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import event, func, select

from chat.address import Address, Platform
from chat.message import Button
from db import linking, roles
from db.import_members.comparing import _linked
from db.models import Code, Delivery, LinkRequest, Post
from tests import given
from tests.handlers.linked import EMAIL, is_linked, linked, member
from tests.room import ADA, BEN, CEM, DORIS, GROUP, Room, Someone, labels, text

WRONG = "Den koden gäller inte."
SAME = "Om adressen finns hos oss får du en kod"


@pytest.fixture
async def provstad(room):
    """An association whose register Ben keeps, with a member whose address is known."""
    provstad = await given.association(room, "Provstad")
    await given.organiser(room, BEN, of=provstad, role=roles.REGISTRAR)
    await member(room, association_id=provstad)
    return provstad


async def handed_over(room: Room, *, by: Someone = BEN) -> str:
    """The digits that the newest request brings to light."""
    told = (await given.waiting(room, to=by))[-1]
    shown = text(await room.presses(told, "Visa vem, och en kod", by=by))
    found = re.search(r"Koden: (\d{4} \d{4})\.", shown)
    assert found, shown
    return found[1]


async def test_an_address_that_is_known_brings_a_code(room, provstad):
    """Asked for in chat, handed over by who keeps the register, typed where it was asked for."""
    asked = await room.says("/koppla", by=ADA)
    answer = await room.says("  Testa@Exempel.Example ", by=ADA)
    (told,) = await given.waiting(room, to=BEN)
    shown = await room.presses(told, "Visa vem, och en kod", by=BEN)
    (digits,) = re.findall(r"\d{4} \d{4}", text(shown))

    question = await room.says(digits, by=ADA)
    await room.presses(question, "Ja, det är jag", by=ADA)

    assert text(asked).startswith(
        "Vilken e-postadress har din förening till dig? Skriv den här, så ordnar vi en kod."
    )
    assert text(answer).startswith(SAME)
    assert "Testa" not in text(told)  # the name is shown to a right at the press, and is in no outbox
    assert "medlem" not in text(told)
    assert "• Testa Testsson, +46701740605, testa@exempel.example" in text(shown)
    assert "Lämna den bara om du vet att det är hen" in text(shown)
    assert "till T… T…, Provstad. Är det du?" in text(question)
    assert await is_linked(room, ADA, 1)


async def test_the_answer_is_the_same_whether_the_address_is_known_or_not(room, provstad):
    """Who is a member is not told to whoever types addresses."""
    answers = [
        await room.says(f"/koppla {one}", by=ADA)
        for one in (EMAIL, "okand@exempel.example", "@\ud83d", "å@" * 2500)
    ]

    assert len({(text(one), tuple(labels(one)[:1])) for one in answers}) == 1
    assert len(await given.queued(room, to=BEN)) == 1


@pytest.mark.parametrize("mail", [False, True], ids=["by hand", "by mail"])
async def test_the_same_work_is_done_for_both(room, provstad, mail):
    """The clock must not tell either: statement by statement it is one path."""
    room.dispatch.installation = replace(room.dispatch.installation, mail=mail)
    said: list[str] = []
    event.listen(room.database.engine.sync_engine, "before_cursor_execute", lambda *args: said.append(args[2]))

    async def work(address: str, someone: Someone) -> list[str]:
        await room.says("/start", by=someone)
        said.clear()
        await room.says(f"/koppla {address}", by=someone)
        return list(said)

    known, unknown = await work(EMAIL, ADA), await work("okand@exempel.example", CEM)
    assert known == unknown
    for code in ("x" * 22, "12345678"):
        said.clear()
        await room.says(f"/koppla {code}", by=ADA)
        one = list(said)
        said.clear()
        await room.says(f"/koppla {'y' * 22}", by=ADA)
        assert one == said


async def test_digits_last_ten_minutes_and_a_new_press_brings_others(room, provstad):
    """Who hands them over is on the telephone; an old note is worth nothing."""
    await room.says(f"/koppla {EMAIL}", by=ADA)
    first = await handed_over(room)
    second = await handed_over(room)
    early = text(await room.says(f"/koppla {first}", by=ADA))
    right = text(await room.says(f"/koppla {second}", by=ADA))
    room.passes(timedelta(minutes=10))
    late = text(await room.says(f"/koppla {second}", by=ADA))
    third = await handed_over(room)

    assert early == late == WRONG
    assert "Är det du?" in right
    assert "Är det du?" in text(await room.says(f"/koppla {third}", by=ADA))


async def test_digits_are_the_askers_alone_and_die_after_five_wrong_ones(room, provstad):
    """Read over a shoulder, or tried by a machine: the same answer, always."""
    await room.says(f"/koppla {EMAIL}", by=ADA)
    digits = await handed_over(room)
    foreign = text(await room.says(f"/koppla {digits}", by=CEM))
    for wrong in range(5):
        assert text(await room.says(f"/koppla 0000000{wrong}", by=ADA)) == WRONG

    assert foreign == WRONG
    assert text(await room.says(f"/koppla {digits}", by=ADA)) == WRONG


@pytest.mark.parametrize("around", ["{} {}", " {}{}", "{}-{}", "{}\u00a0{}\n"])
async def test_digits_are_taken_as_people_write_them(room, provstad, around):
    """Copied from a letter, or read aloud."""
    await room.says(f"/koppla {EMAIL}", by=ADA)
    digits = await handed_over(room)

    assert "Är det du?" in text(await room.says(f"/koppla {around.format(*digits.split())}", by=ADA))


@pytest.mark.parametrize(
    "around", ["{} tack så hemskt mycket för hjälpen, nu ska jag koppla mig", "{}😀", "{}\ud800"]
)
async def test_digits_with_something_around_them_are_no_code(room, provstad, around):
    """Nothing is guessed, and nothing falls over."""
    await room.says(f"/koppla {EMAIL}", by=ADA)
    digits = await handed_over(room)

    assert text(await room.says(f"/koppla {around.format(digits)}", by=ADA)) == WRONG


async def test_a_code_is_used_once(room, provstad):
    """As those of links are."""
    await room.says(f"/koppla {EMAIL}", by=ADA)
    digits = await handed_over(room)
    question = await room.says(f"/koppla {digits}", by=ADA)
    await room.presses(question, "Ja, det är jag", by=ADA)

    assert text(await room.presses(question, "Ja, det är jag", by=ADA)) == WRONG


async def test_three_a_day_for_who_asks(room, provstad):
    """Nobody tries all addresses; a stranger who has used up theirs leaves some for who the address is."""
    await member(room, "Prova", association_id=provstad, email="prova@exempel.example")
    for _ in range(4):
        answer = await room.says(f"/koppla {EMAIL}", by=ADA)
    await room.says("/koppla prova@exempel.example", by=ADA)
    of_ada = len(await given.queued(room, to=BEN))
    await room.says(f"/koppla {EMAIL}", by=CEM)
    both = len(await given.queued(room, to=BEN))
    room.passes(timedelta(days=1, seconds=1))
    await room.says(f"/koppla {EMAIL}", by=ADA)

    assert text(answer).startswith(SAME)
    assert (of_ada, both) == (3, 4)
    assert len(await given.queued(room, to=BEN)) == 5


async def test_twelve_a_day_for_who_is_asked_for(room, provstad):
    """Nobody's telephone rings all day, however many accounts a stranger has."""
    strangers = [Someone("X", Address(Platform.TELEGRAM, f"77{number}")) for number in range(5)]
    for stranger in strangers:
        for _ in range(3):
            await room.says(f"/koppla {EMAIL}", by=stranger)

    assert len(await given.queued(room, to=BEN)) == 12


async def test_who_is_forgotten_has_asked_as_often(room, provstad):
    """To be forgotten and come back is no way round the limit; what is kept for it is gone after a day."""
    for _ in range(2):
        for _ in range(3):
            await room.says(f"/koppla {EMAIL}", by=ADA)
        shown = text(await room.says("/mindata", by=ADA))
        await room.presses(Button("x", "privacy.forget"), by=ADA)
    async with room.database.write() as session:
        kept = await session.scalar(select(func.count()).select_from(LinkRequest))
        await linking.forget_old(session, now=room.now + timedelta(days=1))
        later = await session.scalar(select(func.count()).select_from(LinkRequest))

    assert len(await given.queued(room, to=BEN)) == 3
    assert "• Koder du har bett om det senaste dygnet: 3" in shown
    assert (kept, later) == (3, 0)


async def test_a_family_with_one_address_is_asked_who_of_them(room, provstad):
    """One code, and each says who they are."""
    await member(room, "Alva Testsson", association_id=provstad)
    await room.says(f"/koppla {EMAIL}", by=ADA)
    digits = await handed_over(room)

    question = await room.says(f"/koppla {digits}", by=ADA)
    await room.presses(question, "A… T…, Provstad", by=ADA)

    assert labels(question) == ["T… T…, Provstad", "A… T…, Provstad", "Nej, inte jag"]
    assert await is_linked(room, ADA, 2)


async def test_digits_are_for_those_alone_whose_register_the_presser_keeps(room, provstad):
    """A registrar who writes another's address on a member of theirs gets no way into that other's register."""
    exempelby = await given.association(room, "Exempelby")
    await given.organiser(room, DORIS, of=exempelby, role=roles.REGISTRAR)
    await member(room, "Offer Offersson", association_id=exempelby)
    await room.says(f"/koppla {EMAIL}", by=ADA)

    of_ben = await handed_over(room)
    question = await room.says(f"/koppla {of_ben}", by=ADA)
    forged = replace(
        question.message.buttons[0], argument=question.message.buttons[0].argument.replace(":1", ":2")
    )
    refused = text(await room.presses(forged, by=ADA))
    (told,) = await given.waiting(room, to=DORIS)
    shown = text(await room.presses(told, "Show who, and a code", by=DORIS))
    of_doris = re.findall(r"\d{4} \d{4}", shown)[0]
    theirs = await room.says(f"/koppla {of_doris}", by=ADA)

    assert "till T… T…, Provstad. Är det du?" in text(question)
    assert refused == text(await room.says(f"/koppla {of_ben}", by=ADA)) == WRONG
    assert "Testa" not in shown
    assert "till O… O…, Exempelby. Är det du?" in text(theirs)


async def test_only_who_keeps_that_register_sees_who_it_is(room, provstad):
    """A right that was taken back since the question came is no right."""
    exempelby = await given.association(room, "Exempelby")
    doris = await given.organiser(room, DORIS, of=exempelby, role=roles.REGISTRAR)
    await room.says(f"/koppla {EMAIL}", by=ADA)
    (told,) = await given.waiting(room, to=BEN)
    button = told.buttons[0]

    elsewhere = await room.presses(button, by=DORIS)
    in_group = await room.presses(button, by=BEN, chat=GROUP)
    async with room.database.write() as session:
        await roles.withdraw(session, doris, roles.REGISTRAR, association_id=exempelby)
    nobody = await room.presses(button, by=DORIS)

    assert await given.waiting(room, to=DORIS) == []
    assert "or too old" in text(elsewhere)
    assert text(in_group) == "Vi tar det privat."
    assert "Only those who keep the register" in text(nobody)


async def test_the_question_goes_only_where_the_role_can_be_used(room):
    """Another account of the registrar's, and an older one at that, may be in other hands."""
    provstad = await given.association(room, "Provstad")
    theirs = await member(room, "Doris Dorisson", association_id=provstad, email=None)
    await member(room, association_id=provstad)
    await linked(room, CEM, theirs)
    await given.organiser(room, DORIS, of=provstad, role=roles.REGISTRAR)
    await linked(room, DORIS, theirs)

    await room.says(f"/koppla {EMAIL}", by=ADA)

    async with room.database.read() as session:
        query = (
            select(Delivery.lane).join(Post, Post.id == Delivery.post_id).where(Post.key.startswith("link-code:"))
        )
        assert (await session.scalars(query)).all() == ["telegram"]


async def test_koppla_in_a_group_is_taken_away_or_led_to_private(room, provstad):
    """An address or a code is nothing for a group."""
    taken = await room.says(f"/koppla {EMAIL}", by=ADA, chat=GROUP)
    led = await room.says("/koppla", by=ADA, chat=GROUP)

    assert taken.delete_request
    assert taken.message is None
    assert text(led) == "Vi tar det privat."
    assert text(await room.presses(led, "Öppna", by=ADA)).startswith("Vilken e-postadress")
    assert await given.queued(room, to=BEN) == []


async def test_where_pages_are_shown_the_code_has_a_button(room, provstad):
    """Discord and the page open a window for it; what waits there is no question for free text."""
    persona = Someone("Prova", Address(Platform.TRY, "ny"))
    page = await room.says("/koppla", by=persona)
    answer = await room.sends_page(page, {"typed": EMAIL}, by=persona)

    assert labels(answer) == ["Skriv koden", "Fråga en arrangör"]
    again = await room.presses(answer, "Skriv koden", by=persona)
    assert text(await room.sends_page(again, {"typed": "12345678"}, by=persona)) == WRONG
    assert await given.queued(room, to=BEN) == []  # invented persons bother nobody real


async def test_an_english_reader_is_told_the_same(room, provstad):
    """Both languages, from the first word to the last."""
    asked = await room.says("/link", by=DORIS)
    answer = await room.says(EMAIL, by=DORIS)
    question = await room.says(await handed_over(room), by=DORIS)
    consent = await room.presses(question, "Yes, that is me", by=DORIS)
    welcome = await room.presses(consent, "Yes, write here", by=DORIS)

    assert text(asked).startswith("Which e-mail address does your association have for you?")
    assert "Write it here, and we see to a code." in text(asked)
    assert text(answer).startswith("If we have that address, you will get a code")
    assert "This code is for T… T…, Provstad. Is that you?" in text(question)
    assert text(consent).startswith("Good! May I write to you here")
    assert "Thank you, and welcome!" in text(welcome)


async def test_what_is_made_for_nobody_leads_nowhere(room, provstad):
    """An unknown address leaves a code that cannot be used, and is gone two days later."""
    await room.says("/koppla okand@exempel.example", by=ADA)
    code_id = Button("x", "linking.hand_over", "1")

    assert "för gammalt" in text(await room.presses(code_id, by=BEN))
    async with room.database.read() as session:
        assert await session.scalar(select(func.count()).select_from(Code)) == 1


async def test_a_mailbox_is_no_account(room, provstad):
    """It carries a code to an address; nobody has linked to it."""
    room.dispatch.installation = replace(room.dispatch.installation, mail=True)
    before = text(await room.says("/register", by=BEN))
    await room.says(f"/koppla {EMAIL}", by=ADA)

    async with room.database.read() as session:
        assert await _linked(session) == frozenset()
    assert text(await room.says("/register", by=BEN)) == before
