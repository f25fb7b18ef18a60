"""`./kallelse invite`: codes for letters and messages."""

import asyncio
import csv
import io
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot import invite as inviting
from bot.errors import OperatorError, WrongInputError
from bot.opening import opened
from bot.settings import Settings
from db.installation import TELEGRAM_NAME, set_setting
from db.linking import MEMBER
from db.models import Code, Member, MemberStatus, Person
from handlers.invite import link_to, qr
from tests.room import NOW

NUMBERS = ["1001", "=1+1", "@SUM(A1)", None]


@pytest.fixture
def members(data):
    """Four active members whom nobody has linked to, and a former one; the bot has been on Telegram."""

    async def fill():
        async with opened(Settings(data_dir=data, _env_file=None)) as house, house.database.write() as session:
            for number in [*NUMBERS, "former"]:
                person = Person(language="sv", created_at=NOW)
                session.add(person)
                await session.flush()
                status = MemberStatus.FORMER if number == "former" else MemberStatus.ACTIVE
                session.add(
                    Member(person_id=person.id, number=number, name="Testa Testsson", status=status.value,
                           created_at=NOW, updated_at=NOW)
                )  # fmt: skip
            await set_setting(session, TELEGRAM_NAME, "ExempelBot")

    asyncio.run(fill())
    return data


def _rows(ended):
    return list(csv.DictReader(io.StringIO(ended.stdout)))


def test_everybody_who_is_not_linked_is_invited(command, members):
    """A table for a mail merge: numbers, codes and links, no names, and nothing that calculates."""
    ended = command("invite")

    rows = _rows(ended)
    assert ended.returncode == 0
    assert [row["member"] for row in rows] == ["1", "2", "3", "4"]
    assert [row["number"] for row in rows] == ["1001", "'=1+1", "'@SUM(A1)", ""]
    assert all(row["link"] == f"https://t.me/ExempelBot?start={row['code']}" for row in rows)
    assert len({row["code"] for row in rows}) == 4
    assert "Testa" not in ended.stdout + ended.stderr
    assert "4 codes, each for one member" in ended.stderr
    assert "delete this" in ended.stderr


def test_one_code_is_not_many(members):
    """What is told is a sentence of one code, too."""
    made, until, _ = asyncio.run(_invite(members, member=1))

    assert inviting.told(made, until).startswith("1 code, for one member, valid once, until ")


async def _invite(folder, **options):
    async with opened(Settings(data_dir=folder, _env_file=None)) as house:
        asked = {"member": None, "printed": False, "pictures": False} | options
        made, until = await inviting.invite(house, **asked, now=NOW)
        async with house.database.read() as session:
            rows = (await session.scalars(select(Code).where(Code.purpose == MEMBER))).all()
        return made, until, rows


@pytest.mark.parametrize(("printed", "hours"), [(False, 72), (True, 45 * 24)])
def test_a_letter_is_given_more_time(members, printed, hours):
    """Post takes days, and lies about."""
    made, until, rows = asyncio.run(_invite(members, member=2, printed=printed))

    assert [one.member for one in made] == [2]
    assert until - NOW == timedelta(hours=hours)
    assert [(one.argument, one.expires_at - one.created_at) for one in rows] == [("2", timedelta(hours=hours))]


def test_pictures_and_the_table_are_for_the_operators_eyes(command, members, tmp_path):
    """They open memberships."""
    file = tmp_path / "codes.csv"
    file.write_text("old")
    file.chmod(0o644)

    ended = command(
        "invite", "--member", "1", "--csv", str(file), "--png", str(tmp_path / "p"), "--svg", str(tmp_path / "p")
    )

    drawn = sorted(one.name for one in (tmp_path / "p").iterdir())
    assert (ended.returncode, ended.stdout) == (0, "")
    assert drawn == ["member-1.png", "member-1.svg"]
    assert {one.stat().st_mode & 0o777 for one in [file, *(tmp_path / "p").iterdir()]} == {0o600}
    assert (tmp_path / "p").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "p" / "member-1.png").read_bytes().startswith(b"\x89PNG")
    assert b"<svg" in (tmp_path / "p" / "member-1.svg").read_bytes()


@pytest.mark.parametrize("number", [5, 99, 0, -1, 2**31, 10**30])
def test_only_active_members_are_invited(members, number):
    """A former member's code would link nobody."""
    with pytest.raises(WrongInputError, match=f"There is no active member {number}"):
        asyncio.run(_invite(members, member=number))


def test_a_picture_needs_the_bots_name(data):
    """Without it there is no link to draw; a code alone can be made all the same."""
    with pytest.raises(OperatorError, match="A picture holds the link"):
        asyncio.run(_invite(data, pictures=True))

    made, until, _ = asyncio.run(_invite(data))
    assert inviting.told(made, until) == "Every active member has an account; nothing was made."


def test_the_picture_is_small_and_the_link_fits_telegram():
    """A start parameter has at most 64 characters."""
    link = link_to("a" * 32, "x" * 22)

    assert link is not None
    assert len(link.partition("start=")[2]) <= 64
    assert len(qr(link)) < 5_000
