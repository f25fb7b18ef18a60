"""The tables at a start are those the code knows."""

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import MetaData, text
from sqlalchemy.exc import IntegrityError

from db import migrations
from db.audiences import Audience, from_json
from db.models import Base
from db.session import Database
from tests.room import NOW


async def test_the_migrations_make_the_tables_that_the_models_describe(tmp_path):
    """A column without a migration would break every installation that is already running."""
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'kallelse.db'}")
    await migrations.upgrade(database)

    async with database.engine.connect() as connection:
        found = await connection.run_sync(differences)

    await database.close()
    assert found == []


def differences(connection):
    return compare_metadata(MigrationContext.configure(connection), Base.metadata)


async def test_a_second_start_changes_nothing(tmp_path):
    """Every start runs the migrations."""
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'kallelse.db'}")
    await migrations.upgrade(database)

    await migrations.upgrade(database)

    async with database.engine.connect() as connection:
        revision = await connection.run_sync(
            lambda plain: MigrationContext.configure(plain).get_current_revision()
        )
    await database.close()
    assert revision == migrations.newest() != ""


async def test_posts_of_before_say_whom_they_are_for(tmp_path):
    """What the key of a call said, and what a change was for, is asked of the post's audience since."""
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'kallelse.db'}")
    async with database.engine.begin() as connection:
        await connection.run_sync(lambda plain: command.upgrade(migrations.alembic_config(plain), "0006"))
        await connection.run_sync(posts_of_before)

    await migrations.upgrade(database)

    async with database.read() as session:
        found = {row[0]: row[1] for row in await session.execute(text("SELECT key, audience FROM post"))}
    await database.close()
    assert {key: from_json(kept) if kept else None for key, kept in found.items()} == {
        "call:11:wide": Audience(False),
        "call:12": Audience(False, 2, internal=True),
        "call:13": Audience(True),
        "change:11": Audience(False, coming_to=11),
        "digest:1": None,
    }


def posts_of_before(connection):
    tables = MetaData()
    tables.reflect(connection, only=["association", "activity", "post"])
    at = {"created_at": NOW.replace(tzinfo=None)}
    said = dict.fromkeys(("text", "place", "bring", "read", "cancel_reason"), b"") | {
        "kind": "meeting", "title": "", "starts_local": "", "zone": "", "starts_at": at["created_at"],
    }  # fmt: skip
    rows = {
        "association": [
            at | {"id": number, "name": str(number), "is_district": number != 2, "invented": number == 3}
            for number in (1, 2, 3)
        ],
        "activity": [
            at | said | {"id": number, "association_id": of, "open": number != 12, "invented": of == 3}
            for number, of in ((11, 2), (12, 2), (13, 3))
        ],
        "post": [
            at | {"key": key, "kind": key.split(":")[0], "activity_id": about, "priority": 1}
            | {"private": b"", "group_content": b""}
            for key, about in (
                ("call:11:wide", 11), ("call:12", 12), ("call:13", 13), ("change:11", 11), ("digest:1", None)
            )
        ],
    }  # fmt: skip
    for name, values in rows.items():
        connection.execute(tables.tables[name].insert(), values)


async def test_an_id_that_others_know_is_never_used_again(tmp_path):
    """Of a button in somebody's chat, or of a message that a platform remembers by its delivery's id."""
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'kallelse.db'}")
    await migrations.upgrade(database)

    async with database.engine.connect() as connection:
        tables = (await connection.execute(text("SELECT name, sql FROM sqlite_master"))).all()

    await database.close()
    once = {name for name, sql in tables if sql and "AUTOINCREMENT" in sql}
    known = {"activity", "association", "chat", "code", "delivery", "draft", "person", "post", "question", "role"}
    register = {"approval", "audience", "label", "member", "office", "office_kind", "partner"}
    assert once == known | register


async def test_deliveries_are_what_they_were_in_a_table_made_anew(tmp_path):
    """SQLite copies a table to change it: what was kept true before is kept true after, numbers included."""
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'kallelse.db'}")
    async with database.engine.begin() as connection:
        await connection.run_sync(lambda plain: command.upgrade(migrations.alembic_config(plain), "0005"))
        for statement in EARLIER:
            await connection.execute(text(statement))

    await migrations.upgrade(database)

    async with database.write() as session:
        await session.execute(text(DELIVERY.format("NULL", 1)))
        ids = (await session.scalars(text("SELECT id FROM delivery ORDER BY id"))).all()
    for recipients in ("1, 1", "NULL, NULL", "NULL, 1", "1, NULL"):
        with pytest.raises(IntegrityError):
            async with database.write() as session:
                await session.execute(text(DELIVERY.format(*recipients.split(", "))))
    await database.close()
    assert ids == [1, 3]


DELIVERY = (
    "INSERT INTO delivery (post_id, person_id, chat_id, lane, priority, not_before) VALUES (1, {}, {}, 'x', 1, '')"
)
EARLIER = (
    "INSERT INTO person (id, language, created_at) VALUES (1, 'sv', '')",
    "INSERT INTO chat (id, platform, address, address_index, title, created_at) VALUES (1, '', '', '', '', '')",
    "INSERT INTO post (key, kind, private, group_content, priority, created_at) VALUES ('', '', '', '', 1, '')",
    DELIVERY.format(1, "NULL"),
    DELIVERY.format("NULL", 1),
    "DELETE FROM delivery WHERE id = 2",
)


async def test_a_code_gets_no_number_that_a_post_still_names(tmp_path):
    """An old button would hand out the code of a later asker, and a later question would be taken for asked."""
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'kallelse.db'}")
    at = {"at": str(NOW.replace(tzinfo=None))}
    columns = "key, kind, priority, private, group_content, created_at"
    post = f"INSERT INTO post ({columns}) VALUES ({{}}, 'personal', 0, x'', x'', :at)"  # noqa: S608 - no input
    code = "INSERT INTO code (purpose, code_hash, created_at, expires_at) VALUES ('x', x'{}', :at, :at)"
    async with database.engine.begin() as connection:
        await connection.run_sync(lambda plain: command.upgrade(migrations.alembic_config(plain), "0008"))
        for key in ("'link-code:7'", "'link-mail:12'", "'link-asked:99:x'"):
            await connection.execute(text(post.format(key)), at)
        await connection.execute(text(code.format("01")), at)

    await migrations.upgrade(database)

    async with database.write() as session:
        await session.execute(text(code.format("02")), at)
        ids = (await session.scalars(text("SELECT id FROM code ORDER BY id"))).all()
    await database.close()
    assert ids == [1, 13]
