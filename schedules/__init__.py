"""What the bot does by the clock: the list of its jobs, a line each."""

from schedules.job import Job

JOBS: tuple[Job, ...] = ()
