"""Buttons that nobody can forge."""

from hypothesis import given
from hypothesis import strategies as st

from chat.message import MAX_ARGUMENT
from chat.signing import read_signed, sign

KEY = b"k" * 32
arguments = st.text(alphabet="abc:~.0-å", max_size=20)


@given(arguments)
def test_a_button_comes_back_as_it_was_made(argument):
    """All its state is in it, so that it works after a restart."""
    assert read_signed(KEY, sign(KEY, "signup.answer", argument)) == ("signup.answer", argument)


def test_every_changed_character_is_noticed():
    """Somebody else's activity cannot be written into a button."""
    made = sign(KEY, "signup.answer", "12:coming")

    for index, letter in enumerate(made):
        for other in "0aZ:~å":
            if other != letter:
                assert read_signed(KEY, made[:index] + other + made[index + 1 :]) is None


def test_every_flipped_bit_and_every_other_byte_is_noticed():
    """In the route, in the argument and in the MAC itself."""
    made = sign(KEY, "signup.answer", "12:coming").encode()

    for index, right in enumerate(made):
        for other in range(256):
            forged = made[:index] + bytes([other]) + made[index + 1 :]
            if other != right:
                assert read_signed(KEY, forged.decode(errors="surrogateescape")) is None


@given(st.text(max_size=80))
def test_anything_else_is_refused_without_harm(data):
    """Whatever a client sends as a press."""
    assert read_signed(KEY, data) is None


def test_the_longest_button_fits_a_platform():
    """Telegram takes 64 bytes."""
    assert len(sign(KEY, "x", "y" * (MAX_ARGUMENT - 2)).encode()) == 64
    assert read_signed(b"other" * 7, sign(KEY, "x", "y")) is None
