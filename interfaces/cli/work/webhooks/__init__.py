"""``plantroom webhooks``: where other systems are told of what happens."""

from interfaces.cli.work.webhooks.webhooks import add, again, dead, list_, remove, test

__all__ = ["add", "again", "dead", "list_", "remove", "test"]
