"""Telemetry forecasts whose intervals cover what they claim, and when a limit is crossed."""
