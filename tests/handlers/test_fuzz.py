"""Whatever people type, wherever: the bot answers in its own words, soon, and never with its own broken markup."""

from __future__ import annotations

import asyncio
import re
import resource
from collections.abc import Iterator
from contextlib import AsyncExitStack
from dataclasses import replace
from time import monotonic

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from chat.message import Reply
from chat.request import Chat, Kind, Request
from handlers import FEATURES
from tests import given as there_is
from tests.room import ADA, BEN, Room, Someone, open_room, text

SECONDS, KIBIBYTES = 2.0, 200 * 1024  # nothing that is typed costs more
WENT_WRONG = ("Något gick fel", "Something went wrong", "kunde inte spara", "could not save")
NASTY = (
    "<b>",
    "</b>",
    "&amp;",
    "@everyone",
    "\u202e",
    "\u200b",
    "🚌🏽‍♀️",
    "\x00",
    "\ud83d",
    "%s",
    "{name}",
    "/",
    "-",
    "0",
)
typed = st.one_of(
    st.text(max_size=80),
    st.lists(st.sampled_from(NASTY), max_size=40).map("".join),
    st.text(alphabet="0123456789/-.: klåäö\n", max_size=60),
    st.sampled_from(("x" * 5_000, "🚌" * 2_500, "1" * 5_000, "\n" * 5_000, "<b>" * 1_700, "den " * 1_250)),
)
names = st.sampled_from([one.route.name for feature in FEATURES for one in feature.commands])
TAGS = re.compile(r"<(?!/?(?:b|i|a)(?:>|\s))")
ENTITY = re.compile(r"&(?!(?:amp|lt|gt|#\d+|quot);)")


class Talk:
    """A room that lives through all examples of one test: what one leaves behind, the next one meets."""

    def __init__(self, runner: asyncio.Runner, room: Room) -> None:
        """`runner` is the room's loop."""
        self._runner, self.room = runner, room

    def gives(self, request: Request) -> Reply:
        """The reply, which is one of the bot's own, in time."""
        began = monotonic()
        reply = self._runner.run(self.room.gives(request))
        assert monotonic() - began < SECONDS
        for message in (reply.message, *reply.also):
            if message is not None:
                assert not TAGS.search(message.text), message.text
                assert not ENTITY.search(message.text), message.text
        assert not any(sentence in text(reply) for sentence in WENT_WRONG), request
        return reply


@pytest.fixture(scope="module")
def talk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Talk]:
    """Provstad with a meeting, where Ada organises; Ben is anybody."""
    with asyncio.Runner() as runner:
        stack = AsyncExitStack()
        room = runner.run(stack.enter_async_context(open_room(tmp_path_factory.mktemp("talk"))))
        runner.run(_town(room))
        yield Talk(runner, room)
        runner.run(stack.aclose())


async def _town(room: Room) -> None:
    home = await there_is.association(room, "Provstad")
    await there_is.organiser(room, ADA, of=None, role="admin")
    await there_is.person(room, BEN, association_id=home)
    await there_is.activity(room, "Öppet möte", home, "2026-11-28 14:00")


def _request(kind: Kind, by: Someone, *, route: str = "", argument: str = "", text: str = "") -> Request:
    chat = Chat(by.address, private=True)
    base = Request(kind, route, chat, by.address, sender_name=by.name, language=by.language)
    return replace(base, argument=argument, text=text)


patiently = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True
)


@patiently
@given(typed=typed, name=typed, by=st.sampled_from((ADA, BEN)))
@example(typed="lördag 99999999/11 kl 14", name="\u202eadA", by=BEN)
@example(typed="٣٣/١١ kl ١٤", name="", by=BEN)
def test_any_text_is_answered(talk, typed, name, by):
    """In private, also in the middle of a form, whatever the person calls themselves."""
    talk.gives(replace(_request(Kind.TEXT, by, text=typed), sender_name=name))


@patiently
@given(command=names, argument=typed, by=st.sampled_from((ADA, BEN)))
@example(command="start", argument="member-" + "A" * 57, by=BEN)
@example(command="start", argument="do-glommig", by=BEN)
def test_any_argument_of_any_command_is_answered(talk, command, argument, by):
    """The payload of a link is one of them."""
    talk.gives(_request(Kind.COMMAND, by, route=command, argument=argument))


@pytest.mark.parametrize("number", ["1" * 5_000, str(2**63), str(2**31), "٣"])
def test_a_number_that_no_column_holds_is_nobodys(talk, number):
    """The number in a link can be typed as well, and the one that a button carries behind its command."""
    for link in sorted({link for feature in FEATURES for link in feature.links}):
        talk.gives(_request(Kind.COMMAND, BEN, route="start", argument=f"{link}-{number}"))
    talk.gives(_request(Kind.COMMAND, ADA, route="partner", argument=number))


@patiently
@given(begins=st.sampled_from(("kallelse", "kontakt")), lines=st.lists(typed, min_size=1, max_size=4))
def test_any_answers_in_a_form_lead_on(talk, begins, lines):
    """A form is begun and answered with anything."""
    talk.gives(_request(Kind.COMMAND, ADA, route=begins))
    for line in lines:
        talk.gives(_request(Kind.TEXT, ADA, text=line))


def test_it_stayed_small(talk):
    """All of that cost no more than some room for it."""
    talk.gives(_request(Kind.TEXT, BEN, text="x" * 50_000))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for _ in range(20):
        talk.gives(_request(Kind.TEXT, BEN, text="möte i veckan " * 4_000))
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < KIBIBYTES
