"""Partners: who they are and how to get hold of them."""

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
