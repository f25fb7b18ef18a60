"""What everybody writes first: python-telegram-bot's `send_message` to one after another, as it comes.

`python -m bench.bare_sender plain|limiter|retries FIRST PEOPLE`: alone, or with the library's AIORateLimiter as
its documentation shows it, without and with retries. What fails is let go.
"""

import asyncio
import logging
import os
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress

from telegram import InlineKeyboardButton, InlineKeyboardMarkup
from telegram.constants import ParseMode
from telegram.error import TelegramError
from telegram.ext import AIORateLimiter, ExtBot

from bench.outbox import ANSWERS, TEXT

RETRIES = 5

LIMITERS: Mapping[str, Callable[[], AIORateLimiter | None]] = {
    "plain": lambda: None,
    "limiter": AIORateLimiter,
    "retries": lambda: AIORateLimiter(max_retries=RETRIES),
}


async def main(kind: str, first: int, people: int) -> None:
    """Everybody from `first` on was sent the call."""
    logging.disable()  # the limiter writes a traceback for each message that it gives up
    url = os.environ["KALLELSE_TELEGRAM_API_URL"]
    token = os.environ["KALLELSE_TELEGRAM_TOKEN"]
    bot = ExtBot(token, base_url=f"{url}/bot", rate_limiter=LIMITERS[kind]())
    row = [InlineKeyboardButton(label, callback_data=f"answer:{answer}") for label, answer in ANSWERS.items()]
    keyboard = InlineKeyboardMarkup([row, [InlineKeyboardButton("Fråga", callback_data="ask")]])
    async with bot:
        for chat_id in range(first, first + people):
            with suppress(TelegramError):
                await bot.send_message(chat_id, TEXT, parse_mode=ParseMode.HTML, reply_markup=keyboard)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
