"""``plantroom import``, ``replay`` and ``simulate``."""

from collections.abc import Iterator
from pathlib import Path

from graph_schema.errors import InvalidInput
from ingestion.sources.replay.account import Account
from interfaces.app.composition import open_app
from interfaces.app.plant import import_plans, load, read_plants, replay_file
from interfaces.app.plant_service import run_plant
from interfaces.app.simulation import prepare_simulation
from interfaces.cli.printing import print_import
from interfaces.cli.running import out, run, settings_with
from interfaces.local.operation import Desk, operation
from interfaces.progress import Report

_YAML = (".yaml", ".yml")


def import_(files: list[Path]) -> None:
    """All files are read before a server is started for any of them."""
    settings = settings_with()

    async def work(report: Report) -> None:
        plants = read_plants(settings, files, report)
        async with open_app(settings, report) as app:
            accounts = [await load(app, plant, report) for plant in plants]
            known = [await import_plans(app, file) for file in files if file.suffix.lower() in _YAML]
        for account in accounts:
            print_import(out, account)
        if any(one.plans or one.parts for one in known):
            plans, parts = sum(len(one.plans) for one in known), sum(len(one.parts) for one in known)
            out.print(f"{plans:,} maintenance plans and {parts:,} spare parts came with it.")

    run(work)


@operation(served=False)
async def replay(desk: Desk, file: Path, map: Path, pace: float | None) -> None:
    played = await replay_file(desk.app, file, map, pace, desk.report)
    for line in account_lines(played):
        desk.out.print(line, markup=False, soft_wrap=True)
    if played.faults:
        raise InvalidInput(f"{played.faults:,} of them are not in history: see above.")


def account_lines(account: Account) -> Iterator[str]:
    """What history now holds of a recording, and what it does not hold and why."""
    counts = (
        (account.new, "new in history"),
        (account.there, "there already"),
        (account.overwritten, "overwritten"),
        (sum(one.times for one in account.left_out), "left out"),
    )
    told = ", ".join(f"{number:,} {what}" for number, what in counts if number) or "nothing to keep"
    yield f"{account.rows:,} rows with {account.values:,} values: {told}."
    for one in account.left_out:
        yield f"• {one.times:,} left out, as {one.example}: {one.why}"


@operation(served=False)
async def simulate(desk: Desk, plant: str, faults: list[str], days: float) -> None:
    simulator = await prepare_simulation(desk.app, plant, faults, days, desk.report)
    desk.report("Publishing (Ctrl-C stops)")
    await run_plant(desk.app, desk.report, simulator=simulator)
