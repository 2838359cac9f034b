"""What is likely to fail, and why, as tools tell it."""

import json
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from forecasting.failure_forecast import Failing, drop_failing, put_failing, read_failing
from forecasting.outlook import Outlook, put_outlooks
from forecasting.registry.store import ModelRegistry
from forecasting.registry.versions import Trained
from graph_schema.errors import InvalidInput
from graph_schema.model import Plant
from graph_schema.ontology.ontology import Ontology
from graph_schema.store.graph import GraphStore
from graph_schema.store.loader import load_plant
from ingestion.decoding.messages import milliseconds
from ingestion.history.history import History
from ingestion.reading import Reading
from tools.catalogue.plant import plant_tools
from tools.context import ToolContext
from tools.query.reader import Reader
from tools.results.forecasts import FailureForecasts, TelemetryForecast
from tools.results.risks import RankedRisks, RiskExplained


@pytest.fixture
async def context(
    graph: GraphStore, ontology: Ontology, demo_plant: Plant, present: ToolContext, history: History
) -> ToolContext:
    """The demo plant with a history, and the time standing still."""
    await load_plant(graph, ontology, demo_plant)
    return replace(present, history=history, reader=Reader(graph, history, ontology, present.clock))


def pump(now: datetime, **changes: object) -> Outlook:
    known = Outlook(
        "chwp-2", "flagged", 0.93, 30, now + timedelta(days=6), now + timedelta(days=4), now + timedelta(days=9),
        "Bearing wear or misalignment", "Change the bearing.", ("vibration rises",), ("chwp-2/vibration",),
        "slow change 1", now - timedelta(hours=3),
    )  # fmt: skip
    return replace(known, **changes)


async def outlooks(context: ToolContext) -> None:
    now = context.clock()
    await put_outlooks(
        context.graph,
        [
            pump(now),
            pump(now, asset="generator-1", probability=0.99, reasons=("voltage falls",), points=()),
            pump(
                now, asset="chwp-1", state="sound", probability=0.0, reasons=(), points=(), mode=None, expected_at=None
            ),
            pump(now, asset="gate-1", state="cannot tell", probability=None, reasons=("not enough data",), points=()),
        ],
    )


async def failures(context: ToolContext, arguments: str = "{}") -> FailureForecasts:
    result = await plant_tools().call("forecast_failure", arguments, context)
    assert isinstance(result, FailureForecasts)
    return result


async def test_the_likeliest_failure_comes_first_with_when_and_why(context: ToolContext):
    await outlooks(context)
    found = await failures(context)
    assert [one.asset.id for one in found.forecasts] == ["generator-1", "chwp-2"]
    assert (found.flagged, found.sound, found.cannot_tell) == (2, 1, 1)
    first = found.forecasts[1]
    assert (first.probability_percent, first.mode, first.reasons) == (
        93,
        "Bearing wear or misalignment",
        ["vibration rises"],
    )
    assert first.expected_at == context.clock() + timedelta(days=6)
    assert first.age_h == 3
    assert found.evidence[0].model == "slow change 1"
    assert found.scene is not None
    assert found.scene.highlight == ["generator-1", "chwp-2"]
    assert found.notes == []


async def test_of_assets_that_were_asked_for_each_is_told(context: ToolContext):
    await outlooks(context)
    found = await failures(context, '{"assets": {"ids": ["chwp-1", "chiller-1"]}}')
    assert [(one.asset.id, one.state, one.probability_percent) for one in found.forecasts] == [("chwp-1", "sound", 0)]
    assert (found.flagged, found.sound, found.cannot_tell) == (0, 1, 1)


async def test_before_the_first_run_and_long_after_the_last_it_says_so(context: ToolContext):
    assert "Nothing was assessed yet" in (await failures(context)).notes[0]
    await put_outlooks(context.graph, [pump(context.clock(), made_at=context.clock() - timedelta(days=3))])
    (note,) = (await failures(context)).notes
    assert note == "The forecasts are of 27 February; no run has finished since."


async def foretold(context: ToolContext, **arguments: object) -> TelemetryForecast:
    result = await plant_tools().call("forecast_telemetry", arguments, context)
    assert isinstance(result, TelemetryForecast)
    return result


async def test_what_will_be_read_comes_with_its_interval_model_and_chart(context: ToolContext):
    now = context.clock()
    registry = ModelRegistry(context.history)
    version = await registry.add(Trained("telemetry/supply_air_temperature", "boosting", now, now, {"loss": 0.6}, b"-"))
    quantiles = [[10.0 + hour, 12.0 + hour, 14.0 + hour] for hour in range(168)]
    await context.history.fetch(
        "insert into forecasting.forecast (subject, model, version, start_at, step_s, levels, quantiles) "
        "values ('ahu-1/supply_air_temperature', %s, 1, %s, 3600, '{0.1,0.5,0.9}', %s::jsonb)",
        [version.name, now - timedelta(hours=2), json.dumps(quantiles)],
    )
    found = await foretold(
        context,
        quantity="supply_air_temperature",
        asset=["ahu-1", "ahu-2", "chwp-1"],
        at=(now + timedelta(hours=3)).isoformat(),
    )
    (row,) = found.rows
    (step,) = row.steps
    assert (row.entity.id, row.unit, row.model) == ("ahu-1", "°C", version.label)
    assert (step.expected, step.low, step.high) == (17.0, 15.0, 19.0)
    assert step.at == now + timedelta(hours=3)
    assert [one.id for one in found.no_forecast] == ["ahu-2"]
    assert [one.id for one in found.missing] == ["chwp-1"]
    assert [one.name for one in found.charts[0].lines] == ["expected", "low", "high"]
    assert found.evidence[-1].model == version.label
    day = await foretold(context, quantity="supply_air_temperature", asset="ahu-1")
    assert len(day.rows[0].steps) == 24
    assert day.rows[0].steps[0].at == now
    with pytest.raises(InvalidInput, match="from now to a week ahead"):
        await foretold(
            context, quantity="supply_air_temperature", asset="ahu-1", at=(now - timedelta(hours=3)).isoformat()
        )


async def explained(context: ToolContext, asset: str) -> RiskExplained:
    result = await plant_tools().call("explain_risk", {"asset": asset}, context)
    assert isinstance(result, RiskExplained)
    return result


async def test_an_explanation_joins_present_and_future_with_a_chart_of_the_signal(context: ToolContext):
    await outlooks(context)
    now = context.clock()
    (source,) = [
        row["source"]
        for row in await context.graph.read("MATCH (p:Point {id: 'chwp-2/vibration'}) RETURN p.source AS source")
    ]
    hours = range(28 * 24)
    await context.history.write(
        Reading(source, milliseconds(now - timedelta(hours=hour + 1)), 3.0 + 0.001 * hour) for hour in hours
    )
    await context.graph.write(
        "MATCH (p:Point {id: 'chwp-2/vibration'}) SET p.value = 5.0, p.status = 'alarm', p.at = $at",
        at=milliseconds(now),
    )
    found = await explained(context, "Chilled Water Pump 2")
    assert found.asset.id == "chwp-2"
    assert [one.mode for one in found.forecasts] == ["Bearing wear or misalignment"]
    assert found.score > 0
    assert any("vibration" in reason for reason in found.reasons)
    assert found.dependents > 0
    (chart,) = found.charts
    assert chart.high == 4.5
    assert 110 <= len(chart.lines[0].values) <= 113
    assert chart.lines[0].values[0] > chart.lines[0].values[-1]
    assert found.scene is not None
    assert found.scene.focus == "chwp-2"


async def test_a_asset_that_is_sound_has_no_reasons_and_one_without_readings_says_so(context: ToolContext):
    await outlooks(context)
    sound = await explained(context, "chwp-1")
    assert (sound.score, sound.reasons, [one.state for one in sound.forecasts]) == (0.0, [], ["sound"])
    unknown = await explained(context, "chiller-1")
    assert unknown.notes == ["No forecast covers Chiller 1: none of its points has readings."]


async def test_where_nothing_is_forecast_yet_the_readings_of_an_asset_are_not_to_blame(context: ToolContext):
    (note,) = (await explained(context, "chiller-1")).notes
    assert note.startswith("Nothing was assessed yet")


def breaking(now: datetime, **changes: object) -> Failing:
    known = Failing(
        "chwp-2", 30, now - timedelta(hours=3), 0.41, 0.12, now + timedelta(days=50), now + timedelta(days=5), now + timedelta(days=300),
        ("3 failures in 2.0 years, the last 40 days ago", "it is 3.4 times as likely"), "failure/pump v2",
    )  # fmt: skip
    return replace(known, **changes)


async def test_how_likely_a_asset_fails_is_told_beside_its_outlook_with_the_model(context: ToolContext):
    await outlooks(context)
    now = context.clock()
    await put_failing(
        context.graph,
        [
            breaking(now),
            breaking(now, asset="chwp-1", probability=0.02, life_days=90.4, life_low=60.0, life_high=200.0, life_reasons=("vibration up",), life_model="life/pump v1"),
            breaking(now, asset="breaker-1", probability=None, usual=None, model=None, reasons=(), unknown="not enough data: 2 failures of 8 (breakers)"),
        ],
    )  # fmt: skip
    found = await failures(context)
    assert [one.asset.id for one in found.forecasts] == ["generator-1", "chwp-2"]
    assert (found.likely, found.flagged) == (1, 2)
    told = found.forecasts[1].failing
    assert told is not None
    assert (told.probability_percent, told.usual_percent, told.model) == (41, 12, "failure/pump v2")
    assert told.reasons[0] == "3 failures in 2.0 years, the last 40 days ago"
    assert found.forecasts[1].probability_percent == 93, "leaving its limits is something else"
    assert "failure/pump v2" in [one.model for one in found.evidence]
    (one,) = (await failures(context, '{"assets": {"ids": ["chwp-1"]}}')).forecasts
    assert one.failing is not None
    assert one.failing.remaining_life is not None
    assert (one.failing.remaining_life.expected_days, one.failing.remaining_life.model) == (90, "life/pump v1")


async def test_too_few_failures_are_told_without_a_number(context: ToolContext):
    now = context.clock()
    unknown = "not enough data: 2 failures of 8 (HVAC equipment)"
    await put_failing(
        context.graph,
        [breaking(now, probability=None, usual=None, model=None, reasons=(), unknown=unknown, expected_at=None)],
    )
    told = await explained(context, "chwp-2")
    (one,) = told.forecasts
    assert one.failing is not None
    assert (one.failing.probability_percent, one.failing.unknown) == (None, unknown)
    assert (await failures(context)).forecasts == []


async def test_what_is_likelier_to_fail_than_its_kind_is_a_risk(context: ToolContext):
    now = context.clock()
    await put_failing(context.graph, [breaking(now), breaking(now, asset="chwp-1", probability=0.13)])
    result = await plant_tools().call("rank_risks", "{}", context)
    assert isinstance(result, RankedRisks)
    (risk,) = result.risks
    assert risk.probability_percent == 41
    assert risk.reasons[0] == "41% likely to fail within 30 days: 3 failures in 2.0 years, the last 40 days ago"
    assert "failure/pump v2" in [one.model for one in result.evidence]


async def test_what_is_said_of_failing_comes_back_from_the_graph(context: ToolContext):
    now = context.clock()
    told = [
        breaking(now, life_days=3.0, life_reasons=("a",)),
        breaking(now, asset="chwp-3", unknown="too little", probability=None, reasons=()),
    ]
    await put_failing(context.graph, [breaking(now, probability=0.9, life_days=9.0), *told[1:]])
    await put_failing(context.graph, told)
    assert await read_failing(context.graph) == told
    await drop_failing(context.graph, now)
    assert await read_failing(context.graph) == []
