"""Model files name the modules of their types; a file of an earlier release finds them under today's names."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from typing import Any, cast

_SCHEMA = "schema.json"  # where skops keeps the names

NOW_CALLED: Mapping[str, str] = {
    "forecasting.failures.baseline": "forecasting.failures.life.baseline",
    "forecasting.failures.choosing": "forecasting.failures.model_selection",
    "forecasting.failures.intervals": "forecasting.failures.life.intervals",
    "forecasting.failures.life": "forecasting.failures.life.remaining_life",
    "forecasting.failures.lives": "forecasting.failures.life.run_to_failure",
}
"""Earlier module names and what holds their types today. A module that moves once more changes the right side only."""


def with_todays_names(artifact: bytes) -> bytes:
    """The same file where it holds no earlier name. Whatever is wrong with a file is left to its reader to say."""
    with zipfile.ZipFile(io.BytesIO(artifact)) as given:
        parts = {name: given.read(name) for name in given.namelist()}
    schema = json.loads(parts[_SCHEMA])
    renamed = _renamed(schema)
    if renamed == schema:
        return artifact
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as made:
        for name, content in parts.items():
            made.writestr(name, json.dumps(renamed) if name == _SCHEMA else content)
    return out.getvalue()


def _renamed(node: Any) -> Any:
    if isinstance(node, list):
        return [_renamed(one) for one in cast(list[Any], node)]
    if not isinstance(node, dict):
        return node
    return {
        key: NOW_CALLED.get(value, value) if key == "__module__" else _renamed(value)
        for key, value in cast(dict[str, Any], node).items()
    }
