"""Finds the sentences that stand in the code and in the page templates."""

import ast
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, nodes

ROOMS = ("bot", "chat", "db", "handlers", "schedules", "texts", "web")
MARKED = {"t", "sentence", "UserError"}  # called with a sentence first
PAIR = 2  # the sentences of a count: one and other
COUNTS = {"count", "count_plain"}


@dataclass(frozen=True, slots=True)
class Found:
    """Every sentence as (one,) or (one, other), and what could not be read, a line each."""

    sentences: frozenset[tuple[str, ...]]
    troubles: tuple[str, ...]


def find_sentences(root: Path) -> Found:
    """All sentences below `root`, which holds the rooms."""
    sentences: set[tuple[str, ...]] = set()
    troubles: list[str] = []
    for path in _files(root):
        read = _in_python if path.suffix == ".py" else _in_template
        try:
            found = list(read(path.read_text(encoding="utf-8")))
        except (SyntaxError, ValueError) as error:
            troubles.append(f"{path.relative_to(root)}: {error}")
            continue
        sentences |= {one for one in found if one}
        troubles += [f"{path.relative_to(root)}: a sentence is not a plain literal"] * found.count(())
    return Found(frozenset(sentences), (*troubles, *_collisions(sentences)))


def _collisions(sentences: set[tuple[str, ...]]) -> list[str]:
    """A catalogue knows a sentence by its first form, which must therefore be in one place only."""
    times = Counter(forms[0] for forms in sentences)
    return [f"“{text}” is counted in two ways" for text, n in times.items() if n > 1]


def _files(root: Path) -> list[Path]:
    return sorted(
        path for room in ROOMS for kind in ("*.py", "*.html", "*.txt") for path in (root / room).rglob(kind)
    )


def _in_python(source: str) -> Iterator[tuple[str, ...]]:
    for call in ast.walk(ast.parse(source)):
        if isinstance(call, ast.Call) and _is_count(call.func):
            named = {word.arg: word.value for word in call.keywords}
            yield from _pairs(named.get("one"), named.get("other"))
        elif isinstance(call, ast.Call) and call.args and _is_marked(call.func):
            yield from _literals(call.args[0])


def _name(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def _is_count(called: ast.expr) -> bool:
    return isinstance(called, ast.Attribute) and called.attr in COUNTS and _name(called.value) == "t"


def _is_marked(called: ast.expr) -> bool:
    if isinstance(called, ast.Attribute) and called.attr == "plain":
        return _name(called.value) == "t"
    return _name(called) in MARKED


def _literals(node: ast.expr) -> Iterator[tuple[str, ...]]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield (node.value,)
    elif isinstance(node, ast.IfExp):
        yield from _literals(node.body)
        yield from _literals(node.orelse)
    elif isinstance(node, ast.JoinedStr | ast.BinOp):
        yield ()


def _pairs(one: ast.expr | None, other: ast.expr | None) -> Iterator[tuple[str, ...]]:
    texts = [node.value for node in (one, other) if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    yield tuple(texts) if len(texts) == PAIR else ()


def _in_template(source: str) -> Iterator[tuple[str, ...]]:
    for call in Environment(autoescape=True).parse(source).find_all(nodes.Call):
        if _template_name(call.node) in COUNTS:
            named = {word.key: word.value for word in call.kwargs}
            pair = [named[key] for key in ("one", "other") if key in named]
            texts = tuple(node.value for node in pair if isinstance(node, nodes.Const))
            yield texts if len(texts) == PAIR else ()
        elif _template_name(call.node) in {"t", "plain"} and call.args and isinstance(call.args[0], nodes.Const):
            yield (call.args[0].value,)


def _template_name(node: nodes.Node) -> str:
    return node.name if isinstance(node, nodes.Name) else node.attr if isinstance(node, nodes.Getattr) else ""
