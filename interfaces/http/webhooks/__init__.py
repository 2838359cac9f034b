"""Webhooks: other systems are told of alarms, work orders, approvals and forecasts as they happen, signed, and again until they have taken it."""
