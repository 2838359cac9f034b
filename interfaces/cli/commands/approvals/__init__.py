"""The command that settles proposals."""
