"""The doors for other systems on the web app: the API under ``/api/v1``, MCP at ``/mcp``, GraphQL at ``/graphql``."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager

from fastapi import FastAPI

from ingestion.history.history import History
from ingestion.reading import Clock
from interfaces.http.api.app import api_app
from interfaces.http.api.served import Served
from interfaces.http.graphql.door import graphql_route
from interfaces.http.mcp.door import McpDoor, Tokens

NO_TOKENS = Tokens()


class Doors:
    """``history`` keeps the idempotency keys. ``tokens`` and ``hosts`` are as of ``McpDoor``. MCP answers while ``open``."""

    def __init__(
        self,
        served: Served,
        history: History,
        clock: Clock,
        tokens: Tokens = NO_TOKENS,
        hosts: Sequence[str] = (),
    ) -> None:
        self._api = api_app(served, history, clock)
        self._mcp = McpDoor(served, tokens, hosts)
        self._graphql = graphql_route(served)

    def mount(self, app: FastAPI) -> None:
        """Before whatever answers at ``/``."""
        app.mount("/api/v1", self._api)
        self._mcp.mount(app)
        app.router.routes.append(self._graphql)

    @asynccontextmanager
    async def open(self) -> AsyncGenerator[None]:
        """While the web app runs."""
        async with self._mcp.open():
            yield
