"""Alarms as they were raised, changed and cleared."""
