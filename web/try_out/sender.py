"""The way out to the try-out page: what is sent stands in a pane."""

from collections.abc import Callable
from datetime import datetime

from chat.address import Platform
from chat.sending import MessageGone, NotSent, Outgoing
from db import try_out
from db.session import DATABASE_ERRORS, Database
from web.try_out.said import Said, pack


class TrySender:
    """A `Sender`: one nonce is one message, however often it is sent."""

    platform = Platform.TRY

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        """`clock` says when a message came."""
        self._database = database
        self._clock = clock

    async def send(self, outgoing: Outgoing) -> str:
        """The id of the message in its pane."""
        try:
            async with self._database.write() as session:
                message_id = await try_out.add_message(
                    session,
                    outgoing.address.id,
                    try_out.BOT,
                    pack(Said(message=outgoing.message)),
                    nonce=f"out:{outgoing.nonce}",
                    now=self._clock(),
                )
        except DATABASE_ERRORS as error:
            raise NotSent from error
        return str(message_id)

    async def edit(self, outgoing: Outgoing, message_id: str) -> None:
        """That message now looks like this. Errors: MessageGone."""
        content = pack(Said(message=outgoing.message))
        async with self._database.write() as session:
            if not (message_id.isdecimal() and await try_out.edit_message(session, int(message_id), content)):
                raise MessageGone
