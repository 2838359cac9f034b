"""How far readings can be trusted, told by the tool: for an asset, for a place, for single points, for the whole plant."""

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest

from graph_schema.errors import InvalidInput
from graph_schema.model import Entity, Plant, Relation
from graph_schema.ontology.ontology import Ontology
from graph_schema.question import AssetQuery
from graph_schema.store.graph import GraphStore
from graph_schema.store.loader import load_plant
from ingestion.history.history import History
from ingestion.reading import Reading
from tools.catalogue import data_quality as module
from tools.catalogue.data_quality import DataQuality, judging
from tools.context import ToolContext
from tools.topology.snapshot import Topologies

NOW = datetime(2026, 3, 2, 18, tzinfo=UTC)

NOW_MS = round(NOW.timestamp() * 1000)
STEP_MS = 300_000


@pytest.fixture
async def hall(graph: GraphStore, history: History, ontology: Ontology, present: ToolContext) -> ToolContext:
    """An air handler with a filter that feeds four boxes on a floor; its own sensor is stuck, and one box is silent."""
    assets = [
        Entity("f1", "Floor", "Floor 1", "Floor"),
        Entity("ahu", "Asset", "AHU-1", "AHU"),
        Entity("filter", "Asset", "Filter", "Filter"),
    ]
    relations = [Relation("HAS_PART", "ahu", "filter")]
    for name, quantity in (("ahu", "supply_air_temperature"), ("filter", "filter_air_differential_pressure")):
        assets.append(
            Entity(f"{name}.p", "Point", f"{name} p", None, {"quantity": quantity, "source": f"{name}/p", "unit": "°C"})
        )
        relations.append(Relation("HAS_POINT", name, f"{name}.p"))
    for n in range(1, 5):
        assets += [
            Entity(f"v{n}", "Asset", f"VAV-{n}", "VAV"),
            Entity(
                f"v{n}.t",
                "Point",
                f"VAV-{n} T",
                None,
                {"quantity": "zone_air_temperature", "source": f"v{n}/t", "unit": "°C"},
            ),
        ]
        relations += [
            Relation("HAS_POINT", f"v{n}", f"v{n}.t"),
            Relation("FEEDS", "ahu", f"v{n}"),
            Relation("LOCATED_IN", f"v{n}", "f1"),
        ]
    await load_plant(graph, ontology, Plant("Hall", tuple(assets), tuple(relations)))
    for name in ("ahu/p", "filter/p", "v1/t", "v2/t", "v3/t", "v4/t"):
        await history.write(sent(name))
    reader = type(present.reader)(graph, history, ontology, present.clock)
    return replace(present, history=history, reader=reader)


def sent(source: str) -> list[Reading]:
    at = np.arange(NOW_MS - 3 * 86_400_000, NOW_MS + 1, STEP_MS)
    value = np.round(20 + np.sin(at / 13_000_000) + np.random.default_rng(len(source)).normal(0, 0.1, len(at)), 2)
    if source == "ahu/p":
        value[at > NOW_MS - 8 * 3_600_000] = 19.93
    if source == "v2/t":
        at = at[at < NOW_MS - 5 * 3_600_000]
    return [Reading(source, a, v) for a, v in zip(at.tolist(), value.tolist(), strict=False)]


async def ask(hall: ToolContext, **arguments) -> DataQuality:
    return await judging(Topologies())(hall, **arguments)


async def test_those_on_which_most_depends_come_first(hall: ToolContext):
    found = await ask(hall)
    assert (found.judged, found.amiss, found.untold, found.kinds) == (6, 2, 0, {"stuck": 1, "silent": 1})
    first, second = found.points
    assert (first.asset and first.asset.name, first.issues[0].kind, first.dependents) == ("AHU-1", "stuck", 4)
    assert "19.93 °C unchanged since 02:" in first.issues[0].sentence, "in the plant's own time"
    assert (second.point.id, second.issues[0].kind) == ("v2.t", "silent")
    assert found.percent
    assert 80 < found.percent < 95
    assert found.evidence[0].window
    assert set(found.evidence[0].points) == {"ahu.p", "filter.p", "v1.t", "v2.t", "v3.t", "v4.t"}
    assert found.scene
    assert found.scene.highlight == ["ahu", "v2"]


async def test_a_asset_with_its_parts_a_place_and_single_points(hall: ToolContext):
    assert (await ask(hall, assets=AssetQuery(ids=["ahu"]))).judged == 2
    floor = await ask(hall, assets=AssetQuery(ids=["f1"]))
    assert (floor.judged, floor.amiss) == (4, 1)
    one = await ask(hall, points=["v2.t"])
    assert (one.judged, one.amiss, one.points[0].asset and one.points[0].asset.name) == (1, 1, "VAV-2")
    with pytest.raises(InvalidInput, match="not both"):
        await ask(hall, assets=AssetQuery(), points=["v2.t"])


async def test_a_shorter_look_and_a_shorter_list(hall: ToolContext):
    found = await ask(hall, hours=4, limit=1)
    assert (found.amiss, len(found.points), found.points[0].score) == (2, 1, 0.0)


async def test_of_very_many_points_the_kept_verdicts_are_told(hall: ToolContext, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "_AT_ONCE", 3)
    found = await ask(hall)
    assert (found.judged, found.untold) == (0, 6)
    assert "not been done yet" in found.notes[0]
    at = round(datetime(2026, 3, 2, 17, 55, tzinfo=UTC).timestamp() * 1000)
    await hall.graph.write("MERGE (m:Meta {id: 'quality'}) SET m.at = $at", at=at)
    await hall.graph.write("MATCH (p:Entity) WHERE p.id IN ['ahu.p', 'v1.t'] SET p.quality = 1.0")
    await hall.graph.write(
        "MATCH (p:Entity {id: 'ahu.p'}) SET p.quality = 0.5, p.quality_kinds = ['drift'], p.quality_issues = ['Moves away.'], p.quality_since = $at",
        at=at,
    )
    found = await ask(hall)
    assert (found.judged, found.amiss, found.untold, found.percent) == (2, 1, 4, 75.0)
    assert found.points[0].issues[0].sentence == "Moves away."
    assert found.evidence[0].as_of == datetime(2026, 3, 2, 17, 55, tzinfo=UTC)
