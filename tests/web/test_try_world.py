"""The try-out page's world: what the outbox brings into it, and that it never meets the real one."""

import asyncio
import re
from datetime import UTC, datetime, timedelta

import pytest
from markupsafe import Markup
from sqlalchemy import func, select

from chat.address import Address, Platform
from chat.message import Button, Message
from chat.sending import MessageGone, Outgoing
from db import people, roles, try_out
from db.models import Association, Person, Role
from tests.room import KEYS


async def test_what_the_outbox_sends_stands_once(site):
    """A repeated send is the same message; an edit changes it."""
    ours = Outgoing(
        Address(Platform.TRY, "medlem"),
        private=True,
        message=Message.of(Markup("En <b>kallelse</b>"), Button("Jag kommer", "play.more", "1")),
        nonce="d1:1",
    )

    first, second = await asyncio.gather(site.sender.send(ours), site.sender.send(ours))
    page = await site.shows()

    assert first == second
    assert page.count("En <b>kallelse</b>") == 1
    assert "Jag kommer" in page

    changed = Outgoing(ours.address, private=True, message=Message(Markup("Ny tid")), nonce="d1:1")
    await site.sender.edit(changed, first)

    assert "Ny tid" in await site.shows()
    assert "kallelse</b>" not in await site.shows()
    with pytest.raises(MessageGone):
        await site.sender.edit(changed, "999")


async def test_only_news_is_fetched(site):
    """The page asks every two seconds, and mostly gets nothing."""
    page = await site.does("say", text="/eka hej")
    seen = re.search(r'id="seen" name="seen" value="([^"]+)"', page)
    assert seen

    nothing = await site.client.get("/try/news", params={"persona": "medlem", "seen": seen[1]})
    await site.sender.send(Outgoing(try_out.GROUP, private=False, message=Message(Markup("Nytt")), nonce="n"))
    news = await site.client.get("/try/news", params={"persona": "medlem", "seen": seen[1]})
    switched = await site.client.get("/try/news", params={"persona": "ny", "seen": seen[1]})

    assert nothing.status_code == 204
    assert "Nytt" in news.text
    assert "hej" not in news.text
    assert "Nytt" in switched.text
    assert switched.headers["hx-replace-url"] == "/try?persona=ny"


async def test_the_world_is_made_once(site):
    """However often the bot starts."""
    await site.shows()
    async with site.room.database.write() as session:
        for _ in range(2):
            await try_out.seed(session, KEYS, language="sv", now=site.room.now + timedelta(days=1))
        names = set(await session.scalars(select(Association.name).where(Association.invented)))
        persons = await session.scalar(select(func.count()).select_from(Person))
        granted = await session.scalar(select(func.count()).select_from(Role))
        real = await roles.has_organiser(session)
        member = await people.get_person(session, KEYS, try_out.account("medlem"))
        newcomer = await people.get_person(session, KEYS, try_out.account("ny"))

    assert names == {"Exempeldistriktet", "Provstad", "Exempelby"}
    assert persons == 2
    assert granted == 1
    assert real is False
    assert member is not None
    assert member.invented
    assert member.opened
    assert newcomer is None


async def test_invented_organisers_are_asked_nothing_real(site):
    """And real ones nothing invented: the two worlds share tables, not people."""
    await site.shows()
    now = datetime(2026, 11, 22, tzinfo=UTC)
    async with site.room.database.write() as session:
        real = Association(name="Verkstad", created_at=now)
        session.add(real)
        person = await people.add_person(
            session, KEYS, Address(Platform.TELEGRAM, "1"), language="sv", invented=False, now=now
        )
        await roles.grant(
            session, person.id, roles.ORGANISER, association_id=None, name="Reella", granted_by=None, now=now
        )
        unreal = await session.scalar(select(Association.id).where(Association.name == "Provstad"))
        of_real = set(await session.scalars(roles.organisers_of(real.id)))
        of_unreal = set(await session.scalars(roles.organisers_of(unreal or 0)))

    assert of_real == {person.id}
    assert len(of_unreal) == 1
    assert person.id not in of_unreal
