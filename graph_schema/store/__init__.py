"""The graph over Bolt: reads, writes, what a fresh graph needs, imports and full-text search."""
