"""What Alembic runs: the migrations, on the connection that db/migrate.py hands over."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext

from db.keys import Encrypted
from db.models import Base
from db.session import UtcDateTime


def plain_type(kind: str, item: Any, _: AutogenContext) -> str | Literal[False]:
    """Migrations name what the database holds, so that they still run when our types have moved."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    return "sa.LargeBinary()" if kind == "type" and isinstance(item, Encrypted) else False


connection = context.config.attributes["connection"]
on_sqlite = connection.dialect.name == "sqlite"
context.configure(
    connection=connection, target_metadata=Base.metadata, render_item=plain_type, render_as_batch=on_sqlite
)
with context.begin_transaction():
    context.run_migrations()
