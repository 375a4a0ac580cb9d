"""Which pages a browser may have call the local stack: its own, and those that are named.

The stack runs open, on a machine whose browser visits other sites. CORS keeps such a site from
reading an answer. It does not keep it from sending what needs no preflight, such as a form, and it
does nothing where the site's own name resolves to this machine (DNS rebinding). So a request of
another site is refused. Programs send none of these headers, and are let through.
"""

import ipaddress
from collections.abc import Collection, Mapping
from urllib.parse import urlsplit


def is_foreign(headers: Mapping[str, str], origins: Collection[str], links: bool) -> bool:
    """Whether another site made a request, by a page of its own or under a name of its own. With
    `links`, another site may still lead a person here."""
    host = headers.get("host")
    if host is not None and not is_loopback(host) and host not in hosts(origins):
        return True
    if (origin := headers.get("origin")) is not None:
        return origin not in origins
    # A GET whose answer the page may not read, such as an image's, has no Origin.
    # https://developer.mozilla.org/en-US/docs/Web/HTTP/Reference/Headers/Sec-Fetch-Site
    from_elsewhere = headers.get("sec-fetch-site") in ("cross-site", "same-site")
    return from_elsewhere and not (links and headers.get("sec-fetch-dest") == "document")


def is_loopback(host: str) -> bool:
    try:
        name = urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return False
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def hosts(origins: Collection[str]) -> set[str]:
    return {urlsplit(origin).netloc for origin in origins}


def refusal(origins: Collection[str]) -> str:
    return (
        f"Forbidden: only pages of {', '.join(origins)} may call this. "
        "LOCAL_ORIGINS names others: see localstack/README.md."
    )
