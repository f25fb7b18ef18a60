"""How posts, platforms and moments are called in the stories of deliveries."""

from dataclasses import dataclass
from datetime import datetime

from chat.address import Platform
from chat.quiet import allowed_from, parse
from db.announce import PREFIX
from db.models import PostKind
from db.why import Reader, Said
from texts import Translator, dates

KINDS = {
    PostKind.CALL: "a call",
    PostKind.CHANGE: "a change",
    PostKind.CANCELLATION: "a cancellation",
    PostKind.REMINDER: "a reminder",
    PostKind.DIGEST: "a digest of the week",
    PostKind.WELCOME: "a welcome",
    PostKind.SECURITY: "a message about an account",
    PostKind.PERSONAL: "a personal message",
    PostKind.ANNOUNCEMENT: "a message to those coming",
}
PLATFORMS = {
    Platform.TELEGRAM: "Telegram",
    Platform.DISCORD: "Discord",
    Platform.TRY: "the try-out page",
    Platform.EMAIL: "e-mail",
}


@dataclass(frozen=True, slots=True)
class Words:
    """Says things by the clock of the installation. `quiet_hours`: those of who has none of their own."""

    t: Translator
    quiet_hours: str
    now: datetime

    def moment(self, at: datetime) -> str:
        """Sunday 22 November 2026 at 10:00."""
        return dates.full_day_and_time(at, self.t)

    def post(self, said: Said) -> str:
        """Which post it is; never what it says."""
        kind = "a message to many" if said.key.startswith(PREFIX) else KINDS[said.kind]
        about = f" about activity {said.activity_id}" if said.activity_id else ""
        by = f" by person {said.author_id}" if said.author_id else ""
        queued = self.moment(said.created_at)
        return f"Post {said.id} ({said.key}) is {kind}{about}, queued on {queued}{by}."

    def hours(self, reader: Reader) -> str:
        """The person's quiet hours, "" for none."""
        return self.quiet_hours if reader.quiet_hours is None else reader.quiet_hours

    def is_quiet(self, reader: Reader) -> bool:
        """True while nothing may reach them unasked."""
        return allowed_from(self.now, parse(self.hours(reader)), self.t.zone) > self.now

    @staticmethod
    def groups(number: int) -> list[str]:
        """That it can be read in groups too."""
        where = "a group" if number == 1 else f"{number} groups"
        return [f"It also stands in {where}, where whoever is in it can read it."] if number else []


def platform(lane: str) -> str:
    """The platform's name."""
    return PLATFORMS[Platform(lane)]
