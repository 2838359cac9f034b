"""``plantroom notes``: what people wrote about an asset."""

from interfaces.cli.work.notes.notes import add, show

__all__ = ["add", "show"]
