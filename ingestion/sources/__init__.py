"""Where telemetry comes from: MQTT, Kafka, Sparkplug B on either, and recorded data."""
