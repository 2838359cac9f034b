"""An example of each tool's arguments, for the documents that describe the API."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, cast

import yaml

from tools.registry.tool import Tool


@dataclass(frozen=True, slots=True)
class Examples:
    """``by_tool`` are arguments by the tool's name."""

    by_tool: Mapping[str, Mapping[str, Any]]

    def of(self, tool: Tool) -> Mapping[str, Any]:
        """Its own; for a tool that has none the defaults of its arguments."""
        own = self.by_tool.get(tool.name)
        if own is not None:
            return own
        properties = cast(Mapping[str, Mapping[str, Any]], tool.parameters["properties"])
        return {name: one["default"] for name, one in properties.items() if one.get("default") is not None}


def read_examples() -> Examples:
    """Those of the product."""
    return Examples(yaml.safe_load(files("interfaces.http.api").joinpath("examples.yaml").read_text("utf-8")))
