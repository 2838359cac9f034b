"""``plantroom export``, in this process."""

import re
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any, cast

import pytest
from rich.console import Console

from graph_schema.errors import InvalidInput, NotFound
from graph_schema.importers import read_plant
from graph_schema.model import Entity, Plant
from graph_schema.ontology.ontology import Ontology
from graph_schema.store.graph import GraphStore
from graph_schema.store.loader import load_plant
from ingestion.history.history import History
from ingestion.pipeline.service import Ingestion, build
from ingestion.reading import Reading
from interfaces.cli.person import Person
from interfaces.local.operation import Desk, operation_named
from interfaces.progress import silent
from interfaces.settings import Settings

PAGE = (Path(__file__).parents[3] / "docs" / "operators" / "export.md").read_text("utf-8")
AT = 1_772_445_600_000  # 2026-03-02 10:00 UTC


@dataclass
class Stores:
    """What of the app an export works with."""

    settings: Settings
    ontology: Ontology
    graph: GraphStore
    history: History
    ingestion: Ingestion


async def test_a_file_has_the_columns_of_the_page_and_what_was_asked_for(
    graph: GraphStore, history: History, ontology: Ontology, tmp_path: Path
):
    await history.write([Reading("gw/x", AT + hour * 3_600_000, float(hour)) for hour in range(3)])
    stores = Stores(Settings(home=tmp_path, timezone="Europe/Berlin"), ontology, graph, history, build(history, graph))
    out = StringIO()
    desk = Desk(cast(Any, stores), stores.settings, Console(file=out, width=200), silent, Person())
    options: dict[str, Any] = {
        "points": [],
        "assets": [],
        "classes": [],
        "until": "2200-01-01",
        "grain": "raw",
        "form": None,
    }
    export = operation_named("export.history").run
    await export(desk, output=tmp_path / "out.csv", since="2026-03-02T12:00", **options)
    shown = re.search(r"```csv\n(.*?)\n", PAGE)
    assert shown
    assert (tmp_path / "out.csv").read_text("utf-8").splitlines() == [
        shown[1], "2026-03-02T11:00:00+00:00,,,1.0,,,gw/x,,", "2026-03-02T12:00:00+00:00,,,2.0,,,gw/x,,"
    ]  # fmt: skip
    assert out.getvalue() == f"2 readings are in {tmp_path / 'out.csv'}.\n"
    with pytest.raises(InvalidInput, match="is no day and no moment"):
        await export(desk, output=tmp_path / "other.csv", since="soon", **options)

    with pytest.raises(NotFound, match="There is no plant in the graph yet"):
        await operation_named("export.model").run(desk, output=str(tmp_path / "none.ttl"), plant=None)
    site = Plant("Works", (Entity("works", "Site", "Works", "Site"),), ())
    await load_plant(graph, ontology, site)
    await operation_named("export.model").run(desk, output=str(tmp_path / "works.ttl"), plant=None)
    assert read_plant(tmp_path / "works.ttl", ontology) == site
