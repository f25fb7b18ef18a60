"""Everything that can be asked of the bot with a sample argument, and a world in which everybody may try it."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.dispatch import Dispatch
from chat.address import Address, Platform
from chat.message import Reply
from chat.request import Chat, Fact, FormStyle, Kind, Request
from db import activities, codes, drafts, labels, roles
from db.activities import Activity
from db.audiences import Audience
from db.call import Target
from db.models import Account, Audit, LabelKind
from db.session import Database
from handlers import FEATURES
from handlers.activities.change import BASE, answers_of
from handlers.audiences.choosing import Chosen
from handlers.call.shown import shown
from handlers.feature import Route, Routes
from handlers.forms.reading import pack_when
from tests import given
from tests.handlers.test_foreign_rights import FOREIGN, OWN, PERSONA, PERSONAL, numbers
from tests.room import GROUP, KEYS, NOW, Room, Someone

# Buttons that need no right and are about nothing of anybody else's; with what they are pressed.
PLAIN = dict.fromkeys(
    [
        "welcome.code",
        "consent.ask",
        "consent.more",
        "consent.try",
        "my_association.choose",
        "my_association.begin",
        "agenda.now",
        "agenda.week",
        "mine.list",
        "question.write_to_me",
        "contact.ask",
        "help_offer.start",
        "help_offer.no",
        "help.show",
        "settings.show",
        "settings.consent",
        "settings.quiet",
        "linking.ask",
        "linking.ask_them",
        "linking.no",
        "linking.move",
        "linking.begin",
        "accounts.list",
        "privacy.show",
        "privacy.correct",
        "privacy.ask",
        "privacy.forget",
        "privacy.stay",
        "privacy.correct",
        "labels.mine",
    ],
    "",
) | {
    "linking.yes": "AAAA",
    "linking.consent": "yes",
    "consent.set": "yes",
    "my_association.set": "{home}",
    "my_association.belong": "{home}",
    "my_association.ask": "{home}",
    "agenda.more": "2026-11-22:::0:0",
    "signup.no_reminder": "{open}",
    "help_offer.places": "0",
    "help_offer.where": "{home}",
    "help_offer.tell": "{home}",
    "help.run": "vecka",
    "settings.set": "digest:0",
    "settings.language": "sv",
    "labels.choose": "interest",
    "labels.set": "{interest}:1",
}
ARGUMENTS = {"organisers.where": "o", "labels.change": ""}
SHOWN = {"call.publish": "{call_shown}", "announce.publish": "{announce_shown}"}
COMMANDS = {
    "start": "",
    "koppla": "AAAA-BBBB-CCCC",
    "idag": "",
    "vecka": "",
    "kommande": "",
    "admin": "{code}",
    "arrangorer": "",
    "foreningar": "",
    "medlem": "Doris",
    "exportera": "",
    "uppdrag": "",
    "listor": "",
    "intressen": "",
    "partner": "",
    "anslut": "Provstad",
    "mina": "",
    "kontakt": "",
    "hjalp": "",
    "installningar": "",
    "mindata": "",
    "glommig": "",
    "stopp": "",
    "kallelse": "",
    "aktiviteter": "",
    "logg": "",
    "register": "",
    "meddelande": "",
    "malgrupper": "",
    "utbildningar": "",
}
FORMS = {
    "associations.add": "",
    "associations.rename": "{home}",
    "members.find": "",
    "members.change": "{member}",
    "export.ask": "",
    "privacy.correct": "",
    "offices.give": "{member}",
    "offices.add": "",
    "offices.rename": "{kind}",
    "labels.add": "",
    "labels.rename": "{label}",
    "partners.add": "",
    "partners.change": "{partner}",
    "question": "{secret}",
    "answer": "{question}",
    "contact": "",
    "quiet_hours": "",
    "call": "",
    "send_now": "post:{post}",
    "linking.find": "",
    "link": "",
    "announce": "own",
    "audiences.new": "own",
    "audiences.rename": "{audience}",
    "activities.cancel": "{secret}",
    "activities.change": "{secret}",
    "activities.write": "{secret}",
}
LINKS = {
    "organiser": "{invitation}",
    "remind": "{secret}",
    "ask": "{asking}",
    "contact": "",
    "help": "",
    "call": "{call}",
    "member": "AAAA",
    "koppla": "",
    "announce": "{announce}",
}
QUESTIONS = {
    "hello": "hej",
    "upcoming": "vad händer framöver?",
    "next_week": "vad händer nästa vecka?",
    "week": "vad händer i veckan?",
    "weekend": "vad händer i helgen?",
    "day": "vad händer på torsdag?",
    "tomorrow": "vad händer i morgon?",
    "today": "vad händer i dag?",
    "next": "när är nästa möte?",
    "mine": "vad har jag anmält mig till?",
    "contact": "vem kan jag fråga?",
    "help_out": "jag vill hjälpa till",
    "help": "hjälp",
    "thanks": "tack",
    "settings": "inställningar",
    "my_data": "mina uppgifter",
    "forget_me": "glöm mig",
    "stop": "sluta skriva",
}
VALUES = {
    "name": "Nytt namn",
    "words": "Doris",
    "email": "",
    "phone": "070-174 06 05",
    "address": "",
    "typed": "nobody@example.org",
    "audience": "near",
    "why": "Årsmötet",
    "kind": "meeting",
    "association": "{home}",
    "starts_on": "2026-11-01",
    "ends_on": "",
    "owner": "{home}",
    "contact": "",
    "text": "Kattfrågan",
    "hours": "22-07",
    "reason": "Storm",
    "title": "Nytt möte",
    "when": "lördag 28/11 kl 15",
    "place": "Torget",
    "bring": "",
    "read": "",
    "seen_by": "everyone",
}


EVA = Someone("Eva", Address(Platform.TELEGRAM, "3999"))
KINDS = {"offices.give": "{kind}", "labels.add": "list"}
OF_FORM = "form "
BUTTONS = dict.fromkeys(OWN, "") | ARGUMENTS | PLAIN | FOREIGN | PERSONAL | SHOWN


class Undoing(Database):
    """Nothing stays done, so that everybody meets the same world; `noted`: what the last one would have left."""

    noted: Sequence[str] = ()

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncSession]:
        """A transaction that is written and rolled back."""
        async with AsyncSession(self.engine, expire_on_commit=False, autoflush=False) as session:
            last = await session.scalar(select(func.max(Audit.id))) or 0
            yield session
            await session.flush()
            self.noted = (await session.scalars(select(Audit.action).where(Audit.id > last))).all()
            await session.rollback()


@dataclass
class World:
    """One association's things, and everybody who may or may not touch them."""

    dispatch: Dispatch
    undoing: Undoing
    accounts: dict[str, Someone] = field(default_factory=dict)
    numbers: dict[str, dict[str, object]] = field(default_factory=dict)  # by who: the drafts are their own

    async def answer(self, who: str, what: str, route: Route, sample: str) -> Reply:
        """What that one is told."""
        one, known = self.accounts[who], self.numbers[who]
        chat = GROUP if route.facts else Chat(one.address, private=True)
        said = sample.format(**known)
        asked = {
            "command": {"kind": Kind.COMMAND, "route": route.name, "argument": said},
            "button": {"kind": Kind.PRESS, "route": route.name, "argument": said, "own_message": True},
            "form": {"kind": Kind.FORM, "route": route.name, "argument": f"{known.get(OF_FORM + route.name)}:0"},
            "link": {"kind": Kind.COMMAND, "route": "start", "argument": said},
            "question": {"kind": Kind.TEXT, "route": "", "text": said},
        }[what]
        values = VALUES | {"kind": KINDS.get(route.name, VALUES["kind"])}
        if "elsewhere" in who:
            del values["association"]  # there is but one for them, so that their pages do not ask for it
        forms = FormStyle.PAGES if what == "form" else FormStyle.STEPS
        answered = await self.dispatch.handle(
            Request(
                **asked,  # type: ignore[arg-type]  # one of five kinds of request
                chat=chat,
                sender=one.address,
                sender_name=one.name,
                language="sv",
                facts=frozenset({Fact.CHAT_ADMIN}),
                values={name: value.format(**known) for name, value in values.items()},
                forms=forms,
            )
        )
        return answered or Reply()


def cases() -> Iterator[tuple[str, Route, str]]:
    """Everything that can be asked for: what it is, its route and the sample argument. KeyError: it has none."""
    routes = Routes(FEATURES)
    for command in routes.all_commands:
        yield "command", command.route, COMMANDS[command.route.name]
    for name, button in routes.buttons.items():
        yield "button", button, BUTTONS[name]
    for name, form in routes.forms.items():
        yield "form", form.route, FORMS[name]
    for prefix, link in routes.links.items():
        yield "link", link, f"{prefix}-{LINKS[prefix]}"
    for intent, question in routes.questions.items():
        yield "question", question, QUESTIONS[intent]


Held = dict[str, tuple[tuple[str, str | None], ...]]  # by who: roles, and the name of the association they are for


@asynccontextmanager
async def built(room: Room, held: Held) -> AsyncIterator[World]:
    """The world of `numbers`, and one account for each of these, whose writes are undone."""
    things = await numbers(room)
    undoing = Undoing(room.database.engine.url.render_as_string(hide_password=False))
    dispatch = room.dispatch
    own = Dispatch(
        undoing, KEYS, dispatch.routes, dispatch.installation, clock=lambda: NOW, on_queued=lambda: None
    )
    world = World(own, undoing)
    things |= await _more(room, things)
    for number, (who, theirs) in enumerate(held.items()):
        platform = Platform.TRY if who == "try-out" else Platform.TELEGRAM
        one = Someone("Någon", PERSONA.address if who == "try-out" else Address(platform, f"30{number:02}"))
        world.accounts[who] = one
        world.numbers[who] = dict(things)
        if who != "nobody":
            person_id = await given.person(room, one)
            await _grant(room, person_id, theirs, things)
            world.numbers[who] |= await _drafts(room, person_id, things)
    drafts_of_others = dict.fromkeys(world.numbers["guest"], 0)
    world.numbers["nobody"] = drafts_of_others | world.numbers["nobody"]
    await _link(room, world.accounts["linked account"])
    try:
        yield world
    finally:
        await undoing.close()


async def _more(room: Room, things: dict[str, object]) -> dict[str, object]:
    """What only this test needs."""
    home = int(str(things["home"]))
    more: dict[str, object] = {"open": await given.activity(room, "Öppet", home, "2026-11-29 12:00")}
    more["other"] = await given.activity(room, "Annat", home, "2026-11-29 12:00", is_open=False)
    await given.organiser(room, EVA, of=None, role=roles.ADMIN)  # so that nobody is the last
    async with room.database.write() as session:
        for name, purpose, argument in (("code", "admin", ""), ("invitation", "organiser", f"o{home}:1")):
            more[name] = await codes.new_code(
                session, KEYS, purpose, argument=argument, valid=drafts.KEPT, now=NOW
            )
        more["interest"] = await labels.add_label(
            session, LabelKind.INTEREST, "Körsång", association_id=None, invented=False
        )
    return more


async def _grant(
    room: Room, person_id: int, held: tuple[tuple[str, str | None], ...], things: dict[str, object]
) -> None:
    async with room.database.write() as session:
        for role, where in held:
            association = int(str(things["home" if role == roles.HOST else where])) if where else None
            activity = (
                {"home": things["secret"], "away": things["other"]}[where or ""] if role == roles.HOST else None
            )
            await roles.grant(
                session,
                person_id,
                role,
                association_id=association,
                activity_id=int(str(activity)) if activity else None,
                name="Någon",
                granted_by=None,
                now=NOW,
            )


def _begun(activity: Activity, home: str) -> list[tuple[str, str, str, dict[str, str]]]:
    """What to call each draft, its form, what it is about, and what is answered."""
    change = answers_of(activity)
    call = {**VALUES, "kind": "meeting", "association": home, "seen_by": "internal"}
    call |= {"when": pack_when(activity.starts_at, None), "contact": "association"}
    changed = change | {BASE: json.dumps(change), "revision": str(activity.revision), "title": "Nytt"}
    own = {**VALUES, "association": home, "owner": home, "seen_by": "open"}
    wanted: list[tuple[str, str, str, dict[str, str]]] = []
    wanted += [(OF_FORM + name, name, about, {}) for name, about in FORMS.items()]
    wanted += [("announce", "announce", "mine", own), ("making", "audiences.new", "mine", own)]
    wanted += [("call", "call", "own", call), ("forward", "forward", "", {"text": "Hej"})]
    wanted += [("change", "activities.change", "{secret}", changed), ("asking", "question", "{secret}", {})]
    return [*wanted, ("write", "activities.write", "{secret}", {"text": "Hej"})]


async def _drafts(room: Room, person_id: int, things: dict[str, object]) -> dict[str, object]:
    """Everybody's own drafts about the same things: begun while they had the right, or when nobody asked."""
    async with room.database.write() as session:
        activity = await activities.get_activity(session, int(str(things["secret"])), invented=False)
        assert activity is not None
        made: dict[str, object] = {}
        for name, form, about, answers in _begun(activity, str(things["home"])):
            draft = await drafts.start(
                session,
                person_id=person_id,
                form=form,
                argument=about.format(**things),
                style=FormStyle.PAGES,
                answers=answers,
                now=NOW,
            )
            made[name] = draft.id
            if name in {"call", "announce"}:
                theirs = Audience(False, int(str(things["home"])), internal=answers["seen_by"] == "internal")
                made[f"{name}_shown"] = shown(draft, Chosen(Target(theirs, None)))
    same = {"activities.change": "change", "activities.write": "write", "question": "asking"}
    made |= {OF_FORM + form: made[name] for form, name in same.items()}
    return made | {"cancel": made[f"{OF_FORM}activities.cancel"]}


async def _link(room: Room, account: Someone) -> None:
    """That account was linked to somebody who organises."""
    async with room.database.write() as session:
        index = KEYS.blind_index("address", account.address.platform, account.address.id)
        await session.execute(update(Account).where(Account.address_index == index).values(organises=False))
