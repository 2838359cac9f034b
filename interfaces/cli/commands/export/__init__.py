"""``plantroom export``."""
