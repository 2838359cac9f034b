"""A world: a plant with its past, frozen at a moment, in a home of its own that is discarded afterwards."""

import os
import shutil
import tempfile
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from evals.cases import Replay, Simulation, WorldFile, read_yaml
from graph_schema.errors import InvalidInput, NotFound
from ingestion.simulator.demo import DEMO_FAULTS, demo_plant_file
from ingestion.simulator.faults import Fault
from ingestion.simulator.simulator import Simulator
from interfaces.app import App, open_app
from interfaces.plant import import_plant, replay_file, write_history
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


def read_world(name: str, beside: Path) -> tuple[WorldFile, Path]:
    """A built-in world, or the one in a file; and the folder its paths are relative to."""
    if name in BUILT_IN:
        return BUILT_IN[name], beside.parent
    file = beside.parent / name
    if not file.exists():
        raise NotFound(f"{beside} names the world “{name}”, which is neither built in nor a file beside it.")
    return read_yaml(file, WorldFile), file.parent


def missing_files(world: WorldFile, folder: Path) -> list[str]:
    """Files the world is made of that are not on this machine."""
    names = [*world.import_, *(name for replay in world.replay for name in (replay.file, replay.map))]
    return [name for name in names if not (folder / name).exists()]


@asynccontextmanager
async def open_world(world: WorldFile, folder: Path, settings: Settings, report: Report) -> AsyncGenerator[App]:
    """Build the world with embedded servers and yield it."""
    if world.history:
        raise InvalidInput(f"The world {world.name} brings work-order history, which this version cannot read.")
    now = world.clock or datetime.now(UTC)
    home = Path(tempfile.mkdtemp(prefix="plantroom-world-"))
    own = Settings(
        home=home,
        timezone=world.timezone,
        model=settings.model,
        openai_model=settings.openai_model,
        OPENAI_BASE_URL=settings.openai_base_url,
        OPENAI_API_KEY=settings.openai_api_key,
        graph_url=None,
        postgres_url=None,
        mqtt_url=None,
    )
    try:
        async with open_app(own, report, clock=lambda: now) as app:
            for name in world.import_:
                await import_plant(app, folder / name, report)
            for one in world.replay:
                await _replay(app, one, folder, report)
            if world.simulate:
                await _simulate(app, world.simulate, folder, now, report)
            await app.projection.tick()
            yield app
    finally:
        shutil.rmtree(home, ignore_errors=True)


async def _replay(app: App, replay: Replay, folder: Path, report: Report) -> None:
    await replay_file(app, folder / replay.file, folder / replay.map, None, report)


async def _simulate(app: App, simulation: Simulation, folder: Path, now: datetime, report: Report) -> None:
    file = demo_plant_file() if simulation.plant == "demo" else folder / simulation.plant
    plant = await import_plant(app, file, report)
    faults = [Fault(f.fault, f.asset, f.start, end=f.end, severity=f.severity) for f in simulation.faults]
    simulator = Simulator(plant, seed=simulation.seed, faults=faults)
    await write_history(app, simulator, now - timedelta(days=simulation.days), now, report, step_s=simulation.step_s)


def is_ci() -> bool:
    return os.environ.get("CI") == "true"
