"""Which equipment needs attention, on plants in the graph."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from forecasting.outlook import Outlook, put_outlooks
from graph_schema.importers import read_plant
from graph_schema.ontology.ontology import Ontology
from graph_schema.store.graph import GraphStore
from graph_schema.store.loader import load_plant
from tools.catalogue.rank_risks import tool_of
from tools.context import ToolContext
from tools.registry.registry import Registry
from tools.results.risks import RankedRisks
from tools.topology.snapshot import Topologies

DEMO = Path(__file__).parents[3] / "ingestion" / "simulator" / "demo_plant.yaml"


@pytest.fixture
async def demo(graph: GraphStore, ontology: Ontology) -> GraphStore:
    await load_plant(graph, ontology, read_plant(DEMO, ontology))
    return graph


@pytest.fixture
def registry() -> Registry:
    return Registry([tool_of(Topologies())])


async def read(context: ToolContext, point: str, value: float, status: str, minutes_ago: int = 1) -> None:
    at = context.clock() - timedelta(minutes=minutes_ago)
    await context.graph.write(
        "MATCH (p:Point {id: $id}) SET p.value = $value, p.status = $status, p.at = $at",
        id=point, value=value, status=status, at=int(at.timestamp() * 1000),
    )  # fmt: skip


async def rank(registry: Registry, context: ToolContext, arguments: str = "{}") -> RankedRisks:
    result = await registry.call("rank_risks", arguments, context)
    assert isinstance(result, RankedRisks)
    return result


async def test_plant_without_readings_cannot_be_judged(
    demo: GraphStore, registry: Registry, present: ToolContext
) -> None:
    found = await rank(registry, present)
    assert found.risks == []
    assert found.assessed == 81
    assert found.notes == ["There are no readings of anything, so the condition of the plant cannot be judged."]


async def test_sound_plant_has_nothing_to_say(demo: GraphStore, registry: Registry, present: ToolContext) -> None:
    await read(present, "ahu-1/supply_air_temperature", 14.0, "normal")
    found = await rank(registry, present)
    assert (found.risks, found.notes) == ([], ["No forecast has run yet, so this is judged by what is read now alone."])


async def test_fault_of_a_part_counts_for_the_whole_with_its_advice(
    demo: GraphStore, registry: Registry, present: ToolContext
) -> None:
    await read(present, "ahu-2-filter/filter_air_differential_pressure", 310.0, "alarm")
    (risk,) = (found := await rank(registry, present)).risks
    assert risk.asset.id == "ahu-2"
    assert risk.reasons[0] == (
        "AHU-2 Filter: filter air differential pressure is 310 Pa, 60 Pa above its limit of 250 Pa (alarm)"
    )
    assert "this can mean: clogged filter. Change the filters and check the seals of their frames" in risk.reasons
    assert "its criticality is 3 of 5" in risk.reasons
    assert risk.dependents >= 18
    assert f"{risk.dependents} assets depend on it" in risk.reasons
    assert found.evidence[0].points == ["ahu-2-filter/filter_air_differential_pressure"]
    assert found.evidence[0].as_of is not None
    assert found.scene is not None
    assert (found.scene.highlight, found.scene.focus) == (["ahu-2"], "ahu-2")


async def test_worst_comes_first_and_the_limit_is_told(
    demo: GraphStore, registry: Registry, present: ToolContext
) -> None:
    await read(present, "ahu-1-fan/vibration", 9.5, "alarm")
    await read(present, "ahu-2/supply_air_temperature", 20.2, "warning")
    await read(present, "ahu-3/supply_air_temperature", 15.0, "stale", minutes_ago=120)
    found = await rank(registry, present)
    assert [risk.asset.id for risk in found.risks] == ["ahu-1", "ahu-2", "ahu-3"]
    assert found.risks[2].reasons[0] == "supply air temperature has not been read for 2 hours"
    assert found.risks[0].score > found.risks[1].score > found.risks[2].score
    first = await rank(registry, present, '{"limit": 1}')
    assert [risk.asset.id for risk in first.risks] == ["ahu-1"]
    assert first.notes[0] == "3 assets need attention; the 1 worst are listed."


async def test_only_what_was_asked_for_is_assessed(demo: GraphStore, registry: Registry, present: ToolContext) -> None:
    await read(present, "ahu-1-fan/vibration", 9.5, "alarm")
    await read(present, "chiller-1/electric_power", 9999.0, "alarm")
    fans = await rank(registry, present, '{"assets": {"class": "Fan"}}')
    assert [risk.asset.id for risk in fans.risks] == ["ahu-1-fan"]
    handlers = await rank(registry, present, '{"assets": {"class": "AHU"}}')
    assert [risk.asset.id for risk in handlers.risks] == ["ahu-1"]
    assert handlers.assessed == 4
    one = await rank(registry, present, '{"assets": {"ids": ["vav-101"]}}')
    assert (one.risks, one.assessed) == ([], 1)


async def test_order_is_the_same_every_time(demo: GraphStore, registry: Registry, present: ToolContext) -> None:
    for n in (6, 3, 1, 5, 4, 2):
        await read(present, f"vav-10{n}/zone_air_temperature", 26.5, "warning")
    scores = [[risk.asset.name for risk in (await rank(registry, present)).risks] for _ in range(3)]
    assert scores[0] == scores[1] == scores[2]


async def test_outlooks_rank_before_anything_is_out_of_limits(
    demo: GraphStore, registry: Registry, present: ToolContext
) -> None:
    now = present.clock()
    pump = Outlook(
        "chwp-2", "flagged", 0.93, 30, now + timedelta(days=6), None, None, "Bearing wear", "Change the bearing.",
        ("vibration rises by 0.3 mm/s a day",), ("chwp-2/vibration",), "slow change 1", now - timedelta(hours=3),
        since=now - timedelta(days=9), certainty="certain",
    )  # fmt: skip
    fan = replace(
        pump, asset="ahu-1-fan", probability=None, expected_at=None, mode=None, advice=None, certainty="likely"
    )
    sound = replace(pump, asset="chwp-1", state="sound", probability=0.0, certainty=None, since=None)
    await put_outlooks(demo, [pump, fan, sound])
    await read(present, "ahu-2-filter/filter_air_differential_pressure", 230.0, "warning")
    found = await rank(registry, present)
    by_id = {risk.asset.id: risk for risk in found.risks}
    assert set(by_id) == {"chwp-2", "ahu-1", "ahu-2"}
    worn, handler, filter_ = by_id["chwp-2"], by_id["ahu-1"], by_id["ahu-2"]
    assert (worn.judged_by, worn.probability_percent, worn.expected_at, worn.mode) == (
        "outlook", 93.0, now + timedelta(days=6), "Bearing wear",
    )  # fmt: skip
    assert worn.reasons[0] == (
        "93% likely to leave its limits within 30 days, in about 6 days: vibration rises by 0.3 mm/s a day"
    )
    assert "this can mean: bearing wear. Change the bearing" in worn.reasons
    assert handler.reasons[0].startswith("AHU-1 Supply Fan: something is wrong (likely, seen for 9 days)")
    assert (handler.judged_by, filter_.judged_by, filter_.certainty) == ("outlook", "status", None)
    assert found.notes == []
    assert any(one.model == "slow change 1" for one in found.evidence)
    await read(present, "chwp-2/vibration", 5.0, "alarm")
    (again,) = (one for one in (await rank(registry, present)).risks if one.asset.id == "chwp-2")
    assert again.judged_by == "outlook and status"


async def test_old_outlooks_are_called_old(demo: GraphStore, registry: Registry, present: ToolContext) -> None:
    made = present.clock() - timedelta(days=3)
    await put_outlooks(
        demo, [Outlook("chwp-1", "sound", 0.0, 30, None, None, None, None, None, (), (), "slow change 1", made)]
    )
    await read(present, "ahu-1/supply_air_temperature", 14.0, "normal")
    assert (await rank(registry, present)).notes == [f"The forecasts are of {made:%d %B}; no run has finished since."]


async def test_new_alarm_grows_and_one_that_is_over_is_forgotten_by_and_by(
    demo: GraphStore, registry: Registry, present: ToolContext
) -> None:
    point = "chwp-2/vibration"
    await read(present, point, 9.5, "alarm")
    (in_full,) = (await rank(registry, present)).risks

    async def changed(status: str, before: str, minutes_ago: float, counted: list[float] | None) -> None:
        since = round(1000 * (present.clock().timestamp() - 60 * minutes_ago))
        await present.graph.write(
            "MATCH (p:Point {id: $id}) SET p.status = $status, p.status_since = $since, p.status_before = $before, "
            "p.status_worst = $worst, p.status_before_worst = $before_worst, p.status_counted = $counted",
            id=point, status=status, since=since, before=before, worst=9.5 if status == "alarm" else None,
            before_worst=9.5 if before == "alarm" else None, counted=counted,
        )  # fmt: skip

    await changed("alarm", "normal", 2, None)
    (new,) = (await rank(registry, present)).risks
    assert new.score == pytest.approx(20, abs=0.5)
    assert new.reasons[0].endswith("(alarm for 2 minutes)")
    await changed("normal", "alarm", 3, None)
    (over,) = (await rank(registry, present)).risks
    assert over.score == pytest.approx(70, abs=0.5)
    assert over.score < in_full.score
    assert over.reasons[0] == "vibration was in alarm until 3 minutes ago and is 9.5 mm/s now"
    await changed("normal", "alarm", 1, [0.3, 0.3, 0.0, 5.0])
    (interrupted,) = (await rank(registry, present)).risks
    assert interrupted.score == pytest.approx(20, abs=0.5)
    await changed("normal", "alarm", 11, None)
    assert (await rank(registry, present)).risks == []
