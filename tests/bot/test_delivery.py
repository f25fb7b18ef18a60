"""What is queued arrives: once, in order, paced, or somebody can see why not."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from bot.delivery.facts import nonce
from chat.address import Platform
from chat.sending import MessageGone, Moved, NotSent, Paused, Refused, SendError, Uncertain, Unreachable
from db import copies, outbox
from db.models import Account, Activity, Chat, Consent, Post, PostKind, Priority
from db.models import Delivery as Row
from tests.bot.outbox_world import World, said, until
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


async def test_hidden_content_is_behind_a_button(world):
    """A lock screen shows nothing to those who asked for that."""
    await world.person(1, consent=Consent.HIDDEN)
    post = await world.post()

    async with world.delivering():
        await world.reached("sent")

    (kept,) = world.telegram.kept
    assert "Demonstration" not in kept.message.text
    assert [(button.route, button.argument) for button in kept.message.buttons] == [("post.show", str(post))]


async def test_a_group_card_counts_from_five_upwards(world):
    """Fewer would tell who; how many cannot come is never told."""
    activity = await world.activity()
    await world.chat()
    people = [await world.person(number) for number in range(1, 7)]
    for person in people[:4]:
        await world.signup(activity, person)
    await world.signup(activity, people[5], "no")
    await world.post(to_chats=True, to_people=False, activity_id=activity)

    async with world.delivering() as delivery:
        await world.reached("sent")
        await world.signup(activity, people[4])
        await world.does(lambda session: outbox.recount(session, activity))
        delivery.wake()
        await until(lambda: _edited(world, 1))

    (sent,), ((_, edited),) = world.telegram.kept, world.telegram.edits
    assert [button.label for button in sent.message.buttons] == ["Jag kommer", "Kanske"]
    assert [button.label for button in edited.message.buttons] == ["Jag kommer · 5", "Kanske"]


async def _edited(world: World, times: int) -> bool:
    return len(world.telegram.edits) == times and not (await world.stands(Post, 1)).stale


async def test_a_count_that_looks_the_same_is_not_sent_again(world):
    """An edit that changes nothing wastes the group's twenty a minute."""
    activity = await world.activity()
    await world.chat()
    post = await world.post(to_chats=True, to_people=False, activity_id=activity)

    async with world.delivering() as delivery:
        await world.reached("sent")
        await world.does(lambda session: outbox.recount(session, activity))
        delivery.wake()
        await until(lambda: _settled(world, post))

    assert world.telegram.edits == []


async def _settled(world: World, post: int) -> bool:
    (row,) = await world.rows()
    return row.shown_counts == 1 and not (await world.stands(Post, post)).stale


async def test_a_revision_reaches_every_copy(world):
    """Nobody keeps the old time in their chat."""
    await world.person(1)
    await world.person(2, platform=Platform.DISCORD)
    post = await world.post()
    changed = {"sv": said("Ny tid"), "en": said("New time")}
    world.telegram.edit_fails.append(MessageGone())

    async with world.delivering() as delivery:
        await world.reached("sent", "sent")
        await world.does(lambda session: outbox.revise(session, [post], private=changed))
        delivery.wake()
        await until(lambda: _all_shown(world, 2))

    assert world.telegram.edits == []
    ((_, edited),) = world.discord.edits
    assert edited.message.text == "Ny tid"


async def _all_shown(world: World, revision: int) -> bool:
    return all(row.shown_revision == revision for row in await world.rows())


async def test_an_end_in_order_leaves_nothing_uncertain(world):
    """SIGTERM: what is in the air lands, the rest waits untouched."""
    await world.person(1)
    await world.post()
    world.telegram.gate.clear()
    delivery = world.delivery()
    running = asyncio.create_task(delivery.run())
    await world.reached("sending")

    stopping = asyncio.create_task(delivery.stop())
    await asyncio.sleep(0)
    await world.post("later")
    world.telegram.gate.set()
    await stopping
    await running

    assert await world.states() == ["sent", "ready"]


@pytest.mark.parametrize(
    ("kind", "reason", "minutes_left", "platform", "expected"),
    [
        (PostKind.CALL, None, 600, Platform.TELEGRAM, "sent"),
        (PostKind.CALL, "again", 600, Platform.TELEGRAM, "held"),
        (PostKind.DIGEST, None, 600, Platform.TELEGRAM, "held"),
        (PostKind.REMINDER, None, 60, Platform.TELEGRAM, "sent"),
        (PostKind.REMINDER, None, 20, Platform.TELEGRAM, "held"),
        (PostKind.DIGEST, None, 600, Platform.DISCORD, "sent"),
    ],
)
async def test_what_was_in_the_air_at_a_crash_is_decided_by_kind(  # noqa: PLR0917 - a row of the table
    world, kind, reason, minutes_left, platform, expected
):
    """The written policy: once more where silence is worse, held where twice is."""
    await world.person(1, platform=platform)
    await world.post(kind=kind, expires_at=NOW + timedelta(minutes=minutes_left))
    await _leave_in_the_air(world, reason)

    delivery = world.delivery()
    running = asyncio.create_task(delivery.run())
    await until(lambda: _decided(world))
    world.now += timedelta(seconds=10)
    delivery.wake()
    await world.reached(expected)
    await delivery.stop()
    await running


async def _leave_in_the_air(world: World, reason: str | None) -> None:
    values = {"state": "sending", "attempt": 1, "owner": "main", "sent_at": world.now, "reason": reason}
    await world.does(lambda session: session.execute(update(Row).values(**values)))


async def _decided(world: World) -> bool:
    return await world.states() != ["sending"]


async def test_discord_is_asked_with_the_same_nonce(world):
    """Within its memory Discord takes the second try for the first."""
    await world.person(1, platform=Platform.DISCORD)
    await world.post()
    world.discord.fails.append(Uncertain())

    async with world.delivering() as delivery:
        await until(lambda: _left(world, "ready", world.discord.tried == 1))
        world.now += timedelta(seconds=5)
        delivery.wake()
        await world.reached("sent")

    (kept,) = world.discord.kept
    assert kept.nonce == nonce(KEYS, 1)
    assert len(nonce(KEYS, 2**40)) <= 25


async def test_a_dead_platform_does_not_use_up_the_tries(world):
    """An outage of an hour must not end in "gave up after eight tries"."""
    for number in range(1, 4):
        await world.person(number)
    await world.post()
    world.telegram.fails.extend(NotSent() for _ in range(30))

    async with world.delivering() as delivery:
        for _ in range(40):
            world.now += timedelta(minutes=20)
            for lane in delivery._lanes:  # noqa: SLF001 - the breaker's rest is in real seconds
                lane.breaker.closed_until = float("-inf")
            delivery.wake()
            await asyncio.sleep(0.02)
            if await world.states() == ["sent"] * 3:
                break
        world.now = NOW + timedelta(days=1)
        delivery.wake()
        await world.reached("sent", "sent", "sent")


async def test_both_activity_and_post_are_gone_from_memory_only_when_old(world):
    """Deliveries are kept for thirty days, and as long as their card is alive."""

    near = await world.activity(starts_in=timedelta(days=3))
    far = await world.activity(starts_in=timedelta(days=60))
    await world.post("old", activity_id=near)
    await world.post("alive", activity_id=far)
    world.now += timedelta(days=34)

    await world.does(lambda session: copies.forget_old(session, now=world.now))

    assert await world.stands(Post, 1) is None
    assert await world.stands(Post, 2) is not None
    assert (await world.stands(Activity, near)).id == near
