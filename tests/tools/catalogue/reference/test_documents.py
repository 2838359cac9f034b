"""Looking things up in the plant's documents."""

from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from graph_schema.errors import NotFound
from graph_schema.model import Entity, Plant
from graph_schema.ontology.ontology import Ontology
from graph_schema.store.graph import GraphStore
from graph_schema.store.loader import load_plant
from tools.catalogue.reference.documents import tool_of
from tools.context import ToolContext
from tools.registry.registry import Registry
from tools.results.documents import DocumentPassages
from tools.topology.snapshot import Topologies


@pytest.fixture
async def shelved(graph: GraphStore, ontology: Ontology, present: ToolContext, tmp_path: Path) -> ToolContext:
    assets = (
        Entity("c1", "Asset", "Chiller 1", "Centrifugal_Chiller", {"aliases": ["CH-1"]}),
        Entity("a2", "Asset", "AHU-2", "AHU"),
    )
    await load_plant(graph, ontology, Plant("House", assets, ()))
    for name, text in {
        "CH-1/log.md": "# Vibration\nThe oil pump was noisy in 2024.",
        "Chiller/manual.md": "# Oil filter\nReplace the oil filter every 2,000 hours.",
        "AHU-2/filters.md": "Change the bag filter twice a year.",
        "rules.md": "Report oil on the floor at once.",
    }.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    return replace(present, documents=tmp_path)


async def said(context: ToolContext, **arguments: Any) -> DocumentPassages:
    registry = Registry([tool_of(Topologies())])
    return cast(DocumentPassages, await registry.call("documents", arguments, context))


async def test_all_documents_are_searched_where_no_asset_is_named(shelved: ToolContext) -> None:
    found = await said(shelved, words="oil filter")
    assert found.passages[0].file == "Chiller/manual.md"
    assert (found.passages[0].section, found.searched, found.total) == ("Oil filter", 4, 4)
    (table,) = found.tables()
    assert {one.kind for one in table.columns} == {"text"}


async def test_an_asset_has_its_own_documents_and_those_of_its_classes(shelved: ToolContext) -> None:
    found = await said(shelved, words="oil", asset="chiller 1")
    assert {one.file for one in found.passages} == {"CH-1/log.md", "Chiller/manual.md"}
    assert found.subjects() == ["c1"]
    of_class = await said(shelved, words="oil", asset="Centrifugal Chiller")
    assert [one.file for one in of_class.passages] == ["Chiller/manual.md"]


async def test_what_there_is_not_is_told(shelved: ToolContext, present: ToolContext) -> None:
    nothing = await said(shelved, words="refrigerant", asset="AHU-2")
    assert (nothing.passages, nothing.searched, nothing.tables()) == ([], 1, [])
    with pytest.raises(NotFound, match="Did you mean"):
        await said(shelved, words="oil", asset="AHU-22")
    assert (await said(present, words="oil")).searched == 0
    tool = tool_of(Topologies())
    assert Registry([tool])["documents"].summary(nothing) == "Nothing about “refrigerant” in 1 document"
