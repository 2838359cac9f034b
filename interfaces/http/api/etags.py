"""What a resource is known by: an ETag over the bytes of its answer, and 304 for who has them already."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from interfaces.http.api.problems import ApiError


def etag_of(body: bytes) -> str:
    return f'"{hashlib.sha256(body).hexdigest()[:32]}"'


def resource(
    request: Request,
    content: BaseModel | bytes,
    headers: Mapping[str, str] | None = None,
    media_type: str = "application/json",
) -> Response:
    """The answer with its ETag; 304 without a body where the caller has it."""
    body = content if isinstance(content, bytes) else content.model_dump_json(by_alias=True).encode()
    told = {"etag": etag_of(body), "cache-control": "private, no-cache", "vary": "accept", **(headers or {})}
    if told["etag"] in _tags(request.headers.get("if-none-match", "")):
        return Response(None, 304, told)
    return Response(body, 200, told, media_type)


def check_match(request: Request, current: BaseModel) -> None:
    """Raises ``ApiError`` (412) where the caller decided about something that has changed since (``If-Match``)."""
    wanted = request.headers.get("if-match")
    if wanted is None or wanted.strip() == "*":
        return
    if etag_of(current.model_dump_json(by_alias=True).encode()) not in _tags(wanted):
        raise ApiError(412, "It has changed since you read it. Read it again, decide again, and send its new ETag.")


def _tags(header: str) -> set[str]:
    return {one.strip().removeprefix("W/") for one in header.split(",") if one.strip()}
