"""Connects the platforms that a token is set for; each fares by itself."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from pydantic import SecretStr
from starlette.routing import Route

from bot.dispatch import Dispatch
from bot.pacing import Pace
from bot.settings import Settings
from chat.address import Address, Platform
from chat.sending import Sender

if TYPE_CHECKING:
    from bot.mail_sender import MailSender

CONNECTING = "connecting"
WEBHOOK = "/telegram/webhook"


@dataclass(frozen=True, slots=True)
class Connection:
    """A platform's adapter as the process sees it. `state` is "ok" or why it is not."""

    platform: Platform
    sender: Sender
    run: Callable[[], Awaitable[None]]
    state: Callable[[], str]
    close: Callable[[], Awaitable[None]]
    routes: tuple[Route, ...] = field(default=())


def connections(
    settings: Settings, dispatch: Dispatch, pace: Pace, clock: Callable[[], datetime]
) -> list[Connection]:
    """What the settings ask for, not running yet."""
    made = []
    if settings.telegram_token:
        made.append(telegram(settings, settings.telegram_token, dispatch, pace))
    if settings.discord_token:
        made.append(discord(settings, settings.discord_token, dispatch, pace, clock))
    return made


def mail_sender(settings: Settings, clock: Callable[[], datetime]) -> "MailSender | None":
    """What sends e-mail, when a server is set for it."""
    if settings.smtp_url is None or settings.mail_from is None:
        return None
    from bot.mail_sender import MailSender  # noqa: PLC0415 - its library costs time and memory

    return MailSender(settings.smtp_url.get_secret_value(), settings.mail_from, clock=clock)


def telegram(settings: Settings, token: SecretStr, dispatch: Dispatch, pace: Pace) -> Connection:
    """Telegram, by long poll or webhook."""
    from bot.telegram_bot import TelegramBot  # noqa: PLC0415 - its library costs time and memory

    async def before_reply(chat_id: str, private: bool) -> None:
        await pace.before_reply(Address(Platform.TELEGRAM, chat_id), private=private)

    bot = TelegramBot(
        dispatch,
        token.get_secret_value(),
        api_url=settings.telegram_api_url,
        webhook_url=f"{settings.public_url}{WEBHOOK}" if settings.telegram_webhook else "",
        pace=before_reply,
    )
    states = [CONNECTING]
    routes = (Route(WEBHOOK, bot.webhook, methods=["POST"]),) if settings.telegram_webhook else ()
    return Connection(
        Platform.TELEGRAM, bot, lambda: bot.run(states.append), lambda: states[-1], bot.close, routes=routes
    )


def discord(
    settings: Settings, token: SecretStr, dispatch: Dispatch, pace: Pace, clock: Callable[[], datetime]
) -> Connection:
    """Discord, by its gateway."""
    from bot.discord_bot import DiscordBot  # noqa: PLC0415 - its library costs time and memory

    bot = DiscordBot(token.get_secret_value(), dispatch, pace, clock=clock, api_url=settings.discord_api_url)
    return Connection(Platform.DISCORD, bot.sender, bot.run, lambda: bot.status, bot.close)
