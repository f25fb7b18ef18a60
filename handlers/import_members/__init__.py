"""A list of members sent to the bot."""
