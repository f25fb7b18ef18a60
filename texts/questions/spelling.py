"""How far two spellings are from each other, and which known one was meant."""

from collections.abc import Iterable

SHORTEST = 3  # letters; shorter words are all alike
LONGEST = 40  # letters; more than any command has
LONG = 6  # letters from which two slips are forgiven


def distance(one: str, other: str) -> int:
    """How many letters must be added, dropped, changed or swapped with their neighbour."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        earlier, before, row = before, row, [i]
        for j, against in enumerate(other, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != against))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == against:
                cost = min(cost, earlier[j - 2] + 1)
            row.append(cost)
    return row[-1]


def nearest(command: str, known: Iterable[str]) -> str | None:
    """The one of `known` that `command` was meant to be; None when none is near or two are equally so.

    A slash in front of either does not count.
    """
    word = command.lstrip("/").lower()
    if not SHORTEST <= len(word) <= LONGEST:
        return None
    allowed = 2 if len(word) >= LONG else 1
    near = sorted((distance(word, one.lstrip("/").lower()), one) for one in set(known))
    if not near or near[0][0] > allowed:
        return None
    tied = len(near) > 1 and near[1][0] == near[0][0]
    return None if tied else near[0][1]
