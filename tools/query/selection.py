"""Assets that a question selected, in the order in which people count."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from graph_schema.question import AssetQuery, Window
from tools.query.names import natural
from tools.results.assets import EntityRef
from tools.results.result import Evidence

_EVIDENCE_IDS = 200


@dataclass(frozen=True, slots=True)
class Selection:
    """``entities`` in natural name order; those of a small selection know their place."""

    query: AssetQuery
    entities: list[EntityRef]
    evidence: list[Evidence]
    notes: list[str]

    @property
    def ids(self) -> list[str]:
        return [entity.id for entity in self.entities]


def in_order(entities: Iterable[EntityRef]) -> list[EntityRef]:
    return sorted(entities, key=lambda entity: (natural(entity.name), entity.id))


def listed_refs(row: Mapping[str, Any]) -> list[EntityRef]:
    """The assets of a compiled query's row of lists."""
    columns = (row["ids"], row["names"], row["kinds"], row["classes"], row["statuses"])
    return in_order(
        EntityRef.model_construct(
            id=id_, name=name, kind=kind, class_=class_ or None, place=None, status=status or None
        )
        for id_, name, kind, class_, status in zip(*columns, strict=True)
    )


def place_of(row: Mapping[str, Any]) -> str | None:
    """The nearest place: its own, its whole's, the floor above the zone; a point's is its owner's."""
    for kind in ("own", "whole", "storey", "zone", "room", "point"):
        if row[kind]:
            return min(row[kind], key=natural)
    return None


def graph_evidence(
    statement: str, entities: Sequence[str], points: Sequence[str] = (), as_of: datetime | None = None
) -> Evidence:
    """``entities`` and ``points`` are the first of many; the result itself names the rest."""
    return Evidence(
        store="graph",
        statement=statement,
        entities=list(entities)[:_EVIDENCE_IDS],
        points=list(points)[:_EVIDENCE_IDS],
        as_of=as_of,
    )


def history_evidence(statement: str, points: Sequence[str], window: Window | None, as_of: datetime | None) -> Evidence:
    return Evidence(
        store="history", statement=statement, points=list(points)[:_EVIDENCE_IDS], window=window, as_of=as_of
    )
