"""The JSON schema of a tool's arguments, as short as a model can read it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, cast

from pydantic import BaseModel


def parameters_of(arguments: type[BaseModel]) -> dict[str, Any]:
    """Without pydantic's titles and without the null of an optional argument, which a model simply leaves out."""
    return cast(dict[str, Any], _compacted(arguments.model_json_schema()))


_QUERY = {"$ref": "#/$defs/AssetQuery"}
_NAMED = {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}
SETS = "ids or exact names, or the letter of an earlier result: all that it found"


def for_models(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """The schema with assets by name or by an earlier result instead of a query of its own: what is asked for once is not described in
    every tool. The tool that finds assets, whose argument is ``query``, keeps it."""
    properties = {name: dict(value) for name, value in parameters.get("properties", {}).items()}
    several = any(option.get("type") == "array" for option in properties.get("asset", {}).get("anyOf", ()))
    for name, value in list(properties.items()):
        if name != "query" and _is_query(value):
            if several:
                del properties[name]
                properties["asset"] = {**_NAMED, "description": SETS}
            else:
                properties[name] = {**_NAMED, "description": f"{value.get('description', name)}: {SETS}"}
    kept = {**parameters, "properties": properties}
    used = _used(properties, parameters.get("$defs", {}))
    return {**{key: value for key, value in kept.items() if key != "$defs"}, **({"$defs": used} if used else {})}


def queries_of(parameters: Mapping[str, Any]) -> frozenset[str]:
    """The arguments that are a query of assets, and may be names instead."""
    properties = parameters.get("properties", {})
    return frozenset(name for name, value in properties.items() if name != "query" and _is_query(value))


def _is_query(value: Mapping[str, Any]) -> bool:
    return value.get("$ref") == _QUERY["$ref"] or _QUERY in value.get("anyOf", ())


def _used(node: Any, definitions: Mapping[str, Any]) -> dict[str, Any]:
    """The definitions that a schema refers to, and those that they refer to."""
    found: set[str] = set()
    rest = [*_references(node)]
    while rest:
        name = rest.pop()
        if name in definitions and name not in found:
            found.add(name)
            rest += _references(definitions[name])
    return {name: definitions[name] for name in definitions if name in found}


def _references(node: Any) -> Iterator[str]:
    if isinstance(node, list):
        for one in cast(list[Any], node):
            yield from _references(one)
    elif isinstance(node, dict):
        given = cast(dict[str, Any], node)
        if "$ref" in given:
            yield str(given["$ref"]).rpartition("/")[2]
        for one in given.values():
            yield from _references(one)


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
