"""Audiences with a name: made by pressing, counted, chosen for a call, renamed and removed."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from chat.address import Address, Platform
from chat.message import Button
from db import labels, offices, roles, saved_audiences
from db.audiences import Audience, from_json, to_json
from db.models import Answer, LabelKind
from tests import given
from tests.handlers.calling import PROTEST, previewed, said_yes
from tests.room import ADA, BEN, CEM, DORIS, NOW, Someone, text
from tests.room import labels as buttons

FIVES = "Skickar: färre än fem av ungefär 5. Du kan stänga, jag fortsätter."
EVE = Someone("Eve", Address(Platform.TRY, "1005"))


async def named(room, name="Styrelsen", by=ADA):
    """A new audience of that name, of whom it asks nothing yet."""
    await room.presses(await room.says("/malgrupper", by=by), "Ny målgrupp", by=by)
    return await room.says(name, by=by)


async def chosen(room, so_far, part, *choices, by=ADA):
    """The audience so far, after these choices of that part."""
    shown = await room.presses(so_far, part, by=by)
    for choice in choices:
        shown = await room.presses(shown, choice, by=by)
    return await room.presses(shown, "Klar", by=by)


async def chair(room, by, association_id, *, member_of=None, starts_on=date(2026, 1, 1), ends_on=None):
    """They are chair there, and member there or in another association."""
    await given.member(room, by.name, of=member_of or association_id, by=by)
    person_id = await given.person(room, by)
    async with room.database.write() as session:
        await offices.add_kinds(session, ["Ordförande"], invented=False)
        (kind,) = await offices.kinds(session, invented=False)
        await offices.give(session, person_id, kind.id, association_id, starts_on=starts_on, ends_on=ends_on)


async def registrar(room, association_id):
    """Ada keeps that association's register too."""
    await given.organiser(room, ADA, of=association_id, role=roles.REGISTRAR)


async def test_an_audience_is_made_by_pressing_and_counted_at_each_press(room, exempelby):
    """Who holds the office now belongs to it; who did last year does not."""
    await registrar(room, exempelby)
    await chair(room, BEN, exempelby)
    await chair(room, CEM, exempelby, ends_on=date(2026, 11, 21))

    so_far = await named(room)
    assert text(so_far) == (
        "Styrelsen\nExempelby\nJust nu: 2 personer.\nMedlemmar räknas, och andra som följer Exempelby."
    )
    assert buttons(so_far) == [
        "Uppdrag", "Intressen och listor", "Nya sedan", "De som kommer till något", "Spara målgruppen", "Avbryt",
    ]  # fmt: skip
    now = await chosen(room, so_far, "Uppdrag", "Ordförande")
    assert text(now) == "Styrelsen\nOrdförande i Exempelby\nJust nu: 1 person."

    kept = await room.presses(now, "Spara målgruppen", by=ADA)
    assert text(kept) == (
        "Sparad. När du kallar finns Styrelsen under ”Annan målgrupp”, och när du skriver bland svaren på "
        "”Till vilka?”."
    )
    listed = await room.presses(kept, "Målgrupper", by=ADA)
    assert text(listed) == "1. Styrelsen (1 person): Ordförande i Exempelby"


async def test_few_are_not_counted_for_those_who_do_not_see_the_register(room, exempelby):
    """An organiser learns that they are few, not whether somebody is alone in an audience."""
    await given.person(room, BEN, association_id=exempelby)

    so_far = await named(room)

    assert text(so_far).startswith("Styrelsen\nExempelby\nJust nu: färre än fem personer.")


@pytest.mark.parametrize(
    ("many", "said"), [(4, "färre än fem"), (5, "ungefär 5"), (9, "ungefär 5"), (27, "ungefär 25")]
)
async def test_without_the_register_an_audience_is_counted_in_fives(room, exempelby, many, said):
    """Of two exact numbers the difference can be one person; those who keep the register see them."""
    for number in range(many - 1):  # and Ada
        await given.member(room, f"Medlem {number}", of=exempelby)
    await given.person(room, ADA, association_id=exempelby)

    so_far = await named(room)
    kept = await room.presses(so_far, "Spara målgruppen", by=ADA)
    listed = await room.presses(kept, "Målgrupper", by=ADA)
    await registrar(room, exempelby)

    assert f"Just nu: {said} personer.\n" in text(so_far)
    assert text(listed) == f"1. Styrelsen ({said} personer): Exempelby"
    assert f"({many} personer)" in text(await room.says("/malgrupper", by=ADA))


async def test_an_audience_is_counted_in_fives_in_english_too(room, exempelby):
    """As in Swedish."""
    await given.organiser(room, DORIS, of=exempelby)
    for number in range(6):
        await given.member(room, f"Medlem {number}", of=exempelby)
    await room.presses(await room.says("/audiences", by=DORIS), "New audience", by=DORIS)

    assert "Right now: about 5 persons.\n" in text(await room.says("Everybody", by=DORIS))


async def test_tags_are_for_those_who_keep_their_register(room, exempelby):
    """They say what the register knows of people; interests are offered to every organiser."""
    async with room.database.write() as session:
        await labels.add_label(session, LabelKind.TAG, "behöver skjuts", association_id=exempelby, invented=False)
        await labels.add_label(session, LabelKind.INTEREST, "cykel", association_id=None, invented=False)

    so_far = await named(room)
    without = buttons(await room.presses(so_far, "Intressen och listor", by=ADA))
    await registrar(room, exempelby)
    with_it = buttons(await room.presses(so_far, "Intressen och listor", by=ADA))

    assert without == ["cykel", "Klar"]
    assert "behöver skjuts" in with_it


async def test_parts_are_combined_and_taken_out_again(room, exempelby):
    """Within a part any of, across parts all of; a second press takes a choice out."""
    await registrar(room, exempelby)
    async with room.database.write() as session:
        bike, list_ = [
            await labels.add_label(session, kind, name, association_id=None, invented=False)
            for kind, name in ((LabelKind.INTEREST, "cykel"), (LabelKind.LIST, "Kvinnor i ledningen"))
        ]
        await labels.add_label(session, LabelKind.TAG, "någon annans", association_id=1, invented=False)
    for someone, label, joined in (
        (BEN, bike, date(2026, 11, 1)), (CEM, list_, date(2026, 11, 1)), (DORIS, bike, date(2020, 1, 1)),
    ):  # fmt: skip
        await given.member(room, someone.name, of=exempelby, by=someone, joined_on=joined)
        person_id = await given.person(room, someone)
        async with room.database.write() as session:
            await labels.set_label(session, person_id, label, on=True, now=NOW)

    some = await chosen(room, await named(room), "Intressen och listor", "cykel", "Kvinnor i ledningen")
    assert text(some).endswith(
        "Exempelby, intresserade av cykel eller på listan Kvinnor i ledningen\nJust nu: 3 personer."
    )
    new = await chosen(room, some, "Nya sedan", "De senaste 30 dagarna")
    assert text(new).endswith(
        "Exempelby, som gick med fredag 23 oktober 2026 eller senare, intresserade av cykel eller på listan "
        "Kvinnor i ledningen\nJust nu: 2 personer."
    )
    fewer = await chosen(room, new, "Intressen och listor", "✓ Kvinnor i ledningen")
    assert text(fewer).endswith("Just nu: 1 person.")
    any_time = await chosen(room, fewer, "Nya sedan", "✓ De senaste 30 dagarna")
    assert text(any_time).endswith("Exempelby, intresserade av cykel\nJust nu: 2 personer.")


async def test_those_who_come_to_something_are_an_audience(room, exempelby):
    """From wherever they are; an activity of another association is not offered."""
    await registrar(room, exempelby)
    provstad = await given.association(room, "Provstad")
    march = await given.activity(room, "Demonstration", exempelby, "2026-11-28 14:00")
    await given.activity(room, "Fika", provstad, "2026-11-28 14:00")
    await given.person(room, BEN, association_id=provstad)
    await given.signup(room, BEN, march)
    await given.signup(room, CEM, march, Answer.NO)

    so_far = await named(room)
    offered = await room.presses(so_far, "De som kommer till något", by=ADA)
    now = await chosen(room, so_far, "De som kommer till något", "Demonstration, lördag 28 november")

    assert buttons(offered) == ["Demonstration, lördag 28 november", "Klar"]
    await given.activity(room, "Möte", exempelby, "2026-11-29 14:00")
    two = await room.presses(so_far, "De som kommer till något", by=ADA)
    assert two.message is not None
    assert [len(row) for row in two.message.rows] == [1, 1, 1]  # a title and a day need the width
    assert text(now).endswith(
        "Alla oavsett förening, som kommer eller kanske kommer till Demonstration (Exempelby)\nJust nu: 1 person."
    )


ASKED = {
    ADA: {
        "Uppdrag": "Vilka uppdrag? Den som har något av dem kommer med.",
        "Intressen och listor": "Vilka intressen, listor eller taggar? Den som har något av dem kommer med.",
        "Nya sedan": "Hur nya medlemmar? Det räknas från i dag, och dagen ändras inte sedan.",
        "De som kommer till något": "Vilken aktivitet? Även de som svarat Kanske kommer med.",
    },
    DORIS: {
        "Offices": "Which offices? Whoever holds one of them is in it.",
        "Interests and lists": "Who has one of these interests, lists or tags?",
        "New since": "How new are they? It is counted from today; the day stays the same afterwards.",
        "People coming to something": "Which activity? Those who answered Maybe are in it, too.",
    },
}


@pytest.mark.parametrize("someone", ASKED, ids=lambda one: one.language)
async def test_each_part_is_asked_for_in_plain_words(room, exempelby, someone):
    """And a number of days says that it becomes a date."""
    await given.organiser(room, someone, of=exempelby)
    await given.activity(room, "Demonstration", exempelby, "2026-11-28 14:00")
    async with room.database.write() as session:
        await labels.add_label(session, LabelKind.INTEREST, "cykel", association_id=None, invented=False)
        await offices.add_kinds(session, ["Ordförande"], invented=False)
    new = Button("x", "audiences.new")
    await room.presses(new, by=someone)
    so_far = await room.says("Styrelsen", by=someone)

    asked = {part: text(await room.presses(so_far, part, by=someone)) for part in ASKED[someone]}

    assert asked == ASKED[someone]


FOUND_AGAIN = {
    ADA: (
        "Spara målgruppen",
        "Sparad. När du kallar finns Vi under ”Annan målgrupp”, och när du skriver bland svaren på ”Till vilka?”.",
        "Till vilka?",
    ),
    DORIS: (
        "Keep this audience",
        (
            "Kept. When you call, Vi is under “Another audience”; "
            "when you write, it is among the answers to “To whom?”."
        ),
        "To whom?",
    ),
}


@pytest.mark.parametrize("someone", FOUND_AGAIN, ids=lambda one: one.language)
async def test_what_is_kept_is_where_it_is_said_to_be(room, exempelby, someone):
    """Whoever writes is asked to whom, and finds it there."""
    await given.organiser(room, someone, of=exempelby)
    keep, said, question = FOUND_AGAIN[someone]
    await room.presses(Button("x", "audiences.new"), by=someone)
    kept = await room.presses(await room.says("Vi", by=someone), keep, by=someone)

    asked = await room.says("/meddelande Hej", by=someone)

    assert text(kept) == said
    assert text(asked).startswith(question)
    assert "Vi" in buttons(asked)


async def test_an_audience_is_described_in_english_too(room, exempelby):
    """Whom it means, in one breath."""
    await given.organiser(room, DORIS, of=exempelby)
    async with room.database.write() as session:
        await offices.add_kinds(session, ["Chair"], invented=False)
    march = await given.activity(room, "March", exempelby, "2026-11-28 14:00")
    audience = Audience(False, associations=(exempelby,), joined_since=date(2026, 9, 1), coming_to=march)
    for name, kept in (
        ("New", audience),
        ("Board", replace(audience, offices=(1,), on=date(2026, 11, 22), joined_since=None, coming_to=None)),
        ("March", replace(audience, associations=(), joined_since=None)),
        ("All", replace(audience, joined_since=None, coming_to=None)),
    ):
        async with room.database.write() as session:
            await saved_audiences.add(session, name, kept, association_id=exempelby, now=NOW)

    listed = await room.says("/audiences", by=DORIS)
    everybody = await room.presses(listed, next(one for one in buttons(listed) if "All" in one), by=DORIS)

    said = text(listed)
    assert (
        "Exempelby, who joined Tuesday 1 September 2026 or later, who come, or may come, to March (Exempelby)"
        in said
    )
    assert ": Chair in Exempelby\n" in said
    assert "everybody, whatever their association, who come, or may come, to March (Exempelby)" in said
    assert text(everybody).endswith("\nMembers count, and others who follow Exempelby.")


async def test_more_choices_than_fit_are_shown_page_by_page(room, exempelby):
    """Thirty offices: eight at a time, and each can be chosen."""
    async with room.database.write() as session:
        await offices.add_kinds(session, [f"Uppdrag {n:02}" for n in range(30)], invented=False)

    so_far = await named(room)
    shown = await room.presses(so_far, "Uppdrag", by=ADA)
    for _ in range(3):
        assert len(buttons(shown)) <= 8 + 3
        shown = await room.presses(shown, "Visa fler", by=ADA)
    picked = await room.presses(shown, "Uppdrag 29", by=ADA)

    assert "✓ Uppdrag 29" in buttons(picked)
    assert buttons(picked)[-2:] == ["Tillbaka", "Klar"]


async def test_audiences_are_renamed_and_removed(room, exempelby):
    """A name that is taken is asked for again."""
    for name in ("Ett", "Två"):
        await room.presses(await named(room, name), "Spara målgruppen", by=ADA)
    one = await room.presses(await room.says("/malgrupper", by=ADA), "1. Ett", by=ADA)

    await room.presses(one, "Byt namn", by=ADA)
    assert text(await room.says("Två", by=ADA)) == "Det finns redan en målgrupp som heter Två."
    renamed = await room.says("Tre", by=ADA)
    assert text(renamed).startswith("Tre\n")
    asked = await room.presses(renamed, "Ta bort", by=ADA)
    left = await room.presses(asked, "Ja, ta bort den", by=ADA)

    assert text(left).splitlines() == ["1. Två (färre än fem personer): Exempelby"]


async def test_a_call_to_an_audience_goes_to_them_alone_and_says_so(room, exempelby):
    """Privately, not to groups; the post remembers whom it was for, and the result counts those who are left."""
    await registrar(room, exempelby)
    await given.bound_chat(room, association_id=exempelby)
    for someone in (BEN, CEM):
        await said_yes(room, someone, exempelby)
    for someone in (BEN, DORIS):
        await chair(room, someone, exempelby)
    kept = await chosen(room, await named(room), "Uppdrag", "Ordförande")
    await room.presses(kept, "Spara målgruppen", by=ADA)

    asked = await room.presses(await previewed(room), "Annan målgrupp", by=ADA)
    assert text(asked).startswith("Till vilka? Fler målgrupper gör du med /malgrupper.")
    assert buttons(asked)[:3] == ["Exempelby", "Hela distriktet", "Styrelsen"]
    preview = await room.presses(asked, "Styrelsen", by=ADA)
    published = await room.presses(preview, "Publicera", by=ADA)

    assert (
        "Till Styrelsen (Ordförande i Exempelby), nu: privat till 1 på Telegram. "
        "1 når jag inte i chatt." in text(preview)
    )
    assert text(published) == "Publicerat. Jag skickar nu och berättar hur det gick."
    assert len(await given.waiting(room, to=BEN)) == 1
    assert await given.waiting(room, to=CEM) == await given.waiting_in(room) == []
    (post,) = [one for one in await given.queued(room, to=BEN) if one.kind == "call"]
    assert post.audience is not None
    assert from_json(post.audience) == Audience(
        False, associations=(exempelby,), offices=(1,), on=date(2026, 11, 22)
    )


async def test_how_few_a_narrow_call_reaches_is_not_told_without_the_register(room, exempelby):
    """The preview is no way round the list of audiences."""
    await said_yes(room, BEN, exempelby)
    await room.presses(await named(room, "Alla"), "Spara målgruppen", by=ADA)

    asked = await room.presses(await previewed(room), "Annan målgrupp", by=ADA)
    preview = await room.presses(asked, "Alla", by=ADA)

    published = await room.presses(preview, "Publicera", by=ADA)
    (progress,) = await given.waiting(room, to=ADA)

    assert "Till Alla (Exempelby), nu: färre än fem personer.\n" in text(preview)
    assert "Telegram" not in text(preview)
    assert text(published) == "Publicerat. Jag skickar nu och berättar hur det gick."
    assert text(progress) == "Skickar till färre än fem personer."


@pytest.mark.parametrize(("many", "said"), [(3, "Skickar till färre än fem personer."), (7, FIVES)])
async def test_the_progress_of_a_narrow_message_is_no_way_round_either(room, exempelby, many, said):
    """Neither for an organiser who keeps another association's register; who keeps this one's reads the number."""
    for number in range(many):
        await said_yes(room, Someone(f"Nr {number}", Address(Platform.TELEGRAM, f"77{number}")), exempelby)
    await registrar(room, await given.association(room, "Provstad"))
    await room.presses(await named(room, "Alla"), "Spara målgruppen", by=ADA)

    await _told(room, "Alla", "Hej")
    await registrar(room, exempelby)
    await _told(room, "Alla", "Hej igen")

    first, second = await given.waiting(room, to=ADA)
    assert text(first) == said
    assert text(second) == f"Skickar: 0 av {many}. Du kan stänga, jag fortsätter."


async def test_sending_to_an_audience_at_night_counts_nobody_either(room, exempelby):
    """Who is woken is as few as who is in it."""
    room.now = datetime(2026, 11, 22, 21, 40, tzinfo=UTC)
    for someone in (BEN, CEM):
        await said_yes(room, someone, exempelby)
    await room.presses(await named(room, "Alla"), "Spara målgruppen", by=ADA)
    asked = await room.presses(await room.says("/meddelande Hej", by=ADA), "Alla", by=ADA)

    answer = await room.presses(await room.presses(asked, "Skicka nu", by=ADA), "De väntar på det", by=ADA)

    assert "Jag skickar till färre än fem nu." in text(answer)


async def _told(room, audience, words):
    asked = await room.says(f"/meddelande {words}", by=ADA)
    preview = await room.presses(asked, audience, by=ADA)
    await room.presses(preview, "Publicera", by=ADA)


async def test_how_many_a_narrow_call_reaches_is_told_in_fives_without_the_register(room, exempelby):
    """The preview is no way round the list of audiences; neither are platforms, the night and those in no chat."""
    for someone in (BEN, CEM, DORIS):
        await said_yes(room, someone, exempelby)
    for number in range(6):
        await given.member(room, f"Medlem {number}", of=exempelby, email=f"m{number}@example.org")
    room.now = datetime(2026, 11, 22, 21, 40, tzinfo=UTC)
    await room.presses(await named(room, "Alla"), "Spara målgruppen", by=ADA)

    asked = await room.presses(await previewed(room), "Annan målgrupp", by=ADA)
    preview = await room.presses(asked, "Alla", by=ADA)

    assert text(preview).endswith(
        "Till Alla (Exempelby), nu: privat till färre än fem personer. "
        "Ungefär 5 når jag inte i chatt: ungefär 5 har e-post eller postadress. "
        "De som har tysta timmar får det på morgonen.\n\n"
        "Jag skriver bara till dem, men alla kan se aktiviteten i /vecka."
    )


async def test_an_audience_that_is_gone_meanwhile_is_not_called(room, exempelby):
    """Nobody else is reached instead."""
    await said_yes(room, BEN, exempelby)
    await room.presses(await named(room, "Alla"), "Spara målgruppen", by=ADA)
    preview = await room.presses(
        await room.presses(await previewed(room), "Annan målgrupp", by=ADA), "Alla", by=ADA
    )
    one = await room.presses(await room.says("/malgrupper", by=ADA), "1. Alla", by=ADA)
    await room.presses(await room.presses(one, "Ta bort", by=ADA), "Ja, ta bort den", by=ADA)

    answer = await room.presses(preview, "Publicera", by=ADA)

    assert text(answer) == "Den målgruppen finns inte längre. Titta i /malgrupper."
    assert await given.waiting(room, to=BEN) == []


async def test_an_internal_call_to_an_audience_stays_inside(room, exempelby):
    """Who holds an office and is not inside could not open it."""
    provstad = await given.association(room, "Provstad")
    for someone, home in ((BEN, exempelby), (CEM, provstad)):
        await said_yes(room, someone, exempelby)
        await chair(room, someone, exempelby, member_of=home)
    kept = await chosen(room, await named(room), "Uppdrag", "Ordförande")
    await room.presses(kept, "Spara målgruppen", by=ADA)
    who = await room.presses(await room.says(PROTEST, by=ADA), "Bara våra egna", by=ADA)
    asked = await room.presses(await room.presses(who, "Exempelby", by=ADA), "Annan målgrupp", by=ADA)

    await room.presses(await room.presses(asked, "Styrelsen", by=ADA), "Publicera", by=ADA)

    assert len(await given.waiting(room, to=BEN)) == 1
    assert await given.waiting(room, to=CEM) == []


async def test_an_organiser_of_one_association_does_not_see_the_districts_audiences(room, exempelby):
    """The whole district's are for those who organise there."""
    await given.organiser(room, BEN, of=None)
    so_far = await room.presses(await named(room, "Länet", by=BEN), "Exempeldistriktet", by=BEN)
    assert buttons(so_far)[0] == "Föreningar"
    two = await chosen(room, so_far, "Föreningar", "Exempelby", by=BEN)
    await room.presses(two, "Spara målgruppen", by=BEN)

    assert "Länet" in text(await room.says("/malgrupper", by=BEN))
    assert text(await room.says("/malgrupper", by=ADA)).startswith("Det finns ingen målgrupp än.")


async def test_more_audiences_than_fit_are_chosen_by_the_beginning_of_their_name(room, exempelby):
    """Thirty of them are no wall of buttons."""
    ours = Audience(False, associations=(exempelby,))
    async with room.database.write() as session:
        for number in range(30):
            await saved_audiences.add(session, f"Grupp {number:02}", ours, association_id=exempelby, now=NOW)

    asked = await room.presses(await previewed(room), "Annan målgrupp", by=ADA)
    preview = await room.says("grupp 29", by=ADA)

    assert text(asked).endswith("En av 32; början av namnet räcker.")
    assert len(buttons(asked)) < 30
    assert "Till Grupp 29 (Exempelby), nu" in text(preview)


async def test_the_try_out_page_asks_the_same_on_a_page(room):
    """An audience is a select there and on Discord; making one is pressing buttons everywhere."""
    await given.association(room, "Exempeldistriktet", district=True, invented=True)
    exempelby = await given.association(room, "Exempelby", invented=True)
    await given.association(room, "Provstad", invented=True)
    await given.organiser(room, EVE, of=exempelby)
    page = await room.presses(await room.says("/malgrupper", by=EVE), "Ny målgrupp", by=EVE)
    so_far = await room.sends_page(page, {"name": "Alla"}, by=EVE)
    await room.presses(so_far, "Spara målgruppen", by=EVE)

    page = await room.says("/meddelande", by=EVE)
    (to,) = [one for one in page.form.fields if one.name == "audience"]
    assert [label for _, label in to.choices] == ["Exempelby", "Hela distriktet", "Alla"]
    preview = await room.sends_page(page, {"audience": to.choices[2][0], "text": "Hej!"}, by=EVE)

    assert "Hej!\nFrån Exempelby\n[Fråga]\n\nTill Alla (Exempelby), nu: " in text(preview)
    page = await room.presses(preview, "Ändra", by=EVE)
    ours = await room.sends_page(page, {"seen_by": "internal"}, by=EVE)
    assert "Till de egna i Exempelby som finns i Alla, nu: " in text(ours)


OUR_OWN = ("Ändra", "Vem får se den", "Bara våra egna"), ("Change", "Who may see it", "Only our own")


@pytest.mark.parametrize(
    ("by", "district", "said"),
    [
        (BEN, False, "Till de egna i Exempelby som finns i Presidiet, nu: "),
        (DORIS, False, "To Exempelby's own who are in Presidiet, now: "),
        (BEN, True, "Till de egna i hela distriktet som finns i Presidiet, nu: "),
        (DORIS, True, "To our own in the whole district who are in Presidiet, now: "),
    ],
)
async def test_what_is_for_our_own_in_an_audience_says_so(room, exempelby, by, district, said):
    """The answer is kept, and the preview does not say that it goes to all of them."""
    home = None if district else exempelby
    await given.organiser(room, by, of=home)
    async with room.database.write() as session:
        await saved_audiences.add(session, "Presidiet", Audience(False), association_id=home, now=NOW)

    asked = await room.says("/meddelande Hej", by=by)
    for label in ("Presidiet", *OUR_OWN[by is DORIS]):
        asked = await room.presses(asked, label, by=by)

    assert said in text(asked)


@pytest.mark.parametrize(
    ("by", "press", "said"),
    [
        (ADA, ("Alla", "Exempelby", "Annan målgrupp"),
         "Jag skriver bara till dem, men alla kan se aktiviteten i /vecka."),
        (DORIS, ("Everyone", "Exempelby", "Another audience"),
         "I write only to them, but everybody can see the activity in /week."),
    ],
)  # fmt: skip
async def test_an_open_call_to_few_says_that_all_can_see_it(room, exempelby, by, press, said):
    """Whom it is written to is not who may see it."""
    await given.organiser(room, by, of=exempelby)
    async with room.database.write() as session:
        ours = Audience(False, associations=(exempelby,))
        await saved_audiences.add(session, "Presidiet", ours, association_id=exempelby, now=NOW)

    asked = await room.says(PROTEST, by=by)
    for label in press:
        asked = await room.presses(asked, label, by=by)
    preview = await room.presses(asked, "Presidiet", by=by)

    assert text(preview).endswith(said)
    assert said not in text(await room.presses(await room.presses(preview, press[-1], by=by), "Exempelby", by=by))


KEPT = [
    Audience(False),
    Audience(True, 3, internal=True),
    Audience(False, coming_to=12, answers=(Answer.COMING,)),
    Audience(False, coming_to=12, consented=True),
    Audience(False, associations=(1, 2), offices=(3,), on=date(2026, 11, 22), labels=(4,)),
    Audience(False, joined_since=date(2026, 9, 1)),
]


@pytest.mark.parametrize("audience", KEPT)
def test_an_audience_is_kept_as_it_is(audience):
    """What is read back is what was written."""
    assert from_json(to_json(audience)) == audience


def test_an_audience_of_a_newer_version_is_not_guessed_at():
    """A post for fewer must not become one for all."""
    with pytest.raises(ValueError, match="newer version"):
        from_json('{"version":2,"invented":false}')
    with pytest.raises(ValueError, match="without a day"):
        Audience(False, offices=(1,))
