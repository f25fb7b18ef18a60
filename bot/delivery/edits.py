"""Copies that were sent and must look different now: revised content everywhere, live counts on group cards.

Edits have no intent: one that is lost is made again, for the copy is not marked before.
"""

import asyncio
import logging
import time
from collections.abc import Mapping, Sequence

from bot.delivery.decisions import SEND_SECONDS
from bot.delivery.facts import address_of, nonce
from bot.delivery.lane import Tools
from bot.delivery.rendering import Copy
from bot.lease import Office
from bot.pacing import SHORT_SECONDS
from chat.address import Address, Platform
from chat.sending import MessageGone, Outgoing, Paused, Refused, Sender, SendError, Unreachable
from db import copies, deliveries
from db.deliveries import Claimed
from db.models import Level
from db.session import DATABASE_ERRORS, driver_error

log = logging.getLogger(__name__)

LOOK_SECONDS = 1.0
CARD_SECONDS = 4.0  # a card in a group changes at most this often: sends share the group's 20 a minute
AGAIN_SECONDS = 10.0
MOST_AT_ONCE = 8  # on one platform: a new message does not wait for many edits


class Edits:
    """Brings copies up to date until it is told to stop."""

    def __init__(self, senders: Mapping[Platform, Sender], tools: Tools) -> None:
        """A copy on a platform that is not among `senders` waits."""
        self.senders = senders
        self.tools = tools
        self.signal = asyncio.Event()
        self._stopping = False
        self._rests: dict[int, float] = {}  # delivery: until when it is left alone

    def stop(self) -> None:
        """No further edit begins."""
        self._stopping = True
        self.signal.set()

    async def run(self) -> None:
        """Edits until stopped."""
        while not self._stopping:
            try:
                done = await self._round()
            except DATABASE_ERRORS as error:
                log.error("edits: the database says %s", driver_error(error))
                done = 0
            if not done:
                await self._rest()

    async def _rest(self) -> None:
        try:
            async with asyncio.timeout(LOOK_SECONDS):
                await self.signal.wait()
        except TimeoutError:
            return
        self.signal.clear()

    async def _round(self) -> int:
        """How many copies are up to date now that were not."""
        self._forget_rests()
        if not self.tools.lease.holds(Office.CHATS):
            return 0
        async with self.tools.database.glance() as session:
            posts = await copies.stale_posts(session)
        if not posts:
            return 0
        behind = await self._behind(posts)
        edited = await asyncio.gather(*(self._edit(copy) for copy in behind))
        shown = [(one.row.id, one.revision, one.row.counts) for one in edited if one]
        async with self.tools.database.write() as session:
            await copies.mark_shown(session, shown)
            await copies.settle_stale(session, posts)
        return len(shown)

    async def _behind(self, posts: Sequence[int]) -> list[Copy]:
        """Copies that are to be edited now, on each platform as many as go at once."""
        found: list[Copy] = []
        for lane in self.senders:
            room = MOST_AT_ONCE
            for post_id in posts:
                copies_behind = await self._of_post(post_id, lane, room) if room else []
                found += copies_behind
                room -= len(copies_behind)
        return found

    async def _of_post(self, post_id: int, lane: Platform, most: int) -> list[Copy]:
        try:
            async with self.tools.database.read() as session:
                rows = await deliveries.behind(
                    session, post_id, lane=lane.value, resting=self._rests.keys(), most=most
                )
                return await self.tools.rendering.copies(session, rows)
        except DATABASE_ERRORS:
            raise
        except Exception as error:  # noqa: BLE001 - whatever is wrong with one post, the others are edited
            log.error("post %d cannot be shown anew: %s", post_id, type(error).__name__)
            return []

    def _forget_rests(self) -> None:
        now = time.monotonic()
        self._rests = {delivery: until for delivery, until in self._rests.items() if until > now}

    async def _edit(self, copy: Copy) -> Copy | None:
        """The copy when it is up to date or can never be; None when it is to be tried again."""
        address, message_id = address_of(copy.row), copy.row.message_id
        if address is None or message_id is None or self.tools.rendering.is_shown(copy) or _is_not_for(copy.row):
            return copy
        private = copy.row.person_id is not None
        delay = self.tools.pace.delay(address)
        turn = None if delay > SHORT_SECONDS else await self.tools.pace.take(address, private=private)
        if turn is None:
            return self._later(copy, max(delay, SHORT_SECONDS))
        outgoing = Outgoing(address, private, copy.message, nonce(self.tools.keys, copy.row.id))
        done = await self._send(copy, address, outgoing, message_id)
        self.tools.pace.landed(address, turn)
        if done and not private:
            self._later(copy, CARD_SECONDS)
            self.tools.rendering.remember(copy)
        return done

    async def _send(self, copy: Copy, address: Address, outgoing: Outgoing, message_id: str) -> Copy | None:
        try:
            async with asyncio.timeout(SEND_SECONDS):
                await self.senders[address.platform].edit(outgoing, message_id)
        except (MessageGone, Refused, Unreachable):
            return copy
        except Paused as error:
            self.tools.pace.pause(address, error.seconds, everywhere=error.everywhere)
            return self._later(copy, error.seconds)
        except (SendError, TimeoutError):
            return self._later(copy, AGAIN_SECONDS)
        except Exception as error:  # noqa: BLE001 - whatever an adapter throws, the other copies go on
            log.warning("an edit of delivery %d failed: %s", copy.row.id, type(error).__name__)
            return self._later(copy, AGAIN_SECONDS)
        return copy

    def _later(self, copy: Copy, seconds: float) -> Copy | None:
        """None: the copy is left alone that long."""
        self._rests[copy.row.id] = time.monotonic() + seconds
        return None


def _is_not_for(row: Claimed) -> bool:
    """True for a chat that has become open, or was let go, since it was shown what is internal."""
    return row.chat_id is not None and row.open is False and row.level != Level.INTERNAL
