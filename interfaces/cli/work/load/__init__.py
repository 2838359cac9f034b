"""``plantroom load``: how the plant runs over the next day or two."""

from interfaces.cli.work.load.load import check, show

__all__ = ["check", "show"]
