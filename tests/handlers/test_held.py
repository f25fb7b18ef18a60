"""Nobody knows whether it arrived: the organiser is asked, once, and what is answered is done."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, update

from bot.delivery import decisions
from bot.delivery.decisions import Facts, Reason
from chat.address import Address, Platform
from chat.sending import NotSent, Uncertain
from db import held, outbox, roles
from db.held import Held
from db.models import Audit, Delivery, PostKind, State
from handlers import held as handlers
from schedules import progress
from tests import given
from tests.handlers.calling import previewed, said_yes
from tests.handlers.holding import asked, deliveries, held_digest, is_held, question_now
from tests.handlers.organising import organising, post
from tests.room import ADA, BEN, CEM, DORIS, Someone, labels, text
from tests.schedules.ticking import tick
from texts import translator

ASKED = (
    "En fråga till dig:\nJag vet inte om veckans översikt kom fram till 2 personer. "
    "Skickar jag en gång till kan någon få det dubbelt."
)


async def states(room, post_id):
    """How the post's deliveries stand."""
    return [(one.state, one.reason) for one in await deliveries(room, post_id)]


async def notes(room):
    """What was done about posts, and by whom."""
    async with room.database.read() as session:
        query = select(Audit.action, Audit.object, Audit.actor_id).where(Audit.object.startswith("post:"))
        return list(await session.execute(query))


async def test_send_anyway(room, exempelby):
    """The organisers of whose digest it is are asked with one button, and a press sends it once more."""
    post_id = await held_digest(room, exempelby)
    (question,) = await asked(room, ADA)
    assert text(question) == ASKED
    assert labels(question) == ["Skicka ändå", "Låt bli"]
    assert room.queued == 0

    answer = await room.presses(question, "Skicka ändå", by=ADA)

    assert text(answer) == "Jag skickar veckans översikt en gång till, till 2."
    assert await states(room, post_id) == [("ready", "again")] * 2
    assert room.queued == 1
    ada = (await notes(room))[0].actor_id
    assert await notes(room) == [("send held", f"post:{post_id}", ada)]


async def test_leave_it(room, exempelby):
    """Nothing goes out, and nobody is asked about it again."""
    post_id = await held_digest(room, exempelby)
    (question,) = await asked(room, ADA)

    answer = await room.presses(question, "Låt bli", by=ADA)

    assert text(answer) == "Då låter jag veckans översikt vara."
    assert await states(room, post_id) == [("held", "left")] * 2
    assert await asked(room, ADA) == []
    assert len(await question_now(room)) == 1
    assert [row.action for row in await notes(room)] == ["leave held"]


async def test_one_question_however_often_the_clock_looks(room, exempelby):
    """It says how many there are now; with a new one it is edited, not sent again."""
    post_id = await held_digest(room, exempelby)
    (one, _) = await deliveries(room, post_id)
    async with room.database.write() as session:
        await session.execute(update(Delivery).where(Delivery.id == one.id).values(state="sent"))
    (question,) = await asked(room, ADA)
    assert "kom fram till 1 person." in text(question)

    await is_held(room, post_id)
    (question,) = await asked(room, ADA)

    assert text(question) == ASKED
    assert len(await question_now(room)) == 1


@pytest.mark.parametrize("label", ["Skicka ändå", "Låt bli"])
async def test_a_second_press_and_another_organiser_come_too_late(room, exempelby, label):
    """Whoever is first decides; everybody who was asked sees it."""
    await given.organiser(room, DORIS, of=exempelby)
    post_id = await held_digest(room, exempelby)
    (question,), (hers,) = await asked(room, ADA), await asked(room, DORIS)
    await room.presses(question, label, by=ADA)
    before = await states(room, post_id)

    for what, who, said in (
        (question, ADA, "Det är redan avgjort. Inget mer skickades."),
        (hers, DORIS, "That is already settled. Nothing more was sent."),
    ):
        english = {"Skicka ändå": "Send anyway", "Låt bli": "Leave it"}[label]
        assert text(await room.presses(what, label if who is ADA else english, by=who)) == said

    assert await states(room, post_id) == before
    assert len(await notes(room)) == 1
    (asking,) = await question_now(room)
    answer = outbox.unpack(asking.private)["en"]
    assert labels(answer) == []
    assert "the week's digest" in text(answer)


async def test_an_old_button_when_it_is_too_late(room, exempelby):
    """Last week's digest is not sent this week; the question says so by itself too."""
    post_id = await held_digest(room, exempelby)
    (question,) = await asked(room, ADA)
    room.passes(timedelta(hours=10))

    answer = await room.presses(question, "Skicka ändå", by=ADA)
    await asked(room, ADA)

    assert text(answer) == "Det är för sent nu. Inget skickades."
    assert await states(room, post_id) == [("held", "uncertain")] * 2
    (asking,) = await question_now(room)
    assert text(outbox.unpack(asking.private)["sv"]) == "Det behövs inte längre. Inget mer skickades."


async def held_call(room, by=ADA):
    """The id of a published call to Ben, of which nobody knows whether it arrived."""
    await room.presses(await previewed(room, by=by), "Publicera", by=by)
    post_id = (await post(room, "call")).id
    await is_held(room, post_id)
    return post_id


async def test_the_one_who_made_it_is_asked(room, exempelby):
    """Not the others; and what became of it is followed on from there."""
    await given.organiser(room, CEM, of=exempelby)
    await said_yes(room, BEN, exempelby)
    await held_call(room)
    (question,) = await asked(room, ADA)
    assert "Jag vet inte om kallelsen till Demonstration för vårdcentralen kom fram till 1 person." in text(
        question
    )
    assert await asked(room, CEM) == []
    await tick(room, progress.run)
    assert await followed(room) == (
        "Klart kl. 10.02. Privat: 0 av 1. För en vet jag inte om det kom fram. Några få når jag inte i chatt."
    )

    await room.presses(question, "Skicka ändå", by=ADA)
    await tick(room, progress.run, after=timedelta(seconds=5))

    assert await followed(room) == "Skickar: 0 av 1. Du kan stänga, jag fortsätter."


async def followed(room):
    """What the message that follows the call says."""
    (one,) = [one for one in await given.queued(room, to=ADA) if one.key.startswith("progress:")]
    return text(outbox.unpack(one.private)["sv"])


async def test_an_activity_that_is_called_off(room, exempelby):
    """Cancellation wins: an old button says so."""
    await said_yes(room, BEN, exempelby)
    post_id = await held_call(room)
    (question,) = await asked(room, ADA)
    calls_off = await room.presses(await organising(room), "Ställ in", by=ADA)
    await room.presses(await room.presses(calls_off, "Hoppa över", by=ADA), "Ställ in nu", by=ADA)

    answer = await room.presses(question, "Skicka ändå", by=ADA)

    assert text(answer) == "Den är inställd. Inget skickades."
    assert await states(room, post_id) == [("cancelled", "cancelled")]


async def test_rights_are_checked_at_the_press(room, exempelby):
    """A role taken back, another association's organiser, nobody in particular."""
    elsewhere = await given.association(room, "Provstad")
    doris = await given.organiser(room, DORIS, of=elsewhere)
    post_id = await held_digest(room, exempelby)
    (question,) = await asked(room, ADA)

    foreign = await room.presses(question, "Skicka ändå", by=DORIS)
    async with room.database.write() as session:
        await roles.withdraw(session, doris, roles.ORGANISER, association_id=elsewhere)
    nobody = await room.presses(question, "Skicka ändå", by=DORIS)

    assert text(foreign) == "Only that association's organisers can do that."
    assert text(nobody) == "Only organisers can do that."
    assert await states(room, post_id) == [("held", "uncertain")] * 2


async def test_a_digest_for_nobodys_own_is_the_districts(room, exempelby):
    """Those who chose no association have the whole district's organisers."""
    district = Someone("Rut", Address(Platform.TELEGRAM, "1009"))
    await given.organiser(room, district, of=None)
    post_id = await held_digest(room, None)

    assert await asked(room, ADA) == []
    (question,) = await asked(room, district)
    refused = await room.presses(question, "Skicka ändå", by=ADA)
    await room.presses(question, "Skicka ändå", by=district)

    assert text(refused) == "Det kan bara arrangörer för hela distriktet göra."
    assert await states(room, post_id) == [("ready", "again")] * 2


async def test_nobody_is_woken_to_be_asked(room, exempelby):
    """What is found at night is asked in the morning."""
    room.now = datetime(2026, 11, 22, 22, tzinfo=UTC)
    await held_digest(room, exempelby)

    await asked(room, ADA)

    (asking,) = await question_now(room)
    (delivery,) = await deliveries(room, asking.id)
    assert delivery.not_before == datetime(2026, 11, 23, 7, tzinfo=UTC)


async def test_a_question_about_a_question_is_not_asked(room, exempelby):
    """Else one lost answer would ask for ever."""
    await held_digest(room, exempelby)
    await asked(room, ADA)
    (asking,) = await question_now(room)
    await is_held(room, asking.id)

    await asked(room, ADA)

    assert len(await question_now(room)) == 1


async def test_an_author_who_cannot_be_reached(room, exempelby):
    """The others are asked the same, under the same question: one answer is enough."""
    await given.organiser(room, CEM, of=exempelby)
    await said_yes(room, BEN, exempelby)
    await held_call(room)
    await asked(room, ADA)
    (asking,) = await question_now(room)
    async with room.database.write() as session:
        lost = update(Delivery).where(Delivery.post_id == asking.id)
        await session.execute(lost.values(state=State.DEAD.value, reason="unreachable"))

    (question,) = await asked(room, CEM)

    assert "kallelsen till Demonstration" in text(question)
    assert [one.id for one in await question_now(room)] == [asking.id]


async def test_without_anybody_to_ask_it_waits(room, exempelby):
    """The first organiser who can be reached hears of it."""
    ada = await given.person(room, ADA)
    async with room.database.write() as session:
        await roles.withdraw(session, ada, roles.ORGANISER, association_id=exempelby)
    await held_digest(room, exempelby)
    assert await asked(room, ADA) == []

    await given.organiser(room, ADA, of=exempelby)

    assert [text(one) for one in await asked(room, ADA)] == [ASKED]


@pytest.mark.parametrize(
    ("kind", "title", "chats", "people", "said"),
    [
        (PostKind.CALL, "Julfika", 1, 2, "om kallelsen till Julfika kom fram till 1 grupp och 2 personer."),
        (PostKind.CHANGE, "Julfika", 0, 1, "om ändringen av Julfika kom fram till 1 person."),
        (PostKind.CANCELLATION, "<b>", 2, 0, "om beskedet att <b> är inställd kom fram till 2 grupper."),
        (PostKind.REMINDER, "Julfika", 0, 3, "om påminnelsen om Julfika kom fram till 3 personer."),
        (PostKind.WELCOME, None, 1, 0, "om en välkomsthälsning kom fram till 1 grupp."),
        (PostKind.PERSONAL, None, 0, 1, "om ett meddelande kom fram till 1 person."),
        (PostKind.ANNOUNCEMENT, None, 0, 1, "om ett meddelande kom fram till 1 person."),
    ],
)
def test_the_question_says_what_and_to_how_many(kind, title, chats, people, said):
    """In the organiser's words; and never to whom."""
    one = Held(7, kind, None, None, title, None, people, chats, invented=False)

    assert said in text(handlers.question(translator("sv", ZONE), one))


@pytest.mark.parametrize(
    ("language", "people", "said"),
    [
        ("sv", 3, "om kallelsen till Julfika kom fram till några av dem det är till."),
        ("sv", 7, "om kallelsen till Julfika kom fram till ungefär 5 personer."),
        ("en", 3, "whether the call to Julfika reached some of those it is for."),
        ("en", 7, "whether the call to Julfika reached about 5 persons."),
    ],
)
def test_how_many_of_an_audience_it_is_about_is_said_in_fives(language, people, said):
    """Any organiser may be asked, and small numbers say who."""
    one = Held(7, PostKind.CALL, None, None, "Julfika", None, people, 0, invented=False, narrow=True)

    assert said in text(handlers.question(translator(language, ZONE), one))


def facts(kind: PostKind) -> Facts:
    """A delivery that an organiser sends anyway, as it is claimed."""
    return Facts(
        kind=kind, platform=Platform.TELEGRAM, to_person=True, attempt=1, not_before=NOON, expires_at=None,
        usable=True, reason=held.AGAIN, since=None,
    )  # fmt: skip


NOON, ZONE = datetime(2026, 11, 23, 11, tzinfo=UTC), ZoneInfo("Europe/Stockholm")


@pytest.mark.parametrize("kind", [PostKind.DIGEST, PostKind.CALL, PostKind.REMINDER])
def test_it_goes_out_once_more_and_not_again_by_itself(kind):
    """One press is one message: unsure anew, it is held anew; surely not sent, it is tried like any other."""
    one = facts(kind)

    unsure = decisions.failed(one, Uncertain(), NOON, ZONE, luck=0.5, broken=False)
    not_sent = decisions.failed(one, NotSent(), NOON, ZONE, luck=0.5, broken=False)

    assert decisions.before(one, NOON, ZONE) is None
    assert (unsure.state, unsure.reason) == (State.HELD, Reason.UNCERTAIN)
    assert (not_sent.state, not_sent.reason, not_sent.since) == (State.READY, Reason.AGAIN, None)
    assert decisions.after_a_death(one, NOON, ZONE).state is State.HELD


def test_the_words_are_those_of_delivery():
    """What is written here is read there."""
    assert {held.AGAIN, held.LEFT} <= {reason.value for reason in Reason}
