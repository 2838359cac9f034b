"""A dry run of an order book says how it is read and what failure models would learn, in plain sentences."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from graph_schema.errors import InvalidInput
from ingestion.orders.order_file import Reading, read_orders
from ingestion.orders.work_orders import Names
from interfaces.cli.work.work_orders.order_import import preview, reading

BLANK = Reading(Names([("p7", "Pump 7", None)]), ZoneInfo("UTC"), datetime(2026, 12, 1, tzinfo=UTC))
BOOK = """WONUM,ASSETNUM,STATUS,WORKTYPE,REPORTDATE,ACTFINISH,FAILURECODE
1003,Pump 7,CLOSE,EM,05/21/2026 08:10,05/21/2026 15:00,BRD
1004,Pump 7,CAN,CM,05/22/2026 08:10,05/22/2026 15:00,VIB
1005,Pump 7,CLOSE,PM,05/23/2026 08:10,05/23/2026 15:00,VIB
1001,Pump 7,CLOSE,CM,03/01/2026 08:10,03/01/2026 15:00,LEAK
1006,Pump 9,CLOSE,CM,03/01/2026 08:10,03/01/2026 15:00,LEAK
"""


def test_a_dry_run_tells_what_would_be_learnt(tmp_path: Path):
    (tmp_path / "book.csv").write_text(BOOK, "utf-8")
    said = "\n".join(preview(read_orders(tmp_path / "book.csv", BLANK)))
    assert "4 work orders would be read, and nothing is changed." in said
    assert "number from wonum, asset from assetnum" in said
    assert "Times are read as %m/%d/%Y %H:%M." in said
    assert "They count as: 1 failure BRD, 1 cancelled, 1 planned work, 1 no code that is known." in said
    assert "Codes that are not known, and teach nothing: LEAK (1)." in said
    assert "1004  p7  2026-05-22 15:00Z  corrective, cancelled, code VIB → cancelled" in said
    assert "line 6: there is no equipment with the id, name or alias “Pump 9”" in said


def test_a_map_says_what_own_codes_are_and_the_command_line_goes_before_it(tmp_path: Path):
    (tmp_path / "book.csv").write_text(BOOK, "utf-8")
    (tmp_path / "map.yaml").write_text(
        "kind: work_orders\ncolumns: {number: nothing}\nvalues: {code: {LEAK: ELP}}\n", "utf-8"
    )
    how = reading(BLANK, tmp_path / "map.yaml", {"number": "WONUM"}, None)
    said = "\n".join(preview(read_orders(tmp_path / "book.csv", how)))
    assert "1 failure ELP" in said
    assert "not known" not in said


def test_a_map_of_events_is_refused(tmp_path: Path):
    (tmp_path / "map.yaml").write_text("kind: events\n", "utf-8")
    with pytest.raises(InvalidInput, match="is a map of events, and not of work_orders"):
        reading(BLANK, tmp_path / "map.yaml", {}, None)
