"""Telemetry from an MQTT broker, on paho."""
