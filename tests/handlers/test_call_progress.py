"""What the organiser reads while a post is on its way, and when it has arrived."""

from datetime import UTC, datetime, timedelta

import pytest

from db.call import Stats
from db.left import Left
from db.models import PostKind
from db.progress import Flow
from db.reach import Outside
from handlers.call.progress import progress_message
from tests.room import NOW, STOCKHOLM, labels, text
from texts import translator


def call(**values: object) -> Stats:
    """A call to 70 persons and 3 groups."""
    counts = {"people": 70, "people_sent": 0, "people_failed": 0, "chats": 3, "chats_sent": 0, "chats_failed": 0}
    return Stats(1, PostKind.CALL, 12, **(counts | values))  # type: ignore[arg-type]  # counts and a Flow


def narrow(**values: object) -> Stats:
    """A call to 7 persons whom its author may not count."""
    return call(**({"people": 7, "chats": 0, "narrow": True} | values))


def told(**values: object) -> Stats:
    """A cancellation to 17 persons."""
    counts = {"people": 17, "people_sent": 17, "people_failed": 0, "chats": 1, "chats_sent": 1, "chats_failed": 0}
    return Stats(2, PostKind.CANCELLATION, 12, **(counts | values))  # type: ignore[arg-type]  # as above


DONE = {"people_sent": 68, "people_failed": 2, "chats_sent": 3}
MORNING, LATER = datetime(2026, 11, 23, 7, tzinfo=UTC), datetime(2026, 11, 23, 9, tzinfo=UTC)
CASES = [
    (
        call(people_sent=45, chats_sent=3, flow=Flow(on_turn=25)),
        "Skickar: 48 av 73. Du kan stänga, jag fortsätter.",
        [],
    ),
    (
        call(people_sent=30, chats_sent=3, flow=Flow(on_turn=40, seconds_left=100.0)),
        "Skickar: 33 av 73. Ungefär 2 minuter kvar. Du kan stänga, jag fortsätter.",
        [],
    ),
    (
        call(people_sent=69, chats_sent=3, flow=Flow(on_turn=1, seconds_left=2.0)),
        "Skickar: 72 av 73. Mindre än en minut kvar. Du kan stänga, jag fortsätter.",
        [],
    ),
    (
        call(chats_sent=3, flow=Flow(70, 70, MORNING, MORNING)),
        "Skickat: 3 av 73. 70 väntar till 08.00.",
        ["Skicka nu"],
    ),
    (
        call(people_sent=19, people_failed=2, chats_sent=3, flow=Flow(49, 0, MORNING, LATER)),
        "Skickat: 22 av 73. 49 väntar till 08.00 eller senare. 2 kunde inte nås.",
        [],
    ),
    (
        call(**DONE),
        "Klart kl. 10.00. Grupper: 3 av 3. Privat: 68 av 70. 2 kunde inte nås. Ring gärna dem du vet saknas.",
        ["Aktiviteten", "Text att mejla"],
    ),
    (
        call(people_sent=69, chats_sent=3, flow=Flow(held=1)),
        "Klart kl. 10.00. Grupper: 3 av 3. Privat: 69 av 70. För en vet jag inte om det kom fram.",
        ["Aktiviteten", "Text att mejla"],
    ),
    (
        call(people=2, people_sent=1, people_failed=1, chats=0, narrow=True),
        "Klart kl. 10.00. Det var till färre än fem personer. Alla kunde inte nås.",
        ["Aktiviteten", "Text att mejla"],
    ),
    (
        call(people=2, chats=0, narrow=True, flow=Flow(2, 2, MORNING, MORNING)),
        "Skickar till färre än fem personer.",
        ["Skicka nu"],
    ),
    (
        narrow(people_sent=2, flow=Flow(on_turn=5, seconds_left=100.0)),
        "Skickar: färre än fem av ungefär 5. Ungefär 2 minuter kvar. Du kan stänga, jag fortsätter.",
        [],
    ),
    (
        narrow(people=27, people_sent=11, people_failed=1, flow=Flow(9, 9, MORNING, LATER, held=6)),
        (
            "Skickat: ungefär 10 av ungefär 25. Ungefär 5 väntar till 08.00 eller senare. Alla kunde inte nås. "
            "För ungefär 5 vet jag inte om det kom fram."
        ),
        ["Skicka nu"],
    ),
    (
        narrow(people_sent=6, flow=Flow(1, 0, MORNING, MORNING)),
        "Skickat: ungefär 5 av ungefär 5. Några väntar till 08.00 eller senare.",
        [],
    ),
    (
        narrow(people=17, people_sent=8, people_failed=7, flow=Flow(held=2)),
        (
            "Klart kl. 10.00. Privat: ungefär 5 av ungefär 15. Ungefär 5 kunde inte nås. "
            "Ring gärna dem du vet saknas. För några vet jag inte om det kom fram."
        ),
        ["Aktiviteten", "Text att mejla"],
    ),
    (told(), "17 av 17 har fått det.", []),
    (
        told(people_sent=16, people_failed=1),
        "16 av 17 har fått det. En nåddes inte, ring gärna.",
        ["Visa vem"],
    ),
    (
        told(people_sent=16, flow=Flow(held=1)),
        "16 av 17 har fått det. För en vet jag inte om det kom fram.",
        ["Visa vem"],
    ),
    (told(people=0, people_sent=0), "Grupperna har fått det.", []),
    (
        told(people=0, people_sent=0, chats_sent=0, flow=Flow(held=1)),
        "För en vet jag inte om det kom fram.",
        [],
    ),
]


@pytest.mark.parametrize(("stats", "said", "buttons"), CASES)
def test_progress_says_what_arrived_and_what_did_not(stats, said, buttons):
    """A group post is not counted as people reached, and nobody's name is in it."""
    message = progress_message(translator("sv", STOCKHOLM), stats, NOW)

    assert text(message) == said
    assert labels(message) == buttons


def test_a_group_that_missed_a_change_is_named():
    """A cancellation that a group has not read is the organiser's to pass on."""
    stats = told(people=0, people_sent=0, chats=2, chats_sent=1, chats_failed=1)

    message = progress_message(translator("sv", STOCKHOLM), stats, NOW, Left(("Provstads grupp",)))

    assert text(message).startswith("Grupper: 1 av 2. I Provstads grupp kunde jag inte skriva: ")


def test_the_progress_of_a_narrow_call_in_english():
    """As in Swedish: in fives, and few are not counted."""
    t = translator("en", STOCKHOLM)
    under_way = narrow(people=12, people_sent=6, people_failed=5, flow=Flow(1, 0, MORNING, MORNING))
    done = narrow(people=12, people_sent=6, people_failed=1, flow=Flow(held=5))

    assert text(progress_message(t, under_way, NOW)) == (
        "Sent: about 5 of about 10. Some wait until 08:00 or later. About 5 could not be reached."
    )
    assert text(progress_message(t, done, NOW)) == (
        "Done at 10:00. Privately: about 5 of about 10. Not all of them could be reached. "
        "Please call those you know are missing. For about 5 I do not know whether it arrived."
    )


def test_who_keeps_another_register_is_led_to_those_without_their_number():
    """Whom that register has is shown; how many the others are would tell who."""
    rest = Left(outside=Outside(7, 6), named=True)

    done = progress_message(translator("sv", STOCKHOLM), narrow(people_sent=6, people_failed=1), NOW, rest)

    assert "Ungefär 5 når jag inte i chatt: ungefär 5 har e-post eller postadress." in text(done)
    assert labels(done)[:2] == ["Visa vem", "Visa dem utan chatt"]


def test_progress_in_english():
    """The organiser's own language."""
    message = progress_message(translator("en", STOCKHOLM), call(**DONE), NOW + timedelta(minutes=4))

    assert text(message) == (
        "Done at 10:04. Groups: 3 of 3. Privately: 68 of 70. 2 could not be reached. "
        "Please call those you know are missing."
    )
    assert labels(message) == ["The activity", "Text to mail"]
