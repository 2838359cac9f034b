"""Where the three servers are and who we are there, whoever runs them."""

from dataclasses import dataclass, field

from graph_schema.store.bootstrap import SqlEndpoint
from ingestion.sources.mqtt.connection import Broker


@dataclass(frozen=True, slots=True)
class GraphEndpoint:
    """``sql`` is ArcadeDB's second address; Neo4j has none."""

    url: str
    user: str
    password: str = field(repr=False)
    database: str = "neo4j"
    sql: SqlEndpoint | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Endpoints:
    graph: GraphEndpoint
    postgres_dsn: str = field(repr=False)
    broker: Broker = field(repr=False)
    """Where devices publish."""
    intake: Broker = field(repr=False)
    """Where ingestion subscribes: the same, or the embedded broker's door that is open before the devices' one."""
