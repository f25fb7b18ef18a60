"""Who may open a page: this machine alone for some, and the page itself alone for what changes something."""

from urllib.parse import urlsplit

from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection, Request

LOCAL_PEERS = frozenset({"127.0.0.1", "::1", "::ffff:127.0.0.1"})
LOCAL_HOSTS = frozenset({"127.0.0.1", "::1", "localhost"})
FORWARDING = frozenset({"forwarded", "via", "x-real-ip", "true-client-ip", "cf-connecting-ip"})


def is_local(connection: HTTPConnection) -> bool:
    """True when somebody at this machine asks, by one of its own names, and no proxy stands between."""
    if connection.client is None or connection.client.host not in LOCAL_PEERS:
        return False
    if any(name in FORWARDING or name.startswith("x-forwarded") for name in connection.headers):
        return False
    hosts = connection.headers.getlist("host")
    return len(hosts) == 1 and _host_name(hosts[0]) in LOCAL_HOSTS


def _host_name(host: str) -> str:
    try:
        parts = urlsplit(f"//{host}")
        _ = parts.port  # ValueError when it is none
    except ValueError:
        return ""
    return (parts.hostname or "") if "@" not in host else ""


def refuse_other_sites(request: Request) -> None:
    """Nothing when our own page sent the form, or no browser did; else 403.

    Browsers tell where a form stood (Sec-Fetch-Site, older ones Origin); they cannot be made to lie.
    """
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        allowed = site in {"same-origin", "none"}
    else:
        origin = request.headers.get("origin")
        allowed = origin is None or urlsplit(origin).netloc == request.headers.get("host")
    if not allowed:
        raise HTTPException(403)
