"""``plantroom tool``: the tools of the registry, run for a person at a terminal."""

from interfaces.cli.work.tool.tool import list_, run

__all__ = ["list_", "run"]
