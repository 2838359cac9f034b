"""The file ``.env`` of the folder that a command is started in."""

from pathlib import Path

ENV_FILE = ".env"


def unusable() -> list[str]:
    """A sentence where there is something of that name that is no file: it would otherwise go unnoticed."""
    path = Path(ENV_FILE)
    if not path.is_dir():
        return []
    return [f"{path.absolute()} is a folder and is not read; settings come from a file of that name."]
