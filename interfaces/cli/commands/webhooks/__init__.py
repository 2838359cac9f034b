"""The command that sees to webhooks."""
