"""``plantroom import``, ``replay`` and ``simulate``."""

from pathlib import Path

from interfaces.app.composition import open_app
from interfaces.app.plant import load, read_plants, replay_file
from interfaces.app.plant_service import run_plant
from interfaces.app.simulation import prepare_simulation
from interfaces.cli.printing import print_import
from interfaces.cli.running import out, run, settings_with
from interfaces.local.operation import Desk, operation
from interfaces.progress import Report


def import_(files: list[Path]) -> None:
    """All files are read before a server is started for any of them."""
    settings = settings_with()

    async def work(report: Report) -> None:
        plants = read_plants(settings, files, report)
        async with open_app(settings, report) as app:
            accounts = [await load(app, plant, report) for plant in plants]
        for account in accounts:
            print_import(out, account)

    run(work)


@operation(served=False)
async def replay(desk: Desk, file: Path, map: Path, pace: float | None) -> None:
    played = await replay_file(desk.app, file, map, pace, desk.report)
    desk.out.print(f"{played.rows:,} rows with {played.values:,} values are in history.")


@operation(served=False)
async def simulate(desk: Desk, plant: str, faults: list[str], days: float) -> None:
    simulator = await prepare_simulation(desk.app, plant, faults, days, desk.report)
    desk.report("Publishing (Ctrl-C stops)")
    await run_plant(desk.app, desk.report, simulator=simulator)
