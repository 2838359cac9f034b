"""Records of other systems: a table and its map, into the record of the plant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ingestion.orders.mirror import mirror_missing
from ingestion.orders.order_file import Reading, Rejected, read_orders
from ingestion.orders.work_orders import Stored, WorkOrders, read_names
from ingestion.records.plant_records import PlantRecords
from ingestion.records.record_file import read_codes, read_events, read_modes
from ingestion.records.record_map import RecordKind, RecordMap, read_record_map
from interfaces.app.composition import App
from interfaces.app.site_clock import SiteClock
from interfaces.progress import Report


@dataclass(frozen=True, slots=True)
class Imported:
    """``read`` counts the rows that could be used. Of names and failure modes all are ``new``."""

    kind: RecordKind
    read: int
    stored: Stored
    rejected: Sequence[Rejected]


async def import_records(app: App, file: Path, map_: Path, report: Report) -> Imported:
    """Raises ``InvalidInput`` for a file or a map that cannot be used."""
    report(f"Reading {file.name}")
    wanted = read_record_map(map_)
    zone = await SiteClock(app.graph, app.settings.timezone).zone()
    how = Reading(
        await read_names(app.graph), zone, app.clock(), wanted.columns, wanted.dates, wanted.values, wanted.given, wanted.skip
    )  # fmt: skip
    return await (_orders(app, file, how) if wanted.kind == "work_orders" else _others(app, file, how, wanted))


async def _orders(app: App, file: Path, how: Reading) -> Imported:
    table = read_orders(file, how)
    stored = await WorkOrders(app.history).put(table.orders, table.told)
    await mirror_missing(app.graph, app.history)
    return Imported("work_orders", len(table.orders), stored, table.rejected)


async def _others(app: App, file: Path, how: Reading, wanted: RecordMap) -> Imported:
    records = PlantRecords(app.history)
    if wanted.kind == "events":
        events = read_events(file, how)
        return Imported("events", len(events.records), await records.put_events(events.records), events.rejected)
    if wanted.kind == "codes":
        codes = read_codes(file, how)
        named = await records.put_codes(codes.records)
        return Imported("codes", len(codes.records), Stored(named, 0), codes.rejected)
    modes = read_modes(file, how, app.ontology)
    await records.put_modes(modes.records)
    return Imported("failure_modes", len(modes.records), Stored(len(modes.records), 0), modes.rejected)
