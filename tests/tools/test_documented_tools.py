"""docs/engineers/tools.md: every tool and argument is there, and its examples run."""

import re
import sys
from collections.abc import Generator
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from graph_schema.model import Entity, Plant, Relation
from graph_schema.ontology.ontology import Ontology
from graph_schema.store.graph import GraphStore
from graph_schema.store.loader import load_plant
from tools import catalogue, sentences
from tools.catalogue.plant import plant_tools
from tools.context import ToolContext
from tools.sentences.language import read_language

TEXT = (Path(__file__).parents[2] / "docs" / "engineers" / "tools.md").read_text("utf-8")
TABLE = TEXT.partition("## The tools")[2].partition("\n## ")[0]
CALLING, MODULE = re.findall(r"^```python\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)
(SENTENCES,) = re.findall(r"^```yaml\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)
ENGLISH = Path(str(files(sentences) / "en.yaml")).read_text("utf-8")


def names_of(code: str) -> dict[str, Any]:
    names: dict[str, Any] = {"__name__": "documented"}
    exec(compile(code, "tools.md", "exec", dont_inherit=True), names)
    return names


@pytest.fixture
async def house(graph: GraphStore, ontology: Ontology) -> GraphStore:
    assets = (
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
    await load_plant(graph, ontology, Plant("Hall", assets, relations))
    await graph.write("MATCH (n:Entity) WHERE n.id IN ['v2', 'p2'] SET n.status = 'stale'")
    return graph


def test_every_tool_and_argument_is_described() -> None:
    rows = {row[0]: row[1] for row in re.findall(r"^\| `(\w+)` \|([^|]*)\|", TABLE, re.MULTILINE)}
    tools = plant_tools()
    assert set(rows) == {tool.name for tool in tools}
    for tool in tools:
        assert set(tool.parameters["properties"]) <= set(re.findall(r"`(\w+)`", rows[tool.name])), tool.name


async def test_calling(house: GraphStore, present: ToolContext) -> None:
    assert await names_of(CALLING)["floors"](present) == ["Floor 1", "Floor 2"]


@pytest.fixture
def catalogue_with_the_module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Generator[None]:
    """The catalogue as if the documented file stood in its folder."""
    (tmp_path / "count_silent.py").write_text(MODULE, "utf-8")
    monkeypatch.setattr(catalogue, "__path__", [*catalogue.__path__, str(tmp_path)])
    yield
    sys.modules.pop("tools.catalogue.count_silent", None)
    vars(catalogue).pop("count_silent", None)


@pytest.mark.usefixtures("catalogue_with_the_module")
async def test_adding_a_tool_takes_its_module_and_its_sentences(house: GraphStore, present: ToolContext) -> None:
    registry = plant_tools({"en": read_language(ENGLISH.replace("tools:\n", f"tools:\n{SENTENCES}", 1))})
    tool = registry["count_silent"]
    assert tool.description == "Count the assets of a class whose readings have stopped."
    assert list(tool.parameters["properties"]) == ["of_class"]
    assert tool.title({"of_class": "VAV"}) == "Counting silent VAV"
    result = await registry.call("count_silent", {"of_class": "VAV"}, present)
    assert tool.summary(result) == "1 VAV without newer readings"
    assert result.subjects() == ["v2"]
    assert result.evidence


@pytest.mark.usefixtures("catalogue_with_the_module")
def test_a_tool_without_its_sentences_is_named() -> None:
    with pytest.raises(TypeError) as caught:
        plant_tools()
    assert str(caught.value) in " ".join(TEXT.split())


def test_a_module_of_the_catalogue_that_is_no_tool_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "stray.py").write_text("", "utf-8")
    monkeypatch.setattr(catalogue, "__path__", [*catalogue.__path__, str(tmp_path)])
    with pytest.raises(TypeError, match=r"^tools\.catalogue\.stray is no tool: it has neither TOOL nor tool_of\.$"):
        plant_tools()
    sys.modules.pop("tools.catalogue.stray", None)
