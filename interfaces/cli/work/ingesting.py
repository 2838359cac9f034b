"""``plantroom ingest`` and ``plantroom bridge``."""

from pathlib import Path

from interfaces.app.composition import open_app
from interfaces.app.kafka import open_bridge_of
from interfaces.app.plant_service import run_plant
from interfaces.app.web_server import background, until_stopped
from interfaces.cli.running import run, settings_with
from interfaces.progress import Report


def ingest(map: Path | None, metrics_port: int | None, verbose: bool) -> None:
    settings = settings_with(map=map, metrics_port=metrics_port)

    async def work(report: Report) -> None:
        async with open_app(settings, report) as app:
            broker = f"{app.endpoints.broker.host}:{app.endpoints.broker.port}"
            report(f"Ingesting from {settings.kafka or broker} (Ctrl-C stops)")
            await run_plant(app, report)

    run(work, verbose=verbose)


def bridge(map: Path | None, verbose: bool) -> None:
    settings = settings_with(map=map)

    async def work(report: Report) -> None:
        async with open_bridge_of(settings, report) as bridge, background(bridge.run()):
            report(f"Forwarding to {settings.kafka} (Ctrl-C stops)")
            await until_stopped()

    run(work, verbose=verbose)
