"""Pointing at assets."""

import pytest

from graph_schema.errors import InvalidInput, NotFound
from graph_schema.model import Entity, Plant
from graph_schema.ontology.ontology import Ontology
from graph_schema.store.graph import GraphStore
from graph_schema.store.loader import load_plant
from tools.catalogue.highlight import TOOL
from tools.context import ToolContext
from tools.registry.registry import Registry
from tools.results.assets import Highlighted


@pytest.fixture
async def house(graph: GraphStore, ontology: Ontology) -> GraphStore:
    assets = (Entity("a1", "Asset", "AHU-1", "AHU"), Entity("a2", "Asset", "AHU-2", "AHU"))
    await load_plant(graph, ontology, Plant("House", assets, ()))
    return graph


async def test_assets_are_shown_in_the_order_of_their_mention_and_once(house: GraphStore, present: ToolContext) -> None:
    found = await Registry([TOOL]).call("highlight", {"assets": ["ahu-2", "a1", "AHU-2"]}, present)
    assert isinstance(found, Highlighted)
    assert [ref.name for ref in found.assets] == ["AHU-2", "AHU-1"]
    assert found.scene is not None
    assert (found.scene.highlight, found.scene.focus) == (["a2", "a1"], "a2")
    assert found.evidence[0].entities == ["a2", "a1"]


async def test_unknown_asset_and_empty_list_are_refused(house: GraphStore, present: ToolContext) -> None:
    registry = Registry([TOOL])
    with pytest.raises(NotFound, match="Did you mean AHU-1"):
        await registry.call("highlight", {"assets": ["a1", "AHU-7"]}, present)
    with pytest.raises(InvalidInput, match="“assets”: list should have at least 1 item"):
        await registry.call("highlight", {"assets": []}, present)
