"""``plantroom cmms``: the maintenance system that work orders are kept the same with."""

from interfaces.cli.work.cmms.settling import settle, sync
from interfaces.cli.work.cmms.showing import check, conflicts, match, status

__all__ = ["check", "conflicts", "match", "settle", "status", "sync"]
