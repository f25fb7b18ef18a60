"""Interests, lists and tags: people choose for themselves, organisers keep the lists, tags are put on."""

import pytest

from chat.address import Address, Platform
from chat.message import Button
from db import labels as stored
from db import roles
from db.models import LabelKind
from tests import given
from tests.room import ADA, BEN, CEM, DORIS, Someone, labels, text


@pytest.fixture
async def home(room):
    """Provstad, where Ben organises and Ada keeps the register; Doris is somebody."""
    home = await given.association(room, "Provstad")
    await given.association(room, "Exempelby")
    await given.organiser(room, BEN, of=home)
    await given.organiser(room, ADA, of=home, role=roles.REGISTRAR)
    await given.person(room, DORIS)
    return home


async def _adds(room, kind: str, name: str, *, by=BEN):
    asked = await room.presses(await room.says("/listor", by=by), "Lägg till", by=by)
    await room.presses(asked, kind, by=by)
    return await room.says(name, by=by)


async def test_an_interest_is_chosen_and_taken_back(room, home):
    """A press each; a second press on the same button changes nothing."""
    await _adds(room, "Intressen", "Miljö")
    await _adds(room, "Intressen", "Vård")
    shown = await room.says("/intressen", by=DORIS)
    assert labels(shown)[:2] == ["Miljö", "Vård"]

    chosen = await room.presses(shown, "Vård", by=DORIS)
    again = await room.presses(shown, "Vård", by=DORIS)
    assert labels(chosen)[:2] == labels(again)[:2] == ["Miljö", "✓ Vård"]

    assert labels(await room.presses(chosen, "✓ Vård", by=DORIS))[:2] == ["Miljö", "Vård"]
    assert labels(chosen)[-1] == "Done"
    assert text(await room.presses(chosen, "Done", by=DORIS)).startswith("Settings")


async def test_kinds_are_chosen_from_one_at_a_time(room, home):
    """What one likes is one thing, what one can give another; tags are not among them."""
    await _adds(room, "Intressen", "Miljö")
    await _adds(room, "Vad jag kan bidra med", "Köra bil")
    await _adds(room, "Taggar", "Bråkig")

    shown = await room.says("/interests", by=DORIS)

    assert labels(shown) == ["Interests", "What I can give"]
    one = await room.presses(shown, "What I can give", by=DORIS)
    assert labels(one) == ["Köra bil", "Done"]
    assert labels(await room.presses(one, "Done", by=DORIS)) == labels(shown)


async def test_english_asks_and_tells_plainly(room, home):
    """What is chosen can be changed; a tag is added or removed."""
    await _adds(room, "Intressen", "Miljö")
    await _adds(room, "Vad jag kan bidra med", "Köra bil")
    await _adds(room, "Taggar", "Ny 2026")
    await given.organiser(room, DORIS, of=home, role=roles.REGISTRAR)
    testa = await given.member(room, "Testa Testsson", of=home)

    asked = text(await room.says("/interests", by=DORIS))
    tags = text(await room.presses(Button("x", "labels.tags", str(testa)), by=DORIS))

    assert asked == "Tell me what suits you, and I ask you about the right things. You can change it at any time."
    assert tags == "Testa Testsson: press to add or remove a tag."


async def test_few_are_not_counted_aloud(room, home):
    """An organiser sees that they are few; who keeps the register sees how many."""
    await _adds(room, "Intressen", "Miljö")
    await room.presses(await room.says("/intressen", by=DORIS), "Miljö", by=DORIS)
    await given.organiser(room, CEM, of=None, role=roles.ADMIN)

    assert "• Miljö, Provstad: färre än fem" in text(await room.says("/listor", by=BEN))
    assert "• Miljö, Provstad: 1" in text(await room.says("/listor", by=CEM))


async def test_whoever_keeps_no_register_reads_in_fives_how_many_chose_something(room, home):
    """As of an audience: the difference of two exact numbers is a person."""
    await _adds(room, "Intressen", "Miljö")
    for number in range(7):
        await room.presses(await room.says("/intressen", by=_one(number)), "Miljö", by=_one(number))
    await given.organiser(room, CEM, of=None, role=roles.ADMIN)

    assert "• Miljö, Provstad: ungefär 5" in text(await room.says("/listor", by=BEN))
    assert "• Miljö, Provstad: 7" in text(await room.says("/listor", by=CEM))


def _one(number):
    return Someone(f"Nr {number}", Address(Platform.TELEGRAM, f"77{number}"))


async def test_a_tag_is_put_on_by_who_keeps_the_register(room, home):
    """And seen on the card; nobody puts one on oneself."""
    await _adds(room, "Taggar", "Ny 2026")
    await given.member(room, "Doris Testsson", of=home, by=DORIS)
    card = await room.says("/medlem doris", by=ADA)

    tags = await room.presses(card, "Taggar", by=ADA)
    tags = await room.presses(tags, "Ny 2026", by=ADA)

    assert labels(tags)[0] == "✓ Ny 2026"
    assert "Taggar: Ny 2026" in text(await room.presses(tags, "Tillbaka", by=ADA))
    own = await room.presses(Button("x", "labels.choose", "tag"), by=DORIS)
    assert "Ny 2026" not in text(own) + "".join(labels(own))


FIRST_TAG = {BEN: ("Taggar", "Lägg till en tagg"), DORIS: ("Tags", "Add a tag")}


@pytest.mark.parametrize("someone", FIRST_TAG, ids=lambda one: one.language)
async def test_the_first_tag_is_added_where_it_is_missing(room, home, someone):
    """By who may: an organiser who keeps the register; the kind is known by then."""
    await given.organiser(room, someone, of=home)
    await given.organiser(room, someone, of=home, role=roles.REGISTRAR)
    await given.member(room, "Testa Testsson", of=home)
    tags, add = FIRST_TAG[someone]
    empty = await room.presses(await room.says("/member testa", by=someone), tags, by=someone)
    others = await room.presses(await room.says("/medlem testa", by=ADA), "Taggar", by=ADA)

    await room.presses(empty, add, by=someone)
    listed = await room.says("Ny 2026", by=someone)

    assert "• Ny 2026, Provstad: 0" in text(listed)
    assert labels(others) == ["Tillbaka"]


async def test_a_list_is_renamed_and_removed(room, home):
    """What people chose goes with it, after one more question."""
    await _adds(room, "Inbjudningslistor", "Ledande kvinnor")
    change = await room.presses(await room.says("/listor", by=BEN), "Ändra eller ta bort", by=BEN)
    one = await room.presses(change, "Ledande kvinnor", by=BEN)
    assert (labels(change), labels(one)) == (["Ledande kvinnor", "Tillbaka"], ["Byt namn", "Ta bort", "Tillbaka"])
    await room.presses(one, "Byt namn", by=BEN)
    assert "• Kvinnor som leder, Provstad: 0" in text(await room.says("Kvinnor som leder", by=BEN))

    change = await room.presses(await room.says("/listor", by=BEN), "Ändra eller ta bort", by=BEN)
    asked = await room.presses(await room.presses(change, "Kvinnor som leder", by=BEN), "Ta bort", by=BEN)

    assert "Här finns inga listor än" in text(await room.presses(asked, "Ja, ta bort", by=BEN))
    assert "finns inte kvar" in text(await room.presses(asked, "Ja, ta bort", by=BEN))


async def test_the_same_name_stands_there_once(room, home):
    """However it is capitalised; long names and markup are what was typed."""
    await _adds(room, "Intressen", "Miljö")

    assert "finns redan" in text(await _adds(room, "Intressen", "MILJÖ"))
    assert "tecken" in text(await room.says("x" * 5000, by=BEN))
    assert "<b>Fred</b>" in text(await room.says("<b>Fred</b>", by=BEN))


async def test_another_associations_tag_is_not_seen_nor_put_on(room, home):
    """It is theirs who keep that register; the district's is everybody's who keep one."""
    there = await given.association(room, "Annanby")
    async with room.database.write() as session:
        for name, owner in (("Annanbys egen", there), ("Distriktets", None), ("Provstads", home)):
            await stored.add_label(session, LabelKind.TAG, name, association_id=owner, invented=False)
        every = await stored.labels(session, invented=False)
        theirs = next(one.id for one in every if one.association_id == there)
    testa = await given.member(room, "Testa Testsson", of=home)
    tags = await room.presses(await room.says("/medlem testa", by=ADA), "Taggar", by=ADA)

    await room.presses(Button("x", "labels.tag", f"{testa}:{theirs}:1"), by=ADA)

    assert labels(tags) == ["Distriktets", "Provstads", "Tillbaka"]
    async with room.database.read() as session:
        assert not await stored.holders(session, invented=False)


async def test_a_member_who_moved_does_not_bring_the_tag_to_be_seen(room, home):
    """What one register says of somebody is not told by another's card."""
    there = await given.association(room, "Annanby")
    await given.member(room, "Testa Testsson", of=home, by=DORIS)
    moved = await given.person(room, DORIS)
    async with room.database.write() as session:
        label = await stored.add_label(session, LabelKind.TAG, "Hemlig", association_id=there, invented=False)
        await stored.set_label(session, moved, label, on=True, now=room.now)

    assert "Hemlig" not in text(await room.says("/medlem testa", by=ADA))


async def test_more_tags_than_fit_are_put_on_page_by_page(room, home):
    """A press stays on its page."""
    async with room.database.write() as session:
        for n in range(25):
            await stored.add_label(session, LabelKind.TAG, f"Tagg {n:02}", association_id=home, invented=False)
    await given.member(room, "Testa Testsson", of=home)
    first = await room.presses(await room.says("/medlem testa", by=ADA), "Taggar", by=ADA)
    assert labels(first)[19:] == ["Tagg 19", "Tillbaka", "Visa fler"]

    second = await room.presses(first, "Visa fler", by=ADA)
    chosen = await room.presses(second, "Tagg 24", by=ADA)

    assert labels(chosen)[4:] == ["✓ Tagg 24", "Tillbaka", "Föregående"]
    assert labels(await room.presses(chosen, "Föregående", by=ADA)) == labels(first)
    assert "Taggar: Tagg 24" in text(await room.presses(chosen, "Tillbaka", by=ADA))
