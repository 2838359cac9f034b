"""What the tools' tests share: a context over the test's graph."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from psycopg_pool import AsyncConnectionPool

from graph_schema.answering import Answering
from graph_schema.ontology.ontology import Ontology
from graph_schema.store.graph import GraphStore
from ingestion.history.history import History
from tools.context import Caller, ToolContext
from tools.query.reader import Reader

NOW = datetime(2026, 3, 2, 18, tzinfo=UTC)


@pytest.fixture
def present(graph: GraphStore, ontology: Ontology) -> ToolContext:
    """For tools that read the graph alone: the history is a closed one, and the time stands still."""
    history = History(AsyncConnectionPool("", open=False), Answering("The history database", 1.0))
    clock: Callable[[], datetime] = lambda: NOW  # noqa: E731
    reader = Reader(graph, history, ontology, clock)
    return ToolContext(graph, history, ontology, reader, clock, Caller("test"), "America/Los_Angeles")
