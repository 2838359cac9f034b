"""``plantroom start``."""
