"""``plantroom tool``: arguments as people type them, tables on a terminal, and a run on a served plant and alone."""

import io
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

import pytest
import typer
from rich.console import Console

from interfaces.cli.commands.tool import arguments_of
from interfaces.cli.work.tool.printing import print_result, sparkline
from tools.results.result import Chart, ChartLine, ToolResult
from tools.results.table import Column, Table, TableRow, record
from tools.sentences.summary import Summary

AT = datetime(2026, 3, 2, 12, tzinfo=UTC)
PLANT = """
site: {id: quay, name: Quay}
assets:
  - {id: p1, name: Quay Pump 1, class: Pump, feeds: [p2]}
  - {id: p2, name: Quay Pump 2, class: Pump}
"""


@pytest.mark.parametrize(
    ("given", "arguments"),
    [
        (["quantity=electric_power", "limit=5"], {"quantity": "electric_power", "limit": 5}),
        (["query.class=AHU", "query.within.class=Floor"], {"query": {"class": "AHU", "within": {"class": "Floor"}}}),
        (['asset=["a", "b"]', "direct=true", "name=x=y"], {"asset": ["a", "b"], "direct": True, "name": "x=y"}),
        (["asset=AHU-2", "at=2026-03-02T07:00:00Z"], {"asset": "AHU-2", "at": "2026-03-02T07:00:00Z"}),
    ],
)
def test_arguments_are_json_where_they_are_json(given: list[str], arguments: dict[str, Any]) -> None:
    assert arguments_of(given) == arguments


@pytest.mark.parametrize("given", [["quantity"], ["=5"], ["a..b=1"], ["a=1", "a=2"], ["a=1", "a.b=2"]])
def test_what_is_no_argument_is_told(given: list[str]) -> None:
    with pytest.raises(typer.BadParameter):
        arguments_of(given)


class Shown(ToolResult):
    def summary(self) -> Summary[Literal["shown"]]:
        return Summary("shown")

    def tables(self) -> Sequence[Table]:
        columns = (Column("name", "name"), Column("value", "number"), Column("at", "time"), Column("never", "text"))
        rows = (
            TableRow(("a",), ("Pump 1", 12.345, AT, None), "kW"),
            TableRow(("b",), ("Pump [2]", 1500.0, None, None), "kW", stale=True),
        )
        return [record("found", (Column("total", "count"), 7)), Table("values", columns, rows, total=7)]

    def subjects(self) -> list[str]:
        return []


def test_tables_are_printed_with_units_local_times_notes_and_charts() -> None:
    line = ChartLine(name="read", at=[AT + timedelta(hours=hour) for hour in range(3)], values=[1.0, 3.0, 2.0])
    text = io.StringIO()
    result = Shown(notes=["Pump 2 is stale."], charts=[Chart(title="Power", unit="kW", lines=[line])])
    print_result(Console(file=text, width=120), result, ZoneInfo("Europe/Berlin"))
    said = text.getvalue()
    for part in (
        "total  7", "value (kW)", "12.3", "1500", "2026-03-02 13:00", "Pump [2]", "stale", "… and 5 more of 7", "• Pump 2 is stale.",
        "Power (kW), 2026-03-02 13:00 to 2026-03-02 15:00", "read ▁█▅ 1 to 3",
    ):  # fmt: skip
        assert part in said, said
    assert "never" not in said


def test_a_long_line_is_as_many_blocks_as_fit() -> None:
    line = ChartLine(name="x", at=[AT] * 1000, values=[float(one) for one in range(1000)])
    assert len(sparkline(line)) == 60
    assert (sparkline(line)[0], sparkline(line)[-1]) == ("▁", "█")
    assert sparkline(ChartLine(name="x", at=[AT], values=[5.0])) == "▁"


async def test_a_tool_runs_on_a_served_plant_and_ends_with_2_for_wrong_arguments(served) -> None:
    terminal, _ = served
    assert (await terminal.run("import", terminal.file("quay.yaml", PLANT))).code == 0
    listed = await terminal.run("tool")
    assert "find_assets" in listed.out
    assert "calculate" in listed.out
    found = await terminal.run("tool", "find_assets", "--arg", "query.class=Pump")
    assert (found.code, "Quay Pump 2" in found.out, "2 pumps found" in found.out) == (0, True, True), found.err
    asked = await terminal.run("tool", "find_assets", "--arg", "query.class=Pump", "--json")
    assert asked.json()["total"] == 2
    for wrong in (
        ("find_asets",),
        ("find_assets",),
        ("find_assets", "--arg", "limit"),
        ("find_assets", "--arg", "quary=1"),
    ):
        refused = await terminal.run("tool", *wrong)
        assert (refused.code, refused.out, "Traceback" in refused.err) == (2, "", False), refused
    assert (await terminal.run("tool", "find_asets", PLANTROOM_TIMEZONE="UTC")).code == 2, "alone as well"
    assert (await terminal.run("tool", "describe_asset", "--arg", "asset=Nothing")).code == 1
