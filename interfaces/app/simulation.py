"""A simulated plant at the command line: imported, caught up, and ready to publish."""

from pathlib import Path

from graph_schema.errors import InvalidInput
from ingestion.simulator.demo import demo_plant_file
from ingestion.simulator.faults import parse_fault
from ingestion.simulator.simulator import Simulator
from interfaces.app.composition import App
from interfaces.app.demo import catch_up
from interfaces.app.plant import import_plant
from interfaces.progress import Report


async def prepare_simulation(app: App, plant: str, faults: list[str], days: float, report: Report) -> Simulator:
    """``faults`` are ``asset:fault[:severity]`` and begin now. Raises ``InvalidInput`` with what is wrong."""
    file = demo_plant_file() if plant == "demo" else Path(plant)
    if file.suffix == ".ttl":
        raise InvalidInput(
            "A Brick model does not say how big its equipment is; only plant descriptions can be simulated."
        )
    parsed = [parse_fault(text, app.clock()) for text in faults]
    imported, _ = await import_plant(app, file, report)
    return await catch_up(app, imported, parsed, days, report)
