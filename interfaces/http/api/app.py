"""The API under ``/api/v1`` as one application."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

from fastapi import FastAPI
from starlette.responses import JSONResponse, PlainTextResponse, Response

from graph_schema.errors import NotFound
from ingestion.history.history import History
from ingestion.reading import Clock
from interfaces.http.api.alarms import alarm_act_routes
from interfaces.http.api.approvals import approval_routes
from interfaces.http.api.briefings import briefing_routes
from interfaces.http.api.chat import chat_routes
from interfaces.http.api.examples import read_examples
from interfaces.http.api.idempotency import Once
from interfaces.http.api.openapi import document
from interfaces.http.api.problems import KINDS, tell_problems
from interfaces.http.api.resources.routes import resource_routes
from interfaces.http.api.served import Served
from interfaces.http.api.tools import tool_routes


def api_app(served: Served, history: History, clock: Clock) -> FastAPI:
    """To be mounted at ``/api/v1``. ``history`` keeps the idempotency keys."""
    once = Once(history, clock)
    app = FastAPI(title="Plantroom", openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False)
    tell_problems(app)
    for routes in (
        tool_routes(served, once, read_examples()),
        resource_routes(served),
        alarm_act_routes(served, once),
        approval_routes(served, once),
        briefing_routes(served, history),
        chat_routes(served),
    ):
        app.include_router(routes)
    _describe(app, served)
    return app


def _describe(app: FastAPI, served: Served) -> None:
    kept: dict[str, Any] = {}

    @app.get("/openapi.json", include_in_schema=False)
    async def _openapi() -> Response:  # pyright: ignore[reportUnusedFunction]
        """Made when it is first asked for: the schemas of all results take a moment."""
        if not kept:
            kept.update(document(app, served.registry, version("plantroom")))
        return JSONResponse(kept)

    @app.get("/problems/{slug}", include_in_schema=False)
    async def _problem(slug: str) -> Response:  # pyright: ignore[reportUnusedFunction]
        """What a problem's type means, for people."""
        for kind in KINDS:
            if kind.slug == slug:
                return PlainTextResponse(f"{kind.status} {kind.title}.\n{kind.advice}\n")
        raise NotFound(f"There is no problem {slug[:60]}; there are {', '.join(kind.slug for kind in KINDS)}.")
