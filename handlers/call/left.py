"""What the organiser is told about those whom a call did not reach, and what to do about it."""

from markupsafe import Markup

from db.left import Left
from db.reach import Outside
from texts import Translator, dates
from texts.few import LEAST, is_few

BOTH = 2


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
    others = outside(t, left.outside) if left.seen else roughly(t, left.outside)
    return [*said, others] if others else said


def outside(t: Translator, left: Outside) -> Markup:
    """How many are to be reached in another way, and how many of them can be; empty when nobody is left."""
    if not left.people:
        return Markup()
    said = t.count(
        left.people,
        one="One is left whom I cannot reach in chat",
        other="{n} are left whom I cannot reach in chat",
    )
    return said + elsewhere(t, left)


def roughly(t: Translator, left: Outside) -> Markup:
    """The same for those who see no register: in fives, and few are not counted at all."""
    if not left.people:
        return Markup()
    if is_few(left.people):
        return t("Some I cannot reach in chat.")
    many, elsewhere = (n - n % LEAST for n in (left.people, left.elsewhere))
    if not elsewhere:
        return t("About {n} I cannot reach in chat.", n=many)
    return t(
        "About {n} I cannot reach in chat: about {elsewhere} have an e-mail or postal address.",
        n=many,
        elsewhere=elsewhere,
    )


def elsewhere(t: Translator, left: Outside) -> Markup:
    """What the register has of those who are in no chat, after the sentence that counts them: its end."""
    nothing = left.people - left.elsewhere
    if not left.elsewhere:
        return Markup(".")
    if left.people == 1:
        return t(", but has an e-mail or postal address.")
    if not nothing and left.people == BOTH:
        return t(", but both have an e-mail or postal address.")
    if not nothing:
        return t(", but all have an e-mail or postal address.")
    return Markup(": ") + t.count(
        left.elsewhere,
        one="one has an e-mail or postal address, {nothing} nothing.",
        other="{n} have an e-mail or postal address, {nothing} nothing.",
        nothing=nothing,
    )
