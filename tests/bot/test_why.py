"""Why somebody got a message, or did not: the operator is told in sentences, and no name is in them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert, update

from bot.delivery.decisions import Reason
from bot.errors import WrongInputError
from bot.opening import Opened
from bot.why import Answer, why_of
from bot.why.delivered import REASONS
from db import models
from db import why as facts
from db.models import Account, Delivery, Person, Post
from schedules import reminders
from tests import given
from tests.handlers.calling import previewed, said_yes
from tests.handlers.holding import held_digest
from tests.handlers.organising import post
from tests.room import ADA, BEN, CEM, DORIS, KEYS, NOW, Room
from tests.schedules.ticking import tick

TEN = "Sunday 22 November 2026 at 10:00"
CALL, PEOPLE = "call:1", {"ada": ADA, "ben": BEN, "cem": CEM, "doris": DORIS}


@dataclass
class District:
    """A district with two associations, and the numbers of its people."""

    room: Room
    exempelby: int
    provstad: int
    ids: dict[str, int]

    async def why(self, who: str, about: str | int) -> Answer:
        """What the operator is told."""
        house = Opened(self.room.database, KEYS, self.room.dispatch.installation)
        return await why_of(house, str(self.ids[who]), str(about), now=self.room.now)

    async def tells(self, who: str, about: str | int) -> str:
        """The same as one text."""
        return " ".join((await self.why(who, about)).sentences)

    async def has(self, table: type[models.Base], condition: object, **values: object) -> None:
        """Rows of the table that fit say this."""
        async with self.room.database.write() as session:
            await session.execute(update(table).where(condition).values(**values))  # type: ignore[arg-type]  # a column's comparison

    async def publishes(self, *presses: str, by=ADA) -> int:
        """The number of the post of a call that is out."""
        preview = await previewed(self.room, by=by)
        for label in presses:
            preview = await self.room.presses(preview, label, by=by)
        await self.room.presses(preview, "Publicera", by=by)
        return int((await post(self.room, "call")).id)


@pytest.fixture
async def district(room):
    """Ada organises in Exempelby; Ben and Doris said yes there, Cem in Provstad."""
    await given.association(room, "Exempeldistriktet", district=True)
    exempelby, provstad = await given.association(room, "Exempelby"), await given.association(room, "Provstad")
    ids = {"ada": await given.organiser(room, ADA, of=exempelby)}
    for name, home in (("ben", exempelby), ("doris", exempelby), ("cem", provstad)):
        await said_yes(room, PEOPLE[name], home)
        ids[name] = await given.person(room, PEOPLE[name])
    return District(room, exempelby, provstad, ids)


async def test_what_arrived(district):
    """Which post, which account, when, at which try, and which revision is shown; by the clock on the wall."""
    number = await district.publishes()
    arrived = {"state": "sent", "attempt": 2, "sent_at": NOW + timedelta(seconds=3), "shown_revision": 1}
    await district.has(Delivery, Delivery.person_id == district.ids["ben"], **arrived)

    told = await district.why("ben", CALL)

    assert told.sentences == (
        f"Post {number} (call:1) is a call about activity 1, queued on {TEN} by person 1.",
        "Delivery 1 goes to account 2 of person 2 on Telegram.",
        f"It arrived on {TEN}, at try 2.",
    )
    assert (await district.why("ben", number)).sentences == told.sentences
    assert told.facts["deliveries"][0]["sent_at"] == "2026-11-22T10:00:03+01:00"


async def test_a_copy_that_is_behind_or_hidden(district):
    """The person saw something; this says what."""
    number = await district.publishes()
    await district.has(Delivery, Delivery.post_id == number, state="sent", shown_revision=1, sent_at=NOW)
    await district.has(Post, Post.id == number, revision=2)
    await district.has(Account, Account.person_id == district.ids["ben"], consent="hidden")
    behind = await district.tells("ben", CALL)
    await district.has(Delivery, Delivery.post_id == number, shown_revision=2)

    present = await district.tells("doris", CALL)

    assert (
        "It shows revision 1 and the post is at 2: the copy is edited as soon as the platform lets us." in behind
    )
    assert "Its content is hidden until the person presses, as they asked for." in behind
    assert "It shows revision 2, the present one." in present
    assert "hidden" not in present


async def test_what_waits_for_the_morning(district):
    """Quiet hours are the commonest answer."""
    district.room.now = datetime(2026, 11, 22, 21, 40, tzinfo=UTC)
    await district.publishes()

    told = await district.tells("ben", CALL)

    assert "It waits until Monday 23 November 2026 at 08:00, for their quiet hours are 21-08." in told
    assert "It is given up on Saturday 28 November 2026 at 14:00." in told


async def test_what_is_tried_again(district):
    """A platform that is away: how often, and when next."""
    await district.publishes()
    later = {"attempt": 3, "not_before": NOW + timedelta(minutes=4)}
    await district.has(Delivery, Delivery.person_id == district.ids["ben"], **later)
    again = await district.tells("ben", CALL)
    district.room.passes(timedelta(minutes=5))

    due = await district.tells("ben", CALL)

    assert (
        "It was tried 3 times; it waits until Sunday 22 November 2026 at 10:04, when it is tried again." in again
    )
    assert (
        "It was tried 3 times; it may go now. If that lasts, Telegram cannot be reached: look at `doctor`." in due
    )


@pytest.mark.parametrize(
    ("state", "reason", "said"),
    [
        ("held", "uncertain", "It is held. The platform may have it, but nobody saw the end of it"),
        ("held", "left", "It is held. The platform may have it; an organiser was asked and let it be."),
        ("dead", "exhausted", "It was given up after one try. The platform could not be reached in 8 tries."),
        ("dead", "unreachable", "It was given up after one try. The person blocked the bot"),
        ("cancelled", "consent", "It was withdrawn after one try. The person has said since"),
        ("expired", "expired", "It expired after one try. It could not be sent before it was too late for it."),
        ("claimed", None, "It is about to be sent."),
        ("sending", None, "It is being sent, or the process died doing so"),
        ("dead", "something new", "The reason is “something new”."),
    ],
)
async def test_what_did_not_arrive(district, state, reason, said):
    """The reason, and what to do next."""
    await district.publishes()
    values = {"state": state, "reason": reason, "attempt": 1}
    await district.has(Delivery, Delivery.person_id == district.ids["ben"], **values)

    assert said in await district.tells("ben", CALL)


def test_every_reason_has_its_sentence():
    """A new one must not be told by its code word."""
    assert {reason.value for reason in Reason} <= REASONS.keys()


NOT_REACHED = [
    ({"consent": "unasked"}, {}, "they have not been asked, or not answered, whether we may."),
    ({"consent": "no"}, {}, "they said no to being written to unasked."),
    ({"stopped": True}, {}, "/stopp is in force there: they write /start to begin again."),
    ({"opened": False}, {}, "they have never opened the bot there."),
    ({"reachable": False}, {}, "the platform says that it cannot be reached, until they write to the bot."),
    ({"consent": "no", "opened": False}, {}, "they have never opened the bot there; they said no"),
    ({}, {"private_copies": False}, "They want to read such things in the group only"),
    ({}, {"association_id": 3}, "It is for association 2, and they chose association 3."),
    ({}, {"invented": True}, "One of them belongs to the try-out page's invented world, the other does not."),
]


@pytest.mark.parametrize(("account", "person", "said"), NOT_REACHED)
async def test_why_nothing_was_sent(district, account, person, said):
    """Each thing that keeps a call from somebody, in a sentence."""
    ben = district.ids["ben"]
    if account:
        await district.has(Account, Account.person_id == ben, **account)
    if person:
        await district.has(Person, Person.id == ben, **person)
    await district.publishes()

    told = await district.tells("ben", CALL)

    assert f"There is no delivery of it for person {ben}." in told
    assert said in told
    assert "It would reach them" not in told


async def test_what_is_internal(district):
    """Somebody whom no organiser has confirmed."""
    asked = await district.room.says("/kallelse\nStyrelsemöte\nlördag 28/11 kl 14\nTorget\nVälkomna!", by=ADA)
    asked = await district.room.presses(asked, "Bara våra egna", by=ADA)
    preview = await district.room.presses(asked, "Exempelby", by=ADA)
    await district.room.presses(preview, "Publicera", by=ADA)

    told = await district.tells("ben", CALL)

    assert "It is internal, and no organiser has confirmed that they belong to association 2." in told


async def test_a_call_to_the_whole_district_is_known_as_such(district):
    """Somebody of another association was meant too."""
    await district.has(Account, Account.person_id == district.ids["cem"], consent="no")
    await district.has(Person, Person.id == district.ids["doris"], association_id=district.provstad)
    await district.publishes("Till hela distriktet")

    told = await district.tells("cem", CALL)

    assert "they said no" in told
    assert "It is for" not in told


async def test_who_came_or_said_yes_afterwards(district):
    """The query would take them now; the post is older."""
    await district.publishes()
    ben = district.ids["ben"]
    await district.has(Post, Post.key == CALL, created_at=NOW - timedelta(hours=1))
    async with district.room.database.write() as session:
        await session.execute(models.Base.metadata.tables["delivery"].delete())

    told = await district.tells("ben", CALL)

    assert "They came on Sunday 22 November 2026 at 10:00." in told
    assert "They answered the question of consent, or began again after /stopp, on Sunday" in told
    assert "It was queued before that." in told
    await district.has(Post, Post.key == CALL, created_at=NOW + timedelta(hours=1))
    assert f"person {ben}. It would reach them if it were queued now" in await district.tells("ben", CALL)


async def test_reminders_go_by_their_own_rule(district):
    """Those who come and want reminders, not the whole audience of the call."""
    await district.publishes()
    await given.signup(district.room, BEN, 1)
    await district.has(Person, Person.id == district.ids["ben"], reminders=False)
    await tick(district.room, reminders.run, after=timedelta(days=5, hours=8))
    key = (await post(district.room, "reminder")).key

    assert "They have turned reminders off in /installningar." in await district.tells("ben", key)
    assert "They have not answered that they come, or may come." in await district.tells("doris", key)


async def test_digests_and_personal_messages(district):
    """Whose digest it was; and what was for somebody else."""
    await district.has(Person, Person.id == district.ids["ada"], digest=False)
    await district.has(Person, Person.id == district.ids["doris"], association_id=district.provstad)
    number = await held_digest(district.room, district.exempelby)
    personal = {"key": "answer:1", "kind": "personal", "private": "{}", "group": "{}", "priority": 0}
    async with district.room.database.write() as session:
        await session.execute(insert(Post).values(created_at=NOW, **personal))

    assert "They have turned the digest off in /installningar." in await district.tells("ada", number)
    assert "Another digest is theirs: each association has its own." in await district.tells("doris", number)
    assert "It was for somebody else" in await district.tells("ben", "answer:1")


async def test_the_groups_it_stands_in(district):
    """Somebody without a delivery may have read it there."""
    await given.bound_chat(district.room, association_id=district.exempelby)
    number = await district.publishes()
    await district.has(Delivery, Delivery.post_id == number, state="sent", sent_at=NOW)

    assert "It also stands in a group, where whoever is in it can read it." in await district.tells("cem", CALL)


async def test_nobody_is_named(district):
    """The answer may be pasted into a report."""
    await given.bound_chat(district.room, association_id=district.exempelby)
    await district.publishes()
    for who in district.ids:
        told = await district.why(who, CALL)
        everything = f"{told.sentences} {told.facts}"

        assert not [one for one in PEOPLE.values() if one.name in everything or one.address.id in everything]
        assert "Demonstration" not in everything
        assert "vårdcentral" not in everything


@pytest.mark.parametrize(
    ("person", "about"),
    [("99", CALL), ("ben", CALL), ("1" * 20, CALL), ("1", "99"), ("1", "1" * 20), ("1", "call:99")],
)
async def test_who_or_what_is_not_there(district, person, about):
    """One sentence, and the exit code of wrong input."""
    await district.publishes()
    house = Opened(district.room.database, KEYS, district.room.dispatch.installation)

    with pytest.raises(WrongInputError, match=r"^There is no (person|post) .*; it may have been forgotten.$"):
        await why_of(house, person, about, now=NOW)


async def test_the_query_that_sends_decides_what_is_said(district):
    """Whoever the call reaches is never told a hindrance, and whoever it does not is told one."""
    number = await district.publishes()
    async with district.room.database.write() as session:
        await session.execute(models.Base.metadata.tables["delivery"].delete())
    for person, account in (
        ({}, {}),
        ({"private_copies": False}, {}),
        ({}, {"stopped": True}),
        ({}, {"consent": "no"}),
    ):
        ben = district.ids["ben"]
        await district.has(Person, Person.id == ben, **({"private_copies": True} | person))
        await district.has(Account, Account.person_id == ben, **({"stopped": False, "consent": "yes"} | account))
        async with district.room.database.read() as session:
            said = await facts.get_post(session, str(number))
            assert said is not None
            aim = await facts.aim(session, said)
            assert aim is not None
            reached = await facts.is_among(session, aim.reached, ben)

        assert ("if it were queued now" in await district.tells("ben", CALL)) is reached
        assert reached is not bool(person or account)
