"""Who was linked when."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

# Posts outlive the codes that their keys and buttons name: "link-code:12".
SAID = "SELECT CAST(substr(key, 11) AS INTEGER) FROM post WHERE key LIKE 'link-code:%' OR key LIKE 'link-mail:%'"
USED = sa.text(f"SELECT max(id) FROM (SELECT id FROM code UNION ALL {SAID})")  # noqa: S608 - no input
NOT_AGAIN = sa.text("INSERT INTO sqlite_sequence (name, seq) VALUES ('code', :used)")


def upgrade() -> None:
    """The tables have this change. There is no way back but a backup."""
    op.create_table(
        "link_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_index", sa.LargeBinary(), nullable=False),
        sa.Column("email_index", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_link_request")),
    )
    with op.batch_alter_table("link_request", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_link_request_account_index"), ["account_index"], unique=False)
        batch_op.create_index(batch_op.f("ix_link_request_email_index"), ["email_index"], unique=False)

    with op.batch_alter_table("account", schema=None) as batch_op:
        batch_op.add_column(sa.Column("linked_at", sa.DateTime(timezone=True), nullable=True))

    if op.get_bind().dialect.name == "sqlite":
        never_again = {"sqlite_autoincrement": True}
        with op.batch_alter_table("code", schema=None, recreate="always", table_kwargs=never_again):
            used = op.get_bind().scalar(USED)
        op.execute("DELETE FROM sqlite_sequence WHERE name = 'code'")
        op.get_bind().execute(NOT_AGAIN, {"used": used or 0})
