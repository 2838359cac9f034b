"""``plantroom work-orders``: what is to be done and was done, which failure models learn from."""

from interfaces.cli.work.work_orders.changes import attach, change, fetch
from interfaces.cli.work.work_orders.record import list_
from interfaces.cli.work.work_orders.showing import show

__all__ = ["attach", "change", "fetch", "list_", "show"]
