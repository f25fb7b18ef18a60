"""Becoming an organiser, letting others in, and taking it back."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from chat.address import Address, Platform
from chat.request import Fact
from db import codes, outbox
from db.models import Delivery, Post
from handlers.organisers import ADMIN_CODE
from tests import given
from tests.room import ADA, BEN, CEM, GROUP, NOW, Room, Someone, labels, text

DAY = timedelta(hours=24)


async def admin_code(room: Room) -> str:
    async with room.database.write() as session:
        return await codes.new_code(session, room.dispatch.keys, ADMIN_CODE, valid=DAY, now=room.now)


async def make_admin(room: Room, who: Someone) -> None:
    await room.says(f"/admin {await admin_code(room)}", by=who)


async def told(room: Room, language: str = "sv"):
    """The newest message that waits for somebody in the outbox."""
    async with room.database.read() as session:
        query = select(Post.private).join(Delivery, Delivery.post_id == Post.id).order_by(Post.id.desc())
        return outbox.unpack((await session.scalars(query.limit(1))).one())[language]


async def test_the_first_organiser_comes_in_with_the_operators_code(room):
    """Without this nobody could ever call anybody."""
    code = await admin_code(room)

    answer = await room.says(f"/admin {code.lower()}", by=ADA)

    assert "Välkommen som arrangör" in text(answer)
    assert answer.refresh_menu
    assert "Distriktet och 0 föreningar" in text(await room.says("/foreningar", by=ADA))


@pytest.mark.parametrize("typed", ["", "12345678", "AAAA-BBBB-CCCC", "🔑" * 500, "<b>", "\u202eABCD"])
async def test_a_wrong_code_is_told_apart_from_nothing(room, typed):
    """Unknown, used and expired look alike, so guessing learns nothing."""
    answer = await room.says(f"/admin {typed}", by=BEN)

    assert text(answer) == "Koden gäller inte. Den som sköter boten kan göra en ny."


async def test_a_code_works_once_and_for_a_day(room):
    """A code seen over a shoulder is worth nothing afterwards."""
    code, late = await admin_code(room), await admin_code(room)
    await room.says(f"/admin {code}", by=ADA)

    again = await room.says(f"/admin {code}", by=BEN)
    room.passes(DAY)
    expired = await room.says(f"/admin {late}", by=BEN)

    assert text(again) == text(expired) == "Koden gäller inte. Den som sköter boten kan göra en ny."


async def test_a_code_written_in_a_group_is_taken_away_and_burnt(room):
    """Everybody in the group has read it."""
    code = await admin_code(room)

    answer = await room.says(f"/admin {code}", by=ADA, chat=GROUP)
    later = await room.says(f"/admin {code}", by=BEN)

    assert answer.delete_request
    assert answer.message is None
    assert "gäller inte" in text(later)


async def test_an_organiser_is_let_in_only_after_the_one_who_invited_says_so(room):
    """A forwarded invitation must not make an organiser of whoever opens it."""
    await make_admin(room, ADA)
    await room.says("/foreningar Provstad", by=ADA)
    where = await room.presses(await room.says("/arrangorer", by=ADA), "Lägg till en arrangör", by=ADA)
    invitation = await room.presses(where, "Provstad", by=ADA)

    opened = await room.presses(invitation.also[0], "Öppna", by=BEN)
    before = await room.says("/arrangorer", by=BEN)
    question = await told(room)
    done = await room.presses(question, "Ja, släpp in", by=ADA)
    after = await room.says("/arrangorer", by=BEN)
    twice = await room.presses(question, "Ja, släpp in", by=ADA)

    assert "Jag frågar den som bjöd in dig" in text(opened)
    assert "Det kan bara arrangörer göra" in text(before)
    assert "Ben har öppnat din inbjudan" in text(question)
    assert "Klart" in text(done)
    assert "2. Ben, Provstad" in text(after)
    assert "redan besvarad" in text(twice)


async def test_an_associations_organiser_is_shown_what_they_may_do(room):
    """A welcome that begins with something refused, to "organisers only" at that, would be a bad start."""
    await make_admin(room, ADA)
    await room.says("/foreningar Provstad", by=ADA)
    where = await room.presses(await room.says("/arrangorer", by=ADA), "Lägg till en arrangör", by=ADA)
    invitation = await room.presses(where, "Provstad", by=ADA)
    await room.presses(invitation.also[0], "Öppna", by=BEN)
    await room.presses(await told(room), "Ja, släpp in", by=ADA)

    welcome = await told(room)
    refused = await room.says("/foreningar", by=BEN)

    assert text(welcome).startswith("Ett svar till dig:\nVälkommen som arrangör!")
    assert "/foreningar" not in text(welcome)
    assert labels(welcome) == ["Arrangörer"]
    assert text(refused) == "Det kan bara arrangörer för hela distriktet göra."


async def test_somebody_without_the_right_cannot_answer_for_the_one_who_invited(room):
    """The button alone gives no right; it is checked at the press."""
    await make_admin(room, ADA)
    where = await room.presses(await room.says("/arrangorer", by=ADA), "Lägg till en arrangör", by=ADA)
    invitation = await room.presses(where, "Hela distriktet", by=ADA)
    await room.presses(invitation.also[0], "Öppna", by=BEN)

    answer = await room.presses(await told(room), "Ja, släpp in", by=BEN)

    assert "Det kan bara arrangörer göra" in text(answer)


async def given_invitation(room: Room):
    """A real organiser's invitation, as it is passed on."""
    await make_admin(room, ADA)
    await room.says("/foreningar Provstad", by=ADA)
    where = await room.presses(await room.says("/arrangorer", by=ADA), "Lägg till en arrangör", by=ADA)
    return (await room.presses(where, "Provstad", by=ADA)).also[0]


async def test_the_try_out_page_lets_nobody_real_in(room):
    """An invitation from its invented organiser is worth nothing outside, and is not used up by trying."""
    persona = Someone("Prova", Address(Platform.TRY, "arrangor"))
    await given.association(room, "Påhittsås", invented=True)
    await given.organiser(room, persona, of=None)
    where = await room.presses(await room.says("/arrangorer", by=persona), "Lägg till en arrangör", by=persona)
    invitation = await room.presses(where, "Påhittsås", by=persona)

    answer = await room.presses(invitation.also[0], "Öppna", by=BEN)
    await room.presses(await given_invitation(room), "Öppna", by=BEN)
    pressed = await room.presses(await told(room), "Ja, släpp in", by=persona)

    assert "redan besvarad" in text(pressed)
    assert text(answer) == "Koden gäller inte. Be den som skickade den om en ny."
    assert await given.waiting(room, to=persona) == []


async def test_the_last_one_who_can_let_others_in_stays(room):
    """A district without anybody to grant roles would need the operator again."""
    await make_admin(room, ADA)
    sure = await room.presses(await room.says("/arrangorer", by=ADA), "Ta tillbaka 1", by=ADA)

    answer = await room.presses(sure, "Ja, ta tillbaka", by=ADA)

    assert "./kallelse admin-code" in text(answer)
    assert "1. Ada" in text(await room.says("/arrangorer", by=ADA))


async def test_a_role_is_taken_back(room):
    """The next press of a former organiser is refused."""
    await make_admin(room, ADA)
    await make_admin(room, CEM)
    sure = await room.presses(await room.says("/arrangorer", by=ADA), "Ta tillbaka 2", by=ADA)

    await room.presses(sure, "Ja, ta tillbaka", by=ADA)

    assert "Det kan bara arrangörer göra" in text(await room.says("/foreningar", by=CEM))


async def test_a_form_begun_with_a_role_does_not_outlive_it(room):
    """Who may no longer add associations cannot finish adding one."""
    await make_admin(room, ADA)
    await make_admin(room, CEM)
    await room.presses(await room.says("/foreningar", by=CEM), "Lägg till en förening", by=CEM)
    sure = await room.presses(await room.says("/arrangorer", by=ADA), "Ta tillbaka 2", by=ADA)
    await room.presses(sure, "Ja, ta tillbaka", by=ADA)

    answer = await room.says("Påhittsås", by=CEM)

    assert "Det kan bara arrangörer göra" in text(answer)
    assert "Påhittsås" not in text(await room.says("/foreningar", by=ADA))


@pytest.mark.parametrize(
    ("name", "said"),
    [("provstad", "finns redan en förening som heter Provstad"), ("x" * 5000, "är för långt: högst 60 tecken")],
)
async def test_an_association_needs_a_name_of_its_own(room, name, said):
    """Two of one name could not be told apart on a button."""
    await make_admin(room, ADA)
    await room.says("/foreningar Provstad", by=ADA)

    answer = await room.says(f"/foreningar {name}", by=ADA)

    assert said in text(answer)


async def test_an_association_is_renamed(room):
    """Names come out as they were typed, whatever they look like."""
    await make_admin(room, ADA)
    listed = await room.says("/foreningar Provstad", by=ADA)
    asked = await room.presses(listed, "Byt namn på Provstad", by=ADA)

    answer = await room.says("<b>Exempelby</b> @everyone", by=ADA)

    assert "Vad heter den?" in text(asked)
    assert "• <b>Exempelby</b> @everyone" in text(answer)


async def test_a_group_is_connected_by_an_organiser_who_is_administrator_there(room):
    """Then it gets its association's posts, and the level says what it may see."""
    await make_admin(room, ADA)
    await room.says("/foreningar Provstad", by=ADA)

    asked = await room.says("/anslut provstad", by=ADA, chat=GROUP, facts={Fact.CHAT_ADMIN})
    done = await room.presses(asked, "Bara våra egna", by=ADA, chat=GROUP)

    assert labels(asked) == ["Alla", "Bara våra egna"]
    assert "Det som Provstad skickar kommer hit" in text(done)


async def test_alone_the_group_belongs_to_the_district(room):
    """/anslut without a name."""
    await make_admin(room, ADA)

    asked = await room.says("/anslut", by=ADA, chat=GROUP, facts={Fact.CHAT_ADMIN})

    assert "Hit kommer det som Exempeldistriktet skickar" in text(asked)


async def test_who_is_no_administrator_of_the_group_cannot_connect_it(room):
    """Nobody's group is taken over by a bot's organiser."""
    await make_admin(room, ADA)

    answer = await room.says("/anslut", by=ADA, chat=GROUP)

    assert "administratör i gruppen" in text(answer)


async def test_who_does_not_organise_cannot_connect_a_group(room):
    """Being administrator of a group is not enough either."""
    answer = await room.says("/anslut", by=BEN, chat=GROUP, facts={Fact.CHAT_ADMIN})

    assert "Det kan bara arrangörer göra" in text(answer)


async def test_an_unknown_association_is_asked_about(room):
    """Nothing is guessed, and the answer is one press away."""
    await make_admin(room, ADA)
    await room.says("/foreningar Provstad", by=ADA)

    asked = await room.says("/anslut Prvstad", by=ADA, chat=GROUP, facts={Fact.CHAT_ADMIN})

    assert "ingen förening som heter Prvstad" in text(asked)
    assert "Provstad" in labels(asked)
    assert room.now == NOW
