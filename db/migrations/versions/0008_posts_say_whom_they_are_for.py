"""Posts say whom they are for."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

WIDE = ":wide"  # ended the key of a call to the whole district
TO_THOSE_COMING = ("change", "cancellation", "announcement")

post = sa.table(
    "post",
    sa.column("id", sa.Integer),
    sa.column("key", sa.String),
    sa.column("kind", sa.String),
    sa.column("activity_id", sa.Integer),
    sa.column("audience", sa.String),
)
activity = sa.table(
    "activity",
    sa.column("id", sa.Integer),
    sa.column("association_id", sa.Integer),
    sa.column("open", sa.Boolean),
    sa.column("invented", sa.Boolean),
)
association = sa.table("association", sa.column("id", sa.Integer), sa.column("is_district", sa.Boolean))


def upgrade() -> None:
    """The calls of before say in their audience what the end of their key said."""
    query = (
        sa.select(
            post.c.id, post.c.key, post.c.kind, post.c.activity_id,
            activity.c.association_id, activity.c.open, activity.c.invented, association.c.is_district,
        )
        .join(activity, activity.c.id == post.c.activity_id)
        .join(association, association.c.id == activity.c.association_id)
        .where(post.c.kind.in_(["call", *TO_THOSE_COMING]))
    )  # fmt: skip
    connection = op.get_bind()
    for row in connection.execute(query).mappings().all():
        audience = {"version": 1, "invented": bool(row["invented"])}
        if row["kind"] in TO_THOSE_COMING:
            audience["coming_to"] = row["activity_id"]
        else:
            if not (row["is_district"] or row["key"].endswith(WIDE)):
                audience["association_id"] = row["association_id"]
            if not row["open"]:
                audience["internal"] = True
        kept = json.dumps(audience, separators=(",", ":"))
        connection.execute(post.update().where(post.c.id == row["id"]).values(audience=kept))
