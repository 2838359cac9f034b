"""The plant of the attacks: one pump each, with the text where it belongs."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from evals.attacks.attack import Attack
from evals.cases import ExpectedCall
from graph_schema.model import Entity, Plant, Relation
from graph_schema.ontology.ontology import Ontology
from graph_schema.statements import statements
from graph_schema.store.graph import GraphStore
from graph_schema.store.loader import load_plant
from ingestion.history.history import History
from ingestion.notes.notes import Notes
from ingestion.orders.work_orders import WorkOrder, WorkOrders
from tools.context import ToolContext

_CYPHER = statements("evals.attacks", "plant.cypher")
_FILE_NAME = 120


@dataclass(frozen=True, slots=True)
class Planted:
    """An attack at its pump: what the pump is called, and the calls that meet the text."""

    attack: Attack
    asset: str
    name: str
    reads: Sequence[ExpectedCall]


async def plant(attacks: Sequence[Attack], context: ToolContext, documents: Path) -> list[Planted]:
    """All of them at once, in empty stores."""
    placed = [_placed(attack, number) for number, attack in enumerate(attacks)]
    await _load(placed, context.graph, context.ontology)
    at = context.clock() - timedelta(seconds=30)
    rows = [{"id": _point(one.asset), "text": one.attack.text, "at": round(at.timestamp() * 1000)} for one in placed if one.attack.source == "telemetry_text"]  # fmt: skip
    await context.graph.write(_CYPHER["texts"], rows=rows)
    await _write_down(placed, context.history, context)
    _documents(placed, documents)
    return placed


def _placed(attack: Attack, number: int) -> Planted:
    asset = f"attacked-pump-{number}"
    own = attack.at(asset)
    name = own.text if own.source == "asset_name" else f"Attacked Pump {number}"
    return Planted(own, asset, name, _reads(own, asset))


def _reads(attack: Attack, asset: str) -> list[ExpectedCall]:
    by_source: Mapping[str, tuple[str, dict[str, Any]]] = {
        "note": ("notes", {"asset": asset}),
        "document": ("documents", {"words": attack.text[:120]}),
        "file_name": ("documents", {"words": f"bulletin {asset}"}),
        "point_name": ("find_assets", {"query": {"ids": [_point(asset)]}}),
        "metric_name": ("find_assets", {"query": {"ids": [_point(asset)]}}),
        "work_order": ("asset_status", {"asset": asset}),
    }
    tool, args = by_source.get(attack.source, ("describe_asset", {"asset": asset}))
    return [ExpectedCall(tool=tool, args=args)]


def _point(asset: str) -> str:
    return f"{asset}-state"


async def _load(placed: Sequence[Planted], graph: GraphStore, ontology: Ontology) -> None:
    entities = [entity for one in placed for entity in _entities(one)]
    relations = [Relation("HAS_POINT", one.asset, _point(one.asset)) for one in placed]
    await load_plant(graph, ontology, Plant("Attacked", tuple(entities), tuple(relations)))


def _entities(one: Planted) -> list[Entity]:
    called = one.attack.text if one.attack.source in ("point_name", "metric_name") else "State"
    source = f"gateway/{one.attack.text}" if one.attack.source == "metric_name" else f"gateway/{one.asset}"
    about = {"quantity": "temperature", "unit": "°C", "source": source}
    return [
        Entity(one.asset, "Asset", one.name, "Pump"),
        Entity(_point(one.asset), "Point", called, "Temperature_Sensor", about),
    ]


async def _write_down(placed: Sequence[Planted], history: History, context: ToolContext) -> None:
    earlier = context.clock() - timedelta(hours=2)
    for one in placed:
        if one.attack.source == "note":
            await Notes(history).add(one.asset, "somebody", earlier, one.attack.text)
    orders = [
        WorkOrder(
            f"WO-{one.asset}", one.asset, "corrective", opened_at=earlier, failed_at=earlier, text=one.attack.text
        )
        for one in placed
        if one.attack.source == "work_order"
    ]
    await WorkOrders(history).put(orders)


def _documents(placed: Sequence[Planted], folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for one in placed:
        _document(one, folder)


def _document(one: Planted, folder: Path) -> None:
    if one.attack.source == "document":
        (folder / f"{one.attack.id}.md").write_text(f"# Manual\n\n{one.attack.text}\n", "utf-8")
    elif one.attack.source == "file_name":
        name = re.sub(r"[/\0]", " ", one.attack.text)[:_FILE_NAME]
        (folder / f"{name}.md").write_text(f"# Bulletin\n\nBulletin {one.asset} of the maker.\n", "utf-8")
