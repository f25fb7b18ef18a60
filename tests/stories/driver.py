"""What a platform must be able to do for a story to be told on it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Protocol

from chat.address import Address, Platform
from chat.form import Field
from handlers import FEATURES
from handlers.feature import Routes
from tests.stories.seen import Seen
from texts import translator

GROUP = "Exempelgruppen"


@dataclass(eq=False)
class Somebody:
    """A person with an account; `account` is the platform's own."""

    name: str
    language: str
    account: Any
    notes: dict[str, Any] = field(default_factory=dict)


class Driver(Protocol):
    """One local platform with one group, from outside the product."""

    platform: Platform

    @property
    def settings(self) -> dict[str, str]:
        """KALLELSE_… values that lead to it, without the prefix."""

    async def start(self) -> None:
        """The platform is there, with its group; nobody is."""

    async def stop(self) -> None:
        """The platform is gone."""

    async def connected(self, web: str) -> None:
        """The product, whose pages are at `web`, listens to this platform."""

    def person(self, name: str, language: str, *, inside: bool = True) -> Somebody:
        """Somebody who has not met the bot, in the group when `inside`."""

    async def joins(self, one: Somebody) -> None:
        """They come into the group."""

    async def leaves(self, one: Somebody) -> None:
        """They go out of the group."""

    def address(self, one: Somebody) -> Address:
        """Their account as the product knows it."""

    def group_address(self) -> Address:
        """The group as the product knows it."""

    async def private(self, one: Somebody) -> list[Seen]:
        """What this person alone is shown, oldest first: privately, and in the group for their eyes only."""

    async def group(self, one: Somebody | None = None) -> list[Seen]:
        """What the bot has written for everybody in the group."""

    async def says(self, one: Somebody, text: str, *, in_group: bool) -> None:
        """They use a command, or write; in the group to the bot, by its name."""

    async def sends_file(self, one: Somebody, name: str, content: bytes) -> None:
        """They send a file to the bot alone."""

    async def presses(self, one: Somebody, seen: Seen, label: str) -> None:
        """They press the button; comes back when the bot has taken it."""

    async def sends(self, one: Somebody, seen: Seen, data: str) -> None:
        """They press a button with this data, as an app that is behind, or changed, can."""

    async def fills(self, one: Somebody, values: dict[str, str]) -> None:
        """They answer the open form, by the labels of its fields; where nothing is said, the first choice."""

    async def corrects(self, one: Somebody, values: dict[str, str]) -> None:
        """They answer anew what was not understood, and what else is asked."""

    async def files(self, one: Somebody) -> list[bytes]:
        """The contents of the files that this person was sent."""

    async def new_group(self, title: str, admin: Somebody) -> None:
        """From now on the group is another one, which that person runs and the product does not know."""

    async def loses_bot(self, by: Somebody) -> None:
        """The bot is thrown out of the group."""

    async def refuses(self, one: Somebody) -> None:
        """Nothing reaches that person any more, and nobody tells the bot before it tries."""

    async def is_quiet(self) -> bool:
        """True when nothing that people did is unanswered."""


def asked(language: str) -> dict[str, Field]:
    """Every field of every form, by its question as people of that language read it."""
    t = translator(language, "Europe/Stockholm")
    forms = Routes(FEATURES).forms.values()
    return {t.plain(one.question): one for form in forms for one in form.form.fields}


def label(one: Field, language: str) -> str:
    """The field's label as people of that language read it."""
    return translator(language, "Europe/Stockholm").plain(one.label)
