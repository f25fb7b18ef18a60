"""Files that people send: fetched from where the platform keeps them, never more than is wanted."""

import aiohttp

FETCH_SECONDS = 10.0  # what comes after it in the same chat waits as long
CHUNK = 2**16  # bytes


async def fetched(session: aiohttp.ClientSession, url: str, most: int) -> bytes | None:
    """The file there; None when there is none, or it is longer than `most` bytes.

    Where it leads on to another place it is left alone. Errors: aiohttp.ClientError, TimeoutError.
    """
    timeout = aiohttp.ClientTimeout(total=FETCH_SECONDS)
    async with session.get(url, timeout=timeout, allow_redirects=False) as answer:
        if answer.status != 200:  # noqa: PLR2004 - nothing else brings a file
            return None
        content = bytearray()
        async for chunk in answer.content.iter_chunked(CHUNK):
            content += chunk
            if len(content) > most:
                return None
        return bytes(content)
