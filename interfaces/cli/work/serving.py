"""``plantroom demo`` and ``plantroom serve``."""

from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Any

from interfaces.app.web_server import bind
from interfaces.cli.lazy import load
from interfaces.cli.running import run, settings_with
from interfaces.progress import Report
from interfaces.settings import Settings

if TYPE_CHECKING:  # takes seconds, and a taken port is told before
    from ingestion.simulator.simulator import Simulator
    from interfaces.app.composition import App


def demo(port: int | None, host: str | None, days: float) -> None:
    async def prepare(app: "App", report: Report) -> "Simulator":
        return await load("interfaces.app.demo:prepare_demo")(app, report, days)

    _serve(settings_with(port=port, host=host), prepare)


def serve(port: int | None, host: str | None, map: Path | None) -> None:
    _serve(settings_with(port=port, host=host, map=map), None)


def serve_prepared(settings: Settings, prepare: "Callable[[App, Report], Coroutine[Any, Any, None]]") -> None:
    """Serve after something was done on the open plant."""
    _serve(settings, prepare)


def _serve(
    settings: Settings, prepare: "Callable[[App, Report], Coroutine[Any, Any, Simulator | None]] | None"
) -> None:
    async def work(report: Report) -> None:
        with bind(settings) as listener:
            taken = settings.model_copy(update={"port": listener.getsockname()[1]})
            async with load("interfaces.app.composition:open_app")(taken, report) as app:
                await app.identity.check_exposed(taken)
                simulator = await prepare(app, report) if prepare else None
                await load("interfaces.app.plant_service:run_plant")(app, report, listener, simulator)

    run(work)
