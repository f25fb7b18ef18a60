"""What has served its purpose is forgotten, and nothing else."""

from dataclasses import replace
from datetime import timedelta

from markupsafe import Markup
from sqlalchemy import select

from chat.address import Address, Platform
from chat.message import Message
from db import (
    activities,
    arrivals,
    audit,
    chats,
    codes,
    help_offer,
    outbox,
    question,
    reach,
    tallies,
    try_out,
)
from db.models import (
    Answer,
    Arrival,
    Audit,
    Code,
    Delivery,
    Draft,
    HelpOffer,
    Post,
    PostKind,
    Priority,
    Question,
    SeenUpdate,
)
from schedules import housekeeping, jobs
from tests import given as there
from tests.room import ADA, BEN, CEM, GROUP, KEYS, NOW, Room, Someone
from tests.schedules.ticking import tick

PERSONA = Someone("Prova", Address(Platform.TRY, "prova"))


async def kept(room: Room) -> dict[str, int]:
    """How many rows each table holds."""
    async with room.database.read() as session:
        tables = (Code, Draft, SeenUpdate, Post, Delivery)
        return {table.__tablename__: len((await session.execute(select(table))).all()) for table in tables}


async def test_nothing_is_kept_for_ever(room):
    """Deliveries thirty days, codes a day after their end, updates as long as they may come twice."""
    await room.says("/vecka", by=ADA)
    await there.person(room, ADA)
    content = {"sv": Message(Markup("Hej"))}
    async with room.database.write() as session:
        await codes.new_code(session, KEYS, "admin", valid=timedelta(hours=1), now=room.now)
        post = await outbox.queue_post(
            session, "a", PostKind.PERSONAL, private=content, priority=Priority.CALL, now=room.now,
            expires_at=room.now + timedelta(days=1),
        )  # fmt: skip
        assert post is not None
        await outbox.queue_to_people(session, post, reach.one_person(1), now=room.now, quiet=None)

    await tick(room, housekeeping.run, after=timedelta(days=2))
    soon = await kept(room)
    async with room.database.read() as session:
        state = await session.scalar(select(Delivery.state))
    await tick(room, housekeeping.run, after=timedelta(days=31))

    assert soon == {"code": 0, "draft": 0, "seen_update": 1, "post": 1, "delivery": 1}
    assert state == "expired"
    assert set((await kept(room)).values()) == {0}


async def test_what_was_typed_on_the_page_is_kept_a_month(room):
    """Somebody may have tried it with a real name."""
    async with room.database.write() as session:
        await try_out.add_message(session, "medlem", "medlem", "{}", now=room.now)

    left = []
    for days in (29, 2):
        await tick(room, housekeeping.run, after=timedelta(days=days))
        async with room.database.read() as session:
            left.append(len(await try_out.messages(session, "medlem", viewer="medlem")))

    assert left == [1, 0]


async def test_who_came_is_remembered_a_year_and_a_month_where_the_bot_is_gone(room):
    """So long nobody is welcomed twice; longer would be a list of who was there."""
    stays = await there.bound_chat(room)
    left = await there.bound_chat(room, replace(GROUP, address=Address(Platform.TELEGRAM, "-2002")))
    async with room.database.write() as session:
        for chat in (stays, left):
            await arrivals.mark_known(session, KEYS, chat, [ADA.address], now=room.now)
        await chats.leave(session, left)

    remembered = []
    for days in (29, 2, 333, 2):
        await tick(room, housekeeping.run, after=timedelta(days=days))
        async with room.database.read() as session:
            remembered.append(set(await session.scalars(select(Arrival.chat_id))))

    assert remembered == [{stays, left}, {stays}, {stays}, set()]


async def test_deliveries_are_counts_after_a_month(room):
    """What was sent to how many can still be told; to whom cannot."""
    march = await there.activity(
        room, "Demonstration", await there.association(room, "Provstad"), "2026-11-28 14:00"
    )
    ada, ben, invented = [await there.person(room, one) for one in (ADA, BEN, PERSONA)]
    async with room.database.write() as session:
        for key, persons in (("call:1", (ada, ben, invented)), ("call:2", (ben,))):
            post = await outbox.queue_post(
                session, key, PostKind.CALL, private={}, priority=Priority.CALL, now=room.now, activity_id=march
            )
            session.add_all(
                Delivery(post_id=post, person_id=one, lane="telegram", priority=1, not_before=NOW, state="sent")
                for one in persons
            )

    await tick(room, housekeeping.run, after=timedelta(days=40))

    async with room.database.read() as session:
        assert await tallies.counts(session, "delivery", march) == {"call:sent": 3}
        assert await session.scalar(select(Delivery.id)) is None


async def test_answers_are_counts_after_a_year(room):
    """The organiser still sees how many came; nobody sees who."""
    march = await there.activity(
        room, "Demonstration", await there.association(room, "Provstad"), "2026-11-28 14:00"
    )
    later = await there.activity(room, "Fest", 1, "2027-11-28 14:00")
    for someone, answer in ((ADA, Answer.COMING), (BEN, Answer.COMING), (CEM, Answer.NO)):
        await there.signup(room, someone, march, answer)
        await there.signup(room, someone, later, answer)

    told = []
    for days in (370, 2, 1):
        await tick(room, housekeeping.run, after=timedelta(days=days))
        async with room.database.read() as session:
            told.append((await activities.answers(session, march), len(await _names(session, march))))

    counts = {Answer.COMING: 2, Answer.MAYBE: 0, Answer.NO: 1}
    assert told == [(counts, 3), (counts, 0), (counts, 0)]
    async with room.database.read() as session:
        assert len(await _names(session, later)) == 3


async def _names(session, activity_id):
    return [name for names in (await activities.names(session, activity_id)).values() for name in names]


async def test_the_log_of_steps_is_kept_two_years(room):
    """Counted from its newest line: a machine whose clock is wrong erases nothing."""
    async with room.database.write() as session:
        audit.note(session, "first", "activity:1", actor_id=1, now=NOW)
    await tick(room, housekeeping.run, after=timedelta(days=800))
    async with room.database.write() as session:
        alone = list(await session.scalars(select(Audit.action)))
        audit.note(session, "second", "activity:1", actor_id=1, now=NOW + timedelta(days=731))
    await tick(room, housekeeping.run)
    async with room.database.write() as session:
        kept = list(await session.scalars(select(Audit.action)))
        audit.note(session, "third", "activity:1", actor_id=1, now=NOW + timedelta(days=732))
    await tick(room, housekeeping.run)

    async with room.database.read() as session:
        assert (alone, kept) == (["first"], ["first", "second"])
        assert list(await session.scalars(select(Audit.action))) == ["second", "third"]


async def test_questions_and_offers_are_kept_a_year(room):
    """What somebody wrote once is not kept for good."""
    person_id, number = await there.person(room, ADA), await there.association(room, "Provstad")
    about = {"person_id": person_id, "association_id": number}
    async with room.database.write() as session:
        await question.add_question(session, **about, activity_id=None, text="Får hunden följa med?", now=NOW)
        await help_offer.add_offer(session, **about, text="", name="Ada", now=NOW)

    left = []
    for days in (364, 2):
        await tick(room, housekeeping.run, after=timedelta(days=days))
        async with room.database.read() as session:
            left.append([await session.scalar(select(table.id)) for table in (Question, HelpOffer)])

    assert left == [[1, 1], [None, None]]


def test_every_job_has_its_own_name():
    """Two with one name would lock each other out."""
    names = [job.name for job in jobs(KEYS)]

    assert len(set(names)) == len(names)
