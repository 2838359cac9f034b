"""What a fresh graph needs before anything is in it: constraints, indexes, full-text search and the ontology's classes.

This is the one place that knows of two kinds of servers: Neo4j makes a full-text index by Cypher, ArcadeDB only by SQL over
HTTP. Where neither is to be had, search scans.
"""

import asyncio
import base64
import json
import urllib.error
import urllib.request
from dataclasses import dataclass

from neo4j.exceptions import Neo4jError

from graph_schema.errors import Unavailable
from graph_schema.ontology.ontology import Ontology
from graph_schema.statements import statements
from graph_schema.store.graph import GraphStore
from graph_schema.store.loader import load_classes
from graph_schema.store.names import index_names

_ARCADEDB_SQL = (
    "CREATE VERTEX TYPE Entity IF NOT EXISTS",
    "CREATE PROPERTY Entity.search_text IF NOT EXISTS STRING",
    "CREATE INDEX IF NOT EXISTS ON Entity (search_text) FULL_TEXT",
)
_TIMEOUT_S = 60


@dataclass(frozen=True, slots=True)
class SqlEndpoint:
    """ArcadeDB's HTTP address (``http://127.0.0.1:2480``) and who may use it."""

    url: str
    user: str
    password: str
    database: str = "neo4j"


async def bootstrap(graph: GraphStore, ontology: Ontology, sql: SqlEndpoint | None = None) -> None:
    """Make the graph ready; costs a few reads when it is. ``sql`` is ArcadeDB's second address, needed there for full-text search."""
    blocks = statements("graph_schema.store", "bootstrap.cypher")
    for name in (
        "constraint_entity",
        "constraint_class",
        "constraint_meta",
        "constraint_forecast",
        "constraint_failure_forecast",
        "constraint_work_order",
        "index_iri",
        "index_source",
        "index_quantity",
        "index_status",
        "index_status_since",
        "index_quality_since",
        "index_called",
        "index_alias",
    ):
        await graph.write(blocks[name])
    await index_names(graph)
    await graph.write(blocks["remember_search"], index=await _full_text_index(graph, sql))
    await load_classes(graph, ontology)


async def _full_text_index(graph: GraphStore, sql: SqlEndpoint | None) -> str | None:
    """The name to ask the index by."""
    if sql:
        for command in _ARCADEDB_SQL:
            await asyncio.to_thread(_command, sql, command)
        return "Entity[search_text]"
    try:
        await graph.write(statements("graph_schema.store", "bootstrap.cypher")["full_text"])
    except Neo4jError:
        return None
    return "entity_text"


def _command(sql: SqlEndpoint, command: str) -> None:
    credentials = base64.b64encode(f"{sql.user}:{sql.password}".encode()).decode()
    request = urllib.request.Request(  # noqa: S310 - the address is our own server's
        f"{sql.url.rstrip('/')}/api/v1/command/{sql.database}",
        data=json.dumps({"language": "sql", "command": command}).encode(),
        headers={"Authorization": f"Basic {credentials}", "Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=_TIMEOUT_S):  # noqa: S310
            return
    except (urllib.error.URLError, TimeoutError) as error:
        raise Unavailable(f"The graph's HTTP address {sql.url} refuses “{command}”: {error}") from error
