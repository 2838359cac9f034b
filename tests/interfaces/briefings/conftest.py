"""A mail server and an empty plant with a notification book that sends briefings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from graph_schema.ontology.ontology import Ontology
from graph_schema.store.graph import GraphStore
from ingestion.history.history import History
from interfaces.briefings.archive import Archive
from interfaces.briefings.briefings import Briefings
from interfaces.briefings.delivery import Delivery
from interfaces.notifications.book import read_book
from interfaces.notifications.delivery import Accounts
from interfaces.notifications.record import Notices
from tests.interfaces.notifications.conftest import Clock
from tests.mail import Mail
from tools.catalogue.plant import plant_tools
from tools.context import Caller, ToolContext
from tools.query.reader import Reader

BOOK = """
people:
  cy: {role: manager, reached_by: "ADDRESS"}
  dee: {role: manager, timezone: America/New_York, language: de, reached_by: "ADDRESS"}
briefings:
  manager: {at: "WHEN", to: PEOPLE}
"""


@dataclass
class House:
    """An empty plant in Berlin; ``delivery`` is what a process has, so a second one is another process."""

    graph: GraphStore
    history: History
    ontology: Ontology
    folder: Path
    mail: Mail
    clock: Clock = field(default_factory=Clock)
    zone: str = "Europe/Berlin"

    def write(self, when: str = "07:00", to: str = "cy") -> None:
        text = BOOK.replace("ADDRESS", self.mail.address("cy")).replace("WHEN", when).replace("PEOPLE", to)
        (self.folder / "notify.yaml").write_text(text)

    def delivery(self, history: History | None = None) -> Delivery:
        store = history or self.history
        clock: Callable[[], datetime] = self.clock
        bare = ToolContext(self.graph, store, self.ontology, Reader(self.graph, store, self.ontology, clock), clock, Caller("nobody"), self.zone)  # fmt: skip

        async def context(caller: Caller) -> ToolContext:
            return replace(bare, caller=caller)

        async def accounts() -> Accounts:
            return Accounts({}, {}, {})

        async def zone() -> ZoneInfo:
            return ZoneInfo(self.zone)

        briefings = Briefings(plant_tools(), Archive(store))
        book = read_book(self.folder / "notify.yaml", {})
        return Delivery(briefings, lambda: book, accounts, Notices(store).overrides, zone, context, clock, "https://plant.example")  # fmt: skip


@pytest.fixture
def house(graph: GraphStore, history: History, ontology: Ontology, tmp_path: Path, mail: Mail) -> House:
    found = House(graph, history, ontology, tmp_path, mail)
    found.write()
    return found
