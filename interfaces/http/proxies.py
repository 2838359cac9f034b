"""Whom a proxy speaks for: what it says in its headers is believed from proxies that are trusted, and from nobody else."""

from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

_SAID_BY_PROXIES = (b"x-forwarded-", b"x-real-ip", b"x-original-", b"forwarded")


class Proxies:
    """``trusted`` are addresses and networks. The headers of others are taken away, so that no part of the app meets them."""

    def __init__(self, app: ASGIApp, trusted: tuple[str, ...]) -> None:
        self._app = app
        self._believing = ProxyHeadersMiddleware(app, list(trusted))  # pyright: ignore[reportArgumentType]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        client = scope.get("client")
        if client and client[0] in self._believing.trusted_hosts:
            await self._believing(scope, receive, send)  # pyright: ignore[reportArgumentType]
            return
        scope["headers"] = [(name, value) for name, value in scope["headers"] if not name.startswith(_SAID_BY_PROXIES)]
        await self._app(scope, receive, send)
