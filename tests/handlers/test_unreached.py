"""Who is left: names and numbers for those who see that register, a count for everybody else."""

import pytest
from sqlalchemy import select, update

from chat.message import Button
from db import models, roles
from db.outbox import unpack
from handlers.unreached import MOST
from schedules import progress
from tests import given
from tests.handlers.calling import PROTEST, previewed, said_yes
from tests.handlers.organising import delivered
from tests.room import ADA, BEN, CEM, DORIS, GROUP, labels, text
from tests.schedules.ticking import tick


async def registrar(room, association_id):
    """Ada keeps that association's register too."""
    await given.organiser(room, ADA, of=association_id, role=roles.REGISTRAR)


async def members(room, association_id):
    """Two members without an account, one of them with a telephone and an e-mail address."""
    await given.member(room, "Rita Ringbar", of=association_id, phone="+46701234567", email="rita@example.org")
    await given.member(room, "Bror Brev", of=association_id, address="Gatan 1\n123 45 Orten")


async def test_the_preview_shows_who_is_in_no_chat(room, exempelby):
    """So that one can ring them, before anything goes out; what the register knows, and of others how many."""
    await registrar(room, exempelby)
    await members(room, exempelby)
    preview = await previewed(room)
    assert "3 når jag inte i chatt: 2 har e-post eller postadress, 1 ingenting." in text(preview)

    shown = await room.presses(preview, "Visa vilka 3", by=ADA)

    assert text(shown) == (
        "Kvar att nå:\n• Rita Ringbar, +46701234567, rita@example.org\n• Bror Brev, Gatan 1, 123 45 Orten\n"
        "Färre än fem till finns inte i det register som du ser."
    )


@pytest.mark.parametrize(
    ("by", "answers", "said"),
    [
        (ADA, ("Alla", "Exempelby"), "2 når jag inte i chatt, men båda har e-post eller postadress."),
        (DORIS, ("Everyone", "Exempelby"), "2 I cannot reach in chat, but both have an e-mail or postal address."),
    ],
    ids=["in Swedish", "in English"],
)
async def test_two_are_not_all_but_both(room, exempelby, by, answers, said):
    """As people count."""
    await given.organiser(room, by, of=exempelby, role=roles.REGISTRAR)
    await given.organiser(room, by, of=exempelby)
    await members(room, exempelby)
    for one in (ADA, by):
        await said_yes(room, one, exempelby)

    asked = await room.says(PROTEST, by=by)
    for label in answers:
        asked = await room.presses(asked, label, by=by)

    assert said in text(asked)


async def test_without_the_register_there_is_a_count_and_no_way_to_names(room, exempelby):
    """Neither a button nor one that somebody else passed on."""
    await members(room, exempelby)
    preview = await previewed(room)

    assert not any(label.startswith("Visa vilka") for label in labels(preview))
    draft = next(button.argument for button in preview.message.buttons if button.route == "call.change")
    refused = await room.presses(Button("x", "call.unreached", f"{draft}:0"), by=ADA)
    assert text(refused) == "Det kan bara de göra som sköter registret."


async def test_another_associations_members_are_only_counted(room, exempelby):
    """Who keeps Exempelby's register learns no names of Provstad's."""
    await registrar(room, exempelby)
    provstad = await given.association(room, "Provstad")
    await given.member(room, "Hemlig Hemligsson", of=provstad)
    await members(room, exempelby)

    wide = await room.presses(await previewed(room), "Till hela distriktet", by=ADA)
    shown = await room.presses(wide, "Visa vem", by=ADA)

    assert "Hemlig" not in text(shown)
    assert text(shown).endswith("Färre än fem till finns inte i det register som du ser.")


async def test_many_are_shown_page_by_page(room, exempelby):
    """A telephone's screen at a time, and nobody is left out."""
    await registrar(room, exempelby)
    for number in range(MOST + 3):
        await given.member(room, f"Medlem {number:02}", of=exempelby)

    first = await room.presses(await previewed(room), f"Visa vilka {MOST + 4}", by=ADA)
    second = await room.presses(first, "Visa fler", by=ADA)

    seen = [line for shown in (first, second) for line in text(shown).splitlines() if line.startswith("•")]
    assert seen == [f"• Medlem {number:02}" for number in range(MOST + 3)]
    assert text(first).count("\n") == MOST


async def test_the_result_shows_who_was_not_reached_and_who_is_in_no_chat(room, exempelby):
    """Those it was sent to in vain, and those there was no way to, each with a button of their own."""
    await registrar(room, exempelby)
    await members(room, exempelby)
    for someone in (BEN, CEM):
        await said_yes(room, someone, exempelby)
    await given.member(room, "Ben Blockerad", of=exempelby, by=BEN, phone="+46700000000")
    await room.presses(await previewed(room), "Publicera", by=ADA)
    ben = await given.person(room, BEN)
    await delivered(room)
    async with room.database.write() as session:
        theirs = update(models.Delivery).where(models.Delivery.person_id == ben)
        await session.execute(theirs.values(state="dead", reason="unreachable"))
    result = await followed(room)

    assert "Privat: 1 av 2. En kunde inte nås." in text(result)
    assert labels(result) == ["Visa vilken", "Visa de 3 utan chatt", "Aktiviteten", "Text att mejla"]
    assert text(await room.presses(result, "Visa vilken", by=ADA)) == "Kvar att nå:\n• Ben Blockerad, +46700000000"
    assert "Rita Ringbar" in text(await room.presses(result, "Visa de 3 utan chatt", by=ADA))
    assert "+4670" in text(await room.presses(result, "Visa vilken", by=ADA))
    refused = await room.presses(result, "Visa vilken", by=DORIS)
    assert "Ben" not in text(refused)


async def followed(room):
    """The message about the post, as its author reads it when it is done."""
    await tick(room, progress.run)
    async with room.database.read() as session:
        query = select(models.Post.private).where(models.Post.key.startswith("progress:"))
        return unpack(await session.scalar(query))["sv"]


IN_VAIN = {
    ADA: (
        ("Alla", "Exempelby", "Publicera"),
        "Till Exempelby, nu: ingen i chatt än. 3 når jag inte i chatt: ",
        (
            "Publicerat. Den når ingen i chatt än. Kvar är 3 som jag inte når i chatt: "
            "2 har e-post eller postadress, 1 ingenting."
        ),
        ["Visa de 3 utan chatt", "Aktiviteten", "Text att mejla"],
    ),
    DORIS: (
        ("Everyone", "Exempelby", "Publish"),
        "To Exempelby, now: nobody in chat yet. 4 I cannot reach in chat: ",
        (
            "Published. It reaches nobody in chat yet. 4 are left whom I cannot reach in chat: "
            "2 have an e-mail or postal address, 2 nothing."
        ),
        ["Show the 4 in no chat", "The activity", "Text to mail"],
    ),
}


@pytest.mark.parametrize("by", IN_VAIN, ids=["in Swedish", "in English"])
@pytest.mark.parametrize("written", [PROTEST, "/meddelande Hej"], ids=["a call", "a message"])
async def test_what_reaches_nobody_in_chat_is_no_dead_end(room, exempelby, by, written):
    """The preview says so, and what is out leads to those who are left, and to the text for them."""
    (everyone, association, publish), before, said, ways = IN_VAIN[by]
    await given.organiser(room, by, of=exempelby, role=roles.REGISTRAR)
    await given.organiser(room, by, of=exempelby)
    await members(room, exempelby)

    asked = await room.says(written, by=by)
    order = (everyone, association) if written == PROTEST else (association, everyone)
    for label in order:
        asked = await room.presses(asked, label, by=by)
    answer = await room.presses(asked, publish, by=by)

    assert before in text(asked)
    assert text(answer) == said
    assert labels(answer) == [
        one for one in ways if written == PROTEST or one not in {"Aktiviteten", "The activity"}
    ]
    assert "Rita Ringbar" in text(await room.presses(answer, ways[0], by=by))


async def test_without_the_register_what_reaches_nobody_still_leads_to_its_text(room, exempelby):
    """No names, and no button to them."""
    await members(room, exempelby)

    answer = await room.presses(await previewed(room), "Publicera", by=ADA)

    assert labels(answer) == ["Aktiviteten", "Text att mejla"]


async def test_who_is_left_is_said_once(room, exempelby):
    """Where a message follows, it says so when it is done, and the answer to the press does not."""
    await said_yes(room, BEN, exempelby)

    answer = await room.presses(await previewed(room), "Publicera", by=ADA)
    await delivered(room)

    assert "Kvar är" not in text(answer)
    assert text(await followed(room)).endswith("Några få når jag inte i chatt.")


async def test_who_gets_no_message_of_their_own_is_told_at_once(room, exempelby):
    """Published in a group by somebody who never opened the bot in private: no result follows."""
    await said_yes(room, BEN, exempelby)
    await given.bound_chat(room, association_id=exempelby)
    preview = await previewed(room)
    ada = await given.person(room, ADA)
    async with room.database.write() as session:
        await session.execute(update(models.Account).where(models.Account.person_id == ada).values(opened=False))

    answer = await room.presses(preview, "Publicera", by=ADA, chat=GROUP)

    assert text(answer) == "Publicerat. Jag skickar nu. Några få når jag inte i chatt."
