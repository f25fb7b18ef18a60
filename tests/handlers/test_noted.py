"""What somebody does by a right is noted, by whoever does it; what only shows something, or asks, is not."""

from __future__ import annotations

from handlers.feature import Needs
from handlers.log.words import known
from tests.handlers.matrix_world import built, cases
from tests.handlers.test_matrix import WHO

BY = ("admin", "organiser and registrar", "auditor")
NOTED = {
    *("activities.apply", "activities.cancel_now", "activities.remind", "activities.send"),
    *("announce.publish", "announce.unreached", "call.publish", "call.unreached", "unreached.outside"),
    *("approvals.approve", "approvals.refuse", "form export.ask"),
    *("audiences.keep", "audiences.remove", "form audiences.rename"),
    *("connect.bind", "connect.unbind", "held.leave", "held.send"),
    *("hosts.back", "organisers.back", "organisers.grant", "organisers.refuse", "insider.confirm", "invite.make"),
    *("labels.remove", "labels.tag", "form labels.add", "form labels.rename"),
    *("offices.end_now", "offices.remove", "offices.usual"),
    *("form offices.add", "form offices.give", "form offices.rename"),
    *("partners.remove", "form partners.add", "form partners.change"),
    *("form associations.add", "form associations.rename", "command logg"),
    *("members.show", "form members.change", "form members.find", "command medlem"),
}
# Noted when there is something to do, which this world has not: the tests of each feature say so.
NOTED_ELSEWHERE = {
    *("export.fetch", "import_members.apply", "insider.back", "linking.approve", "linking.hand_over"),
    *("linking.refuse", "privacy.corrected"),
    *("form send_now",),
}
NOT_NOTED = {
    "approvals.list",
    "privacy.wish",
    *("activities.again", "activities.cancel", "activities.change", "activities.list", "activities.mail"),
    *("activities.missed", "activities.reminders", "activities.show", "activities.write"),
    *("announce.change", "announce.copy", "announce.mail", "call.change", "call.mail", "call.new", "call.widen"),
    *(
        "associations.add",
        "associations.list",
        "associations.rename",
        "connect.level",
        "hosts.invite",
        "hosts.show",
    ),
    *("audiences.ask_remove", "audiences.list", "audiences.making", "audiences.new", "audiences.part"),
    *("audiences.rename", "audiences.show", "audiences.toggle", "import_members.cancel", "insider.refuse"),
    *("labels.add", "labels.ask_remove", "labels.change", "labels.list", "labels.rename", "labels.tags"),
    *("linking.chosen", "linking.look", "log.page", "members.change", "members.find"),
    *("offices.add", "offices.ask_remove", "offices.end", "offices.give", "offices.list", "offices.rename"),
    *("labels.show", "offices.show"),
    *("organisers.ask_back", "organisers.invite", "organisers.list", "organisers.where"),
    *("partners.add", "partners.ask_remove", "partners.change", "partners.list", "partners.show"),
    *("send_now.announce", "send_now.call", "send_now.post", "unreached.failed"),
    *("form activities.cancel", "form activities.change", "form activities.write", "form announce", "form call"),
    *("form audiences.new", "form linking.find"),
    *("command aktiviteter", "command anslut", "command arrangorer", "command exportera", "command foreningar"),
    *("command kallelse", "command listor", "command malgrupper", "command meddelande"),
    *("command partner", "command register", "command uppdrag"),
}


async def test_what_is_done_by_a_right_is_noted(room):
    """An auditor finds every step; a new route that needs a right is noted, or said to be none."""
    noted: set[str] = set()
    steps: set[str] = set()
    there: set[str] = set()
    async with built(room, WHO) as world:
        for what, route, sample in cases():
            name = f"{what} {route.name}".removeprefix("button ")
            if route.needs is Needs.NOTHING:
                continue
            there.add(name)
            for who in BY:
                world.undoing.noted = ()
                await world.answer(who, what, route, sample)
                noted.update(name for _ in world.undoing.noted)
                steps.update(world.undoing.noted)

    assert {one for one in steps if not known(one)} == set()
    assert noted == NOTED
    assert there == NOTED | NOTED_ELSEWHERE | NOT_NOTED
