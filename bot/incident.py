"""`./kallelse incident`: sending is frozen, what leaked is locked out, and a report says what was done and when.

The report holds counts, not persons: it goes to the supervisory authority within 72 hours (GDPR article 33).
"""

import csv
import os
from collections.abc import Callable, Sequence
from dataclasses import astuple, dataclass, field, fields
from datetime import datetime, timedelta
from pathlib import Path

from bot import holding, rotation
from bot.errors import OperatorError, WrongInputError
from bot.health import minute
from bot.opening import KEY_FILE, Opened
from bot.settings import Settings
from db import approvals, audit, drafts, incident
from db.import_members.rows import WAITING
from db.incident import Affected, Concerned
from handlers.organisers.invite import INVITE
from texts.few import LEAST, is_few

FOLDER = "incidents"
WITHIN = timedelta(hours=72)  # after one became aware of it: GDPR article 33.1
ACTION = "incident"
TO_DO = """What only people can do:
  1. Restart the bot: buttons made before are refused from then on. Sending rests until ./kallelse release.
  2. Where tokens may have leaked: new ones from @BotFather and Discord's developer portal, into .env.
  3. Copy keys.json to where you keep its copy. Change the passwords of machine, database and mail.
     If keys.json itself was in wrong hands: it opens the backups of before; make a new one, remove those, stop
     the bot, then ./kallelse keys rotate --drop-old.
  4. Notify the supervisory authority (in Sweden imy.se) before the moment above; late is better than not at all.
  5. If the risk for people is high, tell them (article 34): ./kallelse incident --dry-run --list FILE says
     whom. That somebody is kept here can show a political opinion: count it as high.
  6. Write down what happened, what follows from it and what you did (article 33.5), beside this report.
docs/privacy.md has the whole routine."""


@dataclass(slots=True)
class Report:
    """Lines without personal data, for people to read."""

    lines: list[str] = field(default_factory=list)

    def add(self, *lines: str) -> None:
        """These as well."""
        self.lines += lines

    def done(self, what: str, clock: Callable[[], datetime]) -> None:
        """That was done at this moment."""
        self.lines.append(f"{minute(clock())}  {what}")


async def look(house: Opened, clock: Callable[[], datetime]) -> Report:
    """What would be affected and done; nothing is."""
    report = Report([f"Dry run of {minute(clock())}: nothing was changed."])
    await _count(house, report)
    report.add(
        "",
        "It would freeze sending, end all open codes and whatever waits for somebody's yes, make a new encryption "
        "key and a new key of buttons.",
    )
    return report


async def handle(settings: Settings, house: Opened, clock: Callable[[], datetime]) -> tuple[Path, Report]:
    """All that a program can do at once is done; the report, and where it is kept. Errors: OperatorError.

    What was done before an error is done, and is in the report.
    """
    began = clock()
    report = Report([f"Incident, report begun {minute(began)}."])
    report.add(f"The 72 hours of GDPR article 33 end {minute(began + WITHIN)} if you learnt of it just now.", "")
    path = _new_file(settings, began)
    try:
        await _lock_out(settings, house, clock, report)
    except OperatorError as error:
        report.done(f"not done: {error}", clock)
        raise
    finally:
        report.add("")
        await _count(house, report)
        report.add("", TO_DO)
        path.write_text("\n".join(report.lines) + "\n", encoding="utf-8")
    return path, report


def _new_file(settings: Settings, began: datetime) -> Path:
    folder = settings.data_dir / FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    path = folder / f"incident-{began:%Y%m%dT%H%M%SZ}.txt"
    os.close(_opened(path))
    return path


async def _lock_out(settings: Settings, house: Opened, clock: Callable[[], datetime], report: Report) -> None:
    report.done(await holding.begin(house, after_restore=False, now=clock()), clock)
    async with house.database.write() as session:
        ended = await incident.kill_codes(session)
        lapsed = await approvals.lapse(session, now=clock())
        thrown_away = await drafts.discard_all(session, (INVITE, WAITING))
        audit.note(session, ACTION, "installation", actor_id=None, now=clock())
        await incident.draw_cards_anew(session, now=clock())
    codes = "1 open code" if ended == 1 else f"{ended} open codes"
    report.done(f"{codes} ended: links, invitations and typed codes of before are worth nothing.", clock)
    report.done(
        f"{lapsed} requests for another admin's yes lapsed; {thrown_away} opened invitations and lists of members "
        "that waited for a yes were thrown away.",
        clock,
    )
    rotated = await rotation.rotate(settings, house, drop_old=False, clock=clock, afresh=True)
    report.done("A new key of buttons, in force at the next start of the bot.", clock)
    for line in rotation.told(rotated, settings.data_dir / KEY_FILE):
        report.done(line, clock)


async def _count(house: Opened, report: Report) -> None:
    async with house.database.read() as session:
        rows, kinds = await incident.by_association(session), await incident.kinds(session)
    total = [sum(numbers) for numbers in zip(*(astuple(one)[1:] for one in rows), strict=True)]
    names = [one.name for one in fields(Affected)]
    report.add(f"Affected, at most (fewer than {LEAST} are not told apart):")
    report.add("  " + ", ".join(f"{name} {_few(count)}" for name, count in zip(names[1:], total, strict=False)))
    report.add(*(f"  {name}: {_few(count)}" for name, count in kinds.items()))
    report.add(*(f"  {one.association or 'no association'}: {_said(one, names)}" for one in rows))


def _said(one: Affected, names: Sequence[str]) -> str:
    counts = zip(names[1:], astuple(one)[1:], strict=True)
    return ", ".join(f"{name} {_few(count)}" for name, count in counts)


def _few(count: int) -> str:
    return f"under {LEAST}" if count and is_few(count) else str(count)


async def list_concerned(house: Opened, file: Path) -> int:
    """How many persons stand in that new file, readable for its owner alone. Errors: WrongInputError."""
    async with house.database.read() as session:
        everybody = await incident.everybody(session)
    with os.fdopen(_opened(file), "w", encoding="utf-8", newline="") as target:
        rows = csv.writer(target)
        rows.writerow([one.name for one in fields(Concerned)])
        rows.writerows([_cell(value) for value in astuple(one)] for one in everybody)
    return len(everybody)


def _opened(file: Path) -> int:
    try:
        return os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise WrongInputError(f"{file} cannot be made: {error.strerror}.") from error


def _cell(value: object) -> str:
    """As text that no spreadsheet takes for a formula."""
    text = "; ".join(value) if isinstance(value, list) else str(value)
    return f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t", "\r"} else text
