"""The tool that says which equipment needs attention first, and why."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated

from pydantic import Field

from forecasting.failure_forecast import Failing, read_failing
from forecasting.outlook import Outlook, read_outlooks
from graph_schema.condition import FADE_S, Limits, Weight, weight_at
from graph_schema.ontology.ontology import Ontology
from graph_schema.question import AssetQuery
from graph_schema.statements import statements
from graph_schema.store.graph import GraphStore, Row
from tools.context import EVERYBODY, ToolContext
from tools.query.names import natural
from tools.registry.tool import Tool
from tools.results.assets import EntityRef
from tools.results.result import Evidence, Scene
from tools.results.risks import RankedRisks, Risk
from tools.risk.outlooks import age_notes, failing_evidence, is_likely, outlook_evidence, percent
from tools.risk.score import Fault, Judgement, Sign, Suspicion, judge, sign_severity
from tools.topology.snapshot import Topologies, topology_evidence
from tools.topology.topology import Topology

_CYPHER = statements("tools.catalogue", "rank_risks.cypher")
_USUAL_CRITICALITY = 3  # where neither the plant nor the twin library says


@dataclass(frozen=True, slots=True)
class _Judged:
    id: str
    judgement: Judgement
    dependents: int
    points: tuple[str, ...]
    signs: tuple[Sign, ...]
    by_status: bool


BY_STATUS = "No forecast has run yet, so this is judged by what is read now alone."


def ranking(topologies: Topologies) -> Callable[..., Awaitable[RankedRisks]]:
    """The tool, over these topologies."""

    async def rank_risks(
        context: ToolContext,
        assets: Annotated[
            AssetQuery | None, Field(description="which assets to assess; the whole plant when left out")
        ] = None,
        limit: Annotated[int, Field(ge=1, le=100, description="how many to list")] = 5,
    ) -> RankedRisks:
        """Rank equipment by how urgently it needs attention, worst first, with reasons: what the newest outlooks say is wrong or ahead (probability, expected date), values beyond their limits, readings that stopped, likely failure modes and what to do, criticality and how many assets depend on it. Faults of parts count for the whole."""
        topology = await topologies.current(context.graph, context.ontology)
        now = context.clock()
        after = round(1000 * (now.timestamp() - FADE_S))
        rows = await context.graph.read(_CYPHER["open"], after=after)
        selection = await context.reader.select(assets) if assets is not None else None
        chosen = {ref.id for ref in selection.entities} if selection else None
        outlooks = await read_outlooks(context.graph)
        failing = [one for one in await read_failing(context.graph) if is_likely(one)]
        faults = _by_asset(context.ontology, topology, rows, chosen, now)
        signs = _ahead(context.ontology, topology, outlooks, failing, chosen, now)
        stated = await _criticalities(context.graph, list({**faults, **signs}))
        # Thousands of faults at once (a dead network) are seconds of counting what depends on what.
        judged = await asyncio.to_thread(_judge_all, context.ontology, topology, faults, signs, stated)
        worst = judged[:limit]
        refs = await context.reader.refs([one.id for one in worst])
        as_of = max((row["at"] for row in rows if row["at"] is not None), default=None)
        evidence = Evidence(
            store="graph",
            statement=_CYPHER["open"],
            entities=[one.id for one in worst],
            points=[point for one in worst for point in one.points],
            as_of=datetime.fromtimestamp(as_of / 1000, UTC) if as_of is not None else None,
        )
        return RankedRisks(
            risks=[_risk(one, refs[one.id], context.clock()) for one in worst if one.id in refs],
            total=len(judged),
            assessed=len(chosen) if chosen is not None else _assessed(topology, faults),
            evidence=[
                evidence,
                *([outlook_evidence([one for one in outlooks if one.state == "flagged"])] if outlooks else []),
                *([failing_evidence(failing)] if failing else []),
                topology_evidence(*(one.id for one in worst)),
                *(selection.evidence if selection else ()),
            ],
            scene=Scene(highlight=[one.id for one in worst], focus=worst[0].id if worst else None),
            notes=await _notes(context.graph, judged, limit, outlooks, context.clock()),
        )

    return rank_risks


def _by_asset(
    ontology: Ontology, topology: Topology, rows: Sequence[Row], chosen: Collection[str] | None, now: datetime
) -> dict[str, list[Fault]]:
    found: defaultdict[str, list[Fault]] = defaultdict(list)
    for row in rows:
        owner = row["owner"]
        if owner not in topology.nodes:
            continue
        for whole in _answerable(ontology, topology, owner, chosen):
            found[whole].append(_fault(row, topology.nodes[owner].name if whole != owner else None, now))
    return dict(found)


def _ahead(
    ontology: Ontology,
    topology: Topology,
    outlooks: Sequence[Outlook],
    failing: Sequence[Failing],
    chosen: Collection[str] | None,
    now: datetime,
) -> dict[str, list[Sign]]:
    """What outlooks flag and what is likely to fail, by the assets that answer for it."""
    found: defaultdict[str, list[Sign]] = defaultdict(list)
    for one in outlooks:
        if one.state != "flagged" or one.asset not in topology.nodes:
            continue
        for whole in _answerable(ontology, topology, one.asset, chosen):
            found[whole].append(_sign(one, topology.nodes[one.asset].name if whole != one.asset else None, now))
    for one in failing:
        if one.asset in topology.nodes:
            for whole in _answerable(ontology, topology, one.asset, chosen):
                found[whole].append(_breaking(one, topology.nodes[one.asset].name if whole != one.asset else None))
    return dict(found)


def _breaking(one: Failing, part: str | None) -> Sign:
    """Without a date: half of those like it fail by then, which is no appointment."""
    return Sign(
        certainty="possible",
        reasons=one.reasons[:2] or ("its kind fails often",),
        points=frozenset(),
        probability=one.probability,
        horizon_days=one.horizon_days,
        part=part,
        what="to fail",
    )


def _sign(one: Outlook, part: str | None, now: datetime) -> Sign:
    return Sign(
        certainty=one.certainty or "likely",
        reasons=one.reasons or ("it does not behave as it did",),
        points=frozenset(one.points),
        probability=one.probability,
        days=max(0.0, (one.expected_at - now) / timedelta(days=1)) if one.expected_at else None,
        horizon_days=one.horizon_days,
        since_days=(now - one.since) / timedelta(days=1) if one.since else None,
        mode=one.mode,
        advice=one.advice,
        part=part,
    )


def _risk(one: _Judged, ref: EntityRef, now: datetime) -> Risk:
    worst = max(one.signs, key=sign_severity, default=None)
    return Risk(
        asset=ref,
        score=one.judgement.score,
        reasons=list(one.judgement.reasons),
        dependents=one.dependents,
        judged_by="status" if worst is None else "outlook and status" if one.by_status else "outlook",
        probability_percent=percent(worst.probability) if worst else None,
        expected_at=now + timedelta(days=worst.days) if worst and worst.days is not None else None,
        since=now - timedelta(days=worst.since_days) if worst and worst.since_days is not None else None,
        certainty=worst.certainty if worst else None,
        mode=worst.mode if worst else None,
    )


def _answerable(ontology: Ontology, topology: Topology, owner: str, chosen: Collection[str] | None) -> list[str]:
    """Who answers for a fault of the owner: the outermost equipment it is part of, of those that are assessed.

    Systems and loops gather equipment and answer only where they were asked for.
    """
    if topology.nodes[owner].is_place:
        return [owner] if chosen is None or owner in chosen else []
    around = {
        one
        for one in topology.around(owner)
        if (one in chosen if chosen is not None else one == owner or not _is_collection(ontology, topology, one))
    }
    return sorted(one for one in around if not (topology.around(one) - {one}) & around)


def _is_collection(ontology: Ontology, topology: Topology, id_: str) -> bool:
    class_ = topology.nodes[id_].class_
    return class_ is not None and "Collection" in ontology.ancestors(class_)


def _fault(row: Row, part: str | None, now: datetime) -> Fault:
    since_s = now.timestamp() - row["since"] / 1000 if row["since"] is not None else None
    return Fault(
        point=row["id"],
        quantity=row["quantity"] or "unknown",
        status=row["status"],
        value=row["value"],
        unit=row["unit"],
        low=row["low"],
        high=row["high"],
        age_s=now.timestamp() - row["at"] / 1000 if row["at"] is not None else None,
        part=part,
        worst=row["worst"],
        since_s=since_s,
        before=row["before"],
        weight=_weight(row, now),
    )


def _weight(row: Row, now: datetime) -> Weight:
    return weight_at(
        round(1000 * now.timestamp()),
        Limits(row["low"], row["high"]),
        row["status"],
        row["value"] if row["worst"] is None else row["worst"],
        row["since"],
        (row["before"], row["before_worst"]),
        Weight(*row["counted"]) if row["counted"] else None,
    )


async def _criticalities(graph: GraphStore, ids: list[str]) -> dict[str, int]:
    rows = await graph.read(_CYPHER["criticality"], ids=ids) if ids else []
    return {row["id"]: int(row["criticality"]) for row in rows}


def _judge_all(
    ontology: Ontology,
    topology: Topology,
    faults: Mapping[str, Sequence[Fault]],
    signs: Mapping[str, Sequence[Sign]],
    stated: Mapping[str, int],
) -> list[_Judged]:
    judged = [
        _Judged(
            id=id_,
            judgement=judge(
                some,
                _suspicions(ontology, topology, id_, some),
                stated.get(id_) or _usual_criticality(ontology, topology.nodes[id_].class_),
                topology.dependents(id_),
                signs.get(id_, ()),
            ),
            dependents=topology.dependents(id_),
            points=tuple(
                sorted({*(fault.point for fault in some), *(p for sign in signs.get(id_, ()) for p in sign.points)})
            ),
            signs=tuple(signs.get(id_, ())),
            by_status=bool(some),
        )
        for id_, some in {**dict.fromkeys(signs, ()), **faults}.items()
    ]
    return sorted(judged, key=lambda one: (-one.judgement.score, natural(topology.nodes[one.id].name), one.id))


def _usual_criticality(ontology: Ontology, class_: str | None) -> int:
    twin = ontology.twin(class_) if class_ else None
    return twin.criticality if twin else _USUAL_CRITICALITY


def _suspicions(ontology: Ontology, topology: Topology, id_: str, faults: Sequence[Fault]) -> list[Suspicion]:
    """Failure modes of the asset and of its faulty parts whose quantities are out of limits."""
    beyond = [fault for fault in faults if fault.status in ("alarm", "warning")]
    faulty = {fault.part for fault in beyond if fault.part}
    parts = [one for one in topology.inside(id_) - {id_} if topology.nodes[one].name in faulty]
    classes = [topology.nodes[one].class_ for one in (id_, *sorted(parts))]
    quantities = sorted({fault.quantity for fault in beyond})
    found: dict[str, Suspicion] = {}
    for class_ in dict.fromkeys(classes):
        twin = ontology.twin(class_) if class_ else None
        for mode in twin.failure_modes if twin else ():
            matched = sum(any(ontology.covers(one, other) for one in mode.quantities) for other in quantities)
            if matched:
                found.setdefault(mode.name, Suspicion(mode.name, mode.advice, matched))
    return list(found.values())


def _assessed(topology: Topology, faults: Mapping[str, object]) -> int:
    """All equipment, and the places that showed a fault of their own."""
    places = sum(topology.nodes[id_].is_place for id_ in faults)
    return places + sum(asset.kind == "Asset" for asset in topology.nodes.values())


async def _notes(
    graph: GraphStore, judged: Sequence[_Judged], limit: int, outlooks: Sequence[Outlook], now: datetime
) -> list[str]:
    if not judged and not await graph.read(_CYPHER["any_reading"]):
        return ["There are no readings of anything, so the condition of the plant cannot be judged."]
    more = f"{len(judged)} assets need attention; the {limit} worst are listed."
    basis = age_notes([one.made_at for one in outlooks], now) if outlooks else [BY_STATUS]
    return [*([more] if len(judged) > limit else []), *basis]


def tool_of(topologies: Topologies) -> Tool:
    return Tool.of(
        ranking(topologies),
        effect="read",
        roles=EVERYBODY,
        group="faults",
        brief="What needs attention first, with reasons: wrong now, likely ahead, silent, critical, dependents.",
    )
