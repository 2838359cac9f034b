"""The JSON schema of a tool's arguments, as short as a model can read it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, cast

from pydantic import BaseModel


def parameters_of(arguments: type[BaseModel]) -> dict[str, Any]:
    """Without pydantic's titles and without the null of an optional argument, which a model simply leaves out."""
    return cast(dict[str, Any], _compacted(arguments.model_json_schema()))


Hint = str | Mapping[str, Any] | None
"""Of an argument, what a model needs to know beside its name: a few words, a schema of its own, or None where it does not see it."""

_QUERY = {"$ref": "#/$defs/AssetQuery"}
_TEXT = {"type": "string"}
_TEXTS = {"type": "array", "items": _TEXT}
_FEW = 6
_KEPT = ("type", "enum", "items", "anyOf", "$ref", "properties", "required")
"""The registry checks the rest, and says what is wrong in a sentence."""


def for_models(parameters: Mapping[str, Any], hints: Mapping[str, Hint]) -> dict[str, Any]:
    """The schema in as few tokens as say what it means: types, choices and ``hints``.

    Assets are names or letters of earlier results instead of a query of their own, but for the tool that finds them, whose argument is
    ``query``. A window is text. What these, quantities and moments look like is said once, in the system prompt.
    """
    shown: dict[str, Any] = {}
    properties = parameters.get("properties", {})
    queries, several = queries_of(parameters), _takes_several(properties.get("asset", {}))
    for name, value in properties.items():
        hint = hints.get(name, "")
        if hint is None or (name in queries and several):
            continue
        schema = _TEXTS if name in queries else _short(value)
        shown[name] = dict(hint) if isinstance(hint, Mapping) else _hinted(schema, hint)
    required = [name for name in parameters.get("required", ()) if name in shown]
    used = _used(shown, {name: _short(value) for name, value in parameters.get("$defs", {}).items()})
    return {
        "type": "object",
        "properties": shown,
        **({"required": required} if required else {}),
        **({"$defs": used} if used else {}),
    }


def _hinted(schema: Mapping[str, Any], hint: str) -> dict[str, Any]:
    return {**schema, "description": hint} if hint else dict(schema)


def _takes_several(asset: Mapping[str, Any]) -> bool:
    return any(option.get("type") == "array" for option in asset.get("anyOf", ()))


def _short(node: Any) -> Any:
    """Without bounds and defaults. Of several forms the widest: texts for a text or texts, the text for a number with its unit."""
    if isinstance(node, list):
        return [_short(one) for one in cast(list[Any], node)]
    if not isinstance(node, dict):
        return node
    given = cast(dict[str, Any], node)
    if given.get("$ref") == "#/$defs/Window":
        return dict(_TEXT)
    short: dict[str, Any] = {
        key: {name: _field(one) for name, one in value.items()} if key == "properties" else _short(value)
        for key, value in given.items()
        if key in _KEPT
    }
    return _widest(short) if "anyOf" in short else short


def _field(node: Mapping[str, Any]) -> Any:
    """Of a nested question: its own description stays, since no hint reaches it. Many choices are those of an argument, and listed there."""
    short = _short(node)
    if len(short.get("enum", ())) > _FEW:
        del short["enum"]
    return _hinted(short, node.get("description", ""))


def _widest(short: dict[str, Any]) -> dict[str, Any]:
    options: list[dict[str, Any]] = short.pop("anyOf")
    types = [option.get("type") for option in options]
    if "array" in types:
        return {**options[types.index("array")], **short}
    if all(isinstance(one, str) for one in types) and all(len(option) == 1 for option in options):
        return {"type": types, **short}
    return {"anyOf": options, **short}


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
