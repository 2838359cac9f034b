"""Telemetry through Kafka: the bridge that fills a topic, and the source that reads it."""
