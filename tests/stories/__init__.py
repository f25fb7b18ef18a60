"""Stories: the whole product as people meet it, on Telegram, on Discord and on the try-out page."""
