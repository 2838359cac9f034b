"""``plantroom export``: what Plantroom knows, for other programs."""

from interfaces.cli.work.export.history import history
from interfaces.cli.work.export.model import model

__all__ = ["history", "model"]
