"""``plantroom users``, ``plantroom tokens`` and ``plantroom audit``."""

from interfaces.cli.work.people.audit import audit
from interfaces.cli.work.people.tokens import create_key, list_keys, revoke_key
from interfaces.cli.work.people.users import add, list_, lock, password, remove, role, slack

__all__ = [
    "add", "audit", "create_key", "list_", "list_keys", "lock", "password", "remove", "revoke_key", "role", "slack",
]  # fmt: skip
