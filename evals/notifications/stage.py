"""The demo plant on servers of its own, with a notification book of one person whom a channel of this machine reaches."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from evals.notifications.chain import Chain
from evals.notifications.channel import Channel
from graph_schema.importers import read_plant
from graph_schema.model import Plant
from graph_schema.store.loader import load_plant
from ingestion.reading import Clock
from ingestion.simulator.demo import demo_plant_file
from interfaces.app.composition import App, open_app
from interfaces.notifications.record import Notices
from interfaces.settings import Settings

PERSON = "ann"


@dataclass(frozen=True, slots=True)
class Stage:
    app: App
    plant: Plant
    channel: Channel
    book: Path

    @property
    def graph_address(self) -> tuple[str, str, str, str]:
        place = self.app.endpoints.graph
        return (place.url, place.user, place.password, place.database)

    def chain(self, clock: Clock, every: timedelta = timedelta(minutes=1)) -> Chain:
        app = self.app
        dsn = app.endpoints.postgres_dsn
        return Chain(app.graph, app.history, app.ontology, dsn, self.book, clock, Notices(app.history), every)


@asynccontextmanager
async def demo(folder: Path, channel: Channel) -> AsyncGenerator[Stage]:
    """In a folder that is empty."""
    book = folder / "notify.yaml"
    book.write_text(
        f'people:\n  {PERSON}: {{role: technician, reached_by: "{channel.address(PERSON)}"}}\nroutes:\n  - {{to: {PERSON}}}\n'
    )
    settings = Settings(home=folder / "home", model="offline", graph_url=None, postgres_url=None)
    async with open_app(settings) as app:
        plant = read_plant(demo_plant_file(), app.ontology)
        await load_plant(app.graph, app.ontology, plant)
        yield Stage(app, plant, channel, book)
