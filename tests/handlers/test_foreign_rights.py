"""Rights are an association's own: pressed with somebody else's number, every button shows and changes nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from markupsafe import Markup
from sqlalchemy import select, update

from chat.address import Address, Platform
from chat.message import Button, Message
from chat.request import FormStyle
from db import (
    announce,
    approvals,
    codes,
    drafts,
    labels,
    linking,
    models,
    offices,
    outbox,
    partners,
    question,
    reach,
    register,
    roles,
    saved_audiences,
)
from db.audiences import Audience
from db.models import Answer, Base, LabelKind, PostKind, Priority
from handlers import FEATURES
from handlers.feature import Needs
from tests import given
from tests.handlers.linked import EMAIL
from tests.room import ADA, BEN, CEM, DORIS, KEYS, NOW, Someone, text

HOUR = timedelta(hours=1)

OTHER = BEN  # organises elsewhere
PERSONA = Someone("Prova", Address(Platform.TRY, "arrangor"))  # may do everything, in the invented world
OWN = {
    "approvals.list",
    "organisers.list",
    "organisers.where",
    "associations.list",
    "associations.add",
    "call.new",
    "activities.list",
    "members.find",
    "offices.list",
    "offices.add",
    "offices.usual",
    "labels.list",
    "labels.add",
    "labels.change",
    "partners.list",
    "partners.add",
    "audiences.new",
    "audiences.list",
}
FOREIGN = {
    "insider.confirm": "{doris}:{home}",
    "insider.back": "{doris}:{home}",
    "insider.refuse": "{doris}:{home}",
    "organisers.invite": "o{home}",
    "organisers.grant": "{invite}:{doris}",
    "organisers.refuse": "{invite}:{doris}",
    "organisers.ask_back": "{role}",
    "organisers.back": "{role}",
    "approvals.approve": "{approval}",
    "approvals.refuse": "{approval}",
    "export.fetch": "{export}",
    "associations.rename": "{home}",
    "connect.level": "{chat}:{home}",
    "connect.bind": "{chat}:{home}:open",
    "connect.unbind": "{chat}:{home}",
    "call.widen": "{call}",
    "call.change": "{call}",
    "call.mail": "{call}",
    "call.publish": "{call}",
    "send_now.call": "{call}",
    "call.unreached": "{call}:0",
    "send_now.post": "{post}",
    "send_now.announce": "{announce}",
    "announce.change": "{announce}",
    "announce.copy": "{announce}",
    "announce.publish": "{announce}",
    "announce.unreached": "{announce}:0",
    "announce.mail": "{announced}",
    "unreached.failed": "{announced}:0",
    "unreached.outside": "{announced}:0",
    "audiences.show": "{audience}",
    "audiences.rename": "{audience}",
    "audiences.ask_remove": "{audience}",
    "audiences.remove": "{audience}",
    "audiences.making": "{making}",
    "audiences.part": "{making}:labels:0",
    "audiences.toggle": "{making}:labels:{label}:0",
    "audiences.keep": "{making}",
    "held.send": "{held}",
    "held.leave": "{held}",
    "log.page": "9:",
    "hosts.show": "{secret}",
    "hosts.invite": "{secret}",
    "hosts.back": "{host}",
    "activities.cancel": "{secret}",
    "activities.cancel_now": "{cancel}",
    "activities.change": "{secret}",
    "activities.again": "{change}",
    "activities.apply": "{change}",
    "activities.show": "{secret}",
    "activities.mail": "{secret}",
    "activities.missed": "{post}",
    "activities.reminders": "{secret}",
    "activities.remind": "{secret}:two_hours:off",
    "activities.write": "{secret}",
    "activities.send": "{write}",
    "members.show": "{member}",
    "members.change": "{member}",
    "import_members.apply": "{list}",
    "import_members.cancel": "{list}",
    "offices.show": "{kind}",
    "offices.rename": "{kind}",
    "offices.ask_remove": "{kind}",
    "offices.remove": "{kind}",
    "offices.give": "{member}",
    "offices.end": "{office}",
    "offices.end_now": "{office}",
    "labels.show": "{label}",
    "labels.rename": "{label}",
    "labels.ask_remove": "{label}",
    "labels.remove": "{label}",
    "labels.tags": "{member}",
    "labels.tag": "{member}:{label}:1",
    "partners.show": "{partner}",
    "partners.change": "{partner}",
    "partners.ask_remove": "{partner}",
    "partners.remove": "{partner}",
    "linking.hand_over": "{asked}",
    "linking.look": "{doris}",
    "linking.chosen": "{doris}:{member}",
    "linking.approve": "{doris}:{member}",
    "linking.refuse": "{doris}",
    "invite.make": "{member}",
    "privacy.wish": "{question}",
    "privacy.corrected": "{question}",
}
# What needs no right to be called, and yet belongs to somebody.
PERSONAL = {
    "post.show": "{post}",
    "activity.card": "{secret}",
    "signup.answer": "{secret}:coming",
    "signup.change": "{secret}",
    "signup.remind": "{secret}",
    "question.ask": "{secret}",
    "question.answer": "{question}",
    "question.again": "{question}",
    "help.forward": "{forward}",
    "help.drop": "{forward}",
    "form.pick": "{call}:kind:0",
    "form.skip": "{call}:text",
    "form.keep": "{call}:title",
    "form.again": "{call}:title",
    "form.back": "{call}:when",
    "form.page": "{call}:0",
    "form.cancel": "{call}",
    "form.resume": "{call}",
    "form.discard": "{call}",
    "accounts.ask": "{account}",
    "accounts.prefer": "{account}",
    "accounts.unlink": "{account}",
}
SECRETS = ("Hemligt möte", "Bakgatan", "Kattfrågan", "Cem", "Doris")


async def _draft(session, person_id: int, form: str, argument: str) -> int:
    account = await session.scalar(select(models.Account.id).where(models.Account.person_id == person_id))
    answers = {"title": "Hemligt möte", "text": "Kattfrågan", "name": "Doris", "place": "Bakgatan"}
    answers["account"] = str(account)
    made = await drafts.start(
        session, person_id=person_id, form=form, argument=argument, style=FormStyle.STEPS, answers=answers, now=NOW
    )
    return made.id


async def numbers(room) -> dict[str, object]:
    """Everything in Provstad that has a number, where Ada organises; Ben organises in Exempelby."""
    home, away = await given.association(room, "Provstad"), await given.association(room, "Exempelby")
    ada, doris = await given.organiser(room, ADA, of=home), await given.person(room, DORIS)
    await given.organiser(room, OTHER, of=away)
    await given.organiser(room, OTHER, of=away, role=roles.REGISTRAR)
    await given.organiser(room, PERSONA, of=None, role=roles.ADMIN)
    secret = await given.activity(room, "Hemligt möte", home, "2026-11-28 14:00", is_open=False)
    await given.signup(room, CEM, secret, Answer.COMING)
    chat = await given.bound_chat(room, association_id=home)
    found: dict[str, object] = {"home": home, "away": away, "doris": doris, "secret": secret, "chat": chat}
    found |= await _register(room, home)
    async with room.database.write() as session:
        found |= await _of_roles(session, home, secret, ada, doris)
        found["question"] = await question.add_question(
            session, person_id=doris, association_id=home, activity_id=None, text="Kattfrågan", now=NOW
        )
        found |= await _drafts(session, home, secret, ada, doris)
        found |= await _announced(session, home, ada)
        found["post"] = await _post(session, "call:1", secret, doris)
        found["held"] = await _held(session, secret, doris)
        found |= await _linking(session, doris)
    return found


async def _drafts(session, home: int, secret: int, ada: int, doris: int) -> dict[str, object]:
    found: dict[str, object] = {}
    for name, form, argument, owner in (
        ("invite", "organiser", f"o{home}", doris),
        ("forward", "forward", "", doris),
        ("call", "call", "1", ada),
        ("cancel", "activities.cancel", str(secret), ada),
        ("change", "activities.change", str(secret), ada),
        ("write", "activities.write", str(secret), ada),
        ("announce", "announce", "1", ada),
        ("making", "audiences.new", "1", ada),
        ("list", "import_members", "", ada),
    ):
        found[name] = await _draft(session, owner, form, argument)
    return found


async def _linking(session, person_id: int) -> dict[str, int]:
    account = await session.scalar(select(models.Account.id).where(models.Account.person_id == person_id))
    whose = {"person_id": person_id, "account_id": account or 0}
    asked = await linking.ask(session, KEYS, EMAIL, **whose, valid=HOUR, now=NOW)
    return {"asked": asked.code_id if asked else 0, "account": account}


async def _of_roles(session, home: int, activity_id: int, ada: int, doris: int) -> dict[str, object]:
    about = {"association_id": home, "activity_id": activity_id}
    await roles.grant(session, doris, roles.HOST, **about, name="Cem", granted_by=ada, now=NOW)
    host = select(models.Role.id).where(models.Role.activity_id == activity_id)
    code = await codes.new_code(session, KEYS, "export", argument=str(ada), valid=timedelta(1), now=NOW)
    return {
        "host": await session.scalar(host),
        "role": await session.scalar(select(models.Role.id).where(models.Role.person_id == ada)),
        "export": code,
        "approval": await approvals.add(session, "organisers.admin", "[]", asked_by=ada, now=NOW),
    }


async def _register(room, home: int) -> dict[str, int]:
    member = await given.member(room, "Doris Testsson", of=home, by=DORIS)
    async with room.database.write() as session:
        label = await labels.add_label(session, LabelKind.TAG, "Kattfrågan", association_id=home, invented=False)
        partner = await partners.add_partner(session, "Cem och Doris", "", invented=False, now=NOW)
        await offices.add_kinds(session, ["Ordförande i Kattfrågan"], invented=False)
        (kind,) = await offices.kinds(session, invented=False)
        card = await register.get_card(session, member, invented=False)
        assert card is not None
        await offices.give(session, card.person_id, kind.id, home, starts_on=NOW.date(), ends_on=None)
        (office,) = await offices.offices_of(session, card.person_id)
    return {"member": member, "label": label, "partner": partner, "kind": kind.id, "office": office.id}


async def _held(session, activity_id: int, person_id: int) -> int:
    made = await _post(session, "write:1", activity_id, person_id)
    theirs = update(models.Delivery).where(models.Delivery.post_id == made)
    await session.execute(theirs.values(state=models.State.HELD.value, reason="uncertain"))
    return made


async def _post(session, key: str, activity_id: int, person_id: int) -> int:
    content = {"sv": Message(Markup("Hemligt möte, Bakgatan"))}
    made = await outbox.queue_post(
        session, key, PostKind.CALL, private=content, priority=Priority.CALL, now=NOW, activity_id=activity_id
    )
    assert made is not None
    await outbox.queue_to_people(session, made, reach.one_person(person_id), now=NOW, quiet=None)
    return made


async def _announced(session, association_id: int, author_id: int) -> dict[str, object]:
    """An audience of the association, and a message to it."""
    audience = Audience(False, associations=(association_id,))
    saved = await saved_audiences.add(session, "Kattfrågan", audience, association_id=association_id, now=NOW)
    made = await outbox.queue_post(
        session, announce.key(1, association_id), PostKind.ANNOUNCEMENT,
        private={"sv": Message(Markup("Kattfrågan"))}, priority=Priority.CALL, now=NOW, author_id=author_id,
        audience=audience,
    )  # fmt: skip
    return {"audience": saved, "announced": made}


async def _everything(room):
    """Every row of every table that a press could change."""
    async with room.database.read() as session:
        tables = [one for one in Base.metadata.sorted_tables if one.name != "seen_update"]
        return {one.name: (await session.execute(select(one).order_by(*one.primary_key))).all() for one in tables}


@pytest.mark.parametrize("who", [OTHER, PERSONA], ids=["organiser elsewhere", "invented organiser"])
async def test_somebody_elses_numbers_open_nothing(room, who):
    """A button that was copied, or kept from when one had the right, is worth nothing."""
    found = await numbers(room)
    before = await _everything(room)

    for route, argument in (FOREIGN | PERSONAL).items():
        answer = await room.presses(Button("x", route, argument.format(**found)), by=who)

        assert text(answer), route
        assert not [secret for secret in SECRETS if secret in text(answer)], (route, text(answer))
        assert await _everything(room) == before, route


async def test_the_numbers_are_worth_something_to_whom_they_belong(room):
    """Else the test before could not fail."""
    found = await numbers(room)

    shown = await room.presses(Button("x", "activities.show", str(found["secret"])), by=ADA)
    content = await room.presses(Button("x", "post.show", str(found["post"])), by=DORIS)
    left = await room.presses(Button("x", "held.leave", str(found["held"])), by=ADA)

    assert "Hemligt möte" in text(shown)
    assert "Cem" in text(shown)
    assert "Bakgatan" in text(content)
    assert "Hemligt möte" in text(left)


def test_no_button_is_left_out():
    """A new one that needs a right is tried here too."""
    routes = {route.name for feature in FEATURES for route in feature.buttons if route.needs is not Needs.NOTHING}

    assert routes == OWN | FOREIGN.keys()
