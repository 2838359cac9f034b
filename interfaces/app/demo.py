"""The demo plant with a month behind it, which lives on from there."""

from datetime import datetime, timedelta
from pathlib import Path

from graph_schema.model import Plant
from ingestion.simulator.demo import demo_faults, demo_plant_file
from ingestion.simulator.faults import Fault
from ingestion.simulator.simulator import Simulator
from interfaces.app.composition import App
from interfaces.app.plant import import_plant, write_history
from interfaces.progress import Report

STEP_S = 900


async def prepare_demo(app: App, report: Report, days: float = 30) -> Simulator:
    """Import the plant and write what is missing of its past; the simulator returned stands at the present."""
    plant, _ = await import_plant(app, demo_plant_file(), report)
    began = first_start(app.settings.home, app.clock())
    return await catch_up(app, plant, demo_faults(began), days, report)


async def catch_up(app: App, plant: Plant, faults: list[Fault], days: float, report: Report) -> Simulator:
    """Write the simulated past from where the record ends, at most ``days`` back, until now."""
    sources = [str(e.properties["source"]) for e in plant.entities if e.properties.get("source")]
    known = await app.history.last_seen(sources)
    last = {row["source"]: row["value"] for row in known if row["value"] is not None}
    simulator = Simulator(plant, faults=faults, last=last)
    now = app.clock()
    newest = max((row["at"] for row in known), default=now - timedelta(days=days))
    start = max(newest + timedelta(seconds=STEP_S if known else 0), now - timedelta(days=days))
    if start < now:
        await write_history(app, simulator, start, now, report, STEP_S)
    return simulator


def first_start(home: Path, now: datetime) -> datetime:
    """When the demo was started on this home for the first time: the faults count from there."""
    file = home / "demo-began"
    if not file.exists():
        file.write_text(now.isoformat(), "utf-8")
    return datetime.fromisoformat(file.read_text("utf-8"))
