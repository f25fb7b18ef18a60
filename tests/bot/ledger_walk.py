"""What the walk through the ledger checks at every step, by plain SQL beside the product."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.delivery.decisions import MOST_ATTEMPTS, MOVES
from chat.address import Platform
from chat.quiet import allowed_from, parse
from chat.sending import Outgoing
from db.models import State
from tests.bot.ground import Ground
from tests.bot.taking_turns import Arrivals
from tests.room import STOCKHOLM

NOTES_MOVES = {
    "sqlite": """
    CREATE TABLE moved (delivery INTEGER, was TEXT, became TEXT);
    CREATE TRIGGER notes_moves AFTER UPDATE OF state ON delivery WHEN old.state <> new.state
    BEGIN INSERT INTO moved VALUES (old.id, old.state, new.state); END;
    """,
    "postgresql": """
    CREATE TABLE moved (delivery INTEGER, was TEXT, became TEXT);
    CREATE FUNCTION notes() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN INSERT INTO moved VALUES (old.id, old.state, new.state); RETURN NULL; END $$;
    CREATE TRIGGER notes_moves AFTER UPDATE OF state ON delivery
    FOR EACH ROW WHEN (old.state <> new.state) EXECUTE FUNCTION notes();
    """,
}
ACCOUNTS = 2  # that anybody has
AT_REST = {"sent", "held", "dead", "expired", "cancelled"}
ROW = """
SELECT d.id, d.state, d.reason, d.attempt, d.owner, d.not_before, d.expires_at, d.lane, d.person_id, p.kind,
  p.activity_id, p.revision, person.quiet_hours, account.stopped, account.consent, activity.starts_at
FROM delivery d JOIN post p ON p.id = d.post_id LEFT JOIN person ON person.id = d.person_id
LEFT JOIN account ON account.id = d.account_id LEFT JOIN activity ON activity.id = p.activity_id
"""
TWICE = {"call", "change", "cancellation", "personal", "security", "reminder"}
TO_ONE = {"personal", "security"}


def moment(kept: str | datetime) -> datetime:
    """A moment as the database keeps it."""
    return kept if isinstance(kept, datetime) else datetime.fromisoformat(kept).replace(tzinfo=UTC)


@dataclass(slots=True)
class Book:
    """Knows what was called off and whom the night protects; `check` fails when a promise is broken."""

    ground: Ground
    arrivals: dict[Platform, Arrivals]
    called_off: set[int] = field(default_factory=set)
    decided: Counter[int] = field(default_factory=Counter)  # how often an organiser has sent these once more
    may_break_quiet: set[int] = field(default_factory=set)
    seen: set[tuple[State, State]] = field(default_factory=set)

    def living(self) -> set[str]:
        """The names of those who are not given up."""
        return {row["id"] for row in self.ground.query("SELECT id FROM worker")}

    def rows(self, where: str = "1 = 1", *values: object) -> Sequence[Mapping[str, Any]]:
        """Deliveries with what decides about them."""
        return self.ground.query(f"{ROW} WHERE {where}", *values)

    def begins(self, delivery_id: int, outgoing: Outgoing, now: datetime) -> None:
        """A message begins: it may."""
        (row,) = self.rows("d.id = ?", delivery_id)
        assert row["state"] == "sending", "the intent is committed first"
        assert delivery_id not in self.called_off, "called off before"
        assert moment(row["not_before"]) <= now
        assert row["expires_at"] is None or moment(row["expires_at"]) > now
        if outgoing.private:
            assert not row["stopped"] or row["kind"] == "security"
            assert row["consent"] != "no" or row["kind"] not in {"call", "digest", "announcement"}
            assert self._may_be_heard(row, now), "somebody was woken"

    def _may_be_heard(self, row: Mapping[str, Any], now: datetime) -> bool:
        hours = parse("21-08" if row["quiet_hours"] is None else row["quiet_hours"])
        morning = allowed_from(now, hours, STOCKHOLM)
        near = row["kind"] in {"change", "cancellation"} and moment(row["starts_at"]) - now <= timedelta(hours=24)
        swallowed = row["expires_at"] is not None and moment(row["expires_at"]) <= morning
        free = row["kind"] in TO_ONE or row["id"] in self.may_break_quiet
        return morning == now or near or swallowed or free

    def check(self, living: dict[str, list[int]]) -> None:
        """After any step. `living`: each worker's name, and what it has in the air."""
        noted = self.ground.query("SELECT was, became FROM moved")
        for was, became in {(State(row["was"]), State(row["became"])) for row in noted}:
            assert became in MOVES[was], f"{was} → {became}"
            self.seen.add((was, became))
        for row in self.rows():
            assert row["attempt"] <= MOST_ATTEMPTS * ACCOUNTS
            assert row["state"] in {"ready", "sent", "claimed", "sending"} or row["reason"], "nobody knows why"
            assert row["state"] != "claimed" or row["owner"] not in living, "claimed, and nobody works on it"
            flying = living.get(row["owner"], [])
            assert row["state"] != "sending" or row["owner"] not in living or row["id"] in flying
            self._count(row)

    def _count(self, row: Mapping[str, Any]) -> None:
        messages = [len(on.messages.get(nonce_of(on, row["id"]), [])) for on in self.arrivals.values()]
        most = (2 if row["kind"] in TWICE else 1) + self.decided[row["id"]]  # a person may decide for one more
        assert sum(messages) <= most, "doubled, and must not be"
        assert row["state"] != "sent" or sum(messages) >= 1, "it says sent, and is nowhere"

    def check_rest(self, planned: int) -> None:
        """At the end everybody has it, or somebody can see why not."""
        rows = self.rows()
        assert len(rows) == planned
        assert {row["state"] for row in rows} <= AT_REST


def nonce_of(on: Arrivals, delivery_id: int) -> str:
    """Under which nonce that platform knows the delivery, if it does."""
    return next((one for one in on.messages if int(one[13:], 16) == delivery_id), "")
