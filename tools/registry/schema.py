"""The JSON schema of a tool's arguments, as short as a model can read it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from pydantic import BaseModel


def parameters_of(arguments: type[BaseModel]) -> dict[str, Any]:
    """Without pydantic's titles and without the null of an optional argument, which a model simply leaves out."""
    return cast(dict[str, Any], _compacted(arguments.model_json_schema()))


def _compacted(node: Any) -> Any:
    if isinstance(node, list):
        return [_compacted(item) for item in cast(list[Any], node)]
    if not isinstance(node, dict):
        return node
    given = cast(dict[str, Any], node)
    if "default" in given and given["default"] is None and "anyOf" in given:
        given = _required(given)
    return {
        key: {name: _compacted(entry) for name, entry in value.items()}
        if key in ("properties", "$defs")
        else _compacted(value)
        for key, value in given.items()
        if key != "title"
    }


def _required(node: Mapping[str, Any]) -> dict[str, Any]:
    kept = {key: value for key, value in node.items() if key not in ("anyOf", "default")}
    options = [option for option in node["anyOf"] if option != {"type": "null"}]
    return {**options[0], **kept} if len(options) == 1 else {"anyOf": options, **kept}
