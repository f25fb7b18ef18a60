"""Messages in Discord's Markdown: what people typed comes out as they typed it."""

import re

from markupsafe import Markup

from chat.markup import Run, runs, split

MAX_CONTENT = 2000  # characters

_SPECIAL = re.compile(
    r"[\\*_~`|]"  # emphasis, code, spoilers
    r"|\](?=\()"  # links
    r"|<(?=[@#:/]|a:|t:|id:|https?:)"  # mentions, emoji, moments
    r"|:(?=\w+:)"  # emoji by name
)
_IN_LABEL = re.compile(r"[\[\]]|" + _SPECIAL.pattern)
_BACKSLASH = r"\\\g<0>"
_TO_ESCAPE = re.compile(
    r"(https?://[^\s<>]+)"  # an address, which is left as it is
    r"|^[^\S\n]*(?:(?=[>#+-])|\d+(?=[.)]\s))"  # what comes before the mark of a quote, heading or list
    rf"|(?={_SPECIAL.pattern})",
    re.MULTILINE,
)


def pieces(text: Markup) -> list[str]:
    """The text in Markdown, in as many pieces as Discord's limit needs."""
    whole = markdown(text)
    if len(whole) <= MAX_CONTENT:
        return [whole]
    return [markdown(piece) for piece in split(text, MAX_CONTENT, _length)]


def markdown(text: Markup) -> str:
    """The text in Markdown."""
    return "".join(_shown(run) for run in runs(text))


def escaped(typed: str) -> str:
    """Plain text in which Markdown finds nothing; addresses are left as they are."""
    return _TO_ESCAPE.sub(lambda found: found[0] if found[1] else found[0] + "\\", typed)


def _length(run: Run) -> int:
    if len(run.text) == 1 and not (run.text.isalnum() or run.text.isspace()):
        return 1 + len(_shown(run))  # cut out of a long word: only its neighbours tell whether it is escaped
    return len(_shown(run))


def _shown(run: Run) -> str:
    """One run; spaces stay outside the marks, for Markdown does not see marks beside spaces."""
    bare = run.text.strip()
    if not bare:
        return run.text
    before, _, after = run.text.partition(bare)
    shown = _linked(bare, run.href) if run.href else escaped(bare)
    if run.italic:
        shown = f"*{shown}*"
    if run.bold:
        shown = f"**{shown}**"
    return before + shown + after


def _linked(text: str, href: str) -> str:
    """A masked link; an address as its own text would not be masked, so it stands alone."""
    address = href.translate({ord(" "): "%20", ord("("): "%28", ord(")"): "%29", ord("<"): "%3C", ord(">"): "%3E"})
    return address if text == href else f"[{_IN_LABEL.sub(_BACKSLASH, text)}]({address})"
