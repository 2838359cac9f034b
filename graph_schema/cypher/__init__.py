"""Cypher of the graph's own upkeep, in named blocks."""
