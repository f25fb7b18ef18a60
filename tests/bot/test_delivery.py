"""What is queued arrives: once, in order, paced, or somebody can see why not."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, select, update

from bot.delivery.facts import nonce
from chat.address import Platform
from chat.sending import Moved, NotSent, Paused, Refused, SendError, Uncertain, Unreachable
from db import outbox
from db.audiences import Audience
from db.models import Account, Chat, Delivery, PostKind, Priority
from tests.bot.outbox_world import World, until
from tests.room import KEYS, NOW, STOCKHOLM, open_room


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """An empty outbox."""
    async with open_room(tmp_path) as room:
        yield World(room.database)


async def test_a_post_reaches_people_and_groups_once(world):
    """The main job: everybody hears it, nobody twice, and the ledger knows the platform's message."""
    await world.person(1)
    await world.person(2, platform=Platform.DISCORD)
    await world.chat()
    await world.post(to_chats=True)

    async with world.delivering():
        await world.reached("sent", "sent", "sent")

    assert sorted(world.telegram.addresses) == ["-2001", "1"]
    assert world.discord.addresses == ["2"]
    rows = await world.rows()
    assert all(row.message_id and row.attempt == 1 and row.shown_revision == 1 for row in rows)


async def test_what_is_queued_while_it_runs_goes_at_once(world):
    """Nobody waits for the next tick: the one who commits wakes the delivery."""
    await world.person(1)

    async with world.delivering() as delivery:
        await world.post()
        delivery.wake()
        await world.reached("sent")


async def test_the_urgent_goes_before_the_rest(world):
    """A cancellation is not behind a digest."""
    await world.person(1)
    await world.post("digest", PostKind.DIGEST, priority=Priority.DIGEST)
    await world.post("cancelled", PostKind.CANCELLATION, priority=Priority.URGENT)

    async with world.delivering():
        await world.reached("sent", "sent")

    digest, cancellation = await world.rows()
    assert [one.nonce for one in world.telegram.kept] == [nonce(KEYS, cancellation.id), nonce(KEYS, digest.id)]


@pytest.mark.parametrize(
    ("error", "state", "reason", "attempt"),
    [
        (Refused(), "dead", "refused", 1),
        (Unreachable(), "dead", "unreachable", 1),
        (Paused(900), "ready", None, 0),
        (NotSent(), "ready", None, 1),
        (Uncertain(), "ready", "again", 1),
        (SendError(), "ready", "again", 1),
        (ValueError("nobody expected it"), "ready", "again", 1),
    ],
)
async def test_each_error_has_its_consequence(world, error, state, reason, attempt):
    """A wrong consequence loses a message or sends it twice."""
    await world.person(1)
    await world.post()
    world.telegram.fails.append(error)

    async with world.delivering():
        await until(lambda: _left(world, state, world.telegram.tried == 1))

    (row,) = await world.rows()
    assert (row.state, row.reason, row.attempt) == (state, reason, attempt)


async def _left(world: World, state: str, tried: bool) -> bool:
    (row,) = await world.rows()
    return tried and row.state == state and row.owner is None


async def test_what_surely_was_not_sent_is_tried_again(world):
    """A short outage costs a delay, not a message."""
    await world.person(1)
    await world.post()
    world.telegram.fails.append(NotSent())

    async with world.delivering() as delivery:
        await until(lambda: _left(world, "ready", world.telegram.tried == 1))
        world.now += timedelta(seconds=5)
        delivery.wake()
        await world.reached("sent")

    assert len(world.telegram.kept) == 1


async def test_a_blocked_account_gives_way_to_the_next(world):
    """A person is reached on the channel that works."""
    person = await world.person(1)
    await world.account(person, 11, platform=Platform.DISCORD)
    await world.post()
    world.telegram.fails.append(Unreachable())

    async with world.delivering():
        await world.reached("sent")

    assert world.discord.addresses == ["11"]
    first: Account = await world.stands(Account, 1)
    assert not first.reachable


@pytest.mark.parametrize(
    ("attempt", "elsewhere", "state"), [(7, [11], "sent"), (15, [11], "dead"), (7, [], "dead")]
)
async def test_after_eight_tries_on_each_account_it_is_given_up(world, attempt, elsewhere, state):
    """What cannot be delivered here is delivered there; it does not go round for ever, and the account stays."""
    person = await world.person(1)
    for number in elsewhere:
        await world.account(person, number, platform=Platform.DISCORD)
    await world.post()
    await world.does(lambda session: session.execute(update(Delivery).values(attempt=attempt)))
    world.telegram.fails.append(NotSent())

    async with world.delivering():
        await world.reached(state)

    assert world.discord.addresses == (["11"] if state == "sent" else [])
    first: Account = await world.stands(Account, 1)
    assert first.reachable


async def test_a_group_that_moved_is_found_under_its_new_id(world):
    """A group that grew into a supergroup keeps getting its posts."""
    chat = await world.chat()
    await world.post(to_chats=True)
    world.telegram.fails.append(Moved("-100777"))

    async with world.delivering():
        await world.reached("sent")

    assert world.telegram.addresses == ["-100777"]
    assert (await world.stands(Chat, chat)).address == "-100777"


async def test_a_group_that_threw_us_out_is_left_alone(world):
    """The organiser sees that the group is gone instead of silence."""
    chat = await world.chat()
    await world.post(to_chats=True)
    world.telegram.fails.append(Unreachable())

    async with world.delivering():
        await world.reached("dead")

    assert not (await world.stands(Chat, chat)).present


async def test_what_was_called_off_in_time_is_never_sent(world):
    """Sends started after a cancellation was committed: none."""
    await world.person(1)
    post = await world.post()
    await world.does(lambda session: outbox.cancel_unsent(session, [post], reason="cancelled"))

    async with world.delivering():
        await world.post("other")
        await world.reached("cancelled", "sent")

    assert len(world.telegram.kept) == 1


async def test_a_call_to_something_cancelled_is_not_sent(world):
    """Cancelled stays cancelled, also for what waited for the morning."""
    activity = await world.activity(state="cancelled")
    await world.person(1)
    await world.post(activity_id=activity)

    async with world.delivering():
        await world.reached("cancelled")

    assert world.telegram.tried == 0


async def test_too_late_is_not_sent(world):
    """A reminder after the meeting helps nobody."""
    await world.person(1)
    await world.post(expires_at=NOW + timedelta(minutes=1))
    world.now += timedelta(minutes=2)

    async with world.delivering():
        await world.reached("expired")

    assert world.telegram.tried == 0


async def test_an_internal_call_is_kept_out_of_a_group_that_was_opened(world):
    """It was queued while the group was internal; what counts is what the group is now."""
    activity = await world.activity(open=False)
    await world.chat()
    await world.post(to_chats=True, activity_id=activity)

    async with world.delivering():
        await world.reached("cancelled")

    assert world.telegram.tried == 0


@pytest.mark.parametrize("other", [None, Platform.DISCORD])
async def test_an_id_that_another_account_took_over_leads_nobody_astray(world, other):
    """Somebody else would read the message; it goes to the person's other account, or nowhere."""
    ada, ben = await world.person(1), await world.person(2)
    await world.post()
    if other:
        await world.account(ada, 3, platform=other)
    async with world.database.write() as session:
        await session.execute(update(Delivery).where(Delivery.person_id == ben).values(state="cancelled"))
        gone = await session.scalar(select(Account.id).where(Account.person_id == ada).order_by(Account.id))
        await session.execute(delete(Account).where(Account.id == gone))
        await session.execute(update(Account).where(Account.person_id == ben).values(id=gone))

    async with world.delivering():
        await world.reached("sent" if other else "dead", "cancelled")

    assert world.telegram.tried == 0
    assert world.discord.addresses == (["3"] if other else [])


async def test_stop_reaches_what_is_already_queued(world):
    """/stopp is in force at once."""
    await world.person(1)
    await world.post()
    await world.does(lambda session: session.execute(update(Account).values(stopped=True)))

    async with world.delivering():
        await world.reached("dead")

    assert world.telegram.tried == 0
    assert (await world.stands(Account, 1)).reachable


async def test_a_late_backlog_keeps_quiet_hours(world):
    """The process was down in the evening: nobody is woken when it is back."""
    await world.person(1)
    await world.post()
    world.now = datetime(2026, 11, 22, 22, 30, tzinfo=STOCKHOLM)

    async with world.delivering():
        await until(lambda: _moved(world))

    (row,) = await world.rows()
    assert row.not_before == datetime(2026, 11, 23, 8, 0, tzinfo=STOCKHOLM)
    assert world.telegram.tried == 0


async def _moved(world: World) -> bool:
    (row,) = await world.rows()
    return row.not_before > world.now and row.state == "ready"


async def test_a_change_of_something_near_breaks_quiet_hours(world):
    """Somebody would drive to a meeting that is called off."""
    activity = await world.activity(starts_in=timedelta(hours=20))
    await world.person(1)
    await world.post(kind=PostKind.CANCELLATION, priority=Priority.URGENT, activity_id=activity, quiet=None)
    world.now = datetime(2026, 11, 22, 22, 30, tzinfo=STOCKHOLM)

    async with world.delivering():
        await world.reached("sent")


@pytest.mark.parametrize(("coming", "states", "on_discord"), [(None, "dead", []), (1, "sent", ["11"])])
async def test_a_message_moves_on_to_an_account_that_may_be_written_to(world, coming, states, on_discord):
    """The other account said no; what its person signed up for reaches them there all the same."""
    person = await world.person(1)
    other = await world.account(person, 11, platform=Platform.DISCORD)
    await world.does(lambda session: session.execute(update(Account).filter_by(id=other).values(consent="no")))
    activity = await world.activity()
    audience = Audience(invented=False, coming_to=coming and activity)
    await world.post(kind=PostKind.ANNOUNCEMENT, audience=audience)
    world.telegram.fails.append(Unreachable())

    async with world.delivering():
        await world.reached(states)

    assert world.discord.addresses == on_discord


@pytest.mark.parametrize("kind", [PostKind.CALL, PostKind.ANNOUNCEMENT])
@pytest.mark.parametrize(("yes", "state"), [(True, "sent"), (False, "cancelled")])
async def test_a_no_on_one_platform_moves_it_to_where_its_person_said_yes(world, kind, yes, state):
    """They want it, and not there; on neither it is called off."""
    person = await world.person(1)
    await world.account(person, 11, platform=Platform.DISCORD)
    await world.post(kind=kind)
    unwilling = update(Account).where(Account.platform == "telegram") if yes else update(Account)
    await world.does(lambda session: session.execute(unwilling.values(consent="no")))

    async with world.delivering():
        await world.reached(state)

    assert (world.telegram.addresses, world.discord.addresses) == ([], ["11"] if yes else [])


@pytest.mark.parametrize(("coming", "state"), [(None, "cancelled"), (1, "sent")])
async def test_a_no_in_the_night_holds_for_messages_too(world, coming, state):
    """As for calls; a message to those who come needs no yes but theirs to it."""
    await world.person(1)
    activity = await world.activity()
    await world.post(kind=PostKind.ANNOUNCEMENT, audience=Audience(invented=False, coming_to=coming and activity))
    await world.does(lambda session: session.execute(update(Account).values(consent="no")))

    async with world.delivering():
        await world.reached(state)
