"""Files in direct messages: fetched from where Discord keeps them, and from nowhere else."""

import logging
from urllib.parse import urlsplit

import aiohttp

from bot.discord_bot.rest import OFFICIAL, USER_AGENT
from bot.files import fetched

log = logging.getLogger(__name__)

HOSTS = frozenset({"cdn.discordapp.com", "media.discordapp.net"})


async def fetch(url: str, most: int, api_url: str) -> bytes | None:
    """The file there, at most so many bytes; None when it cannot be had. The token is not sent along."""
    try:
        if not is_kept_by_discord(url, api_url):
            log.warning("a file was not fetched: it is not where Discord keeps them")
            return None
        async with aiohttp.ClientSession(
            headers={"User-Agent": USER_AGENT}, cookie_jar=aiohttp.DummyCookieJar()
        ) as session:
            return await fetched(session, url, most)
    except (aiohttp.ClientError, TimeoutError, ValueError) as error:
        log.warning("a file could not be fetched: %s", type(error).__name__)
        return None


def is_kept_by_discord(url: str, api_url: str) -> bool:
    """True for Discord's own hosts over https; with another server's API for that server alone."""
    where, api = urlsplit(url), urlsplit(api_url)
    if api_url == OFFICIAL:
        return where.scheme == "https" and where.netloc in HOSTS
    return (where.scheme, where.netloc) == (api.scheme, api.netloc)
