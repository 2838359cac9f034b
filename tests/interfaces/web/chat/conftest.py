"""A chat in a real browser beside the demo plant, with an agent of a test's own."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.async_api import Browser

from agent.language.grammar import grammar
from agent.planning.newest import Understandings
from agent.vocabulary.lexicon import Lexicons
from graph_schema.model import Plant
from graph_schema.ontology.ontology import Ontology
from graph_schema.store.graph import GraphStore
from graph_schema.store.loader import load_plant
from ingestion.history.history import History
from ingestion.live.values import Values
from interfaces.health import Health
from interfaces.http.auth.identity import Identity
from interfaces.web.server import create_app
from tests.interfaces.web.conftest import PATIENCE_MS, served_app
from tests.interfaces.web.test_browser import Visit

NOW = datetime(2026, 3, 2, 18, tzinfo=UTC)

Visiting = Callable[..., AbstractAsyncContextManager[Visit]]


async def los_angeles() -> str:
    return "America/Los_Angeles"


@pytest.fixture
async def visiting(
    graph: GraphStore, history: History, ontology: Ontology, demo_plant: Plant, browser: Browser
) -> Visiting:
    """Opens the page of an app with this agent, and whatever else the app is made with."""
    await load_plant(graph, ontology, demo_plant)

    @asynccontextmanager
    async def visiting(
        identity: Identity | None = None,
        opening: Callable[[Visit, str], Awaitable[None]] = Visit.open,
        **made_with: Any,
    ) -> AsyncGenerator[Visit]:
        app = create_app(
            understandings=Understandings(Lexicons(graph, ontology, grammar("en").function_words)),
            graph=graph,
            history=history,
            values=Values(history),
            ontology=ontology,
            clock=lambda: round(NOW.timestamp() * 1000),
            timezone=los_angeles,
            health=Health("home", {}),
            identity=identity or Identity(history, lambda: NOW),
            **made_with,
        )
        async with served_app(app) as port:
            context = await browser.new_context(viewport={"width": 1000, "height": 700}, reduced_motion="reduce")
            context.set_default_timeout(PATIENCE_MS)
            visit = Visit(await context.new_page())
            await opening(visit, f"http://127.0.0.1:{port}")
            yield visit
            await context.close()

    return visiting
