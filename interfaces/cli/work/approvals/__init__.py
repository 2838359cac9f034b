"""``plantroom approvals``: changes that wait for a person."""

from interfaces.cli.work.approvals.approvals import approve, close, list_, reject, show

__all__ = ["approve", "close", "list_", "reject", "show"]
