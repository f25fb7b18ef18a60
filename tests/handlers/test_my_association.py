"""My association: chosen by oneself, confirmed by an organiser."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select, update

from chat.message import Button
from db.models import Audit, Delivery
from tests import given
from tests.handlers.calling import PROTEST, said_yes
from tests.room import ADA, BEN, CEM, DORIS, labels, text


async def chosen(room, name, *, by=ADA):
    """What is said to somebody who has chosen that association."""
    start = await room.says("/start", by=by)
    return await room.presses(await room.presses(start, "Min förening", by=by), name, by=by)


async def asked(room, *, by=ADA):
    """What is said to somebody who asked to be confirmed in Provstad."""
    answer = await room.presses(await chosen(room, "Provstad", by=by), "Jag är med i Provstad", by=by)
    return await room.presses(answer, "Ja, fråga dem", by=by)


async def test_choosing_an_association_puts_its_things_first(room):
    """Who says where they belong is asked, apart from that, whether they may be written to."""
    provstad = await given.association(room, "Provstad")
    await given.association(room, "Exempelby")
    await given.activity(room, "Öppet möte", provstad, "2026-11-24 18:30")

    answer = await chosen(room, "Provstad")

    assert text(answer.message) == "Nu kommer det som händer i Provstad först."
    assert labels(answer.message) == ["Vad händer?", "Jag är med i Provstad"]
    assert text(answer.also[0]).startswith("Får jag skriva till dig här")
    assert "medlem" not in text(answer)
    assert "(din förening)" in text(await room.says("/vecka", by=ADA))


async def test_the_choice_shows_what_is_chosen(room):
    """One sees what holds, and may take the district alone."""
    await given.association(room, "Provstad")
    await chosen(room, "Provstad")

    again = await room.presses(await room.says("/start", by=ADA), "Min förening", by=ADA)
    district = await room.presses(again, "Hela distriktet", by=ADA)

    assert labels(again) == ["Hela distriktet", "✓ Provstad"]
    assert text(district).startswith("Då visar jag vad som händer i hela distriktet")


async def test_many_associations_come_in_pages(room):
    """More than eight buttons are a wall."""
    for number in range(1, 12):
        await given.association(room, f"Exempelby {number:02}")

    first = await room.presses(await room.says("/start", by=ADA), "Min förening", by=ADA)
    second = await room.presses(first, "Visa fler", by=ADA)

    assert len(labels(first)) == 9
    assert labels(second) == [f"Exempelby {number:02}" for number in (8, 9, 10, 11)] + ["Tillbaka"]
    assert labels(await room.presses(second, "Tillbaka", by=ADA)) == labels(first)


async def test_nothing_to_choose_from_is_said(room):
    """A district that has just begun has no associations yet."""
    answer = await room.presses(await room.says("/start", by=DORIS), "My association", by=DORIS)

    assert text(answer) == "There are no associations here yet."


async def test_an_organiser_confirms_who_belongs(room):
    """What is internal is opened by a person who knows the person, not by a claim."""
    provstad = await given.association(room, "Provstad")
    await given.organiser(room, BEN, of=provstad)
    await given.activity(room, "Styrelsemöte", provstad, "2026-11-25 18:00", is_open=False)

    answer = await asked(room)
    (question,) = await given.waiting(room, to=BEN)
    before = text(await room.says("/vecka", by=ADA))
    done = await room.presses(question, "Bekräfta", by=BEN)
    after = text(await room.says("/vecka", by=ADA))

    assert text(answer) == "Nu är de tillfrågade. Svaret kommer hit."
    assert text(question).startswith("En fråga till dig:\nAda säger sig vara med i Provstad. Stämmer det?")
    assert text(done) == "Bekräftat. Personen har fått veta det."
    assert ("Styrelsemöte" in before, "Styrelsemöte" in after) == (False, True)
    assert text((await given.waiting(room, to=ADA))[0]).startswith("Ett svar till dig:\nProvstad har bekräftat")
    assert text(await room.presses(question, "Bekräfta", by=BEN)) == "Det är redan bekräftat."
    assert len(await given.waiting(room, to=ADA)) == 1


async def test_a_confirmation_can_be_taken_back(room):
    """Somebody leaves, or the wrong one was confirmed: the internal is closed again, and it is logged."""
    provstad = await given.association(room, "Provstad")
    await given.organiser(room, BEN, of=provstad)
    await given.activity(room, "Styrelsemöte", provstad, "2026-11-25 18:00", is_open=False)
    await asked(room)
    (question,) = await given.waiting(room, to=BEN)
    confirmed = await room.presses(question, "Bekräfta", by=BEN)

    done = await room.presses(confirmed, "Ta tillbaka", by=BEN)
    twice = await room.presses(confirmed, "Ta tillbaka", by=BEN)

    assert text(done) == "Tillbakataget. Personen ser bara det som är öppet, och har fått veta det."
    assert text(twice) == "Det är redan tillbakataget."
    assert "Styrelsemöte" not in text(await room.says("/vecka", by=ADA))
    assert "har tagit tillbaka" in text((await given.waiting(room, to=ADA))[-1])
    async with room.database.read() as session:
        logged = await session.scalars(select(Audit.action).order_by(Audit.id))
        assert list(logged)[-2:] == ["confirm insider", "take back insider"]


async def internal(room, kind):
    """The preview of Ben's call or message to Provstad's own."""
    if kind == "call":
        written = await room.says(PROTEST, by=BEN)
        return await room.presses(await room.presses(written, "Bara våra egna", by=BEN), "Provstad", by=BEN)
    written = await room.says("/meddelande Demonstrationen är inställd", by=BEN)
    return await room.presses(await room.presses(written, "Provstad", by=BEN), "Bara våra egna", by=BEN)


@pytest.mark.parametrize("kind", ["call", "message"])
@pytest.mark.parametrize("state", ["ready", "claimed", "held"])
async def test_what_is_internal_and_waits_goes_to_those_who_still_belong(room, state, kind):
    """Who was confirmed at eleven in the evening and not at midnight reads nothing internal at eight."""
    provstad = await given.association(room, "Provstad")
    for someone in (ADA, DORIS):
        await said_yes(room, someone, provstad)
        await given.insider(room, someone, provstad)
    await given.organiser(room, BEN, of=provstad)
    room.now = datetime(2026, 11, 22, 22, tzinfo=UTC)
    await room.presses(await internal(room, kind), "Publicera", by=BEN)

    ada_id = await given.person(room, ADA)
    async with room.database.write() as session:
        await session.execute(update(Delivery).where(Delivery.person_id == ada_id).values(state=state))
    await room.presses(Button("x", "insider.back", f"{ada_id}:{provstad}"), by=BEN)
    async with room.database.read() as session:
        states = await session.scalars(select(Delivery.state).where(Delivery.person_id == ada_id))
        assert next(iter(states)) == "cancelled"

    (ada,), (doris,) = [await given.waiting(room, to=someone) for someone in (ADA, DORIS)]
    assert text(ada).startswith("Ett svar till dig:\nProvstad har tagit tillbaka")
    assert text(doris).startswith("Demonstration")


async def test_an_organiser_may_say_no(room):
    """The person is told, kindly, and nothing is opened."""
    provstad = await given.association(room, "Provstad")
    await given.organiser(room, BEN, of=provstad)
    await asked(room)
    (question,) = await given.waiting(room, to=BEN)

    await room.presses(question, "Nej", by=BEN)

    assert "kunde inte bekräfta" in text((await given.waiting(room, to=ADA))[0])


async def test_asking_twice_asks_the_organisers_once(room):
    """An impatient press does not ring twice."""
    await given.organiser(room, BEN, of=await given.association(room, "Provstad"))

    answer = await room.presses(await chosen(room, "Provstad"), "Jag är med i Provstad", by=ADA)
    for _ in range(2):
        await room.presses(answer, "Ja, fråga dem", by=ADA)

    assert len(await given.waiting(room, to=BEN)) == 1


async def test_nobody_to_ask_is_said(room):
    """A claim that nobody can confirm is not left hanging."""
    await given.association(room, "Provstad")

    assert "når ingen arrangör" in text(await asked(room))


async def test_others_cannot_confirm(room):
    """A right is for one association: the neighbours' organiser and the person themselves have it not."""
    provstad = await given.association(room, "Provstad")
    await given.organiser(room, BEN, of=provstad)
    await given.organiser(room, CEM, of=await given.association(room, "Exempelby"))
    await asked(room)
    (question,) = await given.waiting(room, to=BEN)

    assert "Det kan bara" in text(await room.presses(question, "Bekräfta", by=CEM))
    await room.presses(question, "Bekräfta", by=ADA)
    assert await given.waiting(room, to=ADA) == []


@pytest.mark.parametrize("argument", ["", "999", "x", "-1"])
async def test_an_association_that_is_gone_is_said_so(room, argument):
    """An old button answers with a way on."""
    answer = await room.presses(Button("Gamla", "my_association.set", argument), by=ADA)

    assert text(answer) == "Den föreningen finns inte längre. Välj igen under Min förening."
    assert labels(answer) == ["Min förening"]


async def test_the_invented_world_cannot_be_chosen(room):
    """The try-out page's associations are for its personas."""
    invented = await given.association(room, "Påhittsås", invented=True)

    answer = await room.presses(Button("Påhittsås", "my_association.set", str(invented)), by=ADA)

    assert "finns inte längre" in text(answer)
