"""Maps of well-known devices: a file each, with messages as such devices send them and what they are read as."""

from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from graph_schema.errors import InvalidInput

_FOLDER = files("ingestion") / "maps" / "presets"


def preset_names() -> Sequence[str]:
    """All of them."""
    return sorted(file.name.removesuffix(".yaml") for file in _FOLDER.iterdir() if file.name.endswith(".yaml"))


@cache
def preset(name: str) -> dict[str, Any]:
    """``about``, ``topics``, ``ignore`` and ``examples``. Raises ``InvalidInput`` for one that there is not."""
    if name not in preset_names():
        raise InvalidInput(f"There is no preset “{name}”. There are: {', '.join(preset_names())}.")
    return yaml.safe_load((_FOLDER / f"{name}.yaml").read_text("utf-8"))


def preset_text(name: str) -> str:
    """The same as people write it, without the examples."""
    preset(name)
    return (_FOLDER / f"{name}.yaml").read_text("utf-8").partition("\nexamples:")[0] + "\n"
