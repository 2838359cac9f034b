"""``plantroom plans``: maintenance plans and spare parts."""

from interfaces.cli.work.plans.plans import due, list_, parts, remove

__all__ = ["due", "list_", "parts", "remove"]
