"""``plantroom export``: what Plantroom knows, for other programs."""

from interfaces.cli.work.export.history import history

__all__ = ["history"]
