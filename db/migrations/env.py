"""Alembic's way in: it works in the connection that it is given."""

from typing import Any, Literal

from alembic import context
from sqlalchemy import DefaultClause, False_, True_

from db.keys import Encrypted
from db.models import Base
from db.session import UtcDateTime


def rendered(kind: str, item: Any, _context: object) -> str | Literal[False]:
    """How migrations write what they would else write in the words of one database, or of our code of today."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, Encrypted):
        return "sa.LargeBinary()"
    if kind == "server_default" and isinstance(item, DefaultClause):
        return (
            "sa.false()" if isinstance(item.arg, False_) else "sa.true()" if isinstance(item.arg, True_) else False
        )
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,  # SQLite cannot alter most of a table in place
    render_item=rendered,
)
context.run_migrations()
