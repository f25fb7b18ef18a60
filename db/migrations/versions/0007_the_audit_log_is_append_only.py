"""The audit log is append-only."""

from alembic import op

from db import append_only

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """The tables have this change. There is no way back but a backup."""
    append_only.protect(None, op.get_bind())
