"""The faults: a place in the source, what stands there, what it becomes, and the tests that must notice."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """`old` stands once in the file. `name` says what goes wrong; `tests` are what pytest is given."""

    name: str
    file: str
    old: str
    new: str
    tests: str


def _of(file: str, tests: str, *faults: tuple[str, str, str]) -> list[Fault]:
    return [Fault(name, file, old, new, tests) for name, old, new in faults]


def _by(file: str, *faults: tuple[str, str, str, str]) -> list[Fault]:
    return [Fault(name, file, old, new, tests) for name, tests, old, new in faults]


DECISIONS = _of(
    "bot/delivery/decisions.py",
    "tests/bot/test_decisions.py",
    ("late at the last moment", "facts.expires_at <= now", "facts.expires_at < now"),
    ("cancellations are cancelled", "facts.cancelled and facts.kind in ENDS_WITH_ACTIVITY", "facts.cancelled"),
    ("held becomes again", "if _would_double(facts, now):", "if False:"),
    ("no means yes", "facts.consent == Consent.NO and", "False and"),
    ("no is only for calls", ", PostKind.ANNOUNCEMENT})  # unless", "})  # unless"),
    ("signed up and not told", "in NEEDS_CONSENT and not facts.by_signup:", "in NEEDS_CONSENT:"),
    ("internal in an open group", "if facts.level == Level.OPEN and not facts.open:", "if False:"),
    ("swallowed by the night", "return moment if ends is not None and allowed >= ends else allowed", "return allowed"),
    ("a near change waits", "facts.starts_at - moment <= NEAR", "facts.starts_at - moment > NEAR"),
    ("unknown is not sent", "    return uncertain(facts, now, zone)\n\n\ndef _never",
     "    return _later(facts, now, zone, luck=luck, broken=broken)\n\n\ndef _never"),
    ("one try too many", "if tried == 0 and not broken:", "if tried == 1 and facts.attempt and not broken:"),
    ("all come back together", "seconds = luck * min(", "seconds = min("),
    ("again for ever", "first_time = facts.reason != Reason.AGAIN and", "first_time ="),
    ("no second death", "if facts.reason == Reason.AGAIN:\n        return Next(State.HELD", "if False:\n        return Next(State.HELD"),
    ("the nonce a moment too long", "timedelta(seconds=SEND_SECONDS) < KNOWS", "timedelta(seconds=SEND_SECONDS) <= KNOWS"),
    ("a try takes no time", "return moment - since + timedelta(seconds=SEND_SECONDS)", "return moment - since"),
    ("on to the next account, perhaps for the second time", "    if _is_only_once(facts, now):\n        return Next(State.HELD", "    if False:\n        return Next(State.HELD"),
    ("forgets that it may have arrived", "return Reason.AGAIN if facts.reason == Reason.AGAIN else None", "return None"),
    ("a late reminder again", "facts.expires_at - now > STILL_USEFUL", "facts.expires_at > now"),
)  # fmt: skip

LANE = _by(
    "bot/delivery/lane.py",
    ("the digest first", "tests/bot/test_delivery_races.py -k overtakes", "sorted(ready)", "sorted(ready, reverse=True)"),
    ("sends what was taken away", "tests/bot/test_delivery_races.py -k called_off_while", "if attempt is None:\n                return", "if attempt is None:\n                attempt = 1"),
    ("begins after the end", "tests/bot/test_delivery_races.py -k end_gives_back", "None if self._stopping else await", "await"),
    ("does not wait for its turn", "tests/bot/test_delivery_races.py -k lease_lost", "if turn is not None and self.tools.lease.is_safe:", "if True:"),
    ("sends with a lost lease", "tests/bot/test_delivery_races.py -k lease_lost", "if turn is not None and self.tools.lease.is_safe:", "if turn is not None:"),
    ("claims with a lost lease", "tests/bot/test_delivery_races.py -k without_its_lease", "or room <= 0 or not self.tools.lease.is_safe:", "or room <= 0:"),
    ("a slow answer is no message", "tests/bot/test_delivery_races.py -k slow_answer", "except TimeoutError as error:\n            raise Uncertain", "except TimeoutError as error:\n            raise NotSent"),
    ("an odd error is no message", "tests/bot/test_delivery.py -k each_error", "raise Uncertain from error\n\n    def _failed", "raise NotSent from error\n\n    def _failed"),
    ("a wall of requests", "tests/bot/test_delivery_end.py -k asks_to_wait", "if isinstance(error, Paused):", "if False:"),
    ("an outage is the message's fault", "tests/bot/test_delivery_end.py -k dead_platform", "self.breaker.failed(time.monotonic())", "self.breaker.worked()"),
    ("one damaged row silences all", "tests/bot/test_delivery_end.py -k cannot_be_read", "return [copy for one in ids for copy in await self._copies([one])]", "return []"),
    ("forgets what it claimed", "tests/bot/test_delivery_races.py -k nobody_heard", "self._muddled = True", "self._muddled = False"),
)  # fmt: skip

LEDGER = _by(
    "bot/delivery/ledger.py",
    ("a pause is charged", "tests/bot/test_delivery.py -k each_error", 'values["attempt"] = one.attempt - 1', "pass"),
    ("forgets an intent it committed", "tests/bot/test_delivery_races.py -k nobody_heard", "owner=owner) if again else {}", "owner=owner) if False else {}"),
    ("writes on into a group that threw it out", "tests/bot/test_delivery.py -k threw_us", "if one.next.chat_gone and", "if False and"),
    ("loses a group that moved", "tests/bot/test_delivery.py -k group_that_moved", "if one.next.moved_to and", "if False and"),
    ("knocks at a closed door", "tests/bot/test_delivery.py -k blocked_account", "await people.set_unreachable(session, row.account_id)", "pass"),
    ("gives up with the first account", "tests/bot/test_delivery.py -k blocked_account", "values |= await self._next_account(session, row, attempt)", "pass"),
    ("moves on to those who come only with a yes", "tests/bot/test_delivery.py -k moves_on", "in NEEDS_CONSENT and not row.by_signup", "in NEEDS_CONSENT"),
    ("one bad row takes its neighbours along", "tests/bot/test_delivery_races.py -k cannot_be_kept", "            for job in jobs:\n                await self._do([job])", "            jobs[0].done.set_exception(error)"),
)  # fmt: skip

LOOP = _by(
    "bot/delivery/loop.py",
    ("nobody looks at what was in the air", "tests/bot/test_delivery_end.py -k in_the_air_at_a_crash", "await self._recover(self._lease.worker)", "pass"),
    ("keeps what it did not begin", "tests/bot/test_delivery_races.py -k end_gives_back", "await deliveries.unclaim(session, owner=self._lease.worker)", "pass"),
)  # fmt: skip

ROWS = _by(
    "db/deliveries.py",
    ("takes what is not due", "tests/bot/test_delivery_races.py -k not_due", "        _waiting.not_before <= now,\n", ""),
    ("sends what is cancelled", "tests/bot/test_delivery_races.py -k called_off_while", "mine = (Delivery.id.in_(ids), *claimed, NOT_ON_HOLD)", "mine = (Delivery.id.in_(ids),)"),
    ("tries are not counted", "tests/bot/test_delivery.py -k groups_once", '"attempt": Delivery.attempt + 1', '"attempt": Delivery.attempt'),
    ("a late answer is forgotten", "tests/bot/test_delivery_races.py -k own_try", ".where(Delivery.state != State.SENT.value)", ".where(Delivery.state == State.SENDING.value)"),
    ("an answer to another try", "tests/bot/test_delivery_races.py -k own_try", ', Delivery.attempt == bindparam("of_attempt"))', ")"),
    ("settles what another has", "tests/bot/test_delivery_races.py -k whoever_has_it", "Delivery.attempt == attempt, Delivery.owner == owner)", "Delivery.attempt == attempt)"),
    ("revives the cancelled", "tests/bot/test_delivery_races.py -k whoever_has_it", "where(*mine, ours).values(owner=None, **values)", "where(*mine).values(owner=None, **values)"),
    ("the dead keep what they had", "tests/bot/test_delivery_crash.py -k Discord", "or_(Delivery.owner == owner, Delivery.owner.not_in(select(Worker.id)))", "Delivery.owner == owner"),
    ("round and round for ever", "tests/bot/test_delivery.py -k eight_tries", "others[0] if others and tried < len(usable) else None", "others[0] if others else None"),
)  # fmt: skip

OUTBOX = _by(
    "db/outbox.py",
    (
        "what flies comes back after its cancellation",
        "tests/bot/test_delivery_races.py -k called_off_in_the_air",
        "where(*which, or_(is_flying, Delivery.state.in_(_WAITING)))",
        "where(*which, Delivery.state.in_(_WAITING))",
    ),
)

PACING = [
    *_of(
        "bot/pacing/gates.py",
        "tests/bot/test_pacing.py",
        ("a gate that never closes", "        return max(self._even_at, own, behind_answers)", "        return self._even_at"),
        ("what is late meets what comes after", "self._span + took - min(self._took)", "self._span"),
        ("a chat gets one too many", "deque(maxlen=limit.most if limit else 0)", "deque(maxlen=limit.most + 1 if limit else 0)"),
        ("questions silence the outbox", "if self._ahead < MOST_AHEAD:", "if True:"),
    ),
    *_of(
        "bot/pacing/lane.py",
        "tests/bot/test_pacing.py",
        ("a full chat holds up the others", "if self.opens_at(one.chat) <= now), None)", "), None)"),
        ("one chat silences all", "return other != chat and now - asked_at <= TOGETHER_SECONDS", "return True"),
        ("a pause forgets who waits", "            waiter.done(None)\n", ""),
        ("answers are free", "goes_at = self.gate.pass_by(now)", "goes_at = now"),
    ),
    *_of(
        "bot/pacing/shared.py",
        "tests/bot/test_shared_pace.py",
        ("reserved turns all at once", "first + place * turns.interval for", "first for"),
        ("a pause stays at home", "turns.lost_seconds = max(turns.lost_seconds, seconds)", "turns.lost_seconds = 0.0"),
        ("answers take no seat", "            for address in answered:\n                await self._take_seat(session, address, at_once=True)\n", ""),
        ("a full chat is not waited for", "        self._lanes[address.platform].fill(address.id, self._clock() + seconds)\n", ""),
    ),
    *_of(
        "db/pace.py",
        "tests/bot/test_shared_pace.py",
        ("a seat for two", "WHERE :at_once OR shared.opens_at <= clock_timestamp() RETURNING", "RETURNING"),
        ("answers cost the others nothing", "THEN :answers ELSE", "THEN :answers * 0 ELSE"),
        ("each at full speed", "GREATEST(shared.opens_at, clock_timestamp() + :rest) + :turns", "clock_timestamp() + :rest + :turns"),
    ),
]  # fmt: skip

REMINDERS = [
    *_of(
        "schedules/reminders.py",
        "tests/schedules/test_reminders.py",
        ("all at once after an outage", "last = [one for one in due if not one.followed]", "last = list(due)"),
        ("reminds for ever", "    if due:\n", "    if False:\n"),
    ),
    *_of(
        "db/reminders.py",
        "tests/schedules/test_reminders.py",
        ("a moment late", "Reminder.due_at <= now, NOT_ON_HOLD", "Reminder.due_at < now, NOT_ON_HOLD"),
        ("the old plan stays", "ended = update(Reminder).where(*waiting)", "ended = update(Reminder).where(*waiting, Reminder.id < 0)"),
        ("reminds who wants none", "where(Person.reminders, ", "where("),
        ("the last one is left out", "~(late & another)", "~late"),
        ("asleep until it begins", "where(*swallowed).values(not_before=now)", "where(*swallowed).values(not_before=Delivery.not_before)"),
        ("tomorrow on the day itself", "else_=literal(midnight, UtcDateTime())", "else_=Activity.starts_at"),
        ("reminds of what is called off", ", Activity.state == ActivityState.PLANNED.value)", ")"),
        ("lost between two looks", "State.CLAIMED.value, State.EXPIRED.value)", "State.EXPIRED.value)"),
        ("two in one evening", "if due_at > now and not (moved and said):", "if due_at > now:"),
    ),
]  # fmt: skip

RIGHTS = [
    *_of(
        "db/roles.py",
        "tests/handlers/test_roles.py",
        ("a registrar organises", "of_kind = and_(_ORGANISES, in_force())", "of_kind = in_force()"),
        ("a role that no account can use", "of_kind = and_(_ORGANISES, in_force())", "of_kind = _ORGANISES"),
    ),
    *_of(
        "db/people.py",
        "tests/handlers/test_roles.py -k linked_account",
        ("rights come from linking", "and_(Role.person_id == PersonRow.id, Account.organises)", "Role.person_id == PersonRow.id"),
    ),
    *_of(
        "handlers/organisers/feature.py",
        "tests/handlers/test_roles.py -k invitation",
        ("a register is shown on", "return rights.admin or (rights.covers(association_id) and rights.keeps_register(association_id))", "return rights.covers(association_id)"),
    ),
    *_of(
        "handlers/organisers/overview.py",
        "tests/handlers/test_roles.py -k taken_back",
        ("hears what is internal without the role", "    await my_association.call_off_internal(ctx.session, one.person_id)\n", ""),
    ),
    *_of(
        "handlers/organisers/invite.py",
        "tests/handlers/test_roles.py -k new_account",
        ("a small invitation opens everything", "    for one in theirs:\n        require_grant(ctx, one.role, one.association_id)\n", ""),
        ("an admin's new account by one", "{offer.role, *(one.role for one in theirs)}", "{offer.role}"),
    ),
    *_of(
        "handlers/activities/feature.py",
        "tests/handlers/test_hosts.py -k finds_it",
        ("a host of everything", "if number in ctx.person.rights.hosted else", "if ctx.person.rights.hosted else"),
    ),
    *_of(
        "db/approvals.py",
        "tests/handlers/test_approvals.py",
        ("decided twice", "open_one = (Row.id == number, Row.decided_at.is_(None))", "open_one = (Row.id == number,)"),
        ("approved too late", "(Row.expires_at > now) & (Row.asked_by != by)", "(Row.asked_by != by)"),
        ("the question stays open", "    await outbox.cancel_unsent(session, asked, reason=\"cancelled\")\n", ""),
    ),
    *_of(
        "handlers/approvals.py",
        "tests/handlers/test_approvals.py",
        ("whoever lost the right gets it", "if not is_allowed(await roles.get_rights(ctx.session, asked.asked_by), declared.needs):", "if False:"),
        ("asked again and again", "if (one.action, one.argument, one.asked_by) == (action, argument, asker):", "if False:"),
    ),
    *_of(
        "handlers/export.py",
        "tests/handlers/test_export.py",
        ("a sheet calculates", "if said.startswith(FORMULA) else said", "if False else said"),
        ("anybody fetches the file", "if whose != str(ctx.person.id) or not ctx.in_private:", "if whose is None:"),
        ("former members are in it", "if one.status == MemberStatus.ACTIVE.value]", "]"),
    ),
    *_of(
        "db/append_only.py",
        "tests/db/test_append_only.py",
        ("replaced in the log", "WHEN EXISTS (SELECT 1 FROM audit WHERE id = NEW.id)", "WHEN 0"),
        ("forgotten too early", "max(at), '-24 months'", "max(at), '-1 months'"),
    ),
    *_by(
        "handlers/held.py",
        ("decides for another association", "tests/handlers/test_matrix.py -k next_to", "        ctx.require(one.association_id)\n", "        pass\n"),
        ("a decision nobody finds", "tests/handlers/test_noted.py", 'audit.note(ctx.session, "leave held"', '(lambda *a, **k: None)(ctx.session, "leave held"'),
    ),
    *_of(
        "db/audit.py",
        "tests/handlers/test_log.py",
        ("the try-out page's steps in the log", "query.where(in_try_out if invented else ~in_try_out)", "query"),
        ("pages that move", "query = query.where(Audit.id < before)", "query = query.where(Audit.id <= before)"),
    ),
]  # fmt: skip

LEASE = [
    *_of(
        "bot/lease.py",
        "tests/bot/test_lease.py",
        ("safe for too long", "self._beaten < self._seconds / 3", "self._beaten < self._seconds * 3"),
        ("an office without a lease", "return office in self._held and self.is_safe", "return office in self._held"),
        ("a dead name is used again", "or not await workers.beat(connection, self.worker):", "or False:"),
        ("nobody stands for a vacant office", "if await workers.elect(connection, one)]", "if False]"),
        ("leaves without a word", "await workers.retire(connection, self.worker)", "pass"),
        ("works on without the office", "for task in (working, lost):", "for task in (lost,):"),
        ("back in the pool with its locks", "await connection.invalidate()", "pass"),
        ("nobody hears what the work threw", "            working.result()\n", "            pass\n"),
    ),
    *_of(
        "db/workers.py",
        "tests/bot/test_lease.py",
        ("the silent live on", "Worker.beat_at < _now - literal", "Worker.beat_at > _now + literal"),
        ("the dead keep their office", 'await connection.execute(_END_SILENT, {"silent_for": silent_for})', "pass"),
        ("everybody is elected", "return bool(await connection.scalar(select(func.pg_try_advisory_lock(LOCKS, office))))", "return True"),
    ),
    *_of(
        "bot/delivery/loop.py",
        "tests/bot/test_workers.py",
        ("the work of the dead is left", 'await self._recover("")', "pass"),
    ),
    *_of(
        "db/deliveries.py",
        "tests/bot/test_workers.py",
        ("the living are robbed", "Delivery.owner.not_in(select(Worker.id))", "Delivery.owner.is_not(None)"),
        ("one waits for the other's claim", ".with_for_update(skip_locked=True)", ".with_for_update()"),
    ),
    *_of(
        "db/workers.py",
        "tests/db/test_workers.py",
        ("an old connection keeps its locks", "pid <> pg_backend_pid()", "pid = pg_backend_pid() AND false"),
    ),
    *_of(
        "bot/pacing/gates.py",
        "tests/bot/test_shared_pace.py",
        ("a missed turn is taken later", "self.reserved[0] < now - self.interval", "False"),
    ),
]  # fmt: skip

PRIVACY = [
    *_of(
        "db/tombstones.py",
        "tests/db/test_tombstones.py",
        ("who came anew is forgotten too", "one.made_at <= at:", "True:"),
        ("joined on the day itself", "joined_on <= max(days)", "joined_on < max(days)"),
        ("a family shares one tombstone", 'labels = {"number": "", "email": who, "phone": who}', 'labels = {"number": "", "email": "", "phone": ""}'),
        ("another number is the same person", "numbered = (False,) if number else", "numbered = (False, True) if number else"),
        ("who only left stays away", "if not (may_return and one.in_lists)", "if True"),
        ("the earlier day holds", "where=query.excluded.at > Tombstone.at", "where=query.excluded.at < Tombstone.at"),
    ),
    *_of(
        "db/privacy.py",
        "tests/handlers/test_import_members_guards.py -k list_that_waits",
        ("a waiting list keeps whom we forgot", "await drop_lists_with(session, card)", "pass"),
    ),
    *_of(
        "db/privacy.py",
        "tests/handlers/test_approvals.py -k outlive",
        ("a request keeps the name of whom we forgot", "await approvals.unname(session, person_id)", "pass"),
    ),
    *_of(
        "db/privacy.py",
        "tests/handlers/test_privacy_register.py -k being_forgotten",
        ("erased without a tombstone", "await tombstones.raise_for(session, keys, person_id, now=now, may_return=may_return)", "pass"),
    ),
    *_of(
        "db/restored.py",
        "tests/bot/test_forgotten.py -k sqlite",
        ("a restore leaves the tombstones behind", "await tombstones.put(session, what.tombstones)", "pass"),
    ),
    *_of(
        "db/audit.py",
        "tests/schedules/test_housekeeping.py -k log_of_steps",
        ("a wrong clock empties the log", "min(now, newest) - KEPT", "now - KEPT"),
    ),
    *_by(
        "db/rotation.py",
        ("a row that is half old is left", "tests/bot/test_rotation.py -k dropped_at_once", "return or_(*(_id_of", "return and_(*(_id_of"),
        ("a key goes that a backup needs", "tests/bot/test_rotation.py -k older_key", "if all(made_at > at for made_at in backups)", "if True"),
        ("a key goes at once", "tests/bot/test_rotation.py -k older_key", "if at < now - KEPT", "if at < now + KEPT"),
    ),
]  # fmt: skip

LISTS = [
    *_of(
        "db/import_members/matching.py",
        "tests/db/import_members/test_taking_over.py tests/db/import_members/test_another_person.py",
        ("a number alone makes somebody else", "if card and _is_another(entry.row, card):", "if False:"),
        ("two numbers are one person", "and not (row.number and one.number)]", "]"),
        ("another register's member is taken", "if card and keeps(card.association_id)}", "if card}"),
        ("one member is found twice", "if one.id not in taken and keeps(one.association_id)", "if one.id not in taken"),
    ),
    *_of(
        "db/import_members/comparing.py",
        "tests/db/import_members/test_taking_over.py tests/db/import_members/test_linked_members.py",
        ("half a list empties the rest", "and (covered is None or card.association_id in covered)", "and True"),
        ("a tenth already asks", "> (self.active + self.left) * MANY", ">= (self.active + self.left) * MANY"),
        ("a tenth a day never asks", "len(self.gone) + self.left >", "len(self.gone) >"),
        ("the list chooses the language", 'said.pop("language", None)', "pass"),
        ("an empty cell takes the number", "or one not in KEPT_WHEN_EMPTY", "or True"),
    ),
    *_of(
        "db/import_members/applying.py",
        "tests/db/import_members/test_linked_members.py",
        ("who left hears what is internal", "await my_association.call_off_internal(session, person_id)\n", "pass\n"),
    ),
    *_of(
        "db/import_members/cells.py",
        "tests/db/import_members/test_cells.py",
        ("personal identity numbers are kept", "one_line(personal_number.without(said))", "one_line(said)"),
    ),
    *_of(
        "db/import_members/forgotten.py",
        "tests/handlers/test_import_members.py -k forgotten",
        ("a list brings back whom we forgot", "if not stones.is_forgotten(", "if True or not stones.is_forgotten("),
    ),
    *_of(
        "handlers/import_members/__init__.py",
        "tests/handlers/test_import_members.py",
        ("one alone removes many", "if difference.takes_two:", "if False:"),
    ),
    *_of(
        "bot/dispatch.py",
        "tests/stories/test_import_members.py",
        ("anybody's file is fetched", "return file.most if person and is_allowed(person.rights, file.route.needs) else 0", "return file.most"),
    ),
    *_of(
        "bot/discord_bot/files.py",
        "tests/bot/test_files.py",
        ("files are fetched from anywhere", "return (where.scheme, where.netloc) == (api.scheme, api.netloc)", "return True"),
    ),
]  # fmt: skip

LINKING = [
    *_by(
        "db/roles.py",
        ("a role for who was linked before", "tests/handlers/test_linking_shut_out.py -k first_role", "await session.execute(theirs.values(organises=False))", "pass"),
    ),
    *_by(
        "db/codes.py",
        ("a code is used again", "tests/handlers/test_linking.py -k one_answer", "return (Code.used_at.is_(None), Code.expires_at > now,", "return (Code.expires_at > now,"),
        ("a code is valid for ever", "tests/handlers/test_linking.py -k one_answer", "Code.expires_at > now, Code.tries", "Code.tries"),
        ("digits may be guessed for ever", "tests/handlers/test_linking_asking.py -k five_wrong", ", Code.tries < MOST_TRIES)", ")"),
        ("somebody else's digits", "tests/handlers/test_linking_approval.py -k the_one_who_asked", "theirs = or_(Code.person_id.is_(None), Code.person_id == person_id)", "theirs = Code.id > 0"),
    ),
    *_by(
        "handlers/linking/confirming.py",
        ("wrong ones are not counted", "tests/handlers/test_linking_asking.py -k five_wrong", "await codes.miss(ctx.session, TYPED, person_id=ctx.person.id, now=ctx.now)", "pass"),
        ("the second letter is good still", "tests/handlers/test_linking.py -k takes_the_members_others", "await linking.burn_others(ctx.session, card, now=ctx.now)", "pass"),
        ("nobody is told", "tests/handlers/test_linking.py -k undo_it", "for one in before:", "for one in before[:0]:"),
    ),
    *_by(
        "db/merging.py",
        ("rights come with a letter", "tests/handlers/test_linking.py -k rights", "await _organise_no_more(session, guest_id)", "pass"),
        ("rights come with an organiser", "tests/handlers/test_linking.py -k nor_do_they", "await _organise_no_more(session, person_id)", "pass"),
        ("the earlier answer holds", "tests/db/test_linking.py -k cannot_both_stand", "goes = twin if rank(row) > rank(twin) else row", "goes = row"),
        ("cards count a guest who is gone", "tests/handlers/test_linking.py -k later_of_two", "await outbox.recount(session, activity_id)", "pass"),
    ),
    *_by(
        "db/linking.py",
        ("a telephone that rings all day", "tests/handlers/test_linking_asking.py -k twelve_a_day", "        cards = ()\n", "        pass\n"),
        ("forgotten, and asking anew", "tests/handlers/test_linking_asking.py -k has_asked_as_often", "session.add(LinkRequest(account_index=account,", "session.add(LinkRequest(account_index=b'',"),
        ("digits for everybody with that address", "tests/handlers/test_linking_asking.py -k for_those_alone", 'return (argument or "").rpartition(HANDED)[2]', 'return (argument or "").partition(HANDED)[0]'),
        ("the question goes to an account in other hands", "tests/handlers/test_linking_asking.py -k role_can_be_used", "Account.stopped.is_(False), Account.organises)", "Account.stopped.is_(False))"),
    ),
    *_by(
        "db/accounts.py",
        ("a call follows the account that left", "tests/handlers/test_accounts.py -k goes_to_another", "await _redirect(session, account_id, was or 0)", "pass"),
        ("rights come with a move", "tests/handlers/test_linking.py -k moves_to_who_organises", 'values["organises"] = False', "pass"),
    ),
]  # fmt: skip

REACH = [
    *_of(
        "db/reach.py",
        "tests/db/test_reach.py::test_what_is_previewed_is_what_is_queued",
        ("the account they like best comes last", "Account.preferred.desc(), ", ""),
        ("writes to who did not say yes", ".where(Account.consent.in_(_ASKED_FOR))", ".where(Account.consent.is_not(None))"),
    ),
    *_of(
        "db/audiences.py",
        "tests/db/test_reach.py::test_what_is_previewed_is_what_is_queued",
        ("the worlds meet", "asked: list[ColumnElement[bool]] = [Person.invented.is_(audience.invented)]", "asked: list[ColumnElement[bool]] = []"),
        ("the gone are counted", "where(*meant(audience), _IS_THERE)", "where(*meant(audience))"),
    ),
    *_of(
        "db/inside.py",
        "tests/handlers/test_belonging.py",
        ("who has left is inside", "Member.person_id == person, IS_ACTIVE, there", "Member.person_id == person, there"),
    ),
    *_of(
        "db/my_association.py",
        "tests/handlers/test_my_association.py -k still_belong",
        ("an internal message goes on", "or_(_CALLS_US, _TELLS_US)", "_CALLS_US"),
    ),
    *_of(
        "handlers/announce/publishing.py",
        "tests/handlers/test_announce.py -k thousand",
        ("one alone writes to everybody", "return sum(reached.people.values()) > MOST_ALONE", "return False"),
    ),
    *_of(
        "handlers/call/progress.py",
        "tests/handlers/test_call_progress.py",
        ("the result tells how few", "few = stats.narrow and is_few(stats.people)", "few = False"),
    ),
]  # fmt: skip

FAULTS = [
    *DECISIONS, *LANE, *LEDGER, *LOOP, *ROWS, *OUTBOX, *PACING, *REMINDERS, *RIGHTS, *LEASE, *PRIVACY, *LISTS, *REACH,
    *LINKING,
]  # fmt: skip
