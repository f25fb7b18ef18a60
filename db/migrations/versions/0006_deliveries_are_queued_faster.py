"""Deliveries are queued faster."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

USED = sa.text("SELECT seq FROM sqlite_sequence WHERE name = 'delivery'")
NOT_AGAIN = "INSERT INTO sqlite_sequence (name, seq) VALUES ('delivery', :used)"


def upgrade() -> None:
    """The tables have this change. There is no way back but a backup."""
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    used = op.get_bind().scalar(USED) if on_sqlite else None
    with op.batch_alter_table("delivery", schema=None, table_kwargs={"sqlite_autoincrement": True}) as batch_op:
        batch_op.drop_index(batch_op.f("ix_delivery_chat_id"))
        batch_op.drop_constraint(batch_op.f("uq_delivery_post_id_chat_id_part"), type_="unique")
        batch_op.create_index(
            "uq_delivery_chat_id_post_id_part",
            ["chat_id", "post_id", "part"],
            unique=True,
            sqlite_where=sa.text("chat_id IS NOT NULL"),
            postgresql_where=sa.text("chat_id IS NOT NULL"),
        )
        batch_op.drop_constraint(batch_op.f("fk_delivery_account_id"), type_="foreignkey")
    if used is not None:  # the new table would begin again behind the ids that are left
        op.execute("DELETE FROM sqlite_sequence WHERE name = 'delivery'")
        op.get_bind().execute(sa.text(NOT_AGAIN), {"used": used})
