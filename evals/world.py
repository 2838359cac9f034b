"""A world: a plant with its past, frozen at a moment, in a home of its own that is discarded afterwards."""

import os
import shutil
import tempfile
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path

from evals.cases import Simulation, WorldFile, read_world_file
from graph_schema.errors import NotFound
from ingestion.simulator.demo import DEMO_FAULTS, demo_plant_file
from ingestion.simulator.faults import Fault
from ingestion.simulator.simulator import Simulator
from interfaces.app.composition import App, open_app
from interfaces.app.plant import import_plant, replay_file, write_history
from interfaces.app.records import import_records
from interfaces.progress import Report
from interfaces.settings import Settings

_DEMO_CLOCK = datetime(2026, 3, 2, 18, tzinfo=UTC)
BUILT_IN = {
    "demo": WorldFile.model_validate(
        {
            "name": "demo",
            "clock": _DEMO_CLOCK,
            "timezone": "America/Los_Angeles",
            "simulate": {
                "plant": "demo",
                "faults": [
                    {"asset": f.asset, "fault": f.name, "start": _DEMO_CLOCK - f.age, "severity": f.severity}
                    for f in DEMO_FAULTS
                ],
            },
        }
    )
}


_WORLDS = Path(__file__).parent / "worlds"


def read_world(name: str, beside: Path) -> tuple[WorldFile, Path]:
    """A built-in world, one of ours by its name alone (``assetops``), or the one in a file beside the case file; and the file (of a built-in world,
    its name)."""
    if name in BUILT_IN:
        return BUILT_IN[name], Path(name)
    file = (beside.parent / name).resolve()
    if not file.is_file() and name.isidentifier():
        file = _WORLDS / f"{name}.yaml"
    if not file.is_file():
        raise NotFound(f"{beside} names the world “{name}”, which is neither built in nor a file beside it.")
    return read_world_file(file), file


def missing_files(world: WorldFile, folder: Path) -> list[str]:
    """Files the world is made of that are not on this machine. Its paths are relative to the folder."""
    simulated = [world.simulate.plant] if world.simulate and world.simulate.plant != "demo" else []
    tables = [name for one in (*world.replay, *world.history) for name in (one.file, one.map)]
    names = [*world.import_, *tables, *simulated]
    return [name for name in names if not (folder / name).is_file()]


@asynccontextmanager
async def open_world(world: WorldFile, folder: Path, settings: Settings, report: Report) -> AsyncGenerator[App]:
    """Build the world with embedded servers and yield it."""
    now = world.clock or datetime.now(UTC)
    home = Path(tempfile.mkdtemp(prefix="plantroom-world-"))
    embedded = {"graph_url": None, "postgres_url": None, "mqtt_url": None, "map": None}
    own = settings.model_copy(update={**embedded, "home": home, "timezone": world.timezone})
    try:
        async with open_app(own, report, clock=lambda: now) as app:
            for name in world.import_:
                await import_plant(app, folder / name, report)
            for one in world.replay:
                file = beginning(folder / one.file, one.rows, home) if one.rows else folder / one.file
                await replay_file(app, file, folder / one.map, None, report)
            for past in world.history:
                await import_records(app, folder / past.file, folder / past.map, report)
            if world.simulate:
                await _simulate(app, world.simulate, folder, now, report)
            await app.ingestion.projection.tick()
            yield app
    finally:
        shutil.rmtree(home, ignore_errors=True)


def beginning(file: Path, rows: int, folder: Path) -> Path:
    """A file in the folder with the heading and the first rows of another."""
    part = folder / file.name
    with file.open(encoding="utf-8") as lines:
        part.write_text("".join(islice(lines, rows + 1)), "utf-8")
    return part


async def _simulate(app: App, simulation: Simulation, folder: Path, now: datetime, report: Report) -> None:
    file = demo_plant_file() if simulation.plant == "demo" else folder / simulation.plant
    plant, _ = await import_plant(app, file, report)
    faults = [Fault(f.fault, f.asset, f.start, end=f.end, severity=f.severity) for f in simulation.faults]
    simulator = Simulator(plant, seed=simulation.seed, faults=faults)
    await write_history(app, simulator, now - timedelta(days=simulation.days), now, report, simulation.step_s)


def is_ci() -> bool:
    return os.environ.get("CI") == "true"
