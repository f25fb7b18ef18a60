"""What the bot does by the clock: the list of its jobs, a line each."""

from datetime import timedelta
from functools import partial

from db.keys import Keys
from schedules import (
    approvals,
    backup,
    digest,
    former_members,
    held,
    housekeeping,
    progress,
    reminders,
    welcome,
    zones,
)
from schedules.job import Chore, Job

JOBS: tuple[Job, ...] = (
    Job("zones", timedelta(minutes=1), zones.run),  # first: what follows goes by today's rules
    Job("reminders", timedelta(seconds=1), reminders.run, reminders.next_due),
    Job("welcome", timedelta(seconds=5), welcome.run),
    Job("progress", timedelta(seconds=5), progress.run),
    Job("held", timedelta(minutes=1), held.run),
    Job("approvals", timedelta(minutes=1), approvals.run),
    Job("digest", timedelta(minutes=1), digest.run),  # Mondays at nine, local time
    Job("housekeeping", timedelta(hours=1), housekeeping.run),
)


def jobs(keys: Keys) -> tuple[Job, ...]:
    """All of them, also what needs the keys."""
    forget = partial(former_members.run, keys=keys)
    return (*JOBS, Job("former members", timedelta(minutes=1), forget, former_members.next_due))


CHORES: tuple[Chore, ...] = (Chore("backup", timedelta(hours=1), backup.run),)  # of SQLite
