"""HOLD on PostgreSQL: through the database, so that every worker sees it."""

import pytest
from sqlalchemy import select

from db import deliveries, hold, outbox, restored
from db.models import Delivery, Post, PostKind, Priority
from tests import given
from tests.room import BEN, NOW, STOCKHOLM, room_on

pytestmark = pytest.mark.postgres


@pytest.fixture
async def queue(on_postgres):
    """Puts a call to one person into the outbox."""
    async with room_on(on_postgres) as room:
        ben = await given.person(room, BEN)

    async def one(key):
        async with on_postgres.write() as session:
            post_id = await outbox.queue_post(
                session, key, PostKind.CALL, private={}, priority=Priority.CALL, now=NOW
            )
            session.add(Delivery(post_id=post_id, person_id=ben, lane="telegram", priority=1, not_before=NOW))

    return one


async def test_a_restored_postgresql_is_held_for_every_process(on_postgres, queue):
    """`./kallelse hold --after-restore`, after pg_restore."""

    async def claimed():
        async with on_postgres.write() as session:
            return len(await deliveries.claim(session, "telegram", 1, now=NOW, most=9, owner="main"))

    await queue("before")
    async with on_postgres.write() as session:
        await restored.settle(session, now=NOW, backup_at=None)
    await queue("after")
    on_hold = await claimed()
    async with on_postgres.write() as session:
        waits = [(one.kind, one.count) for one in await hold.waiting(session, now=NOW, zone=STOCKHOLM)]
        await hold.end(session, now=NOW, zone=STOCKHOLM)

    assert (on_hold, await claimed(), waits) == (0, 1, [("call", 1)])
    query = select(Post.id, Delivery.reason).join(Delivery).order_by(Post.id)
    async with on_postgres.read() as session:
        first, second = (await session.execute(query)).all()
    assert first.reason == "restored"
    assert second.id - first.id > restored.SKIPPED


async def test_what_a_worker_claims_while_hold_is_said_is_not_sent(on_postgres, queue):
    """Its claim began before; its intent comes after. Released, it waits again."""
    await queue("call")
    async with on_postgres.write() as claiming:
        (one,) = await deliveries.claim(claiming, "telegram", 1, now=NOW, most=9, owner="other")
        async with on_postgres.write() as session:
            await hold.begin(session, now=NOW)
    async with on_postgres.write() as session:
        intended = await deliveries.intend(session, [one], owner="other", now=NOW)
    async with on_postgres.write() as session:
        await hold.end(session, now=NOW, zone=STOCKHOLM)

    assert intended == {}
    async with on_postgres.write() as session:
        assert await deliveries.claim(session, "telegram", 1, now=NOW, most=9, owner="main") == [one]
