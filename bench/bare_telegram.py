"""The smallest echo bot on python-telegram-bot, as its documentation shows it: what ours is measured beside."""

import os

from telegram import Update
from telegram.ext import Application, ContextTypes, MessageHandler, filters


async def echo(update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
    """The text comes back."""
    if update.message:
        await update.message.reply_text(update.message.text or "")


def main() -> None:
    """Runs until it is stopped."""
    url = os.environ["KALLELSE_TELEGRAM_API_URL"]
    builder = Application.builder().token(os.environ["KALLELSE_TELEGRAM_TOKEN"]).base_url(f"{url}/bot")
    application = builder.build()
    application.add_handler(MessageHandler(filters.TEXT, echo))
    application.run_polling()


if __name__ == "__main__":
    main()
