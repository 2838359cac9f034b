"""What goes wrong over HTTP, as RFC 9457 says it: one JSON object with a type, a status, and a sentence that tells what to do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response
from starlette.types import Scope

from graph_schema.errors import AmbiguousName, InvalidInput, NotAllowed, NotFound, PlantroomError, Unavailable
from interfaces.http.auth.account import Unauthenticated

MEDIA_TYPE = "application/problem+json"
TYPES = "/api/v1/problems"
WAIT_S = 5
"""After which a store that is away may answer again."""
_COME_IN = "A program sends an API key of `plantroom tokens create`, as Authorization: Bearer KEY."
_SHOWN = 3
_LONGEST = 300


class Problem(BaseModel):
    """An error. ``detail`` says what is wrong and what to do; ``type`` is where the kind is explained."""

    type: str
    title: str
    status: int
    detail: str
    instance: str = Field(default="", description="the path that was asked")
    candidates: list[str] | None = Field(default=None, description="what an ambiguous name could be")


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of problem; ``advice`` is what to do about it in general."""

    slug: str
    status: int
    title: str
    advice: str


KINDS = (
    Kind("malformed", 400, "The request cannot be read", "Send JSON (UTF-8), as the OpenAPI document describes it."),
    Kind("not-logged-in", 401, "Nobody knows who asks", "Log in, or send an API key as Authorization: Bearer KEY."),
    Kind("not-allowed", 403, "That is not for this caller to do", "Ask with a role and a scope that may, or ask somebody who has them."),
    Kind("not-found", 404, "There is no such thing", "Look the id or the name up first, with find_assets or in the list of the resource."),
    Kind("method-not-allowed", 405, "The method is not for this path", "Use one of the methods that the Allow header names."),
    Kind("not-acceptable", 406, "The format is not available", "Ask for one of the formats that the detail names."),
    Kind("conflict", 409, "Another request is at it", "Wait for the seconds of Retry-After, then ask again."),
    Kind("changed", 412, "It has changed meanwhile", "Read it again, decide again, and send its new ETag as If-Match."),
    Kind("too-large", 413, "The request is too large", "Send less: split the request, or leave out what is not needed."),
    Kind("invalid", 422, "The request does not make sense", "Correct what the detail names; nothing was changed."),
    Kind("too-many-requests", 429, "Too many requests", "Wait for the seconds of Retry-After, then ask again."),
    Kind("our-mistake", 500, "The server made a mistake", "Ask again later; the server's log says more."),
    Kind("unavailable", 503, "A store does not answer", "Wait for the seconds of Retry-After, then ask again; /api/health says which store is away."),
)  # fmt: skip
_BY_STATUS = {one.status: one for one in KINDS}


class ApiError(PlantroomError):
    """An error of the API itself, with its status."""

    def __init__(self, status: int, detail: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(detail)
        self.status = status
        self.headers = dict(headers or {})


_STATUS: Sequence[tuple[type[PlantroomError], int]] = (
    (Unauthenticated, 401),
    (NotAllowed, 403),
    (NotFound, 404),
    (AmbiguousName, 422),
    (InvalidInput, 422),
    (Unavailable, 503),
)


def status_of(error: PlantroomError) -> int:
    """The status of an error of the product; one that says so itself (``status``) has that."""
    given = getattr(error, "status", None)
    if isinstance(given, int):
        return given
    return next((status for kind, status in _STATUS if isinstance(error, kind)), 422)


def problem(
    status: int,
    detail: str,
    instance: str = "",
    headers: Mapping[str, str] | None = None,
    candidates: Sequence[str] | None = None,
) -> Response:
    """The answer that says it."""
    kind = _BY_STATUS.get(status, _BY_STATUS[400 if status < 500 else 500])
    said = Problem(
        type=f"{TYPES}/{kind.slug}",
        title=kind.title,
        status=status,
        detail=f"{detail} {_COME_IN}" if status == 401 else detail,
        instance=instance,
        candidates=list(candidates) if candidates else None,
    )
    content = said.model_dump(exclude_none=True)
    return JSONResponse(content, status, dict(headers or {}), MEDIA_TYPE)


def problem_of(error: PlantroomError, instance: str = "") -> Response:
    """An error of the product as an answer."""
    status = status_of(error)
    headers = dict(error.headers) if isinstance(error, ApiError) else {}
    if status == 401:
        headers.setdefault("www-authenticate", "Bearer")
    if status == 503:
        headers.setdefault("retry-after", str(WAIT_S))
    candidates = error.candidates if isinstance(error, AmbiguousName) else None
    return problem(status, str(error), instance, headers, candidates)


def refusal(scope: Scope, status: int, sentence: str, headers: Mapping[str, str] | None = None) -> Response:
    """What a layer around the API refuses, in the form of the path that was asked."""
    if scope["path"].startswith(("/api/v1", "/graphql", "/mcp")):
        return problem(status, sentence, scope["path"][:_LONGEST], headers)
    return JSONResponse({"error": sentence}, status, dict(headers or {}))


def tell_problems(app: FastAPI) -> None:
    """Every error of the app is a problem."""

    async def ours(request: Request, error: Exception) -> Response:
        return problem_of(cast(PlantroomError, error), request.url.path[:_LONGEST])

    async def unfit(request: Request, error: Exception) -> Response:
        listed = cast(RequestValidationError, error).errors()[:_SHOWN]
        said = "; ".join(_one(cast(Mapping[str, Any], one)) for one in listed)
        return problem(422, f"The request is not of the form that is expected here: {said}.", request.url.path)

    async def theirs(request: Request, error: Exception) -> Response:
        known = cast(HTTPException, error)
        path = request.url.path[:_LONGEST]
        return problem(known.status_code, _sentence(known, request, path), path, known.headers)

    app.add_exception_handler(PlantroomError, ours)
    app.add_exception_handler(RequestValidationError, unfit)
    app.add_exception_handler(HTTPException, theirs)


def _one(error: Mapping[str, Any]) -> str:
    place = ".".join(str(part)[:60] for part in error["loc"])
    return f"{place}: {str(error['msg'])[:_LONGEST]}"


def _sentence(error: HTTPException, request: Request, path: str) -> str:
    match error.status_code:
        case 404:
            return f"There is nothing at {path}; /api/v1/openapi.json lists what there is."
        case 405:
            allowed = (error.headers or {}).get("Allow") or (error.headers or {}).get("allow") or "another method"
            return f"{request.method} is not for {path}; use {allowed}."
        case _:
            return str(error.detail)
