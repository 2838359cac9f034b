"""The master list of alarms (ISA-18.2, clauses 5 and 9): each limit that a point has, with its priority and why, and what to do.

A row is a limit, high or low, as it holds now: set by hand, by the plant file or by the twin library. Cause, consequence, action and minutes to act
are those of the response by quantity and side; the priority is the one that an alarm there would have.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields

from graph_schema.condition import Side
from graph_schema.limits import limits_of
from graph_schema.ontology.responses import Priority, languages, priority_of, response_of
from graph_schema.statements import statements
from graph_schema.store.point_limits import PointSettings, all_points, points_inside, read_settings
from ingestion.export.files import plain_cell
from tools.alarms.standing import criticalities
from tools.context import ToolContext
from tools.query.names import resolve

_CYPHER = statements("tools.alarms", "alarms.cypher")
_USUAL = "en"
_SIDES: Sequence[Side] = ("low", "high")
_BATCH = 1_000


@dataclass(frozen=True, slots=True)
class RationalisedAlarm:
    """``set_by`` says where the limit comes from, ``rule`` how the priority came; deadband and delay are in the point's unit and seconds."""

    point: str
    name: str
    asset: str
    quantity: str
    side: Side
    limit: float
    unit: str
    set_by: str
    deadband: float
    delay_s: float
    latched: bool
    priority: Priority
    rule: str
    at_stake: str
    cause: str
    consequence: str
    action: str
    minutes: int


async def rationalisation(context: ToolContext, asset: str | None = None) -> Sequence[RationalisedAlarm]:
    """Of all points with limits, or of an asset's with its parts; by name. In the caller's language where responses are written in it, else in
    English. Raises ``NotFound``."""
    graph = context.graph
    inside = await all_points(graph) if asset is None else await points_inside(graph, [await resolve(graph, asset)])
    settings = [one for one in await read_settings(graph, context.ontology, inside) if one.has_limits]
    known: dict[str, tuple[str | None, Sequence[str]]] = {}
    for start in range(0, len(settings), _BATCH):
        ids = [one.id for one in settings[start : start + _BATCH]]
        rows = await graph.read(_CYPHER["quantities"], ids=ids)
        known |= {row["id"]: (row["quantity"], [*row["owners"]]) for row in rows}
    owners = sorted({owner for _, some in known.values() for owner in some})
    critical = await criticalities(context, owners)
    refs = await context.reader.refs(owners) if owners else {}
    names = {id_: ref.name for id_, ref in refs.items()}
    language = context.caller.language if context.caller.language in languages() else _USUAL
    return [row for one in settings for row in _rows(one, known.get(one.id, (None, [])), critical, names, language)]


def _rows(
    one: PointSettings,
    known: tuple[str | None, Sequence[str]],
    critical: Mapping[str, int],
    names: Mapping[str, str],
    language: str,
) -> list[RationalisedAlarm]:
    limits, origins, (quantity, owners) = limits_of(one.holds), one.origins(), known
    criticality = max((critical[id_] for id_ in owners if id_ in critical), default=None)
    found: list[RationalisedAlarm] = []
    for side in _SIDES:
        limit = limits.low if side == "low" else limits.high
        if limit is None:
            continue
        response = response_of(quantity, side, language)
        rated = priority_of("alarm", criticality, response.at_stake, response.minutes)
        found.append(
            RationalisedAlarm(
                point=one.id, name=one.name, asset=", ".join(names.get(id_, id_) for id_ in owners), quantity=quantity or "",
                side=side, limit=limit, unit=one.unit or "", set_by=origins[side], deadband=round(limits.back, 6), delay_s=limits.on_ms / 1000,
                latched=limits.latched, priority=rated.priority, rule=rated.rule, at_stake=response.at_stake,
                cause=response.cause, consequence=response.consequence, action=response.action, minutes=response.minutes,
            )
        )  # fmt: skip
    return found


def as_csv(alarms: Sequence[RationalisedAlarm]) -> str:
    """With a heading; what a plant file or a person wrote is no formula of a spreadsheet."""
    told = io.StringIO()
    writer = csv.writer(told)
    writer.writerow([one.name for one in fields(RationalisedAlarm)])
    for alarm in alarms:
        writer.writerow([plain_cell(value) if isinstance(value, str) else value for value in asdict(alarm).values()])
    return told.getvalue()
