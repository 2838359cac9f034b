"""Where a maintenance system tells of changes: each message proves itself by its signature, and says no more than which order to read again."""

from __future__ import annotations

import json
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, cast

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from graph_schema.errors import InvalidInput, NotAllowed
from ingestion.reading import Clock
from tools.cmms.sync.record import SyncRecord
from tools.cmms.webhooks import Hook, verify

log = logging.getLogger(__name__)

HOOKS = "/api/hooks/"
"""Open to whoever may reach us."""
_MOST_BYTES = 1_000_000
_LONGEST_ID = 200


def cmms_hook_routes(
    hook: Hook | None, secret: str | None, record: SyncRecord, hurry: Callable[[], Awaitable[None]], clock: Clock
) -> APIRouter:
    """``hook`` is how the vendor signs, None where it does not; ``hurry`` is told that something came."""
    routes = APIRouter(prefix=HOOKS.rstrip("/"))

    @routes.post("/cmms", include_in_schema=False)
    async def _take(request: Request) -> Response:  # pyright: ignore[reportUnusedFunction]
        """202 for a message that is new, 200 for one that came before or is about no order, 401 for one that is not signed."""
        if hook is None or not secret:
            return _said(
                404,
                "Webhooks are not taken: set PLANTROOM_CMMS_WEBHOOK_SECRET for a maintenance system that signs them.",
            )
        body = await request.body()
        if len(body) > _MOST_BYTES:
            return _said(413, "The message is too large.")
        try:
            verify(hook, secret, {name.lower(): value for name, value in request.headers.items()}, body, clock())
            order = hook.order(_parsed(body))
        except NotAllowed as error:
            log.warning("A webhook of the maintenance system was refused: %s", error)
            return _said(401, str(error))
        except InvalidInput as error:
            return _said(400, str(error))
        if order is None or len(order) > _LONGEST_ID or "\0" in order:
            return _said(200, "The message is about no work order.")
        if not await record.receive(body, order, clock()):
            return _said(200, "The message came before.")
        await hurry()
        return _said(202, "The order is read again.")

    return routes


def _parsed(body: bytes) -> Mapping[str, Any]:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise InvalidInput("The message is no JSON.") from error
    if not isinstance(found, dict):
        raise InvalidInput("The message is no JSON object.")
    return cast(dict[str, Any], found)


def _said(code: int, sentence: str) -> Response:
    return JSONResponse({"error" if code >= 400 else "status": sentence}, code)
