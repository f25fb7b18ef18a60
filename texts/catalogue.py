"""The catalogue of a language: read from its file at first use, and written in one fixed form."""

import gettext
import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Catalog, Message
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
    new = Catalog(path.stem)
    known = {_key(message): message for message in old if message.id}
    keys = set(wanted) | (set(known) if keep else set())
    for key in sorted(keys):
        had = known.get(key)
        new.add(
            key if len(key) > 1 else key[0],
            had.string if had else None,
            user_comments=had.user_comments if had else (),
        )
    _write(path, new)
    return len(keys - set(known)), len(set(known) - keys)


def _key(message: Message) -> tuple[str, ...]:
    return (message.id,) if isinstance(message.id, str) else tuple(message.id)


def _write(path: Path, catalog: Catalog) -> None:
    header = (
        f'msgid ""\nmsgstr ""\n"Language: {path.stem}\\n"\n"MIME-Version: 1.0\\n"\n'
        f'"Content-Type: text/plain; charset=utf-8\\n"\n"Plural-Forms: {catalog.plural_forms}\\n"\n'
    )
    blocks = [header, *(_block(message) for message in catalog if message.id)]
    fresh = path.with_suffix(f".{os.getpid()}.new")
    fresh.write_text("\n".join(blocks), encoding="utf-8")
    fresh.replace(path)


def _block(message: Message) -> str:
    lines = [f"# {comment}" for comment in message.user_comments]
    names = ("msgid", "msgid_plural")
    lines += [
        f"{name} {normalize(text, width=WIDTH)}" for name, text in zip(names, _key(message), strict=False)
    ]
    if message.pluralizable:
        lines += [f"msgstr[{n}] {normalize(form, width=WIDTH)}" for n, form in enumerate(_forms(message))]
    else:
        lines.append(f"msgstr {normalize(''.join(_forms(message)), width=WIDTH)}")
    return "\n".join(lines) + "\n"
