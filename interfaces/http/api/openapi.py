"""The OpenAPI 3.1 document: the routes as FastAPI knows them, with the tools' own schemas, examples, and what may go wrong."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from interfaces.http.api.idempotency import LONGEST_KEY
from interfaces.http.api.problems import KINDS, MEDIA_TYPE, Problem
from interfaces.http.api.schemas import accepted, moved
from tools.registry.registry import Registry
from tools.registry.tool import Tool

_ALWAYS = (400, 401, 403, 404, 413, 422, 429, 500, 503)
_OF_WRITES = (409, 412)
_OF_FORMATS = (406,)
_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "A key of your own for this request: sent again with the same one, it is not done twice.",
    "schema": {"type": "string", "minLength": 1, "maxLength": LONGEST_KEY, "pattern": "^[\\x21-\\x7e]+$"},
}
_KNOWN = {
    "name": "If-None-Match",
    "in": "header",
    "required": False,
    "description": "The ETag of the answer that you have: 304 where it is still the same.",
    "schema": {"type": "string", "pattern": '^"[\\x21\\x23-\\x7e]*"$'},
}
_READ = {
    "name": "If-Match",
    "in": "header",
    "required": False,
    "description": "The ETag of what you have read: 412 where it has changed since.",
    "schema": {"type": "string", "pattern": '^"[\\x21\\x23-\\x7e]*"$'},
}
_TAG = {"description": "Of this very answer", "schema": {"type": "string"}}


def document(app: FastAPI, registry: Registry, version: str) -> dict[str, Any]:
    """``app`` is that of the API, under ``/api/v1``."""
    found = get_openapi(
        title="Plantroom",
        version=version,
        openapi_version="3.1.0",
        summary="Read a plant, ask it, and propose what is to be done.",
        routes=app.routes,
        servers=[{"url": "/api/v1"}],
    )
    schemas = cast(dict[str, Any], found["components"]["schemas"])
    schemas["Problem"] = Problem.model_json_schema()
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    tools = {tool.name: tool for tool in registry}
    for path, methods in cast(Mapping[str, Mapping[str, dict[str, Any]]], found["paths"]).items():
        for method, operation in methods.items():
            _complete(operation, method, path)
            if (name := operation.pop("x-tool", None)) is not None:
                _takes(operation, tools[name], operation.pop("x-example"), schemas)
    found["components"]["securitySchemes"] = {"key": {"type": "http", "scheme": "bearer"}}
    found["security"] = [{"key": []}, {}]
    return found


def _complete(operation: dict[str, Any], method: str, path: str) -> None:
    responses = cast(dict[str, Any], operation["responses"])
    parameters = cast(list[Any], operation.setdefault("parameters", []))
    writes = method == "post" and (path.startswith("/approvals") or "202" in responses)
    if writes:
        parameters.append(_KEY)
    if path.startswith("/approvals") and method == "post":
        parameters.append(_READ)
    if method == "get" and path not in ("/tools", "/openapi.json"):
        parameters.append(_KNOWN)
        responses["200"].setdefault("headers", {})["ETag"] = _TAG
        responses["304"] = {"description": "You have it already"}
    statuses = [*_ALWAYS, *(_OF_WRITES if writes else ()), *(_OF_FORMATS if path == "/readings" else ())]
    for kind in KINDS:
        if kind.status in statuses:
            responses[str(kind.status)] = {
                "description": f"{kind.title}. {kind.advice}",
                "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
            }


def _takes(operation: dict[str, Any], tool: Tool, example: Any, schemas: dict[str, Any]) -> None:
    """The body of a tool's operation, and its schema among the components."""
    schema = accepted(tool)
    prefix = f"{tool.name}_"
    for name, definition in schema.pop("$defs", {}).items():
        schemas[f"{prefix}{name}"] = moved(definition, prefix)
    schemas[f"{prefix}arguments"] = moved(schema, prefix)
    operation["requestBody"] = {
        "required": bool(schema.get("required")),
        "content": {
            "application/json": {
                "schema": {"$ref": f"#/components/schemas/{prefix}arguments"},
                "examples": {"demo": {"summary": "Of the demo plant", "value": example}},
            }
        },
    }
