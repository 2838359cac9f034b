"""The tools of the product: one module each, and each module of this package and of the packages in it is one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module
from pkgutil import walk_packages
from types import ModuleType

from tools import catalogue
from tools.registry.registry import Registry
from tools.registry.tool import Tool
from tools.sentences.language import Language
from tools.topology.snapshot import Topologies


def plant_tools(spoken: Mapping[str, Language] | None = None) -> Registry:
    """One registry serves one plant: what it has read of the plant's topology is kept between calls.

    Raises ``TypeError`` where a tool lacks a part.
    """
    topologies = Topologies()
    return Registry([_tool(module, topologies) for module in _modules()], spoken)


def _modules() -> Iterator[ModuleType]:
    for found in walk_packages(catalogue.__path__, f"{catalogue.__name__}."):
        if found.name != __name__ and not found.ispkg:
            yield import_module(found.name)


def _tool(module: ModuleType, topologies: Topologies) -> Tool:
    """``TOOL``, or ``tool_of(topologies)`` of one that keeps what it has read of the plant."""
    tool = getattr(module, "TOOL", None)
    if tool is None and hasattr(module, "tool_of"):
        tool = module.tool_of(topologies)
    if not isinstance(tool, Tool):
        raise TypeError(f"{module.__name__} is no tool: it has neither TOOL nor tool_of.")
    return tool
