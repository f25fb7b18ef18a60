"""A list of members sent to the bot: looked at, shown in numbers, and taken over by a press."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from db import drafts, models, privacy, register, roles
from db.import_members.limits import MAX_BYTES
from db.import_members.rows import WAITING
from schedules import housekeeping
from tests import given
from tests.lists import ASA, BO, CIA, HEADINGS, as_bytes, xlsx_list
from tests.room import ADA, BEN, CEM, DORIS, labels, text
from tests.schedules.ticking import tick

NAMES = ("Åsa", "Öberg", "Bo Ek", "asa@example.org", "+4670", "070-")
NO_LISTS = ["medlemmar.pdf", "medlemmar.numbers", "medlemmar", "", "bild.jpg"]
MORE = [(f"Namn{n}", "Ny", "", "", str(n), "Provstad") for n in range(100, 120)]


@pytest.fixture
async def home(room):
    """Provstad, whose register Ben keeps, and Exempelby; Ada keeps the whole one."""
    home = await given.association(room, "Provstad")
    await given.association(room, "Exempelby")
    await given.organiser(room, ADA, of=None, role=roles.REGISTRAR)
    await given.organiser(room, BEN, of=home, role=roles.REGISTRAR)
    return home


async def sent(room, *rows, by=ADA, **written):
    """The answer to the list."""
    return await room.sends_file("medlemmar.csv", as_bytes(*rows, **written), by=by)


async def taken(room, *rows, by=ADA, **written):
    """The answer to the press that takes the list over."""
    return await room.presses(await sent(room, *rows, by=by, **written), "Genomför", by=by)


async def members(room):
    """The register, by names."""
    async with room.database.read() as session:
        return {one.name: one for one in await register.cards(session, invented=False)}


async def test_a_list_is_shown_in_numbers_and_then_taken_over(room, home):
    """Two presses' worth of thought; names stay in the file."""
    shown = await sent(room, ASA, BO)
    before = await members(room)
    done = await room.presses(shown, "Genomför", by=ADA)

    assert text(shown) == (
        "Nya: 2\nÄndrade: 0\nInte längre med i listan: 0\nOförändrade: 0\n"
        "Bara de här föreningarna finns i listan, och ingen tas bort ur någon annan: Exempelby, Provstad.\n"
        "Inget är ändrat än."
    )
    assert labels(shown) == ["Genomför", "Avbryt"]
    assert (before, {*await members(room)}) == ({}, {"Åsa Öberg", "Bo Ek"})
    assert text(done).startswith("Klart.\nNya: 2")
    assert text(done).endswith(
        "Ta gärna bort filen ur vår chatt när du inte behöver den längre: det kan inte jag."
    )
    assert not [name for name in NAMES if name in text(shown) + text(done)]


async def test_a_spreadsheet_is_a_list_too(room, home):
    """Most of them are."""
    await room.presses(await room.sends_file("Lista.XLSX", xlsx_list([HEADINGS, ASA]), by=ADA), "Genomför", by=ADA)

    assert (await members(room))["Åsa Öberg"].phone == "+46701740605"


async def test_the_same_list_again_says_so(room, home):
    """Nothing to press."""
    await taken(room, ASA, BO)

    again = await sent(room, ASA, BO)

    assert text(again).startswith("Listan säger detsamma som registret.")
    assert labels(again) == []


async def test_what_is_wrong_is_told_by_row_and_column(room, home):
    """Found in the file, not in the chat."""
    answer = await sent(room, (*ASA[:3], "ring mig", *ASA[4:]), (*BO[:5], "Exempelköping"))

    assert text(answer) == (
        "Inget ändrades, för något är fel i listan:\n"
        "• rad 2, Mobil: inget telefonnummer\n"
        "• rad 3: det finns ingen förening som heter Exempelköping\n"
        "Rätta listan och skicka den igen."
    )
    assert labels(answer) == []


@pytest.mark.parametrize(("by", "said"), [
    (ADA, "• rad 3: här saknas ett citattecken (\"), eller så är det ett för mycket\nRätta listan"),
    (DORIS, "• row 3: a quotation mark (\") is missing here, or there is one too many\nMend the list"),
])  # fmt: skip
async def test_a_cell_that_would_swallow_members_is_told(room, home, by, said):
    """Nobody is gone, and nobody's name stands in another's address."""
    await given.organiser(room, DORIS, of=None, role=roles.REGISTRAR)

    answer = await sent(room, ASA, ('"Bo', *BO[1:]), CIA, by=by)

    assert said in text(answer)
    assert labels(answer) == []


async def test_of_much_that_is_wrong_only_the_first_is_told(room, home):
    """A column under the wrong heading is wrong in every row."""
    answer = await sent(room, *[(*row[:2], "x@", *row[3:]) for row in MORE])

    assert "• rad 16, E-post: ingen e-postadress\n… och 5 saker till." in text(answer)


@pytest.mark.parametrize(("name", "content", "said"), [
    ("bok.xlsx", b"PK\x03\x04 och inget mer", "Filen är skadad"),
    ("gammal.xls", b"\xd0\xcf\x11\xe0" + bytes(100), "Det är en äldre Excelfil"),
    ("lista.csv", b"1;2;3\n", "Jag hittar inga rubriker"),
    ("lista.csv", as_bytes(), "Det finns ingen i filen"),
])  # fmt: skip
async def test_what_is_no_list_is_told(room, home, name, content, said):
    """With what to do about it."""
    assert text(await room.sends_file(name, content, by=ADA)).startswith(said)


async def test_a_file_that_is_too_large_or_cannot_be_had_is_told(room, home):
    """It is not even fetched; and a fault of the platform's is not the sender's."""
    large = await room.sends_file("lista.csv", as_bytes(ASA), by=ADA, size=MAX_BYTES + 1)
    lost = await room.sends_file("lista.csv", b"", by=ADA)

    assert text(large).startswith("Filen är för stor: jag tar högst 5 MB.")
    assert text(lost).startswith("Jag kunde inte hämta filen.")


async def test_a_file_from_anybody_else_is_not_understood(room, home):
    """As kindly as any text; nothing is fetched, and nobody learns that lists are taken."""
    wordless = await room.says("", by=DORIS)

    for name in ("lista.csv", *NO_LISTS):
        assert text(await room.sends_file(name, as_bytes(ASA), by=DORIS)) == text(wordless)


@pytest.mark.parametrize("name", NO_LISTS)
@pytest.mark.parametrize(
    ("by", "said"),
    [
        (ADA, "Det är ingen lista som jag kan läsa: jag tar CSV och XLSX. Inget ändrades."),
        (DORIS, "That is no list that I can read: I take CSV and XLSX. Nothing was changed."),
    ],
    ids=["in Swedish", "in English"],
)
async def test_another_file_from_who_keeps_a_register_is_told_what_is_taken(room, home, name, by, said):
    """Whoever has the list as a PDF learns what to save it as."""
    await given.organiser(room, by, of=home, role=roles.REGISTRAR)

    assert text(await room.sends_file(name, b"%PDF", by=by)) == said


async def test_the_list_waits_for_a_day_for_the_one_who_sent_it(room, home):
    """Sealed, without the personal identity number; gone when it was cancelled."""
    shown = await sent(room, (*ASA, "19900101-1239"), headings=(*HEADINGS, "Personnummer"))
    async with room.database.read() as session:
        kept = await session.scalar(select(models.Draft.data))
    other = await room.presses(shown, "Genomför", by=BEN)
    cancelled = await room.presses(shown, "Avbryt", by=ADA)
    late = await sent(room, ASA)
    room.passes(timedelta(hours=24, seconds=1))

    assert "Kolumner som jag inte läser: Personnummer." in text(shown)
    assert "Öberg" in kept
    assert "1239" not in kept
    assert text(other).startswith("Listan finns inte kvar.")
    assert text(cancelled) == "Avbrutet. Listan är kastad, och inget ändrades."
    assert text(await room.presses(shown, "Genomför", by=ADA)).startswith("Listan finns inte kvar.")
    assert text(await room.presses(late, "Genomför", by=ADA)).startswith("Listan finns inte kvar.")
    assert await members(room) == {}


async def test_a_waiting_list_is_not_what_is_kept_of_its_sender(room, home):
    """What they are given of themselves holds nobody else."""
    await sent(room, ASA)

    answer = await room.says("/mindata", by=ADA)

    assert answer.message is not None
    assert answer.message.document is not None
    assert "Öberg" not in answer.message.document.content.decode()


async def test_rights_are_looked_at_when_the_button_is_pressed(room, home):
    """Between the list and the press somebody may have lost them."""
    shown = await sent(room, ASA, by=BEN)
    async with room.database.write() as session:
        await roles.withdraw(session, await given.person(room, BEN), roles.REGISTRAR, association_id=home)

    refused = await room.presses(shown, "Genomför", by=BEN)

    assert text(refused).startswith("Det kan bara de göra som sköter registret.")
    assert await members(room) == {}


async def test_whoever_keeps_one_register_sends_its_list(room, home):
    """Without a column for it; and nobody of another association's."""
    await taken(room, ASA, BO)

    other = await sent(room, ASA, BO, by=BEN)
    own = await taken(room, ASA[:5], CIA[:5], by=BEN, headings=HEADINGS[:5])

    assert "• rad 3: du sköter inte registret för Exempelby" in text(other)
    assert "Nya: 1\nÄndrade: 0\nInte längre med i listan: 0\nOförändrade: 1" in text(own)
    assert (await members(room))["Cia Lund"].association == "Provstad"


async def test_a_register_that_changed_meanwhile_is_shown_anew(room, home):
    """What is pressed is what was seen."""
    shown = await sent(room, ASA, CIA)
    await taken(room, ASA, by=BEN)

    anew = await room.presses(shown, "Genomför", by=ADA)
    done = await room.presses(anew, "Genomför", by=ADA)

    assert text(anew).startswith("Registret har ändrats sedan du skickade listan. Så här är det nu:\nNya: 1")
    assert text(done).startswith("Klart.")


async def test_more_than_a_tenth_gone_takes_two(room, home):
    """Half a list, sent by mistake, would be half a register."""
    await given.organiser(room, CEM, of=None, role=roles.ADMIN)
    await taken(room, *MORE)

    two = await taken(room, *MORE[2:])
    three = await taken(room, *MORE[5:])
    between = await members(room)
    [question] = await given.waiting(room, to=CEM)
    done = await room.presses(question, "Godkänn", by=CEM)

    assert text(two).startswith("Klart.")
    assert text(three).startswith("Till det behövs två.")
    assert (
        "3 av 18 medlemmar är inte med i listan, och 2 har försvunnit de senaste sju dagarna: tillsammans mer än "
        "en tiondel."
    ) in text(question)
    assert [one.status for one in between.values()].count("former") == 2
    assert [one.status for one in (await members(room)).values()].count("former") == 5
    assert text(done).startswith("Ni är två som har sagt ja")
    assert "Inte längre med i listan: 3" in text((await given.waiting(room, to=ADA))[-1])


async def asked_for_half(room, other=CEM):
    """The shown list of Ada's that takes two, and the question to another admin."""
    await given.organiser(room, other, of=None, role=roles.ADMIN)
    await taken(room, *MORE)
    shown = await sent(room, *MORE[5:])
    await room.presses(shown, "Genomför", by=ADA)
    return shown, (await given.waiting(room, to=other))[-1]


async def waits(room):
    """What the list of what waits for Cem's yes is called, when there is one."""
    return [one for one in labels(await room.says("/arrangorer", by=CEM)) if one.startswith("Väntar")]


async def test_what_a_second_person_approves_is_what_was_asked(room, home):
    """When the register has changed meanwhile the request is over, and whoever sent the list is told."""
    _, question = await asked_for_half(room)
    await taken(room, *MORE[1:], by=BEN)

    changed = await room.presses(question, "Godkänn", by=CEM)

    assert text(changed).startswith("Registret har ändrats sedan listan skickades.")
    assert text((await given.waiting(room, to=ADA))[-1]).endswith(text(changed))
    assert await waits(room) == []


async def test_a_list_is_kept_as_long_as_its_request(room, home):
    """Three days were promised."""
    _, question = await asked_for_half(room)
    await tick(room, housekeeping.run, after=timedelta(hours=71))

    assert text(await room.presses(question, "Godkänn", by=CEM)).startswith("Ni är två som har sagt ja")


async def test_a_list_that_is_gone_ends_its_request(room, home):
    """Somebody who stands in it was erased meanwhile."""
    _, question = await asked_for_half(room)
    async with room.database.write() as session:
        await drafts.discard_all(session, (WAITING,))

    away = await room.presses(question, "Godkänn", by=CEM)

    assert text(away) == (
        "Listan finns inte kvar: en lista där många medlemmar saknas eller ändras. Ingenting har ändrats. "
        "Den måste skickas igen."
    )
    assert text((await given.waiting(room, to=ADA))[-1]).endswith(text(away))
    assert await waits(room) == []


async def test_a_request_that_ended_so_says_it_in_english_too(room, home):
    """As the other admin reads it."""
    _, question = await asked_for_half(room, other=DORIS)
    async with room.database.write() as session:
        await drafts.discard_all(session, (WAITING,))

    assert text(await room.presses(question, "Approve", by=DORIS)) == (
        "The list is no longer here: a list that removes or changes many members. Nothing has changed. "
        "It has to be sent again."
    )


@pytest.mark.parametrize("how", ["Avbryt", "a new list"])
async def test_a_list_taken_back_is_asked_about_no_more(room, home, how):
    """Cancelled, or replaced by another: nobody is left with a question about nothing."""
    shown, question = await asked_for_half(room)
    before = await waits(room)

    await (room.presses(shown, how, by=ADA) if how == "Avbryt" else sent(room, *MORE[6:]))

    assert before == ["Väntar på ditt ja: 1"]
    assert await waits(room) == []
    assert await given.waiting(room, to=CEM) == []
    assert text(await room.presses(question, "Godkänn", by=CEM)).startswith("Det är redan avgjort")


async def test_a_list_without_many_needs_somebody_to_ask(room, home):
    """One person alone cannot do it in chat; the operator can."""
    await taken(room, *MORE)

    refused = await taken(room, *MORE[5:])

    assert text(refused).startswith("Till det behövs ett ja från en admin till, och det finns ingen.")
    assert {one.status for one in (await members(room)).values()} == {"active"}


async def test_who_asked_to_be_forgotten_is_left_out(room, home):
    """Until they join again; how many they are is told."""
    headings = (*HEADINGS, "Medlem sedan")
    await taken(room, (*ASA, "2019-01-01"), (*BO, ""), headings=headings)
    person_id = (await members(room))["Åsa Öberg"].person_id
    async with room.database.write() as session:
        await privacy.erase(session, room.dispatch.keys, person_id, now=room.now)

    same = await sent(room, (*ASA, "2019-01-01"), (*BO, ""), headings=headings)
    anew = await sent(room, (*ASA, "2026-11-23"), (*BO, ""), headings=headings)

    assert "1 rad hoppas över: personen har bett att bli glömd" in text(same)
    assert text(anew).startswith("Nya: 1")


@pytest.mark.parametrize("someone", [CEM, DORIS])
async def test_the_register_in_short_is_for_those_who_keep_it(room, home, someone):
    """Everybody else is told who may."""
    assert text(await room.says("/register", by=someone)).startswith(("Det kan bara", "Only those who keep"))


async def test_the_register_in_short(room, home):
    """Counts and what to do; of others' small associations not even the count."""
    assert text(await room.says("/register", by=ADA)).startswith("Det finns ingen i registret än.")
    await taken(room, ASA, CIA, BO, *MORE)

    whole = await room.says("/register", by=ADA)
    own = await room.says("/members", by=BEN)

    assert text(whole).startswith(
        "Registret har 23 medlemmar, 0 kopplade till ett konto.\n"
        "• Exempelby: 1, varav 0 kopplade\n• Provstad: 22, varav 0 kopplade\n\nSkicka medlemslistan hit som en fil"
    )
    assert text(own).startswith(
        "Registret har 22 medlemmar, 0 kopplade till ett konto.\n• Exempelby: färre än fem"
    )
