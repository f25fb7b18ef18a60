"""Text in the small markup: read, cleaned and split without harm."""

from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup, escape

from chat.markup import Run, clean, one_line, plain, runs, split

words = st.text(alphabet=st.sampled_from("aå ö<&>\"'*_\n😀"), max_size=30)
styles = st.sampled_from(
    ["{}", "<b>{}</b>", "<i>{}</i>", '<a href="https://example.org/?a=1&amp;b=2">{}</a>', "<b><i>{}</i></b>"]
)
texts = st.lists(st.tuples(styles, words), max_size=12).map(
    lambda parts: Markup("").join(
        Markup(style).format(word)  # noqa: S704 - one of the four above
        for style, word in parts
    )
)


def size(run: Run) -> int:
    return len(run.text)


@given(texts)
def test_runs_keep_every_character_that_was_typed(text):
    """What a person typed comes out as what they typed, markup signs and all."""
    assert "".join(run.text for run in runs(text)) == plain(text)


@given(texts, st.integers(min_value=1, max_value=40))
def test_a_split_text_loses_no_word_and_keeps_the_limit(text, limit):
    """A long call arrives whole, in pieces a platform takes, each with its markup closed."""
    pieces = split(text, limit, size)

    assert all(len(plain(piece)) <= limit for piece in pieces)
    assert "".join("".join(plain(piece).split()) for piece in pieces) == "".join(plain(text).split())
    for piece in pieces:
        assert Markup("").join(run.markup() for run in runs(piece)) == piece


def test_a_text_is_cut_between_lines_rather_than_in_one():
    """A line is read as one."""
    text = Markup("<b>Tisdag 24</b>\n18.30 Öppet möte\n<b>Lördag 28</b>\n14.00 Demonstration")

    pieces = split(text, 45, size)

    assert pieces == [
        Markup("<b>Tisdag 24</b>\n18.30 Öppet möte\n<b>Lördag 28</b>"),
        Markup("14.00 Demonstration"),
    ]


def test_a_word_longer_than_a_message_is_cut_between_characters():
    """Nothing is dropped, however long."""
    assert split(escape("x" * 25), 10, size) == ["x" * 10, "x" * 10, "x" * 5]


@given(st.text())
def test_cleaned_text_turns_no_text_around(typed):
    """Direction and zero-width marks in a name could make a sentence say something else."""
    assert not set(clean(typed)) & set("\u202e\u202d\u2066\u200b\u200f\x00\x1b\r")
    assert "\n" not in one_line(typed)
