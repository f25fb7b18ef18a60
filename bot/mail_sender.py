"""Posts by e-mail: plain text to one address, under a Message-ID that is the same at every try."""

import re
import ssl
from collections.abc import Callable
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from typing import Any
from urllib.parse import unquote, urlsplit

import aiosmtplib

from chat.address import Platform
from chat.markup import one_line, plain
from chat.message import Message
from chat.sending import MessageGone, NotSent, Outgoing, Refused, SendError, Uncertain, Unreachable

TIMEOUT_SECONDS = 12.0  # within the time that a delivery gives its sender
PERMANENT = 500  # an SMTP reply from here on will be the same the next time
# One plain address: no second one, no display name, no line that ends.
ADDRESS = re.compile(r"[^\s@<>()\[\],;:\\\"]{1,64}@[^\s@<>()\[\],;:\\\"]{1,255}")
# Long lines are not folded: folded ones are encoded, which some readers take for garbage.
POLICY = SMTP.clone(max_line_length=998, cte_type="7bit")


class MailSender:
    """One mail server that takes what is for e-mail addresses."""

    platform = Platform.EMAIL

    def __init__(self, url: str, mail_from: str, *, clock: Callable[[], datetime]) -> None:
        """`url`: smtps://user:password@host:465, or smtp:// with STARTTLS; a password goes over TLS only."""
        parts = urlsplit(url)
        self._from, self._envelope_from = mail_from, parseaddr(mail_from)[1]
        self._clock = clock
        self._server: dict[str, Any] = {
            "hostname": parts.hostname,
            "port": parts.port,
            "username": unquote(parts.username) if parts.username else None,
            "password": unquote(parts.password) if parts.password else None,
            "use_tls": parts.scheme == "smtps",
            "start_tls": True if parts.scheme == "smtp" and parts.password else None,
        }
        self.state = "ok"

    async def send(self, outgoing: Outgoing) -> str:
        """The server has taken the message under the id that comes back; else a SendError."""
        letter = self.letter(outgoing)
        try:
            await aiosmtplib.send(
                letter, sender=self._envelope_from, recipients=[outgoing.address.id], timeout=TIMEOUT_SECONDS,
                **self._server,
            )  # fmt: skip
        except (aiosmtplib.SMTPException, OSError, ssl.SSLError) as error:
            found = send_error(error)
            self.state = type(error).__name__ if isinstance(found, NotSent | Uncertain) else "ok"
            raise found from error
        self.state = "ok"
        return str(letter["Message-ID"])

    async def edit(self, outgoing: Outgoing, message_id: str) -> None:
        """What was sent by e-mail stays as it is."""
        raise MessageGone("a letter is not written anew")

    def letter(self, outgoing: Outgoing) -> EmailMessage:
        """The message as it goes out: its first line is the subject. Refused when the address is not one."""
        if not ADDRESS.fullmatch(outgoing.address.id) or not outgoing.address.id.isprintable():
            raise Refused("not an e-mail address")
        subject, text = _parted(outgoing.message)
        letter = EmailMessage(policy=POLICY)
        letter["From"], letter["To"], letter["Subject"] = self._from, outgoing.address.id, subject
        letter["Date"] = format_datetime(self._clock())
        letter["Message-ID"] = f"<{outgoing.nonce}@{self._envelope_from.rpartition('@')[2]}>"
        letter["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's holiday answers it
        letter.set_content(text)
        return letter


def _parted(message: Message) -> tuple[str, str]:
    first, _, rest = plain(message.text).strip().partition("\n")
    return one_line(first), rest or first


def send_error(error: Exception) -> SendError:
    """What an error of the library, or of the network, means for the message."""
    if isinstance(error, aiosmtplib.SMTPRecipientsRefused):
        return _answered(error.recipients[0].code, Unreachable)
    if isinstance(
        error, aiosmtplib.SMTPConnectError | aiosmtplib.SMTPAuthenticationError | aiosmtplib.SMTPHeloError
    ):
        return NotSent("not connected")
    if isinstance(error, aiosmtplib.SMTPResponseException):
        return _answered(error.code, Refused)
    if isinstance(error, aiosmtplib.SMTPNotSupported):
        return Refused("the server does not know what it needs")
    return Uncertain("the connection was lost")


def _answered(code: int, permanently: type[SendError]) -> SendError:
    """A 5xx is for good, a 4xx for now."""
    return permanently(f"SMTP {code}") if code >= PERMANENT else NotSent(f"SMTP {code}")
