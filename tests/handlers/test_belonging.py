"""What the register changes for whom a call reaches and for what somebody sees."""

from db import roles
from tests import given
from tests.handlers.calling import PROTEST, previewed, said_yes
from tests.room import ADA, BEN, CEM, DORIS, text


async def internal(room):
    """The preview of an internal call of Exempelby's."""
    asked = await room.presses(await room.says(PROTEST, by=ADA), "Bara våra egna", by=ADA)
    return await room.presses(asked, "Exempelby", by=ADA)


async def test_a_member_gets_internal_calls_without_being_confirmed(room, exempelby):
    """The register knows who belongs there, whatever they chose as nearest; a former member is outside."""
    provstad = await given.association(room, "Provstad")
    for someone, status in ((BEN, "active"), (CEM, "former")):
        await said_yes(room, someone, provstad)
        await given.member(room, someone.name, of=exempelby, by=someone, status=status)

    preview = await internal(room)
    await room.presses(preview, "Publicera", by=ADA)

    assert "Bara till de egna i Exempelby, nu: privat till 1 på Telegram." in text(preview)
    assert len(await given.waiting(room, to=BEN)) == 1
    assert await given.waiting(room, to=CEM) == []


async def test_a_member_is_concerned_by_the_calls_of_their_association(room, exempelby):
    """Also when another is nearer to them; and who belongs to another is not asked everywhere."""
    provstad = await given.association(room, "Provstad")
    await said_yes(room, BEN, provstad)
    await given.member(room, "Ben", of=exempelby, by=BEN)
    await said_yes(room, CEM)
    await given.member(room, "Cem", of=provstad, by=CEM)

    await room.presses(await previewed(room), "Publicera", by=ADA)

    assert len(await given.waiting(room, to=BEN)) == 1
    assert await given.waiting(room, to=CEM) == []


async def test_who_cannot_be_reached_in_chat_is_counted_by_what_the_register_has(room, exempelby):
    """Whoever keeps the register sees at once whether a mail or a letter would do; who has left is nobody."""
    await given.organiser(room, ADA, of=exempelby, role=roles.REGISTRAR)
    await given.member(room, "Med Mejl", of=exempelby, email="m@example.org")
    await given.member(room, "Med Brev", of=exempelby, address="Gatan 1")
    await given.member(room, "Utan Allt", of=exempelby)
    await given.member(room, "Förut Här", of=exempelby, status="former", email="f@example.org")

    preview = await previewed(room)
    published = await room.presses(preview, "Publicera", by=ADA)

    assert "4 når jag inte i chatt: 2 har e-post eller postadress, 2 ingenting." in text(preview)  # Ada is one
    assert "Kvar är 4 som jag inte når i chatt: 2 har e-post eller postadress, 2 ingenting." in text(published)


async def test_without_the_register_it_is_counted_in_fives(room, exempelby):
    """Two exact numbers a day apart would say what the register has of somebody."""
    for number in range(7):
        await given.member(room, f"Medlem {number}", of=exempelby, email=f"m{number}@example.org")
    await given.organiser(room, DORIS, of=exempelby)

    preview = await previewed(room)
    asked = await room.presses(await room.says(PROTEST, by=DORIS), "Everyone", by=DORIS)
    english = await room.presses(asked, "Exempelby", by=DORIS)
    published = await room.presses(preview, "Publicera", by=ADA)

    said = "Ungefär 5 når jag inte i chatt: ungefär 5 har e-post eller postadress."
    assert said in text(preview)
    assert said in text(published)
    assert "About 5 I cannot reach in chat: about 5 have an e-mail or postal address." in text(english)


async def test_the_week_shows_a_member_what_is_internal(room, exempelby):
    """And a host of one activity sees nothing more than others do."""
    await given.activity(room, "Styrelsemöte", exempelby, "2026-11-24 18:30", is_open=False)
    await given.person(room, BEN)
    await given.member(room, "Ben", of=exempelby, by=BEN)
    cem = await given.person(room, CEM)
    async with room.database.write() as session:
        await roles.grant(session, cem, roles.HOST, association_id=None, name="Cem", granted_by=None, now=room.now)

    assert "Styrelsemöte" in text(await room.says("/vecka", by=BEN))
    assert "Styrelsemöte" not in text(await room.says("/vecka", by=CEM))
    assert "Styrelsemöte" not in text(await room.says("/vecka", by=DORIS))
