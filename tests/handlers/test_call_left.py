"""How those are counted whom a call or a message did not reach."""

import pytest

from db.reach import Outside
from handlers.call.left import outside
from tests.room import STOCKHOLM
from texts import translator


@pytest.mark.parametrize(
    ("language", "one", "many"),
    [
        ("sv", "Kvar är en som jag inte når i chatt.", "Kvar är 8 som jag inte når i chatt."),
        ("en", "One is left whom I cannot reach in chat.", "8 are left whom I cannot reach in chat."),
    ],
)
def test_those_left_are_counted_in_a_whole_sentence(language, one, many):
    """In the order of words that each language has."""
    t = translator(language, STOCKHOLM)

    assert (outside(t, Outside(1, 0)), outside(t, Outside(8, 0))) == (one, many)
