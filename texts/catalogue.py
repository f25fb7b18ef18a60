"""The catalogue of a language: read from its file at first use, and written in one fixed form."""

import gettext
import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Message
from babel.messages.pofile import normalize, read_po

WIDTH = 110  # characters in a line of a catalogue


@dataclass(frozen=True, slots=True, eq=False)
class Catalogue:
    """Sentences by their English, forms of counts by their English singular, which form a number takes."""

    sentences: Mapping[str, str]
    counts: Mapping[str, tuple[str, ...]]
    which_form: Callable[[int], int]


ENGLISH = Catalogue({}, {}, lambda n: int(n != 1))


def read_catalogue(path: Path) -> Catalogue:
    """All that `path` translates; an empty translation is there as an empty text."""
    with path.open("rb") as file:
        catalog = read_po(file, locale=path.stem)
    sentences = {_id(m): str(m.string) for m in catalog if m.id and not m.pluralizable}
    counts = {_id(m): _forms(m) for m in catalog if m.pluralizable}
    # c2py has been the standard library's reader of Plural-Forms since Python 2; Babel has none of its own.
    return Catalogue(sentences, counts, gettext.c2py(catalog.plural_expr))


def _id(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def _forms(message: Message) -> tuple[str, ...]:
    string = message.string or ()
    return (string,) if isinstance(string, str) else tuple(string)


def merge_catalogue(path: Path, wanted: Iterable[tuple[str, ...]], *, keep: bool = False) -> tuple[int, int]:
    """`path` then holds just the `wanted`, with the translations it had; how many came and went.

    A sentence is (one,), or (one, other) when it counts. With `keep` nothing goes.
    Written at once, so that a reader sees the old file or the new one.
    """
    with path.open("rb") as file:
        old = read_po(file, locale=path.stem)
    known = {_key(message): message for message in old if message.id}
    keys = set(wanted) | (set(known) if keep else set())
    untranslated = ("",) * old.num_plurals
    blocks = [_block(known.get(key) or _new(key, untranslated)) for key in sorted(keys)]
    _write(path, [_header(path.stem, old.plural_forms), *blocks])
    return len(keys - set(known)), len(set(known) - keys)


def _new(key: tuple[str, ...], untranslated: tuple[str, ...]) -> Message:
    return Message(key, untranslated) if key[1:] else Message(key[0])


def _key(message: Message) -> tuple[str, ...]:
    return (message.id,) if isinstance(message.id, str) else tuple(message.id)


def _header(language: str, plural_forms: str) -> str:
    return (
        f'msgid ""\nmsgstr ""\n"Language: {language}\\n"\n"MIME-Version: 1.0\\n"\n'
        f'"Content-Type: text/plain; charset=utf-8\\n"\n"Plural-Forms: {plural_forms}\\n"\n'
    )


def _write(path: Path, blocks: list[str]) -> None:
    fresh = path.with_suffix(f".{os.getpid()}.new")
    fresh.write_text("\n".join(blocks), encoding="utf-8")
    fresh.replace(path)


def _block(message: Message) -> str:
    lines = [f"# {comment}" for comment in message.user_comments]
    names = ("msgid", "msgid_plural")
    lines += [f"{name} {normalize(text, width=WIDTH)}" for name, text in zip(names, _key(message), strict=False)]
    if message.pluralizable:
        lines += [f"msgstr[{n}] {normalize(form, width=WIDTH)}" for n, form in enumerate(_forms(message))]
    else:
        lines.append(f"msgstr {normalize(''.join(_forms(message)), width=WIDTH)}")
    return "\n".join(lines) + "\n"
