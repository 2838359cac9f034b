"""What is done to a plant from outside: import a model, write a simulated past, replay recorded data."""

from datetime import datetime, timedelta
from pathlib import Path

from graph_schema.importers import read_plant
from graph_schema.loader import ImportReport, load_plant
from graph_schema.model import Plant
from ingestion.device import open_device_client
from ingestion.mapping import load_map
from ingestion.replay import Progress, replay
from ingestion.simulator.simulator import Simulator
from interfaces.app import App, broker_of
from interfaces.progress import Report


async def import_plant(app: App, path: Path, report: Report) -> tuple[Plant, ImportReport]:
    """Read a plant model (.ttl, .yaml, .csv) and load it into the graph."""
    report(f"Reading {path.name}")
    plant = read_plant(path, app.ontology)
    report(f"Loading {plant.name} into the graph", 0.0)
    loaded = await load_plant(
        app.graph, app.ontology, plant, lambda share: report(f"Loading {plant.name} into the graph", share)
    )
    return plant, loaded


async def write_history(
    app: App, simulator: Simulator, start: datetime, end: datetime, report: Report, step_s: float = 900
) -> int:
    """Write what the simulated plant did between two moments (both included); returns the number of readings."""
    sentence = f"Writing {(end - start).days} days of history"
    span, written = (end - start).total_seconds(), 0
    for batch in simulator.history(start, end + timedelta(milliseconds=1), step_s):
        written += await app.pipeline.accept(batch)
        report(sentence, (batch[-1].at / 1000 - start.timestamp()) / span)
    return written


async def replay_file(app: App, file: Path, map_file: Path, speed: float | None, report: Report) -> Progress:
    """Play a recorded file through the broker; the plant section of its map is imported first."""
    telemetry_map = load_map(map_file)
    if telemetry_map.plant:
        await load_plant(app.graph, app.ontology, read_plant_document(telemetry_map.plant, map_file, app.ontology))
    async with open_device_client(broker_of(app.endpoints), "plantroom-replay") as device:
        return await replay(
            file, telemetry_map, device, speed, lambda p: report(f"Replaying {file.name}", p.rows / max(p.total, 1))
        )
