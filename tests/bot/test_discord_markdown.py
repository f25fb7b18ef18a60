"""What people typed comes out on Discord as they typed it."""

import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markupsafe import Markup, escape

from bot.discord_bot import payloads
from bot.discord_bot.markdown import MAX_CONTENT, markdown, pieces
from chat.form import FieldKind, OpenForm, ShownField
from chat.message import Button, Message
from tests.servers.discord_checks import check_components, check_message, check_modal

KEY = b"k" * 32


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        (
            "*stjärna* _rad_ ~~bort~~ `kod` ||hemligt||",
            r"\*stjärna\* \_rad\_ \~\~bort\~\~ \`kod\` \|\|hemligt\|\|",
        ),
        ("<@12> <#3> <b>", r"\<@12> \<#3> <b>"),
        ("> citat", r"\> citat"),
        ("# rubrik\n- punkt\n1. ett", "\\# rubrik\n\\- punkt\n1\\. ett"),
        ("[namn](https://exempel.test)", r"[namn\](https://exempel.test)"),
        ("https://exempel.test/a_b_c*d", "https://exempel.test/a_b_c*d"),
        ("se https://exempel.test > sedan - hem", "se https://exempel.test > sedan - hem"),
        (":a:https://exempel.test/a_b", r"\:a\:https://exempel.test/a_b"),
        ("kl. 14.00–15.00 :smile:", r"kl. 14.00–15.00 \:smile:"),
        ("a\\b", r"a\\b"),
        ("@everyone", "@everyone"),
    ],
)
def test_markdown_in_what_people_typed_is_plain(typed, shown):
    """A star is a star. Mentions are also switched off for the whole message."""
    assert markdown(Markup("{}").format(typed)) == shown


def test_our_own_markup_is_markdown():
    """Spaces stay outside the marks, where Markdown sees them."""
    text = Markup('<b>Ny tid:</b> <i>kl. 15 </i><a href="https://exempel.test/a(b)">[här]</a>')

    assert markdown(text) == "**Ny tid:** *kl. 15* [\\[här\\]](https://exempel.test/a%28b%29)"


@settings(deadline=None)  # the machine that tests may be busy
@given(st.text(max_size=6000))
@example("](" * 3000)
@example("<@1>" * 2000)
@example(":a:" * 2000)
def test_every_text_is_split_within_the_limit_and_nothing_is_lost(typed):
    """Whatever somebody writes."""
    made = pieces(escape(typed))

    assert all(len(piece) <= MAX_CONTENT for piece in made)
    shown = re.sub(r"\\(?=[^0-9A-Za-z\s])", "", "".join(made))
    kept = re.sub(r"\\(?=[^0-9A-Za-z\s])", "", typed)
    assert re.sub(r"[\s\\]", "", shown) == re.sub(r"[\s\\]", "", kept)


@settings(deadline=None)  # the machine that tests may be busy
@given(st.lists(st.lists(st.integers(0, 5), max_size=9), max_size=12))
def test_any_rows_of_buttons_are_taken_by_discord(rows):
    """Too many in a row or in a message, or two that do the same."""
    made = tuple(tuple(Button(f"Knapp {n}", "trial.come", str(n)) for n in row) for row in rows)

    parts = payloads.bodies(Message(Markup("Hej"), made), KEY)

    check_message(parts[-1])
    check_components(parts[-1]["components"])
    sent = [button for row in parts[-1]["components"] for button in row["components"]]
    assert len(sent) == min(25, sum(map(len, rows)))
    assert all(payloads.read_id(one["custom_id"], KEY)[0] == "trial.come" for one in sent)


@settings(deadline=None)  # the machine that tests may be busy
@given(st.lists(st.sampled_from(FieldKind), min_size=1, max_size=5), st.text(max_size=300), st.integers(1, 5000))
def test_any_page_of_a_form_is_taken_by_discord(kinds, text, most):
    """Long labels, problems and values are cut rather than refused."""
    choices = tuple((str(number), f"Val {number} {text}") for number in range(30))
    fields = tuple(
        ShownField(f"f{place}", kind, f"Fråga {text}", text, text, text, max_length=most, choices=choices)
        for place, kind in enumerate(kinds)
    )

    check_modal(payloads.modal(OpenForm("trial", "12:0", f"Ny {text}", fields), KEY))


def test_a_link_that_discord_refuses_does_not_take_the_message_with_it():
    """The other buttons are worth more."""
    links = ("https://exempel.test/" + "a" * 600, "tel:+4600000000", "https://exempel.test/karta")
    buttons = (*(Button("Karta", url=link) for link in links), Button("Jag kommer", "trial.come", "12"))

    made = payloads.components((buttons[:1], buttons[1:]), KEY)

    check_components(made)
    assert [part["label"] for row in made for part in row["components"]] == ["Karta", "Jag kommer"]


def test_a_changed_id_is_not_read():
    """The MAC covers route and argument."""
    button = payloads.components(((Button("Jag kommer", "trial.come", "12"),),), KEY)[0]["components"][0]

    assert payloads.read_id(button["custom_id"], KEY) == ("trial.come", "12")
    for changed in (button["custom_id"].replace("12", "13"), "trial.come:12~", "", "x" * 100):
        assert payloads.read_id(changed, KEY) == ("", "")
