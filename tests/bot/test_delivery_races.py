"""What happens between two steps: calls off, ends, lost leases and databases that fail at the wrong moment."""

from __future__ import annotations

import asyncio
import resource
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import pytest
from sqlalchemy import text, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.delivery.ledger import Ledger
from bot.lease import Alone
from bot.pacing import Limit, Limits, Pace
from chat.address import Platform
from chat.sending import Moved, NotSent, Paused, SendError, Uncertain, Unreachable
from db import deliveries, outbox
from db.models import Account, PostKind, Priority
from db.models import Delivery as Row
from db.session import Database
from tests.bot.outbox_world import UNPACED, World, until
from tests.room import KEYS, NOW, open_room


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """An empty outbox."""
    async with open_room(tmp_path) as room:
        yield World(room.database)


def slow(each_second: float = 10) -> Pace:
    """A pace at which most of what is claimed waits for its turn."""
    return Pace(UNPACED | {Platform.TELEGRAM: Limits(each_second=each_second)})


async def one_is_sent(world: World) -> None:
    """The first of many is on the platform."""
    await until(lambda: _has(world, "sent"))


async def _has(world: World, *states: str) -> bool:
    return bool({*states} & {*await world.states()})


async def _settled(world: World) -> bool:
    return not await _has(world, "ready", "claimed", "sending")


async def test_what_is_called_off_while_it_waits_its_turn_is_not_sent(world):
    """Claimed is not begun: between the two somebody may change their mind."""
    for number in range(8):
        await world.person(number)
    post = await world.post()

    async with world.delivering(slow()):
        await one_is_sent(world)
        await world.does(lambda session: outbox.cancel_unsent(session, [post], reason="cancelled"))
        begun = world.telegram.tried + (await world.states()).count("sending")
        await until(lambda: _settled(world))

    states = await world.states()
    assert set(states) == {"sent", "cancelled"}
    assert states.count("cancelled") >= 4
    assert world.telegram.tried <= begun


@pytest.mark.parametrize("error", [NotSent(), Paused(0.01), Uncertain(), SendError()], ids=repr)
@pytest.mark.parametrize("kind", [PostKind.CHANGE, PostKind.DIGEST])
async def test_what_is_called_off_in_the_air_is_not_sent_again(world, error, kind):
    """A change that failed must not come after the cancellation of what it changes."""
    await world.person(1)
    post = await world.post(kind=kind)
    world.telegram.fails.append(error)
    world.telegram.gate.clear()

    async with world.delivering():
        await world.reached("sending")
        await world.does(lambda session: outbox.cancel_unsent(session, [post], reason="superseded"))
        world.telegram.gate.set()
        await world.reached("cancelled")

    (row,) = await world.rows()
    assert (row.reason, row.owner, world.telegram.kept) == ("superseded", None, [])


async def test_what_is_called_off_in_the_air_and_lands_counts_as_sent(world):
    """Who has it is told of the cancellation; the ledger says what is on the platform."""
    await world.person(1)
    post = await world.post()
    world.telegram.gate.clear()

    async with world.delivering():
        await world.reached("sending")
        await world.does(lambda session: outbox.cancel_unsent(session, [post], reason="cancelled"))
        world.telegram.gate.set()
        await world.reached("sent")

    assert (await world.rows())[0].reason is None


async def test_what_was_called_off_in_the_air_is_not_recovered(world):
    """The process died with it: it perhaps arrived, and is not sent again."""
    await world.person(1)
    post = await world.post()
    flying = {"state": "sending", "attempt": 1, "owner": "gone", "sent_at": NOW}
    await world.does(lambda session: session.execute(update(Row).values(**flying)))
    await world.does(lambda session: outbox.cancel_unsent(session, [post], reason="cancelled"))

    async with world.delivering():
        await world.reached("cancelled")

    assert world.telegram.tried == 0


async def test_an_end_gives_back_what_had_not_begun(world):
    """SIGTERM among many: what is in the air lands, the others wait for the next process."""
    for number in range(8):
        await world.person(number)
    await world.post()

    async with world.delivering(slow()):
        await one_is_sent(world)

    states = await world.states()
    assert set(states) == {"sent", "ready"}
    assert states.count("sent") == world.telegram.tried <= 4


async def test_what_is_not_due_waits(world):
    """One may go now, the other in an hour: the first does not take the second along."""
    await world.person(1)
    await world.person(2)
    await world.post()
    later = update(Row).where(Row.id == 2).values(not_before=NOW + timedelta(hours=1))
    await world.does(lambda session: session.execute(later))

    async with world.delivering():
        await one_is_sent(world)

    assert await world.states() == ["sent", "ready"]
    assert world.telegram.tried == 1


async def test_what_is_urgent_overtakes_a_backlog(world):
    """More digests wait than a second takes, and then something is called off."""
    for number in range(4):
        await world.person(number)
    await world.post("digest", PostKind.DIGEST, priority=Priority.DIGEST)
    await world.post("off", PostKind.CANCELLATION, priority=Priority.URGENT)

    async with world.delivering(slow(4)):
        await one_is_sent(world)

    assert {row.state for row in await world.rows() if row.priority == Priority.DIGEST} == {"ready"}


async def test_a_slow_answer_may_be_a_message(world, monkeypatch):
    """The platform took it and did not say so in time: a digest is held, not doubled."""
    monkeypatch.setattr("bot.delivery.lane.SEND_SECONDS", 0.05)
    await world.person(1)
    await world.post(kind=PostKind.DIGEST)
    world.telegram.gate.clear()

    async with world.delivering():
        await world.reached("held")

    assert (await world.rows())[0].reason == "uncertain"


async def test_without_its_lease_nothing_begins(world):
    """Another may have taken over: neither claimed nor sent."""
    lease = Alone()
    lease.is_safe = False
    await world.person(1)
    await world.post()

    async with world.delivering(lease=lease) as delivery:
        delivery.wake()
        await asyncio.sleep(0.1)
        states, tried = await world.states(), world.telegram.tried
        lease.is_safe = True
        await world.reached("sent")

    assert (states, tried) == (["ready"], 0)


async def test_a_lease_lost_while_waiting_its_turn_sends_nothing(world):
    """The turn comes too late; the try was none."""
    lease = Alone()
    for number in range(2):
        await world.person(number)
    await world.post()

    async with world.delivering(slow(4), lease):
        await one_is_sent(world)
        lease.is_safe = False
        await until(lambda: _lies(world, "ready"))

    assert world.telegram.tried == 1
    assert [row.attempt for row in await world.rows()] == [1, 0]


async def _lies(world: World, state: str) -> bool:
    """The second delivery stands so and is nobody's."""
    row = (await world.rows())[1]
    return row.state == state and row.owner is None


async def test_a_stopped_account_is_no_next_channel(world):
    """/stopp on the other channel holds when the first fails."""
    person = await world.person(1)
    await world.account(person, 11, platform=Platform.DISCORD)
    await world.post()
    stopped = update(Account).where(Account.platform == "discord").values(stopped=True)
    await world.does(lambda session: session.execute(stopped))
    world.telegram.fails.append(Unreachable())

    async with world.delivering():
        await world.reached("dead")

    assert world.discord.tried == 0


async def test_an_answer_counts_for_its_own_try_only(world):
    """A late answer ends what was given up, and not what is in the air again."""
    for number in range(4):
        await world.person(number)
    await world.post()
    for one, (state, attempt) in enumerate([("ready", 1), ("held", 1), ("sending", 2), ("cancelled", 1)], start=1):
        values = {"state": state, "attempt": attempt, "owner": None, "reason": "again"}
        await world.does(lambda session, one=one, values=values: _set(session, one, values))

    await world.does(lambda session: deliveries.acknowledge(session, [_arrived(one) for one in (1, 2, 3, 4)]))

    assert await world.states() == ["sent", "sent", "sending", "sent"]


async def _set(session: AsyncSession, one: int, values: dict[str, object]) -> None:
    await session.execute(update(Row).where(Row.id == one).values(**values))


def _arrived(one: int) -> dict[str, object]:
    shown = {"message_id": "7", "sent_at": NOW, "shown_revision": 1, "shown_counts": 0}
    return {"of_id": one, "of_attempt": 1, **shown}


@pytest.mark.parametrize(
    "changes",
    [{"owner": "another"}, {"attempt": 2}, {"state": "cancelled"}, {"state": "sent"}],
    ids=lambda one: next(iter(one)),
)
async def test_only_whoever_has_it_says_how_it_ended(world, changes):
    """A worker that wakes too late, or a call-off that was quicker: what they made of it stands."""
    await world.person(1)
    await world.post()
    mine = {"state": "sending", "attempt": 1, "owner": "me"}
    await world.does(lambda session: _set(session, 1, mine | changes))

    ready = {"state": "ready", "reason": None}
    async with world.database.write() as session:
        settled = await deliveries.settle(session, 1, attempt=1, owner="me", values=ready)

    assert not settled
    assert await world.states() == [changes.get("state", "sending")]


class Forgetful(Database):
    """A database whose connection is lost once while it commits: done, but nobody was told."""

    def __init__(self, url: str, *, good: int) -> None:
        """So many transactions are heard of before."""
        super().__init__(url)
        self.good = good

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncSession]:
        """As Database."""
        async with super().write() as session:
            yield session
        self.good -= 1
        if self.good == -1:
            raise ConnectionResetError


@pytest.mark.parametrize("good", range(3))
@pytest.mark.parametrize("kind", [PostKind.CALL, PostKind.DIGEST])
async def test_a_commit_nobody_heard_of_loses_nobody(world, tmp_path, good, kind):
    """Claim, intent or outcome is on disk and the connection is gone: the same process sends it, once."""
    for number in range(3):
        await world.person(number)
    await world.post(kind=kind)
    sound, world.database = (
        world.database,
        Forgetful(f"sqlite+aiosqlite:///{tmp_path / 'kallelse.db'}", good=good + 1),
    )

    async with world.delivering():
        await world.reached("sent", "sent", "sent")
    forgot = world.database.good < 0
    await world.database.close()
    world.database = sound

    assert sorted(world.telegram.addresses) == ["0", "1", "2"]
    assert forgot


@contextmanager
def full_disk():
    """No file can be written, as on a full disk, but for its first byte."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


async def test_a_full_disk_while_sending_doubles_nobody(world, caplog):
    """What cannot be written down is not sent; what was in the air is remembered until there is room."""
    for number in range(8):
        await world.person(number)
    await world.post(kind=PostKind.DIGEST)

    async with world.delivering(slow()):
        await one_is_sent(world)
        with full_disk():
            await until(lambda: _has_logged(caplog, "the ledger was not written"))
            before = world.telegram.tried
            await asyncio.sleep(0.3)
            during = world.telegram.tried
        await until(lambda: _settled(world))

    assert during <= before + 2
    assert sorted(world.telegram.addresses) == [str(number) for number in range(8)]
    assert set(await world.states()) == {"sent"}


async def _has_logged(caplog, words: str) -> bool:
    return words in caplog.text


async def test_an_answer_that_cannot_be_kept_leaves_the_others_alone(world):
    """A platform's odd answer about one chat: those who were written down with it are not forgotten."""
    await world.chat()
    await world.person(1)
    await world.person(2)
    await world.post(to_chats=True)
    world.telegram.gate.clear()
    async with world.delivering():
        await world.reached("sending", "sending", "sending")
        world.telegram.answers = {"-2001": Moved(cast("Any", 2002))}  # a number where a text is promised
        world.telegram.gate.set()
        await until(lambda: _both_sent(world))

    states = {row.chat_id: row.state for row in await world.rows()}
    assert states == {None: "sent", 1: "sending"}


async def _both_sent(world: World) -> bool:
    return (await world.states()).count("sent") == 2


async def test_a_group_that_is_full_does_not_hold_up_the_others(world):
    """Twenty a minute go into a group: the twenty-first must not keep everybody else waiting for its turn."""
    await world.chat()
    await world.person(1)
    pace = Pace(UNPACED | {Platform.TELEGRAM: Limits(each_second=100, group=Limit(2, 60))})
    for number in range(8):
        await world.post(f"call:{number}", to_chats=True, to_people=number == 7)

    async with world.delivering(pace):
        await until(lambda: _private_is_sent(world))

        assert len([one for one in world.telegram.addresses if one.startswith("-")]) == 2
        assert not await _has(world, "sending")


async def _private_is_sent(world: World) -> bool:
    return "1" in world.telegram.addresses and not await _has(world, "sending", "claimed")


async def test_two_who_ask_for_one_delivery_do_not_both_send_it(world):
    """A claim that was given back can be made again while the first one still waits for its intent."""
    await world.person(1)
    await world.post()
    lease = Alone()
    ledger = Ledger(world.database, KEYS, lease, lambda: world.now)
    async with world.database.write() as session:
        (one,) = await deliveries.claim(
            session, "telegram", Priority.CALL, now=world.now, most=1, owner=lease.worker
        )

    asked = [asyncio.create_task(ledger.intend(one)) for _ in range(2)]
    await asyncio.sleep(0)
    running = asyncio.create_task(ledger.run())
    tries = await asyncio.gather(*asked)
    running.cancel()
    await asyncio.wait({running})

    assert sorted(tries, key=str) == [1, None]


async def test_a_row_in_the_air_that_cannot_be_read_does_not_hold_up_the_start(world):
    """One damaged address must not keep everybody else from being told."""
    for number in range(2):
        await world.person(number)
    await world.post()
    flying = update(Row).where(Row.id == 1).values(state="sending", owner="gone", attempt=1, sent_at=world.now)
    await world.does(lambda session: session.execute(flying))
    damaged = text("UPDATE account SET address = :nothing WHERE id = 1").bindparams(nothing=b"\0")
    await world.does(lambda session: session.execute(damaged))

    async with world.delivering():
        await world.reached("held", "sent")
