"""docs/engineers/tools.md: every tool and argument is there, and its examples run."""

import re
from pathlib import Path
from typing import Any

import pytest

from graph_schema.model import Entity, Plant, Relation
from graph_schema.ontology.ontology import Ontology
from graph_schema.store.graph import GraphStore
from graph_schema.store.loader import load_plant
from tools.catalogue.plant import plant_tools
from tools.context import ToolContext
from tools.registry.registry import Registry
from tools.registry.tool import Tool

TEXT = (Path(__file__).parents[2] / "docs" / "engineers" / "tools.md").read_text("utf-8")
CALLING, ADDING = re.findall(r"^```python\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)


def names_of(code: str) -> dict[str, Any]:
    names: dict[str, Any] = {"__name__": "documented"}
    exec(compile(code, "tools.md", "exec", dont_inherit=True), names)
    return names


@pytest.fixture
async def house(graph: GraphStore, ontology: Ontology) -> GraphStore:
    things = (
        Entity("h", "Building", "Hall", "Building"),
        Entity("f1", "Floor", "Floor 1", "Floor"),
        Entity("f2", "Floor", "Floor 2", "Floor"),
        Entity("v1", "Asset", "VAV-1", "VAV"),
        Entity("v2", "Asset", "VAV-2", "RVAV"),
        Entity("p1", "Point", "T1", "Zone_Air_Temperature_Sensor", {"quantity": "zone_air_temperature"}),
        Entity("p2", "Point", "T2", "Zone_Air_Temperature_Sensor", {"quantity": "zone_air_temperature"}),
    )
    relations = (
        Relation("HAS_PART", "h", "f1"),
        Relation("HAS_PART", "h", "f2"),
        Relation("HAS_POINT", "v1", "p1"),
        Relation("HAS_POINT", "v2", "p2"),
    )
    await load_plant(graph, ontology, Plant("Hall", things, relations))
    await graph.write("MATCH (n:Entity) WHERE n.id IN ['v2', 'p2'] SET n.status = 'stale'")
    return graph


def test_every_tool_and_argument_is_described() -> None:
    rows = {row[0]: row[1] for row in re.findall(r"^\| `(\w+)` \|([^|]*)\|", TEXT, re.MULTILINE)}
    tools = plant_tools()
    assert set(rows) == {tool.name for tool in tools}
    for tool in tools:
        assert set(tool.parameters["properties"]) <= set(re.findall(r"`(\w+)`", rows[tool.name])), tool.name


async def test_calling(house: GraphStore, present: ToolContext) -> None:
    assert await names_of(CALLING)["floors"](present) == ["Floor 1", "Floor 2"]


async def test_adding(house: GraphStore, present: ToolContext) -> None:
    tool = Tool.of(names_of(ADDING)["count_silent"])
    assert tool.description == "Count the things of a class whose readings have stopped."
    result = await Registry([tool]).call("count_silent", {"of_class": "VAV"}, present)
    assert result.model_dump()["total"] == 1
    assert result.evidence
