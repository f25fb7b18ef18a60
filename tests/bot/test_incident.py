"""When personal data may be in wrong hands: frozen, locked out, counted and reported, without a name."""

from __future__ import annotations

import csv
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot import incident, rotation
from bot.admin_code import new_code
from bot.opening import KEY_FILE, opened
from bot.settings import Settings
from chat import signing
from chat.address import Address, Platform
from chat.request import FormStyle
from db import approvals, codes, drafts, hold, outbox, people
from db.import_members.rows import WAITING
from db.keys import read_keys
from db.models import Activity, Association, Draft, Member, Person, Post, PostKind, Priority
from handlers.organisers import ADMIN_CODE
from handlers.organisers.invite import INVITE
from tests.bot.commanding import says
from tests.room import NOW

NAME, EMAIL, PHONE = "Kanarina Gulfjäder", "kanarina@example.org", "+46701234567"


@pytest.fixture
async def settings(tmp_path, monkeypatch):
    """Seven members of Provstad, one guest of nowhere, and one in an association of her own."""
    monkeypatch.setattr(rotation, "TAKEN_UP_SECONDS", 0)
    found = Settings(data_dir=tmp_path / "data", _env_file=None)
    async with opened(found) as house, house.database.write() as session:
        big, small = Association(name="Provstad", created_at=NOW), Association(name="Ensamby", created_at=NOW)
        session.add_all([big, small])
        await session.flush()
        guest = Address(Platform.TELEGRAM, "4711")
        await people.add_person(session, house.keys, guest, language="sv", invented=False, now=NOW)
        for association_id in (*[big.id] * 7, small.id):
            person = Person(language="sv", created_at=NOW)
            session.add(person)
            await session.flush()
            about = {"association_id": association_id, "created_at": NOW, "updated_at": NOW}
            session.add(Member(person_id=person.id, name=NAME, email=EMAIL, phone=PHONE, **about))
        march = Activity(
            association_id=big.id, kind="meeting", open=True, title="Möte", starts_local="2026-11-28T14:00",
            zone="Europe/Stockholm", starts_at=NOW + timedelta(days=6), created_at=NOW,
        )  # fmt: skip
        session.add(march)
        await session.flush()
        await outbox.queue_post(
            session, "call:1", PostKind.CALL, private={}, priority=Priority.CALL, now=NOW, activity_id=march.id
        )
    return found


async def test_it_freezes_locks_out_and_reports(settings):
    """What was done and when, how many are affected, until when the authority is to know; no name, no address."""
    async with opened(settings) as house:
        code, before = await new_code(house, NOW), read_keys(settings.data_dir / KEY_FILE)

        path, report = await incident.handle(settings, house, lambda: NOW)

        async with house.database.write() as session:
            assert await hold.get_hold(session) == hold.Hold(NOW, None)
            assert await codes.redeem(session, house.keys, ADMIN_CODE, code, now=NOW) is None
            assert await session.scalar(select(Post.stale))  # its cards get new buttons
    after, said = read_keys(settings.data_dir / KEY_FILE), path.read_text()
    assert said == "\n".join(report.lines) + "\n"
    assert path.stat().st_mode & 0o777 == 0o600
    for words in (
        "end 2026-11-25 09:00 UTC", "09:00 UTC  On HOLD", "1 open code ended", "A new key encrypts",
        "persons 9, members 8, emails 8, phones 8, addresses 0", "accounts on telegram: under 5", "questions: 0",
        "Provstad: persons 7, members 7", "Ensamby: persons under 5, members under 5", "imy.se",
    ):  # fmt: skip
        assert words in said, said
    assert not [one for one in (NAME, EMAIL, PHONE, "4711", code) if one in said]
    signed = signing.sign(before.buttons, "privacy.forget", "")
    assert signing.read_signed(after.buttons, signed) is None
    assert (after.index, len(after.encryption)) == (before.index, 2)


async def test_what_waits_for_a_yes_waits_no_more(settings):
    """Somebody in a stolen account may have asked for it; what people write for themselves stays."""
    async with opened(settings) as house:
        async with house.database.write() as session:
            asker = (await session.scalars(select(Person.id).limit(1))).one()
            number = await approvals.add(session, "export.register", "", asked_by=asker, now=NOW)
            for form in (INVITE, WAITING, "call"):
                begun: Any = {"argument": "", "style": FormStyle.STEPS, "answers": {}}
                await drafts.start(session, person_id=asker, form=form, now=NOW, **begun)

        _, report = await incident.handle(settings, house, lambda: NOW)

        async with house.database.write() as session:
            assert not await approvals.decide(session, number, by=asker + 1, now=NOW)
            assert (await session.scalars(select(Draft.form))).all() == ["call"]
    said = "1 requests for another admin's yes lapsed; 2 opened invitations and lists of members"
    assert said in "\n".join(report.lines)
    assert "incident --dry-run --list FILE" in "\n".join(report.lines), (
        "a second incident would change the keys again"
    )


async def test_a_dry_run_changes_nothing(settings):
    """One may look first, and practise."""
    before = (settings.data_dir / KEY_FILE).read_bytes()
    async with opened(settings) as house:
        report = await incident.look(house, lambda: NOW)

        async with house.database.read() as session:
            assert await hold.get_hold(session) is None
    assert "persons 9" in "\n".join(report.lines)
    assert (settings.data_dir / KEY_FILE).read_bytes() == before
    assert not (settings.data_dir / "incidents").exists()


async def test_few_are_not_told_apart_in_the_sums_either(tmp_path):
    """Three persons in all are as few as three of an association."""
    async with opened(Settings(data_dir=tmp_path / "data", _env_file=None)) as house:
        async with house.database.write() as session:
            session.add_all([Person(language="sv", created_at=NOW) for _ in range(3)])
        report = await incident.look(house, lambda: NOW)

    assert "  persons under 5, members 0, emails 0, phones 0, addresses 0" in report.lines
    assert "persons 3" not in "\n".join(report.lines)


@pytest.mark.long
def test_whom_to_inform_is_a_file_for_one_pair_of_eyes(settings, command, tmp_path):
    """Names only where they are asked for; a spreadsheet takes none of it for a formula."""
    file = tmp_path / "whom.csv"

    done = command("incident", "--dry-run", "--list", str(file))
    again = command("incident", "--dry-run", "--list", str(file))

    assert f"9 persons to inform stand in {file}" in done.stdout
    assert NAME not in done.stdout
    rows = list(csv.DictReader(file.read_text(encoding="utf-8").splitlines()))
    assert {"name": NAME, "phone": f"'{PHONE}", "email": EMAIL, "association": "Ensamby"}.items() <= rows[
        1
    ].items()
    assert [row["accounts"] for row in rows if row["accounts"]] == ["telegram 4711"]
    assert file.stat().st_mode & 0o777 == 0o600
    says(again, f"{file} cannot be made: File exists.", 2)


@pytest.mark.long
def test_the_operator_does_it_with_one_command(settings, command):
    """It says where the report is, and the doctor that nothing is sent."""
    done = command("incident")

    (path,) = (settings.data_dir / "incidents").iterdir()
    assert done.returncode == 0
    assert f"This report is kept in {path}." in done.stdout
    assert "on HOLD since" in command("doctor").stdout
