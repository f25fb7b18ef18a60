"""What a copy looks like: hidden, counted, and edited when it has changed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from chat.address import Platform
from chat.sending import MessageGone
from db import chats, copies, outbox
from db.models import Activity, Consent, Level, Post
from tests.bot.outbox_world import World, said, until
from tests.room import open_room


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """An empty outbox."""
    async with open_room(tmp_path) as room:
        yield World(room.database)


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


async def test_a_group_that_became_open_is_not_shown_the_change_of_what_is_internal(world):
    """The new place of an internal meeting is not for whoever reads there now."""
    activity = await world.activity(open=False)
    chat = await world.chat(level=Level.INTERNAL.value)
    await world.chat(-2002, level=Level.INTERNAL.value)
    post = await world.post(to_chats=True, to_people=False, activity_id=activity)
    changed = {"sv": said("Nytt ställe"), "en": said("New place")}

    async with world.delivering() as delivery:
        await world.reached("sent", "sent")
        await world.does(lambda session: chats.bind(session, chat, association_id=1, level=Level.OPEN))
        await world.does(lambda session: outbox.revise(session, [post], private=changed, group=changed))
        delivery.wake()
        await until(lambda: _all_shown(world, 2))

    ((_, edited),) = world.telegram.edits
    assert edited.address.id == "-2002"


async def _all_shown(world: World, revision: int) -> bool:
    return all(row.shown_revision == revision for row in await world.rows())


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
