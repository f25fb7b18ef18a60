"""What the organiser is told about those whom a call did not reach, and what to do about it."""

from markupsafe import Markup

from db.left import Left
from texts import Translator, dates


def those_left(t: Translator, left: Left) -> list[Markup]:
    """A sentence each for the groups that failed and for those in no chat; none when nobody is left."""
    said = []
    if left.groups:
        said.append(
            t(
                "I could not write in {groups}: see that I am still there and may write, "
                "and tell them there yourself for now.",
                groups=dates.names(left.groups, t),
            )
        )
    if left.other_groups:
        said.append(
            t.count(
                left.other_groups,
                one="A group of another association was not reached.",
                other="{n} groups of other associations were not reached.",
            )
        )
    return [*said, outside(t, left.outside)] if left.outside else said


def outside(t: Translator, people: int) -> Markup:
    """How many are to be reached in another way; empty when nobody is."""
    if not people:
        return Markup()
    return t.count(
        people, one="Left is one whom I cannot reach in chat.", other="Left are {n} whom I cannot reach in chat."
    )
