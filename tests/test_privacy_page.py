"""docs/privacy.md is true to the code: what is kept, and how long."""

import importlib
import pkgutil
import re
from datetime import timedelta
from pathlib import Path

import db
from db.keys import Encrypted
from db.models import Base

PAGE = Path("docs/privacy.md").read_text(encoding="utf-8")
WORDS = {
    timedelta(hours=1): "1 hour",
    timedelta(hours=24): "24 hours",
    timedelta(days=3): "3 days",
    timedelta(days=30): "30 days",
    timedelta(days=365): "12 months",
    timedelta(days=731): "24 months",
    30: "30 days",
}


def test_how_long_is_what_the_constants_say():
    """Each row with a constant says its length in words."""
    rows = re.findall(r"^\| [^|]+ \| ([^|]+) \| `([\w.]+)\.(\w+)` \|$", PAGE, re.MULTILINE)

    assert len(rows) > 10
    for kept, module, name in rows:
        assert WORDS[getattr(importlib.import_module(module), name)] in kept, (module, name)


def test_nothing_is_said_twice():
    """Two paragraphs or rows about one thing come to contradict each other."""
    points = re.findall(r"^(?:- |\d\. )\*\*([^*]+)\*\*", PAGE, re.MULTILINE)
    rows = re.findall(r"^\| ([^|:;,(]+)", PAGE.partition("## How long")[0], re.MULTILINE)

    assert len(points) > 20
    assert [one for one in {*points, *rows} if [*points, *rows].count(one) > 1] == []


def test_every_constant_that_erases_is_on_the_page():
    """A new one gets its row."""
    for found in pkgutil.iter_modules(db.__path__, "db."):
        for name in vars(importlib.import_module(found.name)):
            if name in {"KEPT", "KEPT_AFTERWARDS"}:
                assert f"`{found.name}.{name}`" in PAGE


def test_every_table_about_people_is_on_the_page():
    """Whatever points to a person or holds something encrypted."""
    for table in Base.metadata.sorted_tables:
        points = any(key.column.table.name == "person" for column in table.c for key in column.foreign_keys)
        if points or any(isinstance(column.type, Encrypted) for column in table.c):
            assert f"`{table.name}`" in PAGE, table.name
