"""The present in the graph: the newest value of each point, and the status of what it belongs to."""
