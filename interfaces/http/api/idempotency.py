"""Requests that change something are done once for each key that their caller gives: sent again, they get the same answer again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from graph_schema.errors import InvalidInput
from graph_schema.statements import statements
from ingestion.history.history import History
from ingestion.reading import Clock
from interfaces.http.api.problems import ApiError
from tools.context import Caller

_SQL = statements("interfaces.http.api", "idempotency.sql")
HEADER = "idempotency-key"
REPLAYED = "idempotency-replayed"
KEEP = timedelta(hours=24)
LOST = timedelta(minutes=2)
"""After which a request without an answer counts as lost with its process."""
LONGEST_KEY = 255
_KEPT_HEADERS = ("content-type", "location", "etag")


@dataclass(frozen=True, slots=True)
class Once:
    """``clock`` gives aware UTC times."""

    history: History
    clock: Clock

    async def answer(self, request: Request, caller: Caller, act: Callable[[], Awaitable[Response]]) -> Response:
        """What ``act`` answers; under a key that was used before, what it answered then.

        Raises ``ApiError`` where another request has the key (422), or the first is still under way (409).
        """
        key = request.headers.get(HEADER)
        if key is None:
            return await act()
        if not key.isprintable() or not 0 < len(key) <= LONGEST_KEY:
            raise InvalidInput(f"The Idempotency-Key must be 1 to {LONGEST_KEY} printable characters; a UUID will do.")
        named = {"caller": caller.name, "key": key, "digest": await _digest(request)}
        if not await self._begun(named):
            return await self._known(named)
        try:
            response = await act()
        except BaseException:
            await self.history.fetch(_SQL["drop"], named)
            raise
        await self._keep(named, response)
        return response

    async def _begun(self, named: Mapping[str, Any]) -> bool:
        now = self.clock()
        await self.history.fetch(_SQL["forget"], {"before": now - KEEP})
        return bool(await self.history.fetch(_SQL["begin"], {**named, "now": now, "lost": now - LOST}))

    async def _known(self, named: Mapping[str, Any]) -> Response:
        rows = await self.history.fetch(_SQL["known"], named)
        if rows and rows[0]["digest"] != named["digest"]:
            raise ApiError(422, "This Idempotency-Key was used for another request. Take a new key for each request.")
        if not rows or rows[0]["status"] is None:
            raise ApiError(
                409,
                "The first request with this Idempotency-Key is still under way. Send it again in a second.",
                {"retry-after": "1"},
            )
        known = rows[0]
        return Response(known["body"], known["status"], {**known["headers"], REPLAYED: "true"})

    async def _keep(self, named: Mapping[str, Any], response: Response) -> None:
        headers = {name: response.headers[name] for name in _KEPT_HEADERS if name in response.headers}
        answer = {"status": response.status_code, "headers": json.dumps(headers), "body": bytes(response.body).decode()}
        await self.history.fetch(_SQL["keep"], {**named, **answer})


async def _digest(request: Request) -> str:
    said = f"{request.method} {request.url.path}?{request.url.query}\n".encode()
    return hashlib.sha256(said + await request.body()).hexdigest()
