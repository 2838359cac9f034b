"""The JSON schema of what a tool takes from another system: all that it understands, with descriptions, bounds and defaults."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from tools.registry.schema import queries_of
from tools.registry.tool import Tool

_WINDOW_TEXT = {
    "type": "string",
    "minLength": 1,
    "description": "start/end, a day (2026-03-01), or a length until now (PT24H, P7D)",
}
_NAME = {"type": "string", "minLength": 1, "description": "id or exact name of an asset"}


def accepted(tool: Tool) -> dict[str, Any]:
    """The whole schema, with its definitions in ``$defs``. A window may be text, and a query of assets names of them."""
    found = cast(dict[str, Any], _copied(tool.parameters))
    if "Window" in found.get("$defs", {}):
        found["$defs"]["Window"] = {"anyOf": [_WINDOW_TEXT, found["$defs"]["Window"]]}
    for name in queries_of(tool.parameters):
        found["properties"][name] = _or_names(found["properties"][name])
    return found


def _or_names(query: Mapping[str, Any]) -> dict[str, Any]:
    said = {key: value for key, value in query.items() if key in ("description", "default")}
    forms = query.get("anyOf") or [{key: value for key, value in query.items() if key not in said}]
    return {"anyOf": [*forms, _NAME, {"type": "array", "items": _NAME, "minItems": 1}], **said}


def moved(schema: Any, prefix: str) -> Any:
    """The schema with references to definitions as components of that prefix."""
    if isinstance(schema, list):
        return [moved(one, prefix) for one in cast(list[Any], schema)]
    if not isinstance(schema, dict):
        return schema
    given = cast(dict[str, Any], schema)
    return {
        key: f"#/components/schemas/{prefix}{str(value).rpartition('/')[2]}" if key == "$ref" else moved(value, prefix)
        for key, value in given.items()
    }


def _copied(node: Any) -> Any:
    if isinstance(node, Mapping):
        return {key: _copied(value) for key, value in cast(Mapping[str, Any], node).items()}
    if isinstance(node, list):
        return [_copied(one) for one in cast(list[Any], node)]
    return node
