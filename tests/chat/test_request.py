"""What a request carries, read."""

import pytest

from chat.request import LARGEST, whole_number


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12", 12),
        (str(LARGEST), LARGEST),
        (str(LARGEST + 1), 0),
        ("1" * 5_000, 0),
        ("", 0),
        ("-1", 0),
        (" 1", 0),
        ("٣", 0),
        ("²", 0),
        ("1:2", 0),
    ],
)
def test_a_number_is_read_or_nobodys(text, number):
    """What is typed is looked up in the database, which takes no other numbers."""
    assert whole_number(text) == number
