"""``make bench-ingest``: how fast telemetry gets from the broker into history and the graph, beside a naive pipeline and Telegraf."""
