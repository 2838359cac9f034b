"""``plantroom notify`` and ``plantroom oncall``: who is told of what, and who is on call; ``plantroom slack``."""

from interfaces.cli.work.notify.notify import again, check, dead, list_, test
from interfaces.cli.work.notify.oncall import on_call, override, withdraw
from interfaces.cli.work.notify.slack import slack_check, slack_manifest

__all__ = [
    "again",
    "check",
    "dead",
    "list_",
    "on_call",
    "override",
    "slack_check",
    "slack_manifest",
    "test",
    "withdraw",
]
