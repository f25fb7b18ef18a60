"""From a request to a reply: once, in one transaction, and an answer whatever happens."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import func, select
from sqlalchemy import text as sql

from chat.message import Shown
from chat.request import Chat, Kind, Request
from db import codes
from db.models import Association, Person, SeenUpdate
from tests.handlers.test_organisers import make_admin
from tests.room import ADA, BEN, GROUP, text


def request(**changes) -> Request:
    base = Request(
        kind=Kind.COMMAND,
        route="foreningar",
        chat=Chat(ADA.address, private=True),
        sender=ADA.address,
        language="sv-SE",
        update="1",
    )
    return replace(base, **changes)


async def count(room, column) -> int:
    async with room.database.read() as session:
        return int(await session.scalar(select(func.count()).select_from(column)) or 0)


async def test_an_update_that_comes_twice_has_its_effect_once(room):
    """A platform repeats what it thinks we did not get."""
    await make_admin(room, ADA)
    add = request(argument="Provstad", update="7")

    first, second = await room.dispatch.handle(add), await room.dispatch.handle(add)

    assert "Provstad" in text(first)
    assert second is None
    assert await count(room, Association) == 2


async def test_what_fails_leaves_nothing_behind(room):
    """Neither half a change nor the mark that it was done."""
    await make_admin(room, ADA)
    seen = await count(room, SeenUpdate)

    answer = await room.dispatch.handle(request(argument="Nystad\n" + "x" * 99, update="8"))

    assert "för långt" in text(answer)
    assert await count(room, Association) == 1
    assert await count(room, SeenUpdate) == seen


async def test_when_the_database_cannot_be_written_the_person_is_told(room, caplog):
    """A full disk is not silence, and the log names no person."""
    await make_admin(room, ADA)
    async with room.database.engine.connect() as connection:
        await connection.execute(sql("PRAGMA query_only=ON"))
        await connection.rollback()

    answer = await room.dispatch.handle(request(argument="Provstad", update="9"))

    assert text(answer) == "Jag kunde inte spara det just nu. Ingenting har skickats. Försök igen om en stund."
    assert "foreningar" in caplog.text
    assert "Provstad" not in caplog.text
    assert ADA.address.id not in caplog.text


async def test_twenty_people_at_once_are_all_remembered(room):
    """One writer at a time, and nobody is told that the database is locked."""
    people = [replace(ADA.address, id=str(number)) for number in range(20)]
    asked = [request(sender=who, chat=Chat(who, private=True), update=f"n{who.id}") for who in people]

    answers = await asyncio.gather(*(room.dispatch.handle(one) for one in asked))

    assert {text(answer) for answer in answers} == {"Det kan bara arrangörer göra."}
    assert await count(room, Person) == 0  # refused: nothing is kept of them


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": Kind.PRESS, "route": ""},
        {"kind": Kind.PRESS, "route": "long.gone", "argument": "1"},
    ],
)
async def test_a_button_that_is_not_ours_says_what_to_do(room, changes):
    """Forged, changed or of a version long gone."""
    answer = await room.dispatch.handle(request(**changes))

    assert text(answer).startswith("Den knappen används inte längre.")


async def test_a_hidden_author_is_nobody(room):
    """Anonymous administrators and channels have no rights and leave no trace."""
    assert await room.dispatch.handle(request(sender=None)) is None
    assert await count(room, Person) == 0


async def test_a_group_hears_nothing_of_what_is_not_for_the_bot(room):
    """Unknown commands and texts are answered in private only."""
    assert await room.gives(request(route="vekca", chat=GROUP, sender=BEN.address)) == await room.gives(
        request(kind=Kind.TEXT, route="", text="hej på er", chat=GROUP, sender=BEN.address)
    )


async def test_what_only_its_asker_sees_is_answered_in_a_group_too(room):
    """Who pressed for an answer gets one, also that nothing was understood."""
    asked = request(
        kind=Kind.TEXT, route="", text="kan nån hämta mig?", chat=GROUP, sender=BEN.address, own_message=True
    )

    assert "Det förstod inte jag" in text(await room.gives(asked))


async def test_the_name_of_a_command_alone_is_that_command(room):
    """Where no slash can be typed, its name is enough; the answer to a question is not taken for one."""
    await make_admin(room, ADA)
    alone = Chat(ADA.address, private=True)
    said = partial(request, kind=Kind.TEXT, route="", sender=ADA.address, chat=alone, update="")

    first = await room.gives(said(text="Kallelse"))
    second = await room.gives(said(text="kontakt"))

    assert text(first).startswith("Vad ska hända?")
    assert text(second).startswith("När?")


def test_an_adapter_learns_beforehand_where_the_answer_goes(room):
    """Discord fixes it with the first sign."""
    assert room.dispatch.shown(request()) is Shown.PRIVATELY
    assert room.dispatch.shown(request(kind=Kind.PRESS, route="associations.add")) is Shown.FORM


async def test_the_log_does_not_repeat_what_was_typed(room, caplog):
    """Somebody who writes a name, or a code, behind a slash has not given it to the operator."""
    async with room.database.engine.connect() as connection:
        await connection.execute(sql("PRAGMA query_only=ON"))
        await connection.rollback()

    await room.dispatch.handle(request(route="testa_testsson"))

    assert "command unknown was not saved" in caplog.text
    assert "testa" not in caplog.text


@pytest.mark.parametrize(
    ("link", "said"), [("do-stopp", "Det kommandot känner jag inte"), ("do-mina", "Du har inte")]
)
async def test_opening_a_link_changes_nothing(room, link, said):
    """A link from somebody else may show what is mine; it does not stop, grant or erase anything."""
    await room.says("/start", by=ADA)

    answer = await room.says(f"/start {link}", by=ADA)

    assert said in text(answer)


async def test_an_invitation_written_in_a_group_is_burnt(room):
    """Everybody there has read its code."""
    async with room.database.write() as session:
        invited = await codes.new_code(
            session, room.dispatch.keys, "organiser", argument="d:1", valid=timedelta(hours=1), now=room.now
        )

    answer = await room.says(f"/start organiser-{invited}", by=BEN, chat=GROUP)
    later = await room.says(f"/start organiser-{invited}", by=BEN)

    assert (answer.delete_request, answer.message) == (True, None)
    assert "gäller inte" in text(later)


async def test_forwarded_words_are_no_command(room):
    """What somebody else wrote has no rights, whoever passes it on."""
    await make_admin(room, ADA)
    written = request(kind=Kind.TEXT, route="", text="foreningar\nPåhittsås")

    answer = await room.dispatch.handle(replace(written, forwarded=True, update="f1"))
    own = await room.dispatch.handle(replace(written, update="f2"))

    assert "Påhittsås" not in text(answer)
    assert "Påhittsås" in text(own)
