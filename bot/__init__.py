"""The running process. The only room that knows Telegram and Discord."""
