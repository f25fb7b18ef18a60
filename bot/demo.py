"""The demo: an invented district in an empty data directory, and no platform."""

from collections.abc import Callable
from datetime import datetime

from bot.errors import WrongInputError
from bot.lock import locked
from bot.opening import opened
from bot.settings import Settings
from db import demo


def without_platforms(settings: Settings) -> Settings:
    """The settings but for the tokens: nobody real hears of the demo."""
    return settings.model_copy(
        update={"telegram_token": None, "discord_token": None, "telegram_webhook": False, "smtp_url": None}
    )


async def prepare(settings: Settings, clock: Callable[[], datetime]) -> None:
    """The invented district is there, made now or at an earlier start of the demo. Errors: OperatorError."""
    with locked(settings.data_dir):
        async with opened(settings) as house, house.database.write() as session:
            if await demo.is_demo(session):
                return
            if not await demo.is_empty(session):
                raise WrongInputError(
                    f"The demo wants an empty data directory, and {settings.data_dir} holds data. "
                    "Choose another KALLELSE_DATA_DIR."
                )
            await demo.seed(session, house.keys, house.installation, now=clock())
            await demo.set_demo(session)
