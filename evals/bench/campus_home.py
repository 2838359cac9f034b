"""A home with the campus of ``large_plant`` in it: embedded servers, the plant, its readings, at a fixed present."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter

from rich.console import Console

from evals.bench.large_plant import LargePlant
from graph_schema.importers import read_plant_document
from graph_schema.model import Plant
from graph_schema.store.loader import ImportReport, load_plant
from interfaces.app.composition import App, open_app
from interfaces.settings import Settings

NOW = datetime(2026, 3, 2, 18, tzinfo=UTC)
_STEPS, _STEP = 12, timedelta(minutes=30)

Figures = dict[str, float | int]


def campus_home(home: Path) -> AbstractAsyncContextManager[App]:
    settings = Settings(home=home, model="offline", timezone="America/Los_Angeles", graph_url=None, postgres_url=None)
    return open_app(settings, clock=lambda: NOW)


async def loaded(app: App, plant: LargePlant, console: Console) -> Figures:
    """Bring the plant in twice, the second time nothing must change, and its readings, unless they are there; how long that took."""
    model = read_plant_document(plant.document, Path("campus.yaml"), app.ontology)
    first_s, first = await _load(app, model)
    console.print(f"import: {first_s:.1f} s, {_counts(first)}")
    again_s, again = await _load(app, model)
    counts = _counts(again)
    console.print(f"import again: {again_s:.1f} s, {counts}")
    began = perf_counter()
    if _counts(first)["created"]:
        for batch in plant.readings(NOW, _STEPS, _STEP):
            await app.ingestion.pipeline.accept(batch)
    await app.ingestion.projection.tick()
    readings_s = perf_counter() - began
    console.print(f"readings: {readings_s:.1f} s")
    return {
        "import_s": round(first_s, 1),
        "import_again_s": round(again_s, 1),
        "changed_by_import_again": counts["created"] + counts["updated"] + counts["removed"],
        "readings_s": round(readings_s, 1),
    }


async def _load(app: App, model: Plant) -> tuple[float, ImportReport]:
    began = perf_counter()
    report = await load_plant(app.graph, app.ontology, model)
    return perf_counter() - began, report


def _counts(report: ImportReport) -> dict[str, int]:
    every = [*report.entities.values(), *report.relations.values()]
    return {name: sum(getattr(one, name) for one in every) for name in ("created", "updated", "unchanged", "removed")}
