"""``plantroom notify`` and ``plantroom oncall``: who is told of what, and who is on call."""

from interfaces.cli.work.notify.notify import again, check, dead, list_, test
from interfaces.cli.work.notify.oncall import on_call, override, withdraw

__all__ = ["again", "check", "dead", "list_", "on_call", "override", "test", "withdraw"]
