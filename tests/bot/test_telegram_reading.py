"""Updates are read the same whatever they hold, and none can bring the reading down."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markupsafe import Markup, escape

from bot.telegram_bot.layout import MAX_TEXT, html, length, pieces, pop_up
from bot.telegram_bot.reading import KINDS, Reader
from chat import markup
from chat.markup import Run
from chat.request import Kind
from tests.servers.telegram_html import read_html, units

READER = Reader("Kallelse_test_bot", {"vecka", "anslut", "start"}, b"key")
PERSON = {"id": 7, "is_bot": False, "first_name": "Te\u200bsta", "language_code": "sv"}
GROUP = {"id": -100, "type": "supergroup", "title": "Provstad"}
PRIVATE = {"id": 7, "type": "private", "first_name": "Testa"}


def message(text: str, chat: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "update_id": 1,
        "message": {"message_id": 5, "date": 1, "chat": chat, "from": PERSON, "text": text, **more},
    }


@pytest.mark.parametrize(
    ("text", "route", "argument"),
    [
        ("/vecka", "vecka", ""),
        ("/vecka@KALLELSE_TEST_BOT", "vecka", ""),
        ("/VECKA nu", "vecka", "nu"),
        ("/anslut\nProvstad\n", "anslut", "Provstad"),
        ("@kallelse_test_bot /vecka", "vecka", ""),
    ],
)
def test_a_command_is_read_in_any_dress(text, route, argument):
    """Telephones write it in many ways."""
    [read] = READER.read(message(text, GROUP))

    assert (read.request.kind, read.request.route, read.request.argument) == (Kind.COMMAND, route, argument)
    assert read.request.sender_name == "Testa"


def test_forwarded_words_are_marked():
    """Handlers must be able to tell them from the sender's own."""
    origin = {"type": "hidden_user", "sender_user_name": "Prova", "date": 1}

    (own,), (passed_on,) = (
        READER.read(message("hej", PRIVATE, **more)) for more in ({}, {"forward_origin": origin})
    )

    assert (own.request.forwarded, passed_on.request.forwarded) == (False, True)


@pytest.mark.parametrize(
    "text",
    [
        "/vecka@other_bot",
        "/okand",
        "/ vecka",
        "vecka",
        "",
        "@kallelse_test_bot_2 hej",
        "x@kallelse_test_bot.se",
    ],
)
def test_what_is_for_others_is_nothing(text):
    """In a group most of what is said is."""
    assert READER.read(message(text, GROUP)) == []


def test_a_reply_outside_a_topic_has_no_thread():
    """It carries a thread id that cannot be written to."""
    [plain] = READER.read(message("/vecka", GROUP, message_thread_id=3))
    [topic] = READER.read(message("/vecka", GROUP, message_thread_id=3, is_topic_message=True))

    assert (plain.origin.thread_id, plain.request.chat.address.thread) == (None, "")
    assert (topic.origin.thread_id, topic.request.chat.address.thread) == (3, "3")


def test_a_channel_hides_who_wrote():
    """Nobody's rights come from there."""
    post = {"message_id": 5, "chat": {"id": -5, "type": "channel", "title": "Nytt"}, "sender_chat": {"id": -5}}
    [read] = READER.read({"update_id": 1, "channel_post": {**post, "text": "/anslut"}})

    assert read.request.sender is None
    assert read.request.chat.channel


def test_a_picture_is_read_by_its_words_and_a_place_by_its_name():
    """A form may be answered with either."""
    photo = message("", PRIVATE, caption="affisch", photo=[{}])
    venue = message("", PRIVATE, venue={"title": "Biblioteket", "address": "Storgatan 1"}, location={})
    sticker = message("", PRIVATE, sticker={})
    pinned = message("", PRIVATE, pinned_message={})

    texts = [read.request.text for update in (photo, venue, sticker, pinned) for read in READER.read(update)]

    assert texts == ["affisch", "Biblioteket, Storgatan 1", ""]


FIELDS = [
    *("message_id", "chat", "id", "type", "from", "text", "date", "is_bot", "first_name", "title", "data"),
    *("message", "status", "user", "old_chat_member", "new_chat_member", "new_chat_members", "caption"),
    *("migrate_to_chat_id", "ephemeral_message_id", "sender_chat", "venue"),
]
WORDS = st.sampled_from(["private", "supergroup", "/vecka"])
SIMPLE = st.none() | st.booleans() | st.integers() | st.text(max_size=20) | WORDS
NAMES = st.sampled_from(FIELDS) | st.text(max_size=5)
JSON: st.SearchStrategy[Any] = st.recursive(
    SIMPLE,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=6),
    max_leaves=12,
)


@given(st.sampled_from(KINDS), JSON)
@settings(max_examples=150, deadline=None)
def test_any_update_is_read_or_refused_in_a_known_way(kind, content):
    """What the intake catches is what the reading throws, and nothing else."""
    try:
        READER.read({"update_id": 1, kind: content})
    except (KeyError, TypeError, ValueError, AttributeError):
        return


@given(st.text(max_size=300))
@settings(deadline=None, max_examples=60)
def test_what_was_typed_comes_out_as_what_was_typed(typed):
    """Markup, mentions and emoji are only letters."""
    shown, entities = read_html(html(escape(typed)))

    assert shown == typed.strip()  # the platform keeps no white space around a text
    assert {one["type"] for one in entities} <= {"code"}


@given(st.lists(st.text(alphabet="ab <&@😀\n", max_size=400), max_size=30))
@settings(deadline=None, max_examples=20)
def test_pieces_fit_and_lose_no_word(parts):
    """Cut between words, with the markup whole on both sides."""
    text = Markup("").join(Markup("<b>{}</b> ").format(part) for part in parts)

    made = pieces(text)

    assert all(units(read_html(html(piece))[0]) <= MAX_TEXT for piece in made)
    together = "".join(markup.plain(piece) for piece in made)
    assert "".join(together.split()) == "".join(markup.plain(text).split())


@given(st.text(max_size=500))
@settings(deadline=None, max_examples=60)
def test_a_pop_up_never_holds_too_much(typed):
    """The platform refuses more than 200."""
    assert length(Run(pop_up(escape(typed)))) <= 200
