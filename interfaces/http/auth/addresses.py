"""Where a request comes from and what it calls us, and what every answer tells a browser to do."""

from __future__ import annotations

from collections.abc import MutableMapping
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import Message, Scope, Send

_COMMON = "default-src 'self'; img-src 'self' data: blob:; font-src 'self' data:; style-src 'self' 'unsafe-inline'; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'self'; "
# Gradio compiles its templates in the page.
CONTENT_POLICY = _COMMON + "script-src 'self' 'unsafe-inline' 'unsafe-eval'; worker-src 'self' blob:"
VIEW_POLICY = _COMMON + "script-src 'self'"
LOGIN_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
HEADERS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "SAMEORIGIN",
    "referrer-policy": "same-origin",  # with no-referrer, a form of our own page would come from nowhere
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
}
_ONLY_TLS = "max-age=31536000"
_CHANGES_NOTHING = ("GET", "HEAD", "OPTIONS")


def at_this_machine(scope: MutableMapping[str, Any], headers: Headers) -> bool:
    """From a loopback address, and under a loopback name: another name for it is a rebinding attack."""
    client = scope.get("client")
    name = urlsplit(f"//{headers.get('host', '')}").hostname or ""
    return (client is None or is_loopback(client[0])) and is_loopback(name)


def is_loopback(host: str) -> bool:
    """By address, or as ``localhost``."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def is_address(url: str) -> bool:
    """Whether it can be taken apart; half an IPv6 address cannot, for one."""
    try:
        _ = urlsplit(url).port
    except ValueError:
        return False
    return True


def foreign(scope: Scope, headers: Headers) -> bool:
    """Whether a page of another site sends it. Browsers say so in ``Origin``, or, where they leave that out, in ``Sec-Fetch-Site``."""
    origin = headers.get("origin")
    if origin is not None:
        return not (is_address(origin) and urlsplit(origin).netloc == headers.get("host"))
    changes = scope["type"] == "websocket" or scope["method"] not in _CHANGES_NOTHING
    return changes and headers.get("sec-fetch-site") in ("cross-site", "same-site")


def other_name(headers: Headers, public_url: str | None) -> bool:
    """Whether the request calls us by a name that is neither the stated one nor one of this machine."""
    name = urlsplit(f"//{headers.get('host', '')}").hostname or ""
    return public_url is not None and not is_loopback(name) and name != urlsplit(public_url).hostname


def with_headers(scope: Scope, send: Send, policy: str | None = None) -> Send:
    """Security headers with every answer."""
    stated = policy or (VIEW_POLICY if scope["path"].startswith("/app/") else CONTENT_POLICY)

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers.update(HEADERS | {"content-security-policy": stated})
            if scope.get("scheme") in ("https", "wss"):
                headers["strict-transport-security"] = _ONLY_TLS
        await send(message)

    return sending
