"""The welcome, told as conversations: in private and in a group."""

from datetime import timedelta

import pytest

from chat.address import Address, Platform
from chat.message import Shown
from chat.request import Event
from db import arrivals
from db.installation import Installation
from db.models import Arrival
from handlers import FEATURES
from handlers.feature import Routes
from schedules import welcome
from tests import given
from tests.room import ADA, BEN, CEM, DORIS, GROUP, KEYS, STOCKHOLM, Someone, labels, text

EVE = Someone("Eve", Address(Platform.TRY, "1005"))
WAYS = ["Vad händer?", "Min förening", "Jag vill hjälpa till", "Jag har en kod", "Mina uppgifter"]


async def a_minute_later(room):
    """The clock has come by."""
    room.passes(timedelta(seconds=61))
    async with room.database.write() as session:
        place = Installation("Exempeldistriktet", "sv", STOCKHOLM, "21-08")
        await welcome.run(session, now=room.now, installation=place)


async def test_a_new_person_learns_what_this_is(room):
    """The first minute decides: what is next, what can be asked, who is responsible, and five ways on."""
    provstad = await given.association(room, "Provstad")
    await given.activity(room, "Öppet möte", provstad, "2026-11-24 18:30")
    await given.activity(room, "Demonstration", provstad, "2026-11-28 14:00")
    await given.activity(room, "Julfika", provstad, "2026-12-05 12:00")

    answer = await room.says("/start", by=ADA)

    assert text(answer.message) == (
        "Hej Ada! Jag är Kallelse och håller reda på vad som händer i Exempeldistriktet.\n"
        "Härnäst:\n"
        "• tisdag 24 november kl. 18.30 Öppet möte, Provstad\n"
        "• lördag 28 november kl. 14.00 Demonstration, Provstad\n"
        "Skriv precis som du vill, till exempel ”vad händer i veckan?”.\n"
        "Jag sparar ditt konto-id för att kunna svara. Exempeldistriktet ansvarar."
    )
    assert labels(answer.message) == WAYS
    assert "medlem" not in text(answer)


async def test_the_invented_district_goes_by_its_own_name(room):
    """On the try-out page nobody reads who runs the real installation, and the notice names somebody."""
    await given.association(room, "Påhittsdistriktet", district=True, invented=True)

    answer = await room.says("/start", by=EVE)

    assert "vad som händer i Påhittsdistriktet." in text(answer.message)
    assert "Påhittsdistriktet ansvarar." in text(answer.message)
    assert "Påhittsdistriktet ansvarar." in text(await room.says("/mindata", by=EVE))


async def test_the_ways_of_the_welcome_leave_it_as_it_is(room):
    """Who has chosen an association can still press the other buttons, and the notice stays readable."""
    routes = Routes(FEATURES).buttons
    begin, code = routes["my_association.begin"], routes["welcome.code"]

    assert begin.shown is code.shown is Shown.PRIVATELY


async def test_nobody_is_introduced_to_the_bot_twice(room):
    """A second /start is what is next and the buttons; the question of consent is not pressed on anybody."""
    await room.says("/start", by=ADA)

    again = await room.says("/start", by=ADA)

    assert text(again).startswith("Hej igen!")
    assert "Jag är Kallelse" not in text(again)
    assert again.also == ()
    assert labels(again) == [*WAYS, "Få besked när något händer"]


async def test_the_welcome_is_in_the_language_of_the_client(room):
    """Whoever reads English is greeted in English at once."""
    answer = await room.says("/start", by=DORIS)

    assert text(answer).startswith("Hello Doris! I am Kallelse and keep track of what is on in Exempeldistriktet.")
    assert labels(answer.message) == [
        "What's on?",
        "My association",
        "I want to help",
        "I have a code",
        "My data",
    ]


async def test_the_name_is_only_used_to_greet(room):
    """What the platform shows is not kept: an evident name is nowhere in what is stored."""
    await room.says("/start", by=Someone("Testa Testsson", ADA.address))

    shown = await room.says("/mindata", by=ADA)

    assert "Testa" not in shown.message.document.content.decode()


@pytest.mark.parametrize("shown", ["", "🎉🎉", "https://exempel.example", "@everyone"])
async def test_what_is_no_name_is_not_said(room, shown):
    """An advert or a mention as a profile name is not repeated by the bot."""
    answer = await room.says("/start", by=Someone(shown, ADA.address))

    assert text(answer).startswith("Hej! Jag är Kallelse")


@pytest.mark.parametrize("code", ["ABCD-EFGH-JKLM", "okänt", "x" * 64])
async def test_a_code_that_is_not_valid_is_said_so(room, code):
    """Unknown, used and expired are answered alike, and the person is greeted all the same."""
    answer = await room.says(f"/start {code}", by=ADA)

    assert text(answer.message) == "Den koden gäller inte."
    assert labels(answer.message) == ["Be om en ny"]
    assert "Hej Ada!" in text(answer)


async def test_the_way_of_a_code_is_explained(room):
    """Nothing is promised that is not there."""
    answer = await room.presses(await room.says("/start", by=ADA), "Jag har en kod", by=ADA)

    assert "/admin" in text(answer)


async def test_start_in_a_group_leads_to_private(room):
    """The welcome is for one person."""
    answer = await room.says("/start", by=ADA, chat=GROUP)

    assert text(answer) == "Vi tar det privat."
    assert "Jag är Kallelse" in text(await room.presses(answer, "Öppna", by=ADA))


async def test_hello_is_answered_with_hello(room):
    """People begin by greeting."""
    assert text(await room.says("Hej!", by=ADA)).startswith("Hej Ada!")
    assert text(await room.says("Hej!", by=ADA)).startswith("Hej igen!")


async def test_who_is_known_hears_only_of_the_code(room):
    """One message an occasion; and what a code is for is said to who asks without one."""
    await room.says("/start", by=ADA)

    for said in ("/start FEL-KOD", "/koppla FEL-KOD"):
        answer = await room.says(said, by=ADA)

        assert text(answer) == "Den koden gäller inte."
        assert labels(answer) == ["Be om en ny"]
        assert answer.also == ()
    assert text(await room.says("/koppla", by=ADA)).startswith("Vilken e-postadress har din förening")


async def test_a_code_does_not_stay_in_a_group(room):
    """Nobody else gets to try it, and the group reads nothing about it."""
    answer = await room.says("/koppla FEL-KOD", by=ADA, chat=GROUP)

    assert answer.delete_request
    assert answer.message is None


async def test_the_district_s_group_is_called_by_its_name(room):
    """Also in the invented district, which is not the installation's own."""
    district = await given.association(room, "Påhittsdistriktet", district=True, invented=True)
    await given.bound_chat(room, association_id=district)

    await room.happens(Event.JOINED, by=ADA)
    await a_minute_later(room)

    (message,) = await given.waiting_in(room)
    assert "i och runt Påhittsdistriktet." in text(message)


async def test_one_who_joins_is_welcomed_by_name_a_minute_later(room):
    """One silent message, with the way to what is on, that answers the presser alone."""
    provstad = await given.association(room, "Provstad")
    await given.bound_chat(room, association_id=provstad)

    answer = await room.happens(Event.JOINED, by=ADA)
    before = await given.waiting_in(room)
    await a_minute_later(room)
    (message,) = await given.waiting_in(room)

    assert answer.message is None
    assert before == []
    assert text(message) == (
        "Välkommen, Ada! Här delar vi vad som händer i och runt Provstad. Tryck så visar jag, bara för dig."
    )
    assert labels(message) == ["Vad händer?", "Öppna mig privat"]
    assert message.silent
    assert "Inget är inplanerat" in text(await room.presses(message, "Vad händer?", by=ADA, chat=GROUP))


async def test_several_who_join_get_one_message_without_names(room):
    """Ten joins in a minute do not fill the group, and nobody is listed."""
    await given.bound_chat(room, association_id=await given.association(room, "Provstad"))
    for number in range(10):
        someone = Someone(f"Testa{number}", ADA.address.__class__(ADA.address.platform, f"90{number}"))
        await room.happens(Event.JOINED, by=someone)

    await a_minute_later(room)
    (message,) = await given.waiting_in(room)

    assert text(message).startswith("Välkomna, alla nya! Här delar vi")
    assert "Testa" not in text(message)


async def test_who_left_and_came_back_is_not_welcomed_again(room):
    """A second welcome tells everybody that somebody had left."""
    await given.bound_chat(room, association_id=await given.association(room, "Provstad"))
    await room.happens(Event.JOINED, by=ADA)
    await a_minute_later(room)

    await room.happens(Event.LEFT, by=ADA)
    await room.happens(Event.JOINED, by=ADA)
    await a_minute_later(room)

    assert len(await given.waiting_in(room)) == 1


async def test_a_name_is_forgotten_once_the_welcome_is_queued(room):
    """What is remembered of an arrival is a blind index."""
    await given.bound_chat(room, association_id=await given.association(room, "Provstad"))
    await room.happens(Event.JOINED, by=ADA)

    await a_minute_later(room)

    async with room.database.read() as session:
        (arrival,) = await session.scalars(Arrival.__table__.select().with_only_columns(Arrival.first_name))
    assert arrival is None


async def test_a_group_that_is_not_bound_gets_silence(room):
    """Nobody asked the bot to greet there."""
    await given.bound_chat(room, level=None)

    await room.happens(Event.JOINED, by=ADA)
    await a_minute_later(room)

    assert await given.waiting_in(room) == []


async def test_those_who_were_there_first_are_not_new(room):
    """When the bot comes into a group its old hands are not welcomed."""
    chat_id = await given.bound_chat(room, association_id=await given.association(room, "Provstad"))
    async with room.database.write() as session:
        assert await arrivals.mark_known(session, KEYS, chat_id, [ADA.address, BEN.address], now=room.now) == 2

    await room.happens(Event.JOINED, by=ADA)
    await a_minute_later(room)

    assert await given.waiting_in(room) == []


async def test_who_asks_to_be_let_in_is_greeted_once_and_not_let_in(room):
    """Those who run the group decide; the bot only says hello, in private."""
    await given.bound_chat(room, association_id=await given.association(room, "Provstad"))

    answer = await room.happens(Event.JOIN_ASKED, by=ADA)
    again = await room.happens(Event.JOIN_ASKED, by=ADA)

    assert text(answer).startswith("Hej Ada! De som sköter gruppen ser")
    assert not answer.approve_join
    assert again.message is None


async def test_join_requests_elsewhere_get_silence(room):
    """A group that is not bound is none of the bot's business."""
    await given.bound_chat(room, level=None)

    assert (await room.happens(Event.JOIN_ASKED, by=CEM)).message is None
