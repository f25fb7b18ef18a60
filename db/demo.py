"""An invented district to look at: eight associations, a few weeks of activities, and people who answered."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from chat.address import Address, Platform
from db import labels, offices, people, register, reminders, roles, signup, try_out
from db.installation import Installation, get_setting, set_setting
from db.keys import Keys
from db.models import Activity, Answer, LabelKind, Member, Person
from db.models import ActivityKind as Kind
from db.outbox import Quiet

MADE = "demo"  # the setting that remembers it
ASSOCIATIONS = (
    try_out.HOME,
    try_out.OTHER,
    "Påhittsås",
    "Låtsasvik",
    "Modellköping",
    "Testfors",
    "Skenheden",
    "Utkastånger",
)
NAMES = ("Testa", "Prova", "Hitta", "Låtsa", "Tänka", "Fånga", "Skissa", "Leka", "Rita", "Gissa", "Ana", "Mena")
SURNAMES = ("Demosson", "Exempelqvist")  # one round of first names each, so that nobody is there twice


MEMBERS_SURNAMES = (
    "Testsson", "Provsdotter", "Påhittsson", "Låtsasdotter", "Modellqvist", "Skissberg", "Utkastlund",
    "Exempelgren",
)  # fmt: skip
MEMBERS = len(NAMES) * len(MEMBERS_SURNAMES)  # in the invented register; some with an address, some with none
CHAIR, BOARD = "Ordförande", "Styrelse"
LABELS = {
    LabelKind.INTEREST: ("Miljö och klimat", "Skola", "Vård och omsorg"),
    LabelKind.SKILL: ("Baka", "Köra bil", "Skriva"),
    LabelKind.LIST: ("Studiecirklar",),
}


@dataclass(frozen=True, slots=True)
class Invented:
    """One activity: so many days ahead, at that time by the clock on the wall. `coming` have said they come."""

    days: int
    at: str
    association: str
    kind: Kind
    title: str
    place: str
    open: bool = True
    hours: int = 2
    text: str = ""
    bring: str = ""
    read: str = ""
    coming: int = 0


ACTIVITIES = (
    Invented(1, "18:30", "Provstad", Kind.MEETING, "Öppet möte om vården", "Provstads bibliotek", coming=7),
    Invented(2, "17:00", "Påhittsås", Kind.ACTION, "Flygblad vid stationen", "Stationen, Påhittsås", coming=3),
    Invented(
        3, "18:00", "Exempelby", Kind.MEETING, "Styrelsemöte", "Föreningslokalen", open=False, coming=5
    ),
    Invented(
        5, "13:00", "Exempelby", Kind.DEMONSTRATION, "Rädda nattbussen", "Stortorget, Exempelby", coming=14,
        text="Vi samlas och går till kommunhuset. Ta med familj och vänner.", bring="plakat och varma kläder",
    ),
    Invented(7, "18:30", "Låtsasvik", Kind.SOCIAL, "Soppa och samtal", "Folkets hus, Låtsasvik", coming=6),
    Invented(
        9, "10:00", try_out.DISTRICT, Kind.TRAINING, "Ny i föreningen", "Provstads folkhögskola", hours=5,
        coming=9, bring="anteckningsbok", read="häftet Hur vi arbetar",
    ),
    Invented(10, "18:00", "Testfors", Kind.MEETING, "Fullmäktigegruppen", "Digitalt", open=False, coming=4),
    Invented(12, "11:00", "Modellköping", Kind.ACTION, "Torgmöte", "Lilla torget, Modellköping", coming=2),
    Invented(14, "19:00", "Skenheden", Kind.SOCIAL, "Filmkväll", "Biografen Skenet", coming=8),
    Invented(
        19, "12:00", try_out.DISTRICT, Kind.DEMONSTRATION, "Länsmanifestation för skolan",
        "Landstingshuset, Provstad", coming=11, text="Bussar går från alla orter.", bring="reflexväst",
    ),
    Invented(23, "18:00", "Utkastånger", Kind.MEETING, "Årsmöte", "Bygdegården, Utkastånger", coming=5),
    Invented(30, "10:00", try_out.DISTRICT, Kind.TRAINING, "Studiecirkelledare", "Digitalt", coming=6),
)  # fmt: skip


async def is_demo(session: AsyncSession) -> bool:
    """Whether this is a demo's database, which holds nothing real."""
    return await get_setting(session, MADE) is not None


async def set_demo(session: AsyncSession) -> None:
    """The database is a demo's from now on."""
    await set_setting(session, MADE, "yes")


async def is_empty(session: AsyncSession) -> bool:
    """Whether nobody was ever in contact and nothing was ever announced."""
    return not await session.scalar(select(exists(select(Person.id)) | exists(select(Activity.id))))


async def seed(session: AsyncSession, keys: Keys, installation: Installation, *, now: datetime) -> None:
    """The invented district is there, with everything in the weeks after `now`."""
    await try_out.seed(session, keys, language=installation.language, now=now)
    homes = {name: await try_out.ensure_association(session, name, now=now) for name in ASSOCIATIONS}
    homes[try_out.DISTRICT] = await try_out.ensure_association(session, try_out.DISTRICT, now=now)
    organiser = await people.get_person(session, keys, try_out.account(try_out.ORGANISER))
    assert organiser is not None
    crowd = await _crowd(session, keys, homes, installation.language, now)
    await _register(session, keys, homes, organiser_id=organiser.id, language=installation.language, now=now)
    for one in ACTIVITIES:
        row = _activity(one, homes[one.association], organiser.id, installation.zone, now)
        session.add(row)
        await session.flush()
        for person_id, name in list(crowd.items())[: one.coming]:
            await signup.set_answer(session, row.id, person_id, Answer.COMING, name=name, now=now)
        await reminders.plan(session, row.id, now=now, quiet=Quiet(installation.zone, installation.quiet_hours))


async def _crowd(
    session: AsyncSession, keys: Keys, homes: dict[str, int], language: str, now: datetime
) -> dict[int, str]:
    """The ids and names of people who never opened the bot in private: nothing is sent to them."""
    found = {}
    for number in range(max(one.coming for one in ACTIVITIES)):
        address = Address(Platform.TRY, f"demo-{number}")
        person = await people.add_person(session, keys, address, language=language, invented=True, now=now)
        home = homes[ASSOCIATIONS[number % len(ASSOCIATIONS)]]
        await people.set_values(session, person.id, association_id=home, greeted_at=now)
        found[person.id] = f"{NAMES[number % len(NAMES)]} {SURNAMES[number // len(NAMES)]}"
    return found


async def _register(
    session: AsyncSession, keys: Keys, homes: dict[str, int], *, organiser_id: int, language: str, now: datetime
) -> None:
    """Members without an account, the first of each association its chair; the organiser persona keeps it all."""
    await roles.grant(
        session,
        organiser_id,
        roles.REGISTRAR,
        association_id=None,
        name=try_out.NAMES[try_out.ORGANISER],
        granted_by=None,
        now=now,
    )
    await offices.add_kinds(session, [CHAIR, BOARD], invented=True)
    chair = next(one.id for one in await offices.kinds(session, invented=True) if one.name == CHAIR)
    for number in range(MEMBERS):
        home = ASSOCIATIONS[number % len(ASSOCIATIONS)]
        person_id = await _member(session, keys, number, (home, homes[home]), language=language, now=now)
        if number < len(ASSOCIATIONS):
            first = now.date() - timedelta(days=200)
            await offices.give(session, person_id, chair, homes[home], starts_on=first, ends_on=None)
    for kind, names in LABELS.items():
        for name in names:
            await labels.add_label(session, kind, name, association_id=None, invented=True)


async def _member(
    session: AsyncSession, keys: Keys, number: int, home: tuple[str, int], *, language: str, now: datetime
) -> int:
    person = Person(language=language, association_id=home[1], invented=True, created_at=now)
    session.add(person)
    await session.flush()
    first, last = NAMES[number % len(NAMES)], MEMBERS_SURNAMES[number // len(NAMES)]
    email = f"{first}.{last}@exempel.invalid".lower() if number % 5 < 2 else None  # noqa: PLR2004 - four in ten
    member = Member(
        person_id=person.id,
        association_id=home[1],
        name=f"{first} {last}",
        email=email,
        email_index=register.email_index(keys, email) if email else None,
        address=f"Påhittsvägen {number + 1}\n123 45 {home[0]}" if number % 3 == 0 else None,
        joined_on=now.date() - timedelta(days=30 * number),
        paid_until=now.date().replace(month=12, day=31),
        created_at=now,
        updated_at=now,
    )
    session.add(member)
    await session.flush()
    return person.id


def _activity(one: Invented, association_id: int, organiser_id: int, zone: ZoneInfo, now: datetime) -> Activity:
    day = now.astimezone(zone).date() + timedelta(days=one.days)
    start = datetime.combine(day, time.fromisoformat(one.at), zone)
    return Activity(
        association_id=association_id,
        kind=one.kind.value,
        open=one.open,
        title=one.title,
        text=one.text,
        place=one.place,
        bring=one.bring,
        read=one.read,
        starts_local=start.strftime("%Y-%m-%dT%H:%M"),
        zone=zone.key,
        starts_at=start,
        ends_at=start + timedelta(hours=one.hours),
        organiser_id=organiser_id,
        invented=True,
        created_at=now,
    )
