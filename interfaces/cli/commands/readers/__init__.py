"""``plantroom read``."""
