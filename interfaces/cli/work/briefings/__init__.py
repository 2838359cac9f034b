"""``plantroom brief``: a day's briefing."""

from interfaces.cli.work.briefings.brief import show

__all__ = ["show"]
