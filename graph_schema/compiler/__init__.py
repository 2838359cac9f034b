"""The question language compiled into Cypher that Neo4j and ArcadeDB answer alike."""

from graph_schema.compiler.query import compile_query, compile_related, is_settled_by_history
from graph_schema.compiler.statement import Statement

__all__ = ["Statement", "compile_query", "compile_related", "is_settled_by_history"]
