"""Many people in the database, and a call queued for all of them, as the product does it."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from markupsafe import Markup
from sqlalchemy import func, insert, select

from bench import world
from bot.opening import KEY_FILE
from chat.address import Address, Platform
from chat.message import Button, Message
from db import outbox, reach
from db.audiences import Audience
from db.keys import Keys, load_keys
from db.models import Account, Delivery, Person, PostKind, Priority, State
from db.people import address_index
from db.session import Database

TEXT = Markup("<b>Demonstration för vårdcentralen</b>\nLördag 28 november kl. 14.00\nStortorget, Exempelby")
ANSWERS = {"Jag kommer": "coming", "Kanske": "maybe", "Kan inte": "no"}
AT_ONCE = 5_000  # rows an INSERT


def now() -> datetime:
    """The present moment."""
    return datetime.now(UTC)  # noqa: TID251 - the program that is measured asks the real clock


def keys_of(folder: Path) -> Keys:
    """The keys of the installation in that folder."""
    return load_keys(folder / KEY_FILE)


async def add_people(database: Database, keys: Keys, addresses: Sequence[int]) -> None:
    """Where nobody was, a person for each of these Telegram ids, numbered from 1, who has said yes to calls."""
    said = now()
    for start in range(0, len(addresses), AT_ONCE):
        some = list(enumerate(addresses[start : start + AT_ONCE], start + 1))
        people = [{"id": number, "language": "sv", "created_at": said} for number, _ in some]
        accounts = [_account(keys, number, address, said) for number, address in some]
        async with database.write() as session:
            await session.execute(insert(Person), people)
            await session.execute(insert(Account), accounts)


def _account(keys: Keys, person_id: int, address: int, said: datetime) -> dict[str, object]:
    index = address_index(keys, Address(Platform.TELEGRAM, str(address)))
    return {
        "person_id": person_id, "platform": "telegram", "address": str(address), "address_index": index,
        "opened": True, "consent": "yes", "created_at": said,
    }  # fmt: skip


async def queue(database: Database, key: str, *, priority: Priority = Priority.CALL) -> int:
    """How many deliveries of a new call are queued."""
    said = {"sv": call()}
    async with database.write() as session:
        post_id = await outbox.queue_post(
            session, key, PostKind.CALL, private=said, priority=priority, now=now()
        )  # fmt: skip
        assert post_id is not None
        everybody = reach.reached(Audience(invented=False))
        return await outbox.queue_to_people(session, post_id, everybody, now=now(), quiet=None)


def call() -> Message:
    """A call with its answers."""
    buttons = [Button(label, "signup.answer", f"1:{answer}") for label, answer in ANSWERS.items()]
    return Message.of(TEXT, *buttons, Button("Fråga", "question.ask", "1"))


async def queue_urgent(database: Database, person_id: int, key: str) -> None:
    """Something urgent waits for that person."""
    async with database.write() as session:
        post_id = await outbox.queue_post(
            session, key, PostKind.PERSONAL, private={"sv": urgent()}, priority=Priority.URGENT, now=now()
        )
        assert post_id is not None
        await outbox.queue_to_people(session, post_id, reach.one_person(person_id), now=now(), quiet=None)


def urgent() -> Message:
    """What does not wait for the others."""
    return Message(Markup("Det är inställt."))


async def sent(database: Database) -> int:
    """How many deliveries are acknowledged."""
    async with database.read() as session:
        query = select(func.count()).select_from(Delivery).where(Delivery.state == State.SENT.value)
        return await session.scalar(query) or 0


async def filled(folder: Path, addresses: Sequence[int]) -> Database:
    """A database in the folder, still open, with a person for each of these Telegram ids."""
    await world.fill(folder)
    database = Database(f"sqlite+aiosqlite:///{folder / 'kallelse.db'}")
    await add_people(database, keys_of(folder), addresses)
    return database
