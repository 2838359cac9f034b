"""From an intent to tool calls: pure, and the same intent always gives the same calls."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from agent.offline.about_quality import quality_arguments
from agent.offline.intents import Intent
from agent.offline.times import TimeSpan
from agent.planning.assets import Assets as Things
from agent.planning.assets import of_class
from agent.planning.resolver import Resolver, Target
from agent.vocabulary.lexicon import Lexicon
from graph_schema.model import PLACE_KINDS, Status
from graph_schema.question import Aggregate, AssetQuery, Condition, Window

LISTED = 60
_EVERY = 1000
"""How many a count for each of several things asks for: all of them, as those with the same count are told together."""
_STATES = (
    "run_status",
    "on_off_status",
    "start_stop_status",
    "fan_status",
    "enable_status",
    "switch_status",
    "status",
    "operating_mode_status",
    "system_status",
)


@dataclass(frozen=True, slots=True)
class Call:
    tool: str
    args: Mapping[str, Any]


def _run_state(among: Collection[str]) -> str | None:
    """The quantity that says whether something runs ("fan_on_off_status")."""
    exact = next((q for q in _STATES[:6] if q in among), None)
    return exact or next((q for q in sorted(among) if q.endswith(tuple(f"_{one}" for one in _STATES[:6]))), None)


class Planner:
    """Plans with one lexicon: a method for each way to look things up (``answers/acts.py`` says which act uses which)."""

    def __init__(self, lexicon: Lexicon, now: datetime) -> None:
        self.lexicon = lexicon
        self.resolver = Resolver(lexicon)
        self.now = now
        day = Window(start=(now.astimezone(UTC) - timedelta(hours=24)).astimezone(now.tzinfo), end=now)
        self.default_window = {"start": day.start.isoformat(), "end": day.end.isoformat()}
        """A statistic of one thing over an unnamed time is about the last 24 hours."""

    # -- things ------------------------------------------------------------------------------------------------------

    def query(self, intent: Intent, things: Things | None = None) -> AssetQuery:
        """The things of an intent as a query, its conditions included."""
        things = things or intent.things or Things(AssetQuery(), "things")
        query = things.query
        span = _span(intent)
        tests = (*things.tests, *(() if things is not intent.things else intent.tests))
        window = Window(start=span.start, end=span.end) if span is not None and span.kind == "window" else None
        throughout = intent.whole or (span is not None and span.label.lower().startswith("for "))
        found = [c for test in tests if (c := self.resolver.condition(test, things, window, throughout)) is not None]
        conditions = [c for c in found if not _is_around(c)]
        around = [c for c in found if _is_around(c)]
        if not found:
            return query
        if things.class_ is not None and self._elsewhere(things.class_, [c.quantity for c in found]):
            class_ = "Terminal_Unit" if found[0].quantity in self.lexicon.quantities_of(["Terminal_Unit"]) else None
            bearer = of_class(class_).model_copy(
                update={"where": conditions, "has_point": [found[0].quantity], "any_of": _either_side(around)}
            )
            return query.model_copy(update={"fed_by": bearer}) if query.fed_by is None else self._fed_too(query, bearer)
        narrowed = query.model_copy(update={"where": [*query.where, *conditions]})
        return narrowed.model_copy(update={"any_of": [*query.any_of, *_either_side(around)]}) if around else narrowed

    def _fed_too(self, query: AssetQuery, bearer: AssetQuery) -> AssetQuery:
        return query.model_copy(update={"any_of": [AssetQuery(fed_by=bearer)]})

    def _elsewhere(self, class_: str, quantities: list[str]) -> bool:
        """Zones whose temperature is measured by their VAV boxes."""
        owned = self.lexicon.quantities_of([class_])
        return not any(self.lexicon.includes(q, one) for q in quantities for one in owned) and bool(
            self.lexicon.kind_of(class_) == "place"
        )

    def plan_counts(self, intent: Intent) -> list[Call]:
        every = [intent.things, *intent.others]
        return [
            Call("find_assets", {"query": _dump(self.query(intent, t)), "limit": LISTED})
            for t in every
            if t is not None
        ]

    def _point_class(self, quantity: str) -> str:
        terms = self.lexicon.vocabulary.classes.values()
        named = (t.id for t in terms if t.kind == "point" and t.id.lower().removesuffix("_sensor") == quantity)
        return next(named, "Point")

    def _find(self, intent: Intent, **more: Any) -> list[Call]:
        args: dict[str, Any] = {"query": _dump(self.query(intent)), **more}
        return [Call("find_assets", args)]

    def plan_count(self, intent: Intent) -> list[Call]:
        if intent.related is not None:
            return self.plan_which(intent)
        group = intent.group_by if intent.group_by in ("class", "floor", "parent") else None
        return self._find(intent, **({"group_by": group} if group else {}), limit=LISTED)

    def plan_list(self, intent: Intent) -> list[Call]:
        trace = self._traced(intent)
        return trace or self.plan_count(intent)

    def plan_check(self, intent: Intent) -> list[Call]:
        things = intent.things
        if not intent.universal or things is None or things.ids or not (things.restricted or things.tests):
            return self.plan_count(intent)
        rest = of_class(things.class_).model_copy(
            update={"excluding": self.query(intent).model_copy(update={"class_": None})}
        )
        every = of_class(things.class_)
        return [Call("find_assets", {"query": _dump(query), "limit": LISTED}) for query in (rest, every)]

    def plan_status(self, intent: Intent) -> list[Call]:
        """Things in a state, and the points that put them there."""
        calls = self._find(intent, limit=LISTED)
        things = intent.things
        if things is not None and not things.point and things.class_ in (None, "Equipment"):
            point = things.query.model_copy(update={"class_": "Point"})
            calls.append(Call("find_assets", {"query": _dump(point), "limit": LISTED}))
        return calls

    def _traced(self, intent: Intent) -> list[Call]:
        """“what does AHU 3 feed”: everything downstream, as a trace."""
        things = intent.things
        if (
            things is None
            or things.class_ is not None
            or things.ids
            or things.tests
            or things.query.direct
            or intent.group_by
        ):
            return []
        for direction, field in (("downstream", "fed_by"), ("upstream", "feeds")):
            inner = getattr(things.query, field)
            if things.query == AssetQuery(**{field: inner}) and inner is not None and inner.ids and len(inner.ids) == 1:
                return [Call("trace_connections", {"asset": inner.ids[0], "direction": direction})]
        return []

    def plan_which(self, intent: Intent) -> list[Call]:
        related = intent.related
        assert related is not None
        about: dict[str, Any] = {"relation": related.relation, "query": _dump(related.query)}
        if related.direct:
            about["direct"] = True
        return self._find(intent, related=about, order=intent.order or "desc", limit=_EVERY)

    def plan_highlight(self, intent: Intent) -> list[Call]:
        things = intent.things
        if things is not None and things.ids and not things.restricted:
            return [Call("highlight", {"assets": list(things.ids)})]
        return self._find(intent, limit=LISTED)

    def plan_describe(self, intent: Intent) -> list[Call]:
        return [Call("describe_asset", {"asset": id}) for id in _ids(intent)[:4]]

    def plan_where(self, intent: Intent) -> list[Call]:
        return self.plan_describe(intent) if _ids(intent) else self._find(intent, limit=LISTED)

    def plan_define(self, intent: Intent) -> list[Call]:
        return self._find(intent, limit=LISTED)

    def plan_excess(self, intent: Intent) -> list[Call]:
        """The points of a quantity that are beyond their limits, and the reading that is furthest out."""
        things = intent.things
        target = self.resolver.target(intent.quantities[0], things)
        mine = target.query or (AssetQuery(ids=list(target.ids)) if target.ids else None)
        class_ = self._point_class(target.quantity)
        beyond = AssetQuery.model_validate({"class": class_, "status": ["alarm", "warning"], "part_of": mine})
        measure = {
            "quantity": target.quantity,
            **_where(target),
            "aggregate": "latest",
            "order": intent.order,
            "limit": LISTED,
        }
        return [Call("query_telemetry", measure), Call("find_assets", {"query": _dump(beyond), "limit": LISTED})]

    def plan_wrong(self, intent: Intent) -> list[Call]:
        """The thing itself, and those of its parts that are not well."""
        ids = _ids(intent)[:4]
        bad: list[Status] = ["alarm", "warning", "stale"]
        within = all(self.lexicon.things[id].kind in PLACE_KINDS for id in ids)
        mine = AssetQuery(ids=ids)
        parts = AssetQuery(within=mine, status=bad) if within else AssetQuery(part_of=mine, status=bad)
        return [*self.plan_describe(intent), Call("find_assets", {"query": _dump(parts), "limit": LISTED})]

    def plan_foretold(self, intent: Intent) -> list[Call]:
        """What is ahead; of things that were named, their condition as well."""
        things = intent.things
        if things is None or things.query == AssetQuery():
            return [Call("forecast_failure", {"limit": intent.limit or 5})]
        query = AssetQuery(ids=list(things.ids)) if things.ids else things.query
        ahead = Call("forecast_failure", {"assets": _dump(query), "limit": intent.limit or 5})
        return [ahead, *(self.plan_wrong(intent) if things.ids and not intent.when else [])]

    def plan_expected(self, intent: Intent) -> list[Call]:
        """What is going to be read: at a moment, or in the hours up to the end of what was asked about."""
        (span,) = intent.times
        hours = max(1, min(168, -int(-(span.end - self.now).total_seconds() // 3600)))
        when: dict[str, Any] = {"at": span.start.isoformat()} if span.start == span.end else {"hours": hours}
        if "hours" in when and span.start > self.now:
            when = {
                "start": span.start.isoformat(),
                "hours": max(1, round((span.end - span.start).total_seconds() / 3600)),
            }
        calls: list[Call] = []
        for target in self.targets(replace(intent, act="value", tests=())):
            args = {"quantity": target.quantity, **_where(target), **when}
            calls.append(Call("forecast_telemetry", args))
        return calls

    def plan_state(self, intent: Intent) -> list[Call]:
        things = intent.things
        assert things is not None
        if things.ids and not things.restricted:
            if (intent.state or "").startswith("mode") and (mode := self._mode(things)) is not None:
                return [mode]
            return self._ran(intent, things) if intent.duration else self._state_of(things)
        if intent.duration:
            return self._ran(intent, things)
        owned = self.lexicon.quantities_of([things.class_] if things.class_ else [])
        present = self.lexicon.present_quantities
        quantity = _run_state(owned) or next(
            (q for pool in (owned, present) for q in _STATES if q in pool), _run_state(present) or "on_off_status"
        )
        return [Call("query_telemetry", {"quantity": quantity, "assets": _dump(things.query), "aggregate": "latest"})]

    def _mode(self, things: Things) -> Call | None:
        owned = self.lexicon.quantities_of([self.lexicon.things[id].class_ for id in things.ids])
        quantity = next((q for q in sorted(owned) if "mode" in q.split("_") and not q.endswith("command")), None)
        if quantity is None:
            return None
        given = things.ids[0] if len(things.ids) == 1 else list(things.ids)
        return Call("query_telemetry", {"quantity": quantity, "asset": given, "aggregate": "latest"})

    def _ran(self, intent: Intent, things: Things) -> list[Call]:
        """“how long was it running yesterday”: the hours its run status was on."""
        classes = [self.lexicon.things[id].class_ for id in things.ids] or [things.class_]
        quantity = self._run_status(classes)
        if quantity is None:
            return self._state_of(things)
        aggregate = "duration_below" if intent.state == "off" else "duration_above"
        window = _window(_span(intent)) or dict(self.default_window)
        given = _where(Target(quantity, things.ids if not things.restricted else (), things.query))
        args = {"quantity": quantity, **given, "aggregate": aggregate, "threshold": 0.5, **window}
        return [Call("query_telemetry", args)]

    def _run_status(self, classes: Sequence[str | None]) -> str | None:
        return _run_state(self.lexicon.quantities_of(classes))

    def _state_of(self, things: Things) -> list[Call]:
        """A thing's own run status, else that of its parts (an air handler's fan), else all it reads."""
        own = self._run_status([self.lexicon.things[id].class_ for id in things.ids])
        if own is not None:
            return [
                Call(
                    "query_telemetry",
                    {
                        "quantity": own,
                        "asset": things.ids[0] if len(things.ids) == 1 else list(things.ids),
                        "aggregate": "latest",
                    },
                )
            ]
        calls = [Call("describe_asset", {"asset": id}) for id in things.ids[:4]]
        near = _run_state(self.lexicon.present_quantities)
        if near is not None:
            parts = AssetQuery(part_of=things.query, has_point=[near])
            calls.append(Call("query_telemetry", {"quantity": near, "assets": _dump(parts), "aggregate": "latest"}))
        return calls

    # -- topology and risk -------------------------------------------------------------------------------------------

    def _trace(self, intent: Intent, direction: str) -> list[Call]:
        of_class = intent.of_class
        if of_class and intent.act == "loses_service" and self.lexicon.is_a(of_class, "Floor"):
            of_class = "Space" if self.lexicon.of_class("Space") else None  # floors lose what their rooms lose
        more = {"of_class": of_class} if of_class else {}
        return [Call("trace_connections", {"asset": id, "direction": direction, **more}) for id in _ids(intent)[:4]]

    def plan_loses_service(self, intent: Intent) -> list[Call]:
        return self._trace(intent, "loses_service")

    def plan_upstream(self, intent: Intent) -> list[Call]:
        return self._trace(intent, "upstream")

    def plan_downstream(self, intent: Intent) -> list[Call]:
        return self._trace(intent, "downstream")

    def plan_path(self, intent: Intent) -> list[Call]:
        return [
            Call("trace_connections", {"asset": _ids(intent)[0], "direction": "path", "to": intent.others[0].ids[0]})
        ]

    def plan_route(self, intent: Intent) -> list[Call]:
        """Where a medium comes from; the way from there is asked for next."""
        return self._trace(intent, "upstream")

    def plan_risk(self, intent: Intent) -> list[Call]:
        things = intent.things
        whole = things is None or things.query in (AssetQuery(), of_class("Equipment"), of_class("System"))
        query = None if things is None or whole else things.query
        if things is not None and things.ids:
            mine = AssetQuery(ids=list(things.ids))
            inside = all(self.lexicon.things[id].kind in PLACE_KINDS for id in things.ids)
            return [
                Call(
                    "rank_risks",
                    {"assets": _dump(AssetQuery(within=mine) if inside else mine), "limit": intent.limit or 5},
                )
            ]
        return [Call("rank_risks", {**({"assets": _dump(query)} if query else {}), "limit": intent.limit or 5})]

    def plan_quality(self, intent: Intent) -> list[Call]:
        return [Call("data_quality", quality_arguments(intent, self.now))]

    # -- measures ----------------------------------------------------------------------------------------------------

    def targets(self, intent: Intent) -> list[Target]:
        things = intent.things
        settled = replace(things, query=self.query(intent)) if things is not None and things.tests else things
        found: list[Target] = []
        if self._is_whole_supply(intent):
            whole = AssetQuery(ids=[self.lexicon.root or ""])
            settled = Things(whole, "plant", tuple(whole.ids or ()), plural=False)
        for quantity in intent.quantities:
            if quantity.tokens == frozenset({"setpoint"}) and found:
                quantity = replace(
                    quantity,
                    tokens=self.lexicon.quantity_tokens.get(found[0].quantity, frozenset()) | {"setpoint"},
                    exact=(),
                )
            found.append(self._energy(self.resolver.target(quantity, settled), intent, settled))
        return found

    def _is_whole_supply(self, intent: Intent) -> bool:
        """“the total power”: what the meter of the whole plant reads, for a sum of all meters counts things twice."""
        things = intent.things
        power = any(quantity.tokens & {"power", "energy"} for quantity in intent.quantities)
        if not power or self.lexicon.root is None or intent.act != "value" or intent.group_by in ("floor", "class"):
            return False
        if things is not None and not things.whole_plant:
            return False
        whole = Things(AssetQuery(ids=[self.lexicon.root]), "", (self.lexicon.root,))
        target = self.resolver.target(intent.quantities[0], whole)
        return target.single and self.lexicon.is_a(self.lexicon.things[target.ids[0]].class_, "Meter")

    def _energy(self, target: Target, intent: Intent, things: Things | None) -> Target:
        """Energy without a meter of its own is the integral of power."""
        tokens = self.lexicon.quantity_tokens.get(target.quantity, frozenset())
        if "energy" not in tokens:
            return target
        own = self.lexicon.quantities_of(self.resolver.classes(things)) if things is not None else frozenset[str]()
        metered = any("energy" in self.lexicon.quantity_tokens.get(q, frozenset()) for q in own)
        if target.known and (things is None or metered or (target.ids and target.ids != things.ids)):
            return target
        power = replace(intent.quantities[0], tokens=frozenset({"power"}), exact=(), owner=(), text="power")
        found = self.resolver.target(power, things)
        if found.ids and not target.ids and things is not None and things.ids:
            return found  # a building's own meter reads only its power
        powered = found.known and (
            not target.known or (self.lexicon.includes("power", found.quantity) and found.quantity in own)
        )
        return found if powered else target

    def plan_value(self, intent: Intent) -> list[Call]:
        return [call for target in self.targets(intent) for call in self._measure(intent, target)]

    def _measure(self, intent: Intent, target: Target) -> list[Call]:
        times = intent.times or (None,)
        return [call for span in times for call in self._measured(intent, target, span)]

    def _measured(self, intent: Intent, target: Target, span: TimeSpan | None) -> list[Call]:
        args: dict[str, Any] = {"quantity": target.quantity, **_where(target)}
        aggregate = self._aggregate(intent, target, span)
        window: dict[str, Any] = {}
        if aggregate not in ("latest", "at"):
            window = _window(span) or dict(self.default_window)
        if span is not None and span.kind == "at" and aggregate == "at":
            window = {"at": span.start.isoformat()}
        test = next((t for t in intent.tests if t.value is not None), None)
        if (test is not None or intent.duration) and window and intent.act == "value":
            return self._tested(intent, args, window)
        args.update(aggregate=aggregate, **window)
        if intent.group_by is not None and not (intent.group_by in ("hour", "day") and not window):
            args["group_by"] = intent.group_by
        across = self._across(intent, target, aggregate)
        if across:
            args["across"] = across
        if intent.act == "rank" and not across and not intent.best_bucket:
            args["order"] = intent.order
            args["limit"] = intent.limit or (LISTED if intent.order and not intent.limit else 12)
        calls = [Call("query_telemetry", args)]
        calls += [Call("query_telemetry", {**args, "aggregate": more}) for more in intent.also if "start" in window]
        if aggregate == "mean" and self._wants_spread(intent, target, window):
            calls += [Call("query_telemetry", {**args, "aggregate": more}) for more in ("min", "max")]
        return calls

    def _wants_spread(self, intent: Intent, target: Target, window: Mapping[str, Any]) -> bool:
        return (
            "start" in window
            and intent.act == "value"
            and intent.aggregate is None
            and target.single
            and not intent.group_by
            and not self._is_energy(target)
        )

    def _tested(self, intent: Intent, args: dict[str, Any], window: Mapping[str, Any]) -> list[Call]:
        """“was it above 18 °C this morning, and for how long”: the time spent there, and the extreme."""
        test = next((t for t in intent.tests if t.value is not None), None)
        if test is None:
            return [Call("query_telemetry", {**args, "aggregate": intent.aggregate or "mean", **window})]
        above = test.comparison.startswith(">")
        duration = {
            **args,
            "aggregate": "duration_above" if above else "duration_below",
            "threshold": test.value,
            **window,
        }
        extreme = {**args, "aggregate": "max" if above else "min", **window}
        return [Call("query_telemetry", duration), Call("query_telemetry", extreme)]

    def _is_energy(self, target: Target) -> bool:
        return bool(self.lexicon.quantity_tokens.get(target.quantity, frozenset()) & {"energy", "usage"})

    def _aggregate(self, intent: Intent, target: Target, span: TimeSpan | None) -> Aggregate:
        asked_energy = any(q.tokens & {"energy"} for q in intent.quantities)
        windowed = span is not None and span.kind == "window"
        if asked_energy and not self._is_energy(target):
            return "use"
        if target.single and intent.aggregate == "sum" and any(q.tokens & {"power"} for q in intent.quantities):
            return "use" if windowed else "latest"  # a sum of readings of power over time is none
        compared = intent.act in ("compare", "rank")  # what was used, and not what the counters stand at
        if self._is_energy(target) and (windowed or compared or intent.aggregate == "sum"):
            return "use"
        if intent.aggregate in ("last",) and not windowed:
            return "latest"
        if intent.duration and intent.tests:
            return "mean"
        if intent.group_by in ("hour", "day"):
            if intent.best_bucket and intent.aggregate is None:
                return "min" if intent.order == "asc" else "max"
            return intent.aggregate or "mean"
        if intent.aggregate is not None:
            if not windowed and self._set_statistic(intent, target):
                return "at" if span is not None and span.kind == "at" else "latest"
            return intent.aggregate
        if span is not None and span.kind == "at":
            return "at"
        if not windowed:
            return "latest"
        if intent.act == "rank" or (intent.act == "compare" and intent.order):
            return "max" if intent.order == "desc" else "min"
        return "mean"

    def _set_statistic(self, intent: Intent, target: Target) -> bool:
        """“the average zone temperature on floor 2” is across the zones, now, and not over time."""
        return intent.aggregate in ("mean", "sum", "min", "max") and not target.single

    def _across(self, intent: Intent, target: Target, aggregate: Aggregate) -> str | None:
        if target.single or intent.act == "compare" or intent.each:
            return None
        if intent.act == "rank":
            return "mean" if intent.group_by in ("floor", "class", "parent") else None
        if intent.aggregate == "sum" or (aggregate == "use" and self._is_energy_asked(intent)):
            return "sum" if aggregate not in ("sum",) else None
        if intent.group_by is not None:
            return (
                "mean"
                if aggregate == "latest" or intent.aggregate in (None, "mean")
                else intent.aggregate
                if intent.aggregate in ("min", "max")
                else "mean"
            )
        return intent.aggregate if intent.aggregate in ("mean", "min", "max") else None

    def _is_energy_asked(self, intent: Intent) -> bool:
        return any(q.tokens & {"energy"} for q in intent.quantities)


def _is_around(condition: Condition) -> bool:
    """“more than 2 from its setpoint”: a distance, on either side."""
    return condition.comparison == "!=" and condition.offset != 0


def _either_side(conditions: Sequence[Condition]) -> list[AssetQuery]:
    return [
        AssetQuery(where=[one.model_copy(update={"comparison": comparison, "offset": offset})])
        for one in conditions[:1]
        for comparison, offset in ((">", one.offset), ("<", -one.offset))
    ]


def _where(target: Target) -> dict[str, Any]:
    if target.ids:
        return {"asset": target.ids[0] if len(target.ids) == 1 else list(target.ids)}
    return {"assets": _dump(target.query or AssetQuery())}


def _window(span: TimeSpan | None) -> dict[str, Any]:
    if span is None or span.kind != "window":
        return {}
    return {"start": span.start.isoformat(), "end": span.end.isoformat()}


def _span(intent: Intent) -> TimeSpan | None:
    return next((span for span in intent.times if span.kind == "window"), None)


def _ids(intent: Intent) -> list[str]:
    return list(intent.things.ids) if intent.things is not None else []


def _dump(query: AssetQuery) -> dict[str, Any]:
    return query.model_dump(mode="json", by_alias=True, exclude_defaults=True)
