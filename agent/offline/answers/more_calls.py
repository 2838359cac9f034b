"""Further calls that the results of the first ones lead to."""

from collections.abc import Sequence
from datetime import timedelta

from agent.offline.answers.outcomes import Outcome, results_of
from agent.offline.intents import Intent
from agent.offline.planner import Call, Planner
from graph_schema.question import AssetQuery
from tools.results.assets import FoundAssets
from tools.results.connections import Connections
from tools.results.telemetry import Telemetry


def more_calls(planner: Planner, intent: Intent, rounds: Sequence[Sequence[Outcome]]) -> list[Call]:
    if len(rounds) > 1:
        return []
    found = next(iter(results_of(rounds[0], FoundAssets)), None)
    if intent.act == "highlight" and found is not None and found.assets:
        return [Call("highlight", {"assets": [ref.id for ref in found.assets]})]
    if intent.act == "route":
        return _route_calls(intent, rounds[0])
    if intent.act == "loses_service" and intent.kept and not intent.others:
        return _kept_calls(rounds[0])
    if intent.act in ("value", "compare", "rank"):
        return _elsewhere(planner, rounds[0]) or _hours(intent, rounds[0])
    return []


def _route_calls(intent: Intent, outcomes: Sequence[Outcome]) -> list[Call]:
    """The way from the nearest source."""
    traces = results_of(outcomes, Connections)
    if not traces or not traces[0].connected or intent.others[0].label == "power":
        return []
    nearest = min(traces[0].connected, key=lambda one: one.hops).entity
    return [Call("trace_connections", {"asset": nearest.id, "direction": "path", "to": traces[0].asset.id})]


def _kept_calls(outcomes: Sequence[Outcome]) -> list[Call]:
    """What the things feed that keep another supply."""
    kept = [one.entity.id for trace in results_of(outcomes, Connections) for one in trace.backed_up]
    return [Call("trace_connections", {"asset": id, "direction": "downstream"}) for id in kept[:4]]


def _hours(intent: Intent, outcomes: Sequence[Outcome]) -> list[Call]:
    """When an extreme was: the same statistic by the hour."""
    if not intent.when or intent.group_by is not None:
        return []
    for one in outcomes:
        table = one.result
        if isinstance(table, Telemetry) and table.aggregate in ("max", "min") and table.window and table.rows:
            entity = table.rows[0].entity
            if entity is None or table.window.end - table.window.start > timedelta(days=8):
                continue
            window = {"start": table.window.start.isoformat(), "end": table.window.end.isoformat()}
            quantity = table.rows[0].quantity
            args = {"quantity": quantity, "asset": entity.id, "aggregate": table.aggregate, "group_by": "hour"}
            return [Call("query_telemetry", {**args, **window})]
    return []


def _elsewhere(planner: Planner, outcomes: Sequence[Outcome]) -> list[Call]:
    """Things without such a point: ask what belongs to them, or feeds them."""
    results = [(one.call, one.result) for one in outcomes if isinstance(one.result, Telemetry)]
    if not results or any(result.rows or result.no_data for _, result in results):
        return []
    resolver = planner.resolver
    calls: list[Call] = []
    for call, result in results:
        given = call.args.get("asset")
        ids = [given] if isinstance(given, str) else list(given or [])
        if not ids or (result.quantity not in planner.lexicon.present_quantities and planner.lexicon.owned):
            continue
        place = all(
            planner.lexicon.things[id].kind in ("Site", "Building", "Floor", "Space")
            for id in ids
            if id in planner.lexicon.things
        )
        query = resolver.around(result.quantity, AssetQuery(ids=ids), place)
        args = {key: value for key, value in call.args.items() if key != "asset"}
        calls.append(
            Call(
                "query_telemetry",
                {**args, "assets": query.model_dump(mode="json", by_alias=True, exclude_defaults=True)},
            )
        )
    return calls
