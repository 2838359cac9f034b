"""The tool that tells what is known about one asset."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, cast

from pydantic import Field

from graph_schema.model import PLACE_KINDS, Kind, Status
from graph_schema.ontology.ontology import Ontology
from graph_schema.statements import statements
from graph_schema.store.graph import GraphStore, Row
from graph_schema.store.loader import kind_of_labels
from tools.context import EVERYBODY, ToolContext
from tools.query.names import natural, resolve
from tools.query.past.points import points_at
from tools.registry.tool import Tool
from tools.results.assets import AssetDescription, EntityRef, FailureMode, PointNow
from tools.results.result import Evidence, Scene

_CYPHER = statements("tools.catalogue", "describe_asset.cypher")
_LISTED = 300  # of one kind of neighbour
_DOUBTS = 3


@dataclass(frozen=True, slots=True)
class _Whereabouts:
    """``places`` innermost first."""

    places: list[str]
    wholes: list[str]


async def describe_asset(
    context: ToolContext,
    asset: Annotated[str, Field(description="id or exact name of a piece of equipment, a place or a point")],
) -> AssetDescription:
    """Everything about one asset: class, where it is, its parts and whole, what feeds it and what it feeds, its points with their latest values, limits and status, its failure modes and maintenance."""
    id_ = await resolve(context.graph, asset)
    (row,) = await context.graph.read(_CYPHER["asset"], id=id_)
    kind = kind_of_labels(row["labels"])
    where = await _whereabouts(context.graph, id_, row["owners"])
    neighbours = [*row["parts"], *row["feeds"], *row["fed_by"], *row["owners"], *where.places, *where.wholes]
    refs = await context.reader.refs(list(dict.fromkeys([id_, *neighbours])))
    now = context.clock()
    points = [row["itself"]] if kind == "Point" else cast(list[Row], row["points"])
    if context.as_of is not None:
        points = await points_at(context.history, points, now)
    told = sorted((point_now(point, now) for point in points), key=lambda point: (natural(point.name), point.id))
    return AssetDescription(
        asset=refs[id_],
        aliases=row["aliases"] or [],
        definition=_definition(context.ontology, row),
        located_in=[refs[one] for one in where.places if one in refs],
        part_of=_refs([*where.wholes, *row["owners"]], refs),
        parts=_refs(row["parts"], refs),
        fed_by=_refs(row["fed_by"], refs),
        feeds=_refs(row["feeds"], refs),
        points=told,
        failure_modes=_failure_modes(context.ontology, row["class"], kind),
        maintenance=_maintenance(context.ontology, row["class"], kind),
        evidence=_evidence(context.ontology, row["class"], refs, told),
        scene=Scene(highlight=[id_], focus=id_),
        notes=_notes(refs[id_], told, row),
    )


async def _whereabouts(graph: GraphStore, id_: str, owners: Sequence[str]) -> _Whereabouts:
    """Of an asset, of the nearest whole that has a place, or of a point's owner."""
    rows = await graph.read(_CYPHER["above"], id=owners[0] if owners else id_)
    rows.sort(key=lambda row: (row["steps"], row["id"]))
    wholes = [row["id"] for row in rows if row["steps"] and kind_of_labels(row["labels"]) not in PLACE_KINDS]
    inside = [row["id"] for row in rows if row["steps"] and kind_of_labels(row["labels"]) in PLACE_KINDS]
    inside += [
        row["id"] for row in rows if owners and not row["steps"] and kind_of_labels(row["labels"]) in PLACE_KINDS
    ]
    nearest = next((row for row in rows if row["places"]), None)
    stated: list[str] = nearest["places"] if nearest else []
    starts = sorted({*stated, *inside})
    around = await graph.read(_CYPHER["around"], ids=starts) if starts else []
    around.sort(key=lambda row: (row["steps"], row["id"]))
    return _Whereabouts([row["id"] for row in around], [] if owners else wholes)


def point_now(row: Mapping[str, Any], now: datetime) -> PointNow:
    at = datetime.fromtimestamp(row["at"] / 1000, UTC) if row["at"] is not None else None
    return PointNow(
        id=row["id"],
        name=row["name"],
        quantity=row["quantity"] or "unknown",
        unit=row["unit"],
        value=row["value"],
        text=row["text"],
        at=at,
        age_s=round(max(0.0, (now - at).total_seconds()), 1) if at else None,
        status=cast(Status, row["status"] or "unknown"),
        since=datetime.fromtimestamp(row["status_since"] / 1000, UTC) if row["status_since"] is not None else None,
        low=row["low"],
        high=row["high"],
        doubts=_doubts(row["quality_kinds"] or (), row["quality_issues"] or ()),
    )


def _doubts(kinds: Sequence[str], sentences: Sequence[str]) -> list[str]:
    """Silence is told by the status."""
    return [sentence for kind, sentence in zip(kinds, sentences, strict=True) if kind != "silent"]


def _refs(ids: Iterable[str], refs: Mapping[str, EntityRef]) -> list[EntityRef]:
    found = [refs[id_] for id_ in dict.fromkeys(ids) if id_ in refs]
    return sorted(found, key=lambda ref: (natural(ref.name), ref.id))[:_LISTED]


def _definition(ontology: Ontology, row: Row) -> str | None:
    if row["description"]:
        return row["description"]
    known = ontology.classes.get(ontology.canonical(row["class"]) or "") if row["class"] else None
    return known.definition or None if known else None


def _failure_modes(ontology: Ontology, class_: str | None, kind: Kind) -> list[FailureMode]:
    twin = ontology.twin(class_) if class_ and kind == "Asset" else None
    return [
        FailureMode(code=mode.code, name=mode.name, revealed_by=list(mode.quantities), advice=mode.advice)
        for mode in (twin.failure_modes if twin else ())
    ]


def _maintenance(ontology: Ontology, class_: str | None, kind: Kind) -> list[str]:
    twin = ontology.twin(class_) if class_ and kind == "Asset" else None
    return [f"{task.task} every {_days(task.every_days)}." for task in (twin.maintenance if twin else ())]


def _days(days: int) -> str:
    return "day" if days == 1 else f"{days} days"


def _evidence(
    ontology: Ontology, class_: str | None, refs: Mapping[str, EntityRef], points: Sequence[PointNow]
) -> list[Evidence]:
    newest = max((point.at for point in points if point.at), default=None)
    graph = Evidence(
        store="graph",
        statement=_CYPHER["asset"],
        entities=list(refs),
        points=[point.id for point in points],
        as_of=newest,
    )
    library = Evidence(store="ontology", statement=f"what is typical of {class_}")
    return [graph, library] if class_ and ontology.canonical(class_) else [graph]


def _notes(asset: EntityRef, points: Sequence[PointNow], row: Row) -> list[str]:
    stale = [point for point in points if point.status == "stale"]
    doubted = [point for point in points if point.doubts]
    many = max(len(row["parts"]), len(row["feeds"]), len(row["fed_by"]))
    return [
        *([f"{asset.name} has no readings."] if points and all(point.at is None for point in points) else []),
        *([f"{len(stale)} of {len(points)} readings of {asset.name} are stale."] if stale else []),
        *(f"{point.name} needs a look: {' '.join(point.doubts)}" for point in doubted[:_DOUBTS]),
        *([f"{len(doubted) - _DOUBTS} more of its sensors need a look."] if len(doubted) > _DOUBTS else []),
        *([f"At most {_LISTED} neighbours of each kind are listed."] if many > _LISTED else []),
    ]


TOOL = Tool.of(
    describe_asset,
    effect="read",
    roles=EVERYBODY,
    past="Names, relations, limits and maintenance are those of now; status is judged by these limits.",
    brief="All about an asset, place or point: class, place, parts, supply, points with values and limits, failure modes, maintenance.",
)
