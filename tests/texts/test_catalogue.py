"""The catalogues: complete, in one form, and safe in what they do with people's words."""

import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from markupsafe import Markup

import texts
from texts import LANGUAGES, sentence, translator
from texts.catalogue import merge_catalogue, read_catalogue
from texts.extract import find_sentences

ROOT = Path(texts.__file__).parent.parent
CATALOGUES = sorted((ROOT / "texts").glob("*.po"))
SV = translator("sv", "Europe/Stockholm")
EN = translator("en", "Europe/Stockholm")


def test_a_new_count_has_room_for_every_form_of_the_language(tmp_path):
    """Whoever translates sees how many forms to fill in."""
    path = tmp_path / "se.po"
    rule = '"Plural-Forms: nplurals=3; plural=(n==1 ? 0 : n==2 ? 1 : 2);\\n"'
    path.write_text(f'msgid ""\nmsgstr ""\n"Language: se\\n"\n{rule}\n', encoding="utf-8")

    merge_catalogue(path, [("{n} seat", "{n} seats")])

    assert 'msgstr[2] ""' in path.read_text(encoding="utf-8")
    assert rule in path.read_text(encoding="utf-8")


def messages(path):
    with path.open("rb") as file:
        return [message for message in read_po(file, locale=path.stem) if message.id]


def forms(value):
    return [value] if isinstance(value, str) else list(value)


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.stem)
def test_no_sentence_lacks_a_translation(path):
    """Nobody meets an English sentence in the middle of a Swedish conversation."""
    found = find_sentences(ROOT)

    with path.open("rb") as file:
        known = {tuple(forms(m.id)): m for m in read_po(file, locale=path.stem) if m.id}
    missing = found.sentences - set(known)
    empty = [key for key, message in known.items() if not all(forms(message.string))]

    assert not found.troubles
    assert not missing, f"run python -m texts: {sorted(missing)}"
    assert not empty
    assert not set(known) - found.sentences, "run python -m texts"
    assert not [key for key, message in known.items() if message.fuzzy]


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.stem)
def test_placeholders_and_markup_are_the_same_in_every_language(path):
    """A translation that drops a name, a time or the end of a bold word is found before anybody reads it."""
    wrong = []
    for message in messages(path):
        for original, translated in zip(forms(message.id), forms(message.string), strict=True):
            if translated and skeleton(original) != skeleton(translated):
                wrong.append((original, translated))

    assert messages(path)
    assert not wrong


def skeleton(text):
    # "One activity" may say the number in words where the other language counts.
    return sorted(set(re.findall(r"\{(?!n\})[^}]*\}", text))), sorted(re.findall(r"</?[a-z]+[^>]*>", text))


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.stem)
def test_a_catalogue_stands_in_its_one_form(path, tmp_path):
    """Two people who add sentences get the same file, so that their changes merge."""
    copy = tmp_path / path.name
    shutil.copy(path, copy)

    merge_catalogue(copy, [], keep=True)

    assert copy.read_text(encoding="utf-8") == path.read_text(encoding="utf-8")


def test_merging_keeps_translations_adds_and_drops(tmp_path):
    """The tool never loses a sentence that somebody has translated and that is still used."""
    path = tmp_path / "sv.po"
    path.write_text('msgid ""\nmsgstr ""\n"Language: sv\\n"\n\nmsgid "Hello"\nmsgstr "Hej"\n', encoding="utf-8")
    merge_catalogue(path, [("Hello",), ("{n} seat", "{n} seats")])

    came, went = merge_catalogue(path, [("{n} seat", "{n} seats"), ("Hello",), ("Long " * 60,)])
    read = read_catalogue(path)

    assert (came, went) == (1, 0)
    assert read.sentences["Hello"] == "Hej"
    assert read.sentences["Long " * 60] == ""
    assert merge_catalogue(path, [("Hello",)]) == (0, 2)
    assert list(read_catalogue(path).sentences) == ["Hello"]


def test_every_way_of_writing_a_sentence_is_found(tmp_path):
    """A sentence the tool does not see would stay English for ever."""
    code = tmp_path / "handlers" / "rides.py"
    code.parent.mkdir()
    code.write_text(
        't("one")\nctx.t("two" " words", a=1)\nctx.t.plain("three")\nt.count(2, one="{n} car", other="{n} cars")\n'
        'UserError("four")\nLABEL = sentence("five")\nt("six" if x else "seven")\n"text".count("t")\nt(LABEL)\n',
        encoding="utf-8",
    )
    page = tmp_path / "web" / "templates" / "rides.html"
    page.parent.mkdir(parents=True)
    page.write_text(
        '<p>{{ t("eight", a=1) }} {{ t.count(n, one="{n} seat", other="{n} seats") }}</p>', encoding="utf-8"
    )

    found = find_sentences(tmp_path)

    single = {"one", "two words", "three", "four", "five", "six", "seven", "eight"}
    assert found.sentences == {(text,) for text in single} | {("{n} car", "{n} cars"), ("{n} seat", "{n} seats")}
    assert not found.troubles


@pytest.mark.parametrize(
    "line",
    [
        't(f"Hello {name}")',
        't("a" + b)',
        "t.count(n, one=a, other=b)",
        "t(",
        't("a"); t.count(n, one="a", other="b")',
    ],
)
def test_a_sentence_that_cannot_be_translated_is_reported(tmp_path, line):
    """A built-up sentence can never be in a catalogue: the writer hears it from the tool."""
    code = tmp_path / "bot" / "parts.py"
    code.parent.mkdir()
    code.write_text(line, encoding="utf-8")

    assert find_sentences(tmp_path).troubles


def test_values_are_escaped_and_markup_is_kept():
    """What a person typed comes out as what they typed, also when it looks like markup."""
    said = EN("<b>{title}</b> by {who}", title="<i>&", who=Markup("<u>us</u>"))

    assert said == Markup("<b>&lt;i&gt;&amp;</b> by <u>us</u>")
    assert isinstance(said, Markup)
    assert EN("braces {in} values", **{"in": "{0.__class__}"}) == "braces {0.__class__} values"


def test_plain_text_escapes_nothing():
    """A button or a subject shows & as &."""
    said = EN.plain("Change {title}", title="Tea & cake")

    assert said == "Change Tea & cake"
    assert type(said) is str


def test_counts_take_the_form_that_fits():
    """One is one, and none is several."""
    counted = [
        EN.count(n, one="{n} seat for <b>{who}</b>", other="{n} seats for <b>{who}</b>", who="<")
        for n in (0, 1, 2)
    ]

    assert counted == [f"{n} seat{s} for <b>&lt;</b>" for n, s in ((0, "s"), (1, ""), (2, "s"))]
    assert EN.count_plain(1, one="{n} seat", other="{n} seats") == "1 seat"


def test_counts_follow_the_plural_rule_of_the_catalogue(tmp_path):
    """A language with a form for two is one file, not a change of code."""
    path = tmp_path / "se.po"
    path.write_text(
        'msgid ""\nmsgstr ""\n"Language: se\\n"\n'
        '"Plural-Forms: nplurals=3; plural=(n==1 ? 0 : n==2 ? 1 : 2);\\n"\n\n'
        'msgid "{n} seat"\nmsgid_plural "{n} seats"\nmsgstr[0] "one"\nmsgstr[1] "two"\nmsgstr[2] "many"\n',
        encoding="utf-8",
    )

    read = read_catalogue(path)

    assert [read.counts["{n} seat"][read.which_form(n)] for n in (1, 2, 3)] == ["one", "two", "many"]


def test_swedish_is_swedish_and_the_unknown_is_the_default():
    """A person whose language there is no catalogue for gets the installation's."""
    assert SV("tomorrow") == "i morgon"
    assert EN("tomorrow") == "tomorrow"
    assert SV("never in a catalogue {x}", x=1) == "never in a catalogue 1"
    assert translator("tlh", "Europe/Stockholm", "sv") is not None
    assert translator("tlh", "Europe/Stockholm", "sv").language == "sv"
    assert translator("tlh", "Europe/Stockholm", "en").language == "en"
    assert translator("sv", SV.zone) == SV
    assert {"sv", "en"} <= set(LANGUAGES)
    assert sentence("Maybe") == "Maybe"


def test_a_catalogue_is_read_fast_enough_for_the_start():
    """Reading the sentences is a small part of the seconds a start may take."""
    before = time.process_time()
    read_catalogue(ROOT / "texts" / "sv.po")

    assert time.process_time() - before < 0.5


def test_the_tool_runs_from_the_command_line(tmp_path):
    """`python -m texts` says what it did, here in a copy so that nothing of the project changes."""
    shutil.copytree(ROOT / "texts", tmp_path / "texts", ignore=shutil.ignore_patterns("__pycache__"))

    done = subprocess.run(
        [sys.executable, "-m", "texts"], cwd=tmp_path, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr
    assert "sv.po: 0 added" in done.stdout
