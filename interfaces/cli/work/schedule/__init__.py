"""``plantroom schedule``: which crew does which job when."""

from interfaces.cli.work.schedule.schedule import check, show

__all__ = ["check", "show"]
