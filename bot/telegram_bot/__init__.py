"""Telegram: updates read into requests, replies and posts shown, menus kept."""

from bot.telegram_bot.adapter import TelegramBot

__all__ = ["TelegramBot"]
