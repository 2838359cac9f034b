"""Events, names of codes and failure modes come in by a map, and the same event from two files is one."""

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from graph_schema.errors import InvalidInput, NotFound
from graph_schema.ontology.ontology import Ontology
from ingestion.history.history import History
from ingestion.orders.order_file import Reading, read_orders
from ingestion.orders.work_orders import Names, Stored
from ingestion.records.event import CodeName, StatedMode
from ingestion.records.plant_records import PlantRecords
from ingestion.records.record_file import read_codes, read_events, read_modes
from ingestion.records.record_map import RecordMap, read_record_map

NAMES = Names([("p1", "Pump 1", ["PX-01"]), ("p2", "Pump 2", None)])
NOW = datetime(2026, 3, 2, 18, tzinfo=UTC)
EVENTS = """unit,when,class,rule,note
PX-01,01.02.2026 10:00,WARN,R-7,low flow
pump 2,02.02.2026 11:30,WARN,R-7,
PX-01,03.02.2026 12:00,ORDER,A1,
nobody,03.02.2026 12:00,WARN,R-8,
"""
MAP = """kind: events
columns: {asset: unit, at: when, group: class, code: rule, text: note}
dates: "%d.%m.%Y %H:%M"
values: {group: {WARN: alert}}
skip: {group: [ORDER]}
"""


def reading(map_: RecordMap) -> Reading:
    return Reading(NAMES, ZoneInfo("Europe/Berlin"), NOW, map_.columns, map_.dates, map_.values, map_.given, map_.skip)


def written(folder: Path, name: str, text: str) -> Path:
    file = folder / name
    file.write_text(text, "utf-8")
    return file


def test_events_are_read_in_our_columns_and_words(tmp_path: Path):
    map_ = read_record_map(written(tmp_path, "m.yaml", MAP))
    table = read_events(written(tmp_path, "e.csv", EVENTS), reading(map_))
    assert [(one.asset, one.group, one.code, one.text) for one in table.records] == [
        ("p1", "alert", "R-7", "low flow"),
        ("p2", "alert", "R-7", None),
    ]
    assert table.records[0].at == datetime(2026, 2, 1, 9, tzinfo=UTC)
    (rejected,) = table.rejected
    assert (rejected.line, rejected.why) == (5, "there is no equipment with the id, name or alias “nobody”")


async def test_the_same_event_from_two_files_is_one_with_its_end(tmp_path: Path, history: History):
    records = PlantRecords(history)
    map_ = RecordMap.model_validate({"kind": "events", "given": {"group": "Alert"}})
    how = reading(map_)
    first = read_events(written(tmp_path, "a.csv", "asset,code,at\np1,R7,2026-02-01T10:00Z\n"), how)
    assert await records.put_events(first.records) == Stored(1, 0)
    ends = "asset,code,at,ended_at\np1,R7,2026-02-01T10:00Z,2026-02-01T11:00Z\n"
    second = read_events(written(tmp_path, "b.csv", ends), how)
    assert await records.put_events(second.records) == Stored(0, 1)
    assert await records.put_events([*first.records, *second.records]) == Stored(0, 0)
    rows = await history.fetch("select event_group, ended_at from plant_event")
    assert [(row["event_group"], row["ended_at"]) for row in rows] == [("alert", datetime(2026, 2, 1, 11, tzinfo=UTC))]


def test_work_orders_are_read_in_the_words_of_a_map(tmp_path: Path):
    map_ = RecordMap.model_validate(
        {
            "kind": "work_orders",
            "columns": {"number": "id"},
            "values": {"priority": {"1": "urgent"}},
            "given": {"kind": "inspection"},
        }
    )
    file = written(tmp_path, "w.csv", "id,asset,closed_at,priority\n7,p1,2026-02-01T10:00Z,1\n")
    (order,) = read_orders(file, reading(map_)).orders
    assert (order.number, order.priority, order.kind, order.status) == ("7", "urgent", "inspection", "done")


async def test_codes_have_names_and_classes_failure_modes(tmp_path: Path, history: History, ontology: Ontology):
    records, how = PlantRecords(history), reading(RecordMap(kind="codes"))
    codes = read_codes(written(tmp_path, "c.csv", "code,name\nsea,Seal\n"), how).records
    assert codes == [CodeName("SEA", "Seal")]
    assert await records.put_codes(codes) == 1
    modes = read_modes(written(tmp_path, "f.yaml", "pump: [Worn seal]\nwizard: [Bad spell]\n"), how, ontology)
    assert [one.why for one in modes.rejected] == ["there is no class “wizard”"]
    await records.put_modes(modes.records)
    table = written(tmp_path, "f.csv", "class,mode,mechanism,cause\nPump,Bearing,wear,no grease\n")
    await records.put_modes(read_modes(table, how, ontology).records)
    (mode,) = await records.modes(["Pump"])
    assert mode == StatedMode("Pump", "Bearing", "wear", "no grease")
    assert mode.said == "Bearing: wear (no grease)"


def test_a_map_or_a_table_that_cannot_be_used_is_refused_with_the_reason(tmp_path: Path):
    with pytest.raises(NotFound, match="cannot be read"):
        read_record_map(tmp_path / "none.yaml")
    with pytest.raises(InvalidInput, match=r"m\.yaml is no map of records: kind"):
        read_record_map(written(tmp_path, "m.yaml", "kind: wishes"))
    with pytest.raises(InvalidInput, match="the column at is empty or missing"):
        read_events(written(tmp_path, "e.csv", "asset,group,code\np1,alert,R7\n"), reading(RecordMap(kind="events")))
    bad = written(tmp_path, "o.csv", "asset,group,code,at\np1,order,R7,2026-02-01T10:00Z\n")
    with pytest.raises(InvalidInput, match="work orders are imported as such"):
        read_events(bad, reading(RecordMap(kind="events")))
