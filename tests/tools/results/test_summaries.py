"""Steps in one line for people."""

from datetime import UTC, datetime

import pytest

from graph_schema.question import AssetQuery
from tools.catalogue.plant import plant_tools
from tools.results.assets import AssetDescription, EntityRef, FoundAssets, Highlighted, PointNow, RelatedCount
from tools.results.connections import Connections
from tools.results.result import ToolResult
from tools.results.risks import RankedRisks, Risk
from tools.results.telemetry import Telemetry, TelemetryRow

AT = datetime(2026, 3, 2, tzinfo=UTC)


def ref(name: str, class_: str = "AHU") -> EntityRef:
    return EntityRef.model_validate({"id": name.lower(), "name": name, "kind": "Asset", "class": class_})


def row(name: str, stale: bool = False) -> TelemetryRow:
    return TelemetryRow(
        entity=ref(name), quantity="zone_air_temperature", value=21.37, unit="°C", at=AT, age_s=12.0, stale=stale
    )


def table(*rows: TelemetryRow, **more: object) -> Telemetry:
    return Telemetry.model_validate(
        {"quantity": "zone_air_temperature", "aggregate": "latest", "rows": rows, "total": len(rows), **more}
    )


AHUS = AssetQuery.model_validate({"class": "AHU"})


@pytest.mark.parametrize(
    ("result", "line"),
    [
        (FoundAssets(total=2, assets=[ref("A-1"), ref("A-2")], query=AHUS), "2 AHUs found: A-1 and A-2"),
        (FoundAssets(total=0, assets=[], query=AHUS), "0 AHUs found"),
        (FoundAssets(total=1, assets=[ref("Tank")], query=AssetQuery()), "1 asset found: Tank"),
        (FoundAssets(total=40, assets=[ref("A-1")] * 40, query=AHUS), "40 AHUs found"),
        (
            FoundAssets(total=5, assets=[], related=[RelatedCount(entity=ref("A-1"), count=88)], query=AHUS),
            "5 AHUs found; first A-1 with 88",
        ),
        (table(row("V-1")), "V-1 zone air temperature 21.4 °C, 12 s ago"),
        (table(row("V-1", stale=True)), "V-1 zone air temperature 21.4 °C, 12 s ago (stale)"),
        (table(row("V-1"), row("V-2"), aggregate="mean"), "2 values of average zone air temperature"),
        (table(no_data=[ref("V-1")]), "No readings of zone air temperature for V-1"),
        (table(missing=[ref("V-1")]), "No zone air temperature sensor for V-1"),
        (table(), "No zone air temperature sensor"),
        (
            AssetDescription(
                asset=ref("A-1"),
                located_in=[ref("Roof", "Roof")],
                points=[PointNow(id="p", name="P", quantity="power")],
            ),
            "A-1: AHU in Roof, 1 point",
        ),
        (
            Connections(
                asset=ref("A-1"), direction="downstream", total=3, connected=[], by_class={"VAV": 2, "Fan_Coil_Unit": 1}
            ),
            "A-1 feeds 3 assets (2 VAVs, 1 fan coil unit)",
        ),
        (
            RankedRisks(risks=[Risk(asset=ref("A-1"), score=72.0, reasons=[], dependents=3)], assessed=9),
            "1 risk of 9 assessed, first A-1",
        ),
        (RankedRisks(risks=[], assessed=9), "No risks among 9 assessed"),
        (Highlighted(assets=[ref("A-1")]), "1 asset highlighted"),
    ],
)
def test_a_step_in_one_line(result: ToolResult, line: str):
    (tool,) = (one for one in plant_tools() if one.result is type(result))
    assert tool.summary(result) == line
