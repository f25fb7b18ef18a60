"""The sentences people read, in their language.

English stands in the code; every other language is one catalogue, `texts/<language>.po`.
After writing a sentence: `python -m texts` adds it to the catalogues, then fill in its empty `msgstr`.
A sentence that is declared before its reader is known (a label, a question) is marked: `sentence("Maybe")`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

from markupsafe import Markup, escape

from texts.catalogue import ENGLISH, Catalogue, read_catalogue

__all__ = ["LANGUAGES", "Translator", "sentence", "translator"]

HERE = Path(__file__).parent
LANGUAGES = tuple(sorted({"en"} | {path.stem for path in HERE.glob("*.po")}))


def sentence(text: str) -> str:
    """`text` itself, marked as something to translate when it is shown."""
    return text


@dataclass(frozen=True, slots=True)
class Translator:
    """Says English sentences in `language`; dates are shown in `zone`."""

    language: str
    zone: ZoneInfo
    catalogue: Catalogue = field(repr=False, compare=False)

    def __call__(self, text: str, /, **values: object) -> Markup:
        """`text` in this language as trusted markup; the values are escaped unless they are `Markup`."""
        found = self.catalogue.sentences.get(text) or text
        return Markup(found.format_map(_escaped(values)) if values else found)  # noqa: S704 - the template is ours, the values are escaped

    def plain(self, text: str, /, **values: object) -> str:
        """`text` in this language without markup, nothing escaped: for labels, subjects, calendars."""
        found = self.catalogue.sentences.get(text) or text
        return found.format_map(values) if values else found

    def count(self, n: int, /, *, one: str, other: str, **values: object) -> Markup:
        """The form that fits `n`, which stands in it as `{n}`, as trusted markup with escaped values."""
        found = self._form(n, one, other)
        return Markup(found.format_map(_escaped({"n": n, **values})))  # noqa: S704 - as above

    def count_plain(self, n: int, /, *, one: str, other: str, **values: object) -> str:
        """The form that fits `n` without markup and with nothing escaped."""
        return self._form(n, one, other).format_map({"n": n, **values})

    def _form(self, n: int, one: str, other: str) -> str:
        forms = self.catalogue.counts.get(one, ())
        if not all(forms) or not forms:
            return one if n == 1 else other
        return forms[self.catalogue.which_form(n)]


def _escaped(values: Mapping[str, object]) -> dict[str, Markup]:
    return {name: escape(value) for name, value in values.items()}


@lru_cache(maxsize=1000)
def translator(language: str, zone: ZoneInfo | str, default: str = "sv") -> Translator:
    """The translator for `language`, or for the installation's `default` when there is no such catalogue."""
    chosen = language if language in LANGUAGES else default
    return Translator(chosen, ZoneInfo(str(zone)), _catalogue(chosen))


@lru_cache
def _catalogue(language: str) -> Catalogue:
    return ENGLISH if language == "en" else read_catalogue(HERE / f"{language}.po")
