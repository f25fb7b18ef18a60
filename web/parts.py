"""What the web pages are given by the process that serves them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from starlette.routing import BaseRoute

from chat.message import Reply, Shown
from chat.request import Fact, Request
from db.installation import Installation
from db.keys import Keys
from db.session import Database


class Inward(Protocol):
    """The seam that every adapter calls; bot.dispatch.Dispatch is one."""

    def shown(self, request: Request) -> Shown:
        """Where the answer will appear."""

    def facts(self, request: Request) -> frozenset[Fact]:
        """What is to be found out before `handle`."""

    async def handle(self, request: Request) -> Reply | None:
        """The answer, after everything is committed; None: say nothing."""


@dataclass(frozen=True, slots=True)
class Parts:
    """`states` says "ok", "off" or a reason for each part that /readyz names.

    `public` is true when PUBLIC_URL is set: then nothing answers that is for this machine alone.
    `routes` are further ones, such as a platform's webhook.
    """

    inward: Inward
    database: Database
    keys: Keys
    installation: Installation
    clock: Callable[[], datetime]
    states: Callable[[], Mapping[str, str]]
    public: bool = False
    routes: Sequence[BaseRoute] = field(default_factory=tuple)
