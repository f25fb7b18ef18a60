"""Partners: who they are and how to get hold of them."""

from chat.message import Button
from db import partners
from tests import given
from tests.room import ADA, BEN, labels, text


async def _adds(room, name: str, contact: str):
    await room.presses(await room.says("/partner", by=ADA), "Lägg till en samarbetspartner", by=ADA)
    await room.says(name, by=ADA)
    return await room.says(contact, by=ADA)


async def test_a_partner_is_added_changed_and_removed(room):
    """By the district's organisers; the others look it up and add to it."""
    await given.organiser(room, ADA, of=None)
    await given.organiser(room, BEN, of=await given.association(room, "Provstad"))
    every = await _adds(room, "Påhittsbiblioteket", "Prova i receptionen")
    assert "• Påhittsbiblioteket: Prova i receptionen" in text(every)

    assert labels(every) == ["Påhittsbiblioteket", "Lägg till en samarbetspartner"]
    one = await room.presses(every, "Påhittsbiblioteket", by=ADA)
    assert labels(one) == ["Ändra", "Ta bort", "Tillbaka"]
    change = await room.presses(one, "Ändra", by=ADA)
    await room.presses(change, "Så får vi tag på dem", by=ADA)
    assert "• Påhittsbiblioteket: Ring först" in text(await room.says("Ring först", by=ADA))

    seen = await room.says("/partner", by=BEN)
    assert labels(seen) == ["Lägg till en samarbetspartner"]
    asked = await room.presses(one, "Ta bort", by=ADA)
    assert "• Påhittsbiblioteket: Ring först" in text(await room.presses(asked, "Nej", by=ADA))
    assert "inga samarbetspartner" in text(await room.presses(asked, "Ja, ta bort", by=ADA))
    assert "finns inte kvar" in text(await room.presses(asked, "Ja, ta bort", by=ADA))


async def test_a_partner_stands_there_once(room):
    """However it is capitalised; markup is what was typed."""
    await given.organiser(room, ADA, of=None)
    await _adds(room, "<b>Fred</b>", "-" * 10 + "ring")

    said = text(await _adds(room, "<B>FRED</b>", "x"))

    assert "finns redan" in said
    assert "<b>Fred</b>" in text(await room.says("/partner", by=ADA))


async def test_more_partners_than_fit_are_shown_page_by_page(room):
    """What is written behind the command is no page, and an empty page shows the first one."""
    await given.organiser(room, ADA, of=None)
    async with room.database.write() as session:
        for n in range(12):
            await partners.add_partner(session, f"Förening {n:02}", "", invented=False, now=room.now)
    first = await room.says("/partner", by=ADA)

    second = await room.presses(first, "Visa fler", by=ADA)

    assert text(second).endswith("• Förening 10\n• Förening 11")
    assert text(await room.presses(second, "Tillbaka", by=ADA)) == text(first)
    assert text(await room.says("/partner 7", by=ADA)) == text(first)
    assert text(await room.presses(Button("x", "partners.list", "7"), by=ADA)) == text(first)
