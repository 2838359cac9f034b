"""Calls of Slack's interface that may fail."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar, cast

from aiohttp import ClientError
from slack_sdk.errors import SlackApiError, SlackClientError

log = logging.getLogger(__name__)

T = TypeVar("T")

ERRORS = (SlackClientError, ClientError, TimeoutError, OSError)
_PASSING = (
    "internal_error",
    "fatal_error",
    "service_unavailable",
    "request_timeout",
    "ratelimited",
    "team_added_to_org",
)
_WAITS_S = (1.0, 5.0, 30.0, 120.0, 600.0)


def reason(error: BaseException) -> str:
    """In a few words; no token is in it."""
    if isinstance(error, SlackApiError):
        return code_of(error) or f"status {error.response.status_code}"
    return type(error).__name__


def code_of(error: SlackApiError) -> str:
    """“invalid_auth”; empty where Slack says none."""
    return str(cast(Any, error.response).get("error") or "")


def passes(error: BaseException) -> bool:
    """Whether the same call may work later."""
    if not isinstance(error, SlackApiError):
        return True
    return code_of(error) in _PASSING or error.response.status_code in (429, 500, 502, 503, 504)


async def patiently(call: Callable[[], Awaitable[T]]) -> T | None:
    """Again and again for some minutes while Slack is away; None where it did not work."""
    for wait in (*_WAITS_S, None):
        try:
            return await call()
        except ERRORS as error:
            if wait is None or not passes(error):
                log.warning("Slack did not take a message: %s", reason(error))
                return None
            log.info("Slack did not take a message (%s); it is tried again in %g s", reason(error), wait)
            await asyncio.sleep(wait)
    return None
