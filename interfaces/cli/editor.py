"""The person's editor."""

import click


def edited(text: str) -> str | None:
    """The text as it was saved; None where nothing was."""
    return click.edit(text, extension=".json", require_save=True)
