"""Both libraries idle in one process: what our memory is measured beside."""

import asyncio
import os

from telegram.ext import Application

from bench import bare_discord


async def main() -> None:
    """Runs until it is stopped."""
    url = os.environ["KALLELSE_TELEGRAM_API_URL"]
    builder = Application.builder().token(os.environ["KALLELSE_TELEGRAM_TOKEN"]).base_url(f"{url}/bot")
    async with builder.build() as application:
        await application.start()
        assert application.updater is not None
        await application.updater.start_polling()
        await bare_discord.main()


if __name__ == "__main__":
    asyncio.run(main())
