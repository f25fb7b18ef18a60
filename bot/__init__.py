"""The running process. The only room that knows Telegram and Discord."""

VERSION = "0.1.0"
