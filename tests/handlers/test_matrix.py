"""Who may do what: every role at every command, button, form, question and link, with an association's own things.

Who may call a route at all is what the features declare (docs/rights.md); whose what it is about is stands in
`RULES`. A new route has a sample argument and a rule here, or this fails.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection

import pytest

from bot.dispatch import WENT_WRONG
from db import roles
from handlers.feature import Needs, Route
from handlers.privacy.correct import NOTHING_YET
from tests.handlers.matrix_world import COMMANDS, FORMS, LINKS, PLAIN, QUESTIONS, Held, World, built, cases
from tests.handlers.test_foreign_rights import FOREIGN, OWN, PERSONAL
from tests.room import Room, text
from texts import translator

HERE, ELSEWHERE, ALL = "home", "away", None
WHO: Held = {
    "nobody": (),
    "guest": (),
    "host": ((roles.HOST, HERE),),
    "host of another": ((roles.HOST, ELSEWHERE),),
    "organiser": ((roles.ORGANISER, HERE),),
    "organiser elsewhere": ((roles.ORGANISER, ELSEWHERE),),
    "organiser of the district": ((roles.ORGANISER, ALL),),
    "admin": ((roles.ADMIN, ALL),),
    "registrar": ((roles.REGISTRAR, HERE),),
    "registrar elsewhere": ((roles.REGISTRAR, ELSEWHERE),),
    "registrar of all": ((roles.REGISTRAR, ALL),),
    "organiser and registrar": ((roles.ORGANISER, HERE), (roles.REGISTRAR, HERE)),
    "auditor": ((roles.AUDITOR, ALL),),
    "linked account": ((roles.ADMIN, ALL), (roles.AUDITOR, ALL)),
    "try-out": ((roles.ADMIN, ALL), (roles.AUDITOR, ALL)),
}
ANYBODY = frozenset(WHO)
REAL = ANYBODY - {"try-out"}
DISTRICT = frozenset({"organiser of the district", "admin"})
ASSOCIATION = DISTRICT | {"organiser", "organiser and registrar"}
HOSTED = ASSOCIATION | {"host"}
WHOLE = frozenset({"registrar of all", "admin"})
REGISTER = WHOLE | {"registrar", "organiser and registrar"}
ADMIN = frozenset({"admin"})
NOBODY: frozenset[str] = frozenset()  # it is somebody else's own
CALLS = {
    Needs.NOTHING: ANYBODY,
    Needs.ORGANISER: ASSOCIATION | {"organiser elsewhere", "try-out"},
    Needs.HOST: HOSTED | {"organiser elsewhere", "host of another", "try-out"},
    Needs.DISTRICT: DISTRICT | {"try-out"},
    Needs.ADMIN: ADMIN | {"try-out"},
    Needs.REGISTER: REGISTER | {"registrar elsewhere", "try-out"},
    Needs.AUDITOR: frozenset({"auditor", "try-out"}),
}


SV = translator("sv", "Europe/Stockholm")
KNOWN = ANYBODY - {"nobody"}  # whoever may have begun something
ANNOUNCING = ("announce.change", "send_now.announce")
OTHERS = (  # somebody's own list and accounts, and what nobody has asked here
    *("import_members.apply", "import_members.cancel"),
    *("accounts.prefer", "accounts.ask", "accounts.unlink"),
    *("linking.hand_over", "linking.look", "linking.approve", "linking.refuse"),
)
BUTTONS = {
    **dict.fromkeys((*OWN, *PLAIN, "help.drop"), ANYBODY),
    **dict.fromkeys((name for name, about in PLAIN.items() if about in {"{home}", "{interest}:1"}), REAL),
    **dict.fromkeys(("help_offer.start", "privacy.ask", "privacy.forget", "linking.ask_them"), REAL),
    **dict.fromkeys(FOREIGN, ASSOCIATION),
    **dict.fromkeys((name for name in FOREIGN if name.startswith("activities.")), HOSTED),
    **dict.fromkeys((name for name in PERSONAL if name != "help.drop"), KNOWN),
    **dict.fromkeys(("activity.card", "signup.answer", "signup.change", "signup.remind", "question.ask"), HOSTED),
    **dict.fromkeys(("question.answer", "question.again"), ASSOCIATION),
    **dict.fromkeys(("members.show", "members.change", "labels.tags", "labels.tag", "audiences.toggle"), REGISTER),
    **dict.fromkeys(("offices.give", "offices.end", "offices.end_now"), REGISTER),
    **dict.fromkeys((*ANNOUNCING, "call.change", "send_now.call", "activities.again", "log.page"), KNOWN),
    **dict.fromkeys(("form.pick", "form.skip", "form.keep", "form.page", "form.resume"), ASSOCIATION),
    **dict.fromkeys(("linking.chosen", "invite.make", "privacy.wish", "privacy.corrected"), REGISTER),
    **dict.fromkeys(("post.show", "export.fetch", *OTHERS), NOBODY),
}
RULES = (
    {f"button {name}": rule for name, rule in BUTTONS.items()}
    | {f"command {name}": ANYBODY for name in COMMANDS}
    | {f"form {name}": KNOWN for name in FORMS}
    | {f"link {name}": ANYBODY for name in LINKS}
    | {f"question {name}": ANYBODY for name in QUESTIONS}
    | dict.fromkeys(("command exportera", "form export.ask"), WHOLE)
    | dict.fromkeys(("command glommig", "question forget_me", "question help_out"), REAL)
    | dict.fromkeys(("link organiser", "link help"), REAL)
    | dict.fromkeys(("form associations.rename", "form offices.rename", "form partners.change"), REAL)
    | {"form audiences.new": REAL, "form audiences.rename": ASSOCIATION, "link announce": ASSOCIATION}
    | dict.fromkeys(("form question",), REAL & KNOWN)
    | {"command anslut": ASSOCIATION | {"try-out"}, "form answer": ASSOCIATION, "form send_now": ASSOCIATION}
    | dict.fromkeys(("form labels.rename", "link call"), ASSOCIATION)
    | dict.fromkeys(("form activities.cancel", "form activities.change", "form activities.write"), HOSTED)
    | {
        "form offices.give": REGISTER,
        "form members.change": REGISTER,
        "link remind": HOSTED,
        "link ask": KNOWN,
    }
)
FINE = (
    "Nu har alla nåtts.",
    "Du finns inte i registret.",
    SV.plain(NOTHING_YET),
)  # they may ask, and there is nothing to say
TELLING = ("host", "organiser elsewhere", "registrar")


Mistake = tuple[str, str, str, str]  # at what, who, what became of it, the answer


async def mistakes(room: Room, who: Collection[str]) -> list[Mistake]:
    """What one of these may do and should not, or should and may not."""
    async with built(room, WHO) as world:
        tried = [await _try(world, *case, one) for case, one in itertools.product(cases(), who)]
    return [one for one in tried if one]


async def _try(world: World, what: str, route: Route, sample: str, who: str) -> Mistake | None:
    name = f"{what} {route.name.rpartition(':')[2]}"
    reply = await world.answer(who, what, route, sample)
    said = text(reply)
    is_done = not reply.beside or said in FINE
    if is_done is (who in CALLS[route.needs] & RULES[name]) and said != SV.plain(WENT_WRONG):
        return None
    return name, who, "done" if is_done else "refused", said[:80]


async def test_those_next_to_a_right_do_not_have_it(room):
    """Denied by default, checked when it is pressed, for each association by itself."""
    assert await mistakes(room, TELLING) == []


@pytest.mark.long
async def test_everybody_may_do_what_is_theirs_and_nothing_else(room):
    """All roles at everything."""
    assert await mistakes(room, WHO) == []


def test_every_rule_is_about_something_that_is_there():
    """A rule for a button of yesterday would look like protection."""
    there = {f"{what} {route.name.rpartition(':')[2]}" for what, route, _ in cases()}

    assert there == RULES.keys()
