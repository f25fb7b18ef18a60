"""Rights: what docs/rights.md says is what the code declares, and nobody gets in without."""

from pathlib import Path

import pytest

from chat.request import Chat, Kind, Request
from handlers import FEATURES
from handlers.feature import Needs
from handlers.rights import table
from tests.room import BEN, GROUP, text

ROUTES = [
    (kind, route)
    for feature in FEATURES
    for kind, routes in (
        (Kind.COMMAND, [one.route for one in feature.commands]),
        (Kind.PRESS, feature.buttons),
        (Kind.FORM, [one.route for one in feature.forms]),
    )
    for route in routes
    if route.needs is not Needs.NOTHING
]


def test_the_table_of_rights_is_the_one_in_the_docs():
    """A data-protection officer reads the page, not the code."""
    assert Path("docs/rights.md").read_text(encoding="utf-8") == table(FEATURES)


@pytest.mark.parametrize(("kind", "route"), ROUTES, ids=[f"{kind} {route.name}" for kind, route in ROUTES])
async def test_somebody_without_rights_is_refused_everywhere(room, kind, route):
    """Denied by default, checked at each press."""
    request = Request(
        kind=kind,
        route=route.name,
        argument="1:0",
        chat=GROUP if route.facts else Chat(BEN.address, private=True),
        sender=BEN.address,
        sender_name=BEN.name,
        language="sv",
    )

    answer = await room.gives(request)

    sentences = {
        Needs.REGISTER: "Det kan bara de göra som sköter registret.",
        Needs.AUDITOR: "Loggen läses av granskare. En admin släpper in dem.",
    }
    assert text(answer) == sentences.get(route.needs, "Det kan bara arrangörer göra.")
