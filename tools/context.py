"""What a tool works with: the stores, the clock, and who asks. Injected, and hidden from the language model."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from graph_schema.ontology.ontology import Ontology
from graph_schema.store.graph import GraphStore
from ingestion.history.history import History

if TYPE_CHECKING:
    from tools.query.reader import Reader


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks, and in which role."""

    name: str
    role: str = "technician"


@dataclass(frozen=True, slots=True)
class ToolContext:
    """``clock`` gives aware UTC times; ``timezone`` is the IANA name of the plant's own time."""

    graph: GraphStore
    history: History
    ontology: Ontology
    reader: Reader
    clock: Callable[[], datetime]
    caller: Caller
    timezone: str
