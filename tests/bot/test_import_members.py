"""Lists of members and of associations on the command line, in processes of their own."""

import json
import sqlite3

import pytest

from tests.bot.commanding import says
from tests.lists import ASA, BO, CIA, as_bytes

HIDDEN = ("Åsa", "asa@", "Öberg", "+4670")


@pytest.fixture
def kept(command, data, tmp_path):
    """Sends a list where there are two associations."""
    with sqlite3.connect(data / "kallelse.db") as connection:
        added = "INSERT INTO association (name, created_at) VALUES (?, '2026-11-22 09:00:00')"
        connection.executemany(added, [("Provstad",), ("Exempelby",)])
    connection.close()

    def send(*rows, options=()):
        (tmp_path / "lista.csv").write_bytes(as_bytes(*rows))
        return command("import-members", str(tmp_path / "lista.csv"), *options)

    return send


def members(data):
    """How many there are of each status, and the bytes of all."""
    with sqlite3.connect(data / "kallelse.db") as connection:
        found = dict(connection.execute("SELECT status, count(*) FROM member GROUP BY status").fetchall())
    connection.close()
    return found


def test_a_list_is_shown_first_and_then_taken_over(kept, data):
    """Rows rather than names, for what a script prints ends in a log; nothing is readable in the database."""
    shown = kept(ASA, BO, CIA)
    before = members(data)
    named = kept(ASA, BO, CIA, options=["--apply", "--names"])

    assert shown.returncode == named.returncode == 0
    assert shown.stdout.splitlines() == [
        "+ row 2", "+ row 3", "+ row 4", "New: 3", "Changed: 0", "No longer in the list: 0", "Unchanged: 0",
        "Only these associations are in the list, and nobody is taken out of others: Exempelby, Provstad.",
        "Nothing was written. Use --apply to write it.",
    ]  # fmt: skip
    assert named.stdout.splitlines()[0] == "+ row 2 Åsa Öberg"
    assert (before, members(data)) == ({}, {"active": 3})
    assert not [one for one in HIDDEN if one in shown.stdout + shown.stderr + named.stderr]
    everything = b"".join(path.read_bytes() for path in data.iterdir() if path.name.startswith("kallelse.db"))
    assert not [one for one in HIDDEN if one.encode() in everything]


@pytest.mark.long
def test_a_script_gets_numbers_and_problems(kept):
    """What is printed for people changes its words."""
    fine, wrong = (kept((*ASA[:3], phone, *ASA[4:]), options=["--json"]) for phone in ("", "12"))

    found = json.loads(fine.stdout)
    assert (found["new"], found["covers"], found["written"]) == (1, ["Provstad"], False)
    told = {"row": 2, "reason": "no_telephone", "column": "Mobil", "about": ""}
    assert (json.loads(wrong.stdout)["problems"], wrong.returncode) == ([told], 2)


def test_a_list_with_something_wrong_changes_nothing(kept, data):
    """Every row that is wrong is told, so that the list is mended once."""
    eva = ("Eva", "Ek", "eva@example.org", "", "20", "Exempelköping")
    wrong = kept(ASA, (*BO[:5], "Exempelköping"), eva, (*CIA[:3], "12", *CIA[4:]), options=["--apply"])

    assert wrong.stdout.splitlines() == [
        "row 3: there is no association called Exempelköping (and 1 row more)",
        "row 5, Mobil: not a telephone number",
        "Add the association first: ./kallelse associations import FILE",
    ]
    assert wrong.stderr.splitlines()[-1] == "Error: 3 things are wrong with the list. Nothing was written."
    assert (wrong.returncode, members(data)) == (2, {})


@pytest.mark.long
def test_half_a_list_wants_to_be_meant(kept, data):
    """The commonest mistake of all."""
    kept(ASA, CIA, options=["--apply"])

    refused = kept(ASA, options=["--apply"])
    still = members(data)
    meant = kept(ASA, options=["--apply", "--remove-many"])

    says(refused, "1 of 2 members are not in the list, more than a tenth. Nothing was written.", 1)
    assert (still, meant.returncode, members(data)) == ({"active": 2}, 0, {"active": 1, "former": 1})


@pytest.mark.long
def test_names_that_slipped_want_to_be_meant(kept, data):
    """Everything but the names still fits."""
    names = [(f"Namn{n}", f"Sonen{n}") for n in range(3)]
    rest = [(f"namn{n}@example.org", "", str(21 + n), "Provstad") for n in range(3)]
    kept(*[(*who, *more) for who, more in zip(names, rest, strict=True)], options=["--apply"])
    slipped = [(*who, *more) for who, more in zip([*names[1:], names[0]], rest, strict=True)]

    refused = kept(*slipped, options=["--apply"])
    meant = kept(*slipped, options=["--apply", "--rename-many"])

    says(refused, "3 of 3 members would have another name, more than a tenth. Nothing was written.", 1)
    assert (meant.returncode, "Another name: 3" in meant.stdout.splitlines()) == (0, True)


def test_what_is_emptied_or_moved_wants_to_be_meant(kept):
    """Nobody is gone and nobody renamed; the numbers say what happens."""
    people = [(f"Namn{n}", "Ny", f"namn{n}@example.org", "", str(21 + n), "Provstad") for n in range(3)]
    kept(*people, options=["--apply"])
    emptied = [(*row[:2], "", *row[3:5], "Exempelby") for row in people]

    shown = kept(*emptied)
    refused = kept(*emptied, options=["--apply"])
    meant = kept(*emptied, options=["--apply", "--change-many"])

    assert "Of them: e-mail 3 (3 emptied), association 3" in shown.stdout.splitlines()
    assert "It will want --change-many: 3 of 3 members would be in another association" in shown.stdout
    says(
        refused, "3 of 3 members would be in another association, more than a tenth. 3 of 3 members would lose", 1
    )
    assert "Nothing was written. If that is meant, say so with --change-many." in refused.stderr
    assert (meant.returncode, "Written." in meant.stdout.splitlines()) == (0, True)


@pytest.mark.long
def test_what_is_no_list_is_told(command, data, tmp_path):
    """In one sentence, as everything the operator gives us."""
    (tmp_path / "bild.png").write_bytes(b"\x89PNG\r\n\x1a\n\0\0")

    says(
        command("import-members", str(tmp_path / "bild.png")),
        "That is no list that I can read: I take CSV and XLSX. Nothing was changed.",
        2,
    )
    assert command("import-members", str(tmp_path / "ingen.csv")).returncode == 2


@pytest.mark.long
def test_associations_are_added_from_a_file(command, data, tmp_path):
    """A name a line, or the column of that name; those that are there stay as they are."""
    (tmp_path / "namn.txt").write_text("Provstad\nExempelby\n\nprovstad\n")
    (tmp_path / "tabell.csv").write_text("Nr;Förening\n1;Provstad\n2;Påhittsås\n")

    first = command("associations", "import", str(tmp_path / "namn.txt"))
    second = command("associations", "import", str(tmp_path / "tabell.csv"))

    assert first.stdout.splitlines() == ["+ Provstad", "+ Exempelby", "Added: 2. Already there: 0."]
    assert second.stdout.splitlines() == ["+ Påhittsås", "Added: 1. Already there: 1."]
