"""A person in a story: what they do, and what they see."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.stories import world
from tests.stories.driver import Somebody
from tests.stories.seen import PATIENCE_SECONDS, Screen, Seen, within

if TYPE_CHECKING:
    from tests.stories.stage import Stage


class Person:
    """Somebody in the story: what they do, and what they see."""

    def __init__(self, stage: Stage, body: Somebody) -> None:
        """`body` is the person on the platform."""
        self.stage, self.body, self.name = stage, body, body.name
        self.has_joined = False
        self._driver = stage.driver
        self.screen = Screen(self.name, self._look)

    async def _look(self) -> list[Seen]:
        return await self._driver.private(self.body)

    async def says(self, text: str, *, in_group: bool = False) -> None:
        """They write that, or use that command, alone with the bot or in the group."""
        await self.screen.turn()
        await self._driver.says(self.body, text, in_group=in_group)

    async def sends_file(self, name: str, content: bytes) -> None:
        """They send that file to the bot alone."""
        await self.screen.turn()
        await self._driver.sends_file(self.body, name, content)

    async def presses(self, label: str) -> None:
        """They press the newest button of that name that is for them alone."""
        await self._press(await self.screen.everything(), label)

    async def presses_in_group(self, label: str) -> None:
        """They press the newest such button that everybody in the group sees."""
        await self._press(await self._driver.group(self.body), label)

    async def _press(self, every: list[Seen], label: str) -> None:
        fitting = [one for one in every if one.has(label)]
        shown = "\n".join(map(str, every[-5:]))
        assert fitting, f"{self.name} has no button [{label}]; the last messages are:\n{shown}"
        await self.screen.turn()
        await self._driver.presses(self.body, fitting[-1], label)

    async def fills(self, values: dict[str, str]) -> None:
        """They answer the open form, by the labels of its fields."""
        await self._driver.fills(self.body, values)

    async def corrects(self, values: dict[str, str]) -> None:
        """They answer what was not understood; on a page they see the form again first."""
        await self._driver.corrects(self.body, values)

    async def joins(self) -> None:
        """They come into the group, and the bot has heard of it."""
        known = await world.arrivals(self.stage)
        await self._driver.joins(self.body)
        if not self.has_joined:

            async def heard() -> bool:
                return await world.arrivals(self.stage) > known

            await within(PATIENCE_SECONDS, heard)
        self.has_joined = True

    async def leaves(self) -> None:
        """They go out of the group."""
        await self._driver.leaves(self.body)

    async def sees(self, *texts: str, buttons: tuple[str, ...] = ()) -> Seen:
        """They get one message, since they last did something, with all of this."""
        return await self.screen.sees(*texts, buttons=buttons)

    async def gets_file(self) -> bytes:
        """The content of the first file that they were sent, as soon as it is there."""

        async def found() -> list[bytes]:
            return await self._driver.files(self.body)

        return (await within(PATIENCE_SECONDS, found))[0]

    async def has_seen(self, text: str) -> int:
        """How many of the messages that stand on their screen say that."""
        return sum(text in one.text for one in await self.screen.everything())
