"""The same code on PostgreSQL: tables, dialogues, the outbox."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy import text as text_of

from db import held, progress, reminders
from db.models import Delivery, Signup
from db.outbox import Quiet
from schedules import reminders as schedule
from tests import given
from tests.db.test_migrations import differences
from tests.handlers.holding import asked, deliveries, held_digest
from tests.room import ADA, BEN, STOCKHOLM, room_on, text
from tests.schedules.ticking import tick

QUIET = Quiet(STOCKHOLM, "21-08")
SATURDAY = "2026-11-28 14:00"
