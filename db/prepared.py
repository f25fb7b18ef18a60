"""Statements that are asked again and again: compiled once, and run by SQLite's driver itself in the loop.

SQLAlchemy's own way from such a statement to its rows takes several times as long as SQLite does.
"""

import sqlite3
from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any

from sqlalchemy import Select
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import TypeEngine

Convert = Callable[[Any], Any]

DIALECT = sqlite.dialect(paramstyle="named")


class Prepared:
    """A SELECT of columns; all values in it that change are named (`bindparam`)."""

    def __init__(self, query: Select[*tuple[Any, ...]]) -> None:
        """Compiled when it is first read by the driver."""
        self.query = query

    def read(self, driver: sqlite3.Connection, values: Mapping[str, Any]) -> Sequence[Any]:
        """The rows, their values by the names of the columns. Errors: DBAPIError."""
        stored = {name: convert(values[name]) for name, convert in self._stored.items()}
        try:
            found = driver.execute(self._compiled.string, self._constants | stored).fetchall()
        except sqlite3.Error as error:
            raise DBAPIError(self._compiled.string, None, error) from error
        return [self._row(row) for row in found]

    def _row(self, row: Sequence[Any]) -> Any:
        values = list(row)
        for place, convert in self._shown:
            values[place] = convert(values[place])
        return self._named(*values)

    @cached_property
    def _compiled(self) -> SQLCompiler:
        return self.query.compile(dialect=DIALECT)

    @cached_property
    def _constants(self) -> dict[str, Any]:
        binds = {name: bind for bind, name in self._compiled.bind_names.items() if not bind.required}
        return {name: _to_store(bind.type)(bind.value) for name, bind in binds.items()}

    @cached_property
    def _stored(self) -> dict[str, Convert]:
        """What turns the value of each parameter into what is stored."""
        binds = self._compiled.bind_names.items()
        return {name: _to_store(bind.type) for bind, name in binds if bind.required}

    @cached_property
    def _shown(self) -> list[tuple[int, Convert]]:
        """What turns what is stored in some columns into their values."""
        columns = self.query.selected_columns
        made = [column.type.dialect_impl(DIALECT).result_processor(DIALECT, None) for column in columns]
        return [(place, convert) for place, convert in enumerate(made) if convert]

    @cached_property
    def _named(self) -> Any:
        return namedtuple("Row", self.query.selected_columns.keys())


def _to_store(kind: TypeEngine[Any]) -> Convert:
    return kind.dialect_impl(DIALECT).bind_processor(DIALECT) or (lambda value: value)
