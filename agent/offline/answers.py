"""From tool results to sentences. Every number, unit and name comes from the results; what is missing is said."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from agent.lexicon import Lexicon
from agent.offline.about_quality import say_quality
from agent.offline.intents import Intent, Problem, Test
from agent.offline.measures import HOLDS
from agent.offline.phrases import Speaker, age, clock, in_order, joined, listed, number, plural, with_unit, words
from agent.offline.planner import Call, Planner
from agent.offline.tokens import key
from agent.offline.words import TOPICS
from graph_schema.question import AssetQuery
from tools.data_quality import DataQuality
from tools.results import (
    AssetDescription,
    Connections,
    EntityRef,
    FailureForecast,
    FailureForecasts,
    FailureProbability,
    ForecastRow,
    FoundAssets,
    Highlighted,
    PointNow,
    RankedRisks,
    Telemetry,
    TelemetryForecast,
    TelemetryRow,
    ToolResult,
)

T = TypeVar("T")
_RESULTS: Mapping[str, type[ToolResult]] = {
    "find_assets": FoundAssets, "describe_asset": AssetDescription, "query_telemetry": Telemetry, "trace_connections": Connections,
    "rank_risks": RankedRisks, "data_quality": DataQuality, "highlight": Highlighted, "forecast_failure": FailureForecasts,
    "forecast_telemetry": TelemetryForecast,
}  # fmt: skip
_RUNNING = frozenset(
    {"on", "run", "running", "true", "1", "started", "start", "enabled", "active", "occupied", "open", "yes"}
)
_STOPPED = frozenset(
    {"off", "stop", "stopped", "false", "0", "disabled", "inactive", "unoccupied", "standby", "no", "idle"}
)
HELP = (
    "I answer questions about this plant: what a sensor reads now or read in the past, averages, peaks and rankings, what feeds or supplies what, "
    "what loses service when something stops, how many things there are and which ones, where something is, what is in alarm or stale, and what needs attention. "
    "Ask for example “which AHU feeds the most VAVs” or “what was the average supply air temperature yesterday”."
)
UNCLEAR = "I do not understand what is asked. Name a thing or a kind of equipment and what you want to know of it: a measurement, a count, what feeds it, where it is, or its status."


@dataclass(frozen=True, slots=True)
class Outcome:
    """One call with its result, or with the reason why it has none."""

    call: Call
    result: ToolResult | None
    error: str | None = None


def outcome(call: Call, content: str) -> Outcome:
    model = _RESULTS.get(call.tool)
    if model is None:
        return Outcome(call, None, content)
    try:
        return Outcome(call, model.model_validate_json(content))
    except ValidationError:
        return Outcome(call, None, _error(content))


class _Refusal(BaseModel):
    error: str | None = None
    message: str | None = None


def _error(content: str) -> str:
    try:
        refusal = _Refusal.model_validate_json(content)
    except ValidationError:
        return content
    return refusal.message or refusal.error or content


class Answerer:
    """Says what the results of one question say."""

    def __init__(self, lexicon: Lexicon, now: datetime) -> None:
        self.lexicon = lexicon
        self.speaker = Speaker(lexicon, now)
        self.planner = Planner(lexicon)

    # -- before any call ---------------------------------------------------------------------------------------------

    def at_once(self, intent: Intent) -> str | None:
        """The answer that needs no tool: a greeting, a refusal, a question back."""
        if intent.act == "greet":
            return f"Hello. {HELP}"
        if intent.act == "thanks":
            return "You are welcome."
        if intent.act == "help":
            return HELP
        if intent.problems:
            return self._problem(intent.problems)
        return UNCLEAR if intent.act == "unclear" else None

    def _problem(self, problems: Sequence[Problem]) -> str:
        order = ["topic", "unknown_name", "ambiguous", "no_referent", "not_understood", "incomplete"]
        first = min(problems, key=lambda problem: order.index(problem.kind))
        if first.kind == "topic":
            return TOPICS[first.text].says
        if first.kind == "unknown_name":
            near = joined([choice.name for choice in first.choices], "or")
            return f"There is no “{first.text}” in this plant." + (f" There are for example {near}." if near else "")
        if first.kind == "ambiguous":
            choices = sorted(first.choices, key=lambda one: in_order(one.name))
            names = [self._choice(choice.id, choice.name) for choice in choices[:12]]
            more = " or another one" if len(first.choices) > 12 else ""
            return (
                f"Which one do you mean by “{first.text}”: {', '.join(names) + more if more else joined(names, 'or')}?"
            )
        if first.kind == "no_referent":
            return f"I do not know what “{first.text}” refers to. Please name it."
        if first.kind == "not_understood":
            return f"I did not understand {first.text}, and leaving that out could change the question. Please put it in other words."
        return first.text

    def _choice(self, id: str, name: str) -> str:
        return (
            name
            if len({other for key in self.lexicon.keys_of(id) for other in self.lexicon.names.get(key, ())}) < 2
            else f"{name} ({id})"
        )

    # -- after the calls ---------------------------------------------------------------------------------------------

    def next(self, intent: Intent, rounds: Sequence[Sequence[Outcome]]) -> list[Call] | str:
        """More calls, or the answer."""
        errors = [one.error for one in rounds[-1] if one.error]
        if errors and not any(one.result for one in rounds[-1]):
            return " ".join(dict.fromkeys(errors))
        more = self._more(intent, rounds)
        if more:
            return more
        said = getattr(self, f"_say_{intent.act}")(
            intent, [one for round in rounds for one in round if one.result is not None]
        )
        notes = [note for round in rounds for one in round if one.result for note in one.result.notes]
        return " ".join([said, *(note for note in dict.fromkeys(notes) if note not in said)]).strip()

    def _more(self, intent: Intent, rounds: Sequence[Sequence[Outcome]]) -> list[Call]:
        if len(rounds) > 1:
            return []
        found = next((one.result for one in rounds[0] if isinstance(one.result, FoundAssets)), None)
        if intent.act == "highlight" and found is not None and found.assets:
            return [Call("highlight", {"assets": [ref.id for ref in found.assets]})]
        if intent.act == "route":
            return self._route_calls(intent, rounds[0])
        if intent.act == "loses_service" and intent.kept and not intent.others:
            return self._kept_calls(rounds[0])
        if intent.act in ("value", "compare", "rank"):
            return self._elsewhere(intent, rounds[0]) or self._hours(intent, rounds[0])
        return []

    def _route_calls(self, intent: Intent, outcomes: Sequence[Outcome]) -> list[Call]:
        """The way from the nearest source."""
        traces = _all(outcomes, Connections)
        if not traces or not traces[0].connected or intent.others[0].label == "power":
            return []
        nearest = min(traces[0].connected, key=lambda one: one.hops).entity
        return [Call("trace_connections", {"asset": nearest.id, "direction": "path", "to": traces[0].asset.id})]

    def _kept_calls(self, outcomes: Sequence[Outcome]) -> list[Call]:
        """What the things feed that keep another supply."""
        kept = [one.entity.id for trace in _all(outcomes, Connections) for one in trace.backed_up]
        return [Call("trace_connections", {"asset": id, "direction": "downstream"}) for id in kept[:4]]

    def _hours(self, intent: Intent, outcomes: Sequence[Outcome]) -> list[Call]:
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

    def _elsewhere(self, intent: Intent, outcomes: Sequence[Outcome]) -> list[Call]:
        """Things without such a point: ask what belongs to them, or feeds them."""
        results = [(one.call, one.result) for one in outcomes if isinstance(one.result, Telemetry)]
        if not results or any(result.rows or result.no_data for _, result in results):
            return []
        resolver = self.planner.resolver
        calls: list[Call] = []
        for call, result in results:
            given = call.args.get("asset")
            ids = [given] if isinstance(given, str) else list(given or [])
            if not ids or (result.quantity not in self.lexicon.present_quantities and self.lexicon.owned):
                continue
            place = all(
                self.lexicon.things[id].kind in ("Site", "Building", "Floor", "Space")
                for id in ids
                if id in self.lexicon.things
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

    # -- things ------------------------------------------------------------------------------------------------------

    def _noun(self, intent: Intent, query: AssetQuery, count: int) -> str:
        return self.speaker.described(query, count, self._fallback(intent))

    def _fallback(self, intent: Intent) -> str:
        things = intent.things
        if things is not None and "equipment" in things.label.lower():
            return "equipment"
        return (
            "thing"
            if things is None or things.label.lower() in ("things", "thing", "what")
            else things.label.lower().rstrip("s")
        )

    def _say_count(self, intent: Intent, outcomes: Sequence[Outcome]) -> str:
        found = _first(outcomes, FoundAssets)
        if intent.related is not None:
            return self._say_which(intent, outcomes)
        if found.groups:
            return self._groups(intent, found)
        noun = self._noun(intent, found.query, found.total)
        if found.total == 0:
            return self._none(intent, found.query)
        if (supply := self._supply(intent, found)) is not None:
            return supply
        names = (
            f": {listed(self.speaker.names(found.assets), found.total, 12)}"
            if found.total <= 12 and found.assets
            else ""
        )
        return f"There {'is' if found.total == 1 else 'are'} {found.total} {noun}{names}."

    def _groups(self, intent: Intent, found: FoundAssets) -> str:
        assert found.groups is not None
        by_class = intent.group_by == "class"
        parts = [
            f"{g.count} {plural(self.speaker.label(g.key), g.count)}" if by_class else f"{g.key}: {g.count}"
            for g in found.groups
        ]
        if by_class:
            return f"There are {found.total} {self._noun(intent, found.query, found.total)}: {', '.join(parts)}."
        return f"{found.total} {self._noun(intent, found.query, found.total)} in total. {'; '.join(parts)}."

    def _say_list(self, intent: Intent, outcomes: Sequence[Outcome]) -> str:
        if any(isinstance(one.result, Connections) for one in outcomes):
            return self._say_trace(intent, outcomes)
        found = _first(outcomes, FoundAssets)
        if found.groups:
            return self._groups(intent, found)
        if found.total == 0:
            return self._none(intent, found.query)
        if (supply := self._supply(intent, found)) is not None:
            return supply
        return self._are(intent, found)

    def _none(self, intent: Intent, query: AssetQuery) -> str:
        """“There are no rooms on Floor 9”; where those that do not were asked for, that all do."""
        outside = query.excluding
        plain = AssetQuery.model_validate({"class": query.class_, "excluding": outside})
        if outside is not None and query == plain and query.class_ and len(self.lexicon.of_class(query.class_)) > 1:
            said = " ".join(self.speaker.restrictions(outside))
            if said:
                return f"None: all {plural(self.speaker.label(query.class_))} {self.speaker.is_(said, plural=True)}."
        return f"There are no {self._noun(intent, query, 2)}."

    def _are(self, intent: Intent, found: FoundAssets) -> str:
        """“Floor 4 has 43 rooms: …”, “There are 3 chilled water pumps: …”."""
        classes = {ref.class_ for ref in found.assets}
        query = found.query
        if query.class_ is None and len(classes) == 1 and len(found.assets) == found.total and not query.any_of:
            query = query.model_copy(update={"class_": next(iter(classes))})  # "what is on floor 4": 43 VAVs
        noun = self._noun(intent, query, found.total)
        names = listed(self.speaker.names(found.assets), found.total)
        verb = "is" if found.total == 1 else "are"
        rest = self.speaker.restrictions(found.query)
        if found.total <= 2 and len(rest) == 1 and len(found.assets) == found.total and not found.query.ids:
            return f"{names} {self.speaker.is_(rest[0], plural=found.total > 1)}."
        return f"There {verb} {found.total} {noun}: {names}."

    def _supply(self, intent: Intent, found: FoundAssets) -> str | None:
        """“AHU-1 feeds the library”: a relation of supply as a sentence that answers first."""
        query = found.query
        verb = "feed" if query.feeds is not None else "fed" if query.fed_by is not None else ""
        other, rest = query.feeds or query.fed_by, query.model_copy(update={"feeds": None, "fed_by": None})
        if query.feeds is not None and query.fed_by is not None:
            return None
        if other is None and query.has_part is not None and query.has_part.class_ == "Location":
            verb, other, rest = "fed", query.has_part.fed_by, query.model_copy(update={"has_part": None})
        if other is None or query.ids or not (one := self.speaker.only(other)) or query.where or query.any_of:
            return None
        names = listed(self.speaker.names(found.assets), found.total)
        noun = self.speaker.described(rest, found.total, self._fallback(intent))
        adverb = " directly" if query.direct else ""
        few = found.total <= 2 and len(found.assets) == found.total and not intent.counted
        if verb == "feed":
            if few:
                return f"{names} {'feeds' if found.total == 1 else 'feed'} {one}{adverb}."
            return f"{found.total} {noun} feed{'s' if found.total == 1 else ''} {one}{adverb}: {names}."
        return f"{one}{adverb} feeds {names}." if few else f"{one}{adverb} feeds {found.total} {noun}: {names}."

    def _say_check(self, intent: Intent, outcomes: Sequence[Outcome]) -> str:
        found = _first(outcomes, FoundAssets)
        things = intent.things
        if things is not None and things.ids:
            rest = " ".join(self.speaker.restrictions(found.query))
            name = self.speaker.called(things.ids)
            missing = [id for id in things.ids if id not in {ref.id for ref in found.assets}]
            if not missing:
                return f"Yes, {name} {self.speaker.is_(rest)}."
            return f"No, {self.speaker.called(missing)} {self.speaker.is_(rest, False)}."
        if intent.universal and found.query.excluding is not None:
            return self._universal(intent, outcomes, found, found.query.excluding)
        if found.total == 0:
            return f"No, there are no {self._noun(intent, found.query, 2)}."
        return f"Yes. {self._say_count(intent, outcomes)}"

    def _universal(self, intent: Intent, outcomes: Sequence[Outcome], rest: FoundAssets, wanted: AssetQuery) -> str:
        """“do all VAVs have a flow sensor”: from those that have none, and from how many there are."""
        everything = next((t for t in _all(outcomes, FoundAssets) if t.query.excluding is None), None)
        of = everything.total if everything is not None else rest.total
        noun = self._noun(intent, AssetQuery.model_validate({"class": rest.query.class_}), 2)
        said = " ".join(self.speaker.restrictions(wanted))
        does = self.speaker.is_(said, plural=True)
        if of == 0:
            return f"There are no {noun}."
        if rest.total == 0:
            return f"Yes, all {of} {noun} {does}."
        lacking = "lacks" if rest.total == 1 else "lack"
        does_not = (
            f"{lacking} {said.removeprefix('with ')}"
            if said.startswith("with ")
            else self.speaker.is_(said, False, plural=rest.total > 1)
        )
        return f"No: {rest.total} of {of} {noun} {does_not}: {listed(self.speaker.names(rest.assets), rest.total, 60)}."

    def _say_which(self, intent: Intent, outcomes: Sequence[Outcome]) -> str:
        found = _first(outcomes, FoundAssets)
        related = intent.related
        assert related is not None
        rows = found.related or []
        if not rows:
            return f"There are no {self._noun(intent, found.query, 2)}."
        noun = self.speaker.label(related.query.class_) if related.query.class_ else related.label
        things = intent.things
        if things is not None and things.ids and len(rows) == 1:
            verb = self._counting(related.relation, 1)
            count = rows[0].count
            return f"{self.speaker.name(rows[0].entity)} {verb} {count or 'no'} {plural(noun, count)}."
        if intent.related_test is not None:
            return self._counted(intent, found, noun)
        if intent.others and len(rows) == 2:
            lead = (
                ("Yes: " if rows[0].entity.id == intent.things.ids[0] and rows[0].count != rows[1].count else "No: ")
                if (intent.yes_no and things is not None and intent.things is not None)
                else ""
            )
            return (
                lead
                + "; ".join(f"{self.speaker.name(r.entity)}: {r.count} {plural(noun, r.count)}" for r in rows)
                + "."
            )
        if intent.counted or intent.limit:
            shown = rows[: intent.limit or 60]
            return (
                "; ".join(f"{self.speaker.name(row.entity)}: {row.count} {plural(noun, row.count)}" for row in shown)
                + "."
            )
        best = [row for row in rows if row.count == rows[0].count]
        if rows[0].count == 0 and intent.order != "asc":
            return f"None of the {found.total} {self._noun(intent, found.query, found.total)} {self._counting(related.relation, 1)} any {noun}."
        if len(best) == found.total > 2 and len(best) <= 12:
            every = joined(self.speaker.names([row.entity for row in best]))
            return (
                f"{every} {self._counting(related.relation)} the same number of {plural(noun)}: {rows[0].count} each."
            )
        if len(best) == found.total > 2:
            return f"All {found.total} {self._noun(intent, found.query, found.total)} {self._counting(related.relation)} the same number of {plural(noun)}: {rows[0].count}."
        names = listed(self.speaker.names([row.entity for row in best]), most=12)
        verb = self._counting(related.relation, len(best))
        return f"{names} {verb} the {'most' if intent.order != 'asc' else 'fewest'} {plural(noun)}: {rows[0].count}{' each' if len(best) > 1 else ''}."

    def _counting(self, relation: str, count: int = 2) -> str:
        """The verb of a relation: “feeds”, “have”."""
        verbs = {"feeds": ("feeds", "feed"), "fed_by": ("is fed by", "are fed by")}
        return verbs.get(relation, ("has", "have"))[count != 1]

    def _counted(self, intent: Intent, found: FoundAssets, noun: str) -> str:
        """Those of the things whose count is as asked."""
        test = intent.related_test
        assert test is not None
        assert isinstance(test.value, float)
        holds = HOLDS[test.comparison]
        fits = [row for row in found.related or [] if holds(row.count, test.value)]
        limit = f"{self.speaker.compared(test.comparison)} {number(test.value)} {plural(noun, int(test.value))}"
        if not fits:
            return f"{'No, none' if intent.yes_no else 'None'} of the {found.total} {self._noun(intent, found.query, found.total)} has {limit}."
        plain = test.comparison == "=" or len(fits) > 60
        said = listed([self.speaker.name(row.entity) + ("" if plain else f" ({row.count})") for row in fits])
        many = f"{len(fits)} of {found.total} {self._noun(intent, found.query, found.total)} {'has' if len(fits) == 1 else 'have'} {limit}"
        return f"{'Yes: ' if intent.yes_no else ''}{many}: {said}."

    def _say_counts(self, intent: Intent, outcomes: Sequence[Outcome]) -> str:
        """“are there more pumps than fans”."""
        found = [one.result for one in outcomes if isinstance(one.result, FoundAssets)]
        counts = joined([f"{table.total} {self._noun(intent, table.query, table.total)}" for table in found])
        said = f"There are {counts}."
        if len(found) != 2 or intent.counted:
            return said
        first, second = found[0].total, found[1].total
        if intent.yes_no:
            return f"{'Yes' if (first < second if intent.order == 'asc' else first > second) else 'No'}. {said}"
        more = found[0] if first >= second else found[1]
        return said if first == second else f"There are more {self._noun(intent, more.query, 2)}: {counts}."

    def _say_highlight(self, intent: Intent, outcomes: Sequence[Outcome]) -> str:
        shown = next((one.result for one in outcomes if isinstance(one.result, Highlighted)), None)
        if shown is None:
            return self._say_list(intent, outcomes)
        names = self.speaker.names(shown.assets)
        return f"Highlighted: {listed(names)}."

    # -- one thing ---------------------------------------------------------------------------------------------------

    def _say_define(self, intent: Intent, outcomes: Sequence[Outcome]) -> str:
        found = _first(outcomes, FoundAssets)
        class_ = intent.things.class_ if intent.things is not None else None
        term = self.lexicon.vocabulary.classes.get(class_ or "")
        label = self.speaker.label(class_)
        known = f"{label[:1].upper()}{label[1:]}: {term.definition.strip()}" if term and term.definition else ""
        known = known if not known or known.endswith(".") else f"{known}."
        here = self._are(intent, found) if found.total else f"There are no {plural(label)} here."
        return f"{known} {here}".strip()

    def _say_whole(self, intent: Intent, outcomes: Sequence[Outcome]) -> str:
        return " ".join(self._whole(about) for about in _all(outcomes, AssetDescription))

    def _whole(self, about: AssetDescription) -> str:
        name = self.speaker.name(about.asset)
        if about.part_of:
            return f"{name} is part of {joined(self.speaker.names(about.part_of))}."
        where = f" It is in {', '.join(self.speaker.names(about.located_in))}." if about.located_in else ""
        return f"The plant model does not say that {name} is part of anything.{where}"

    def _say_limits(self, intent: Intent, outcomes: Sequence[Outcome]) -> str:
        return " ".join(self._limits(intent, about) for about in _all(outcomes, AssetDescription))

    def _limits(self, intent: Intent, about: AssetDescription) -> str:
        name = self.speaker.name(about.asset)
        points = [p for p in about.points if self._asked(intent, p)]
        limited = [p for p in points if p.low is not None or p.high is not None]
        if not limited:
            what = f"the {words(points[0].quantity)} of {name}" if intent.quantities and points else name
            return f"The plant model has no limits for {what}."
        if not intent.yes_no:
            return " ".join(self._bounds(p, name) for p in limited[:8])
        outside = [p for p in limited if self._beyond(p)]
        unread = [p for p in limited if p.value is None]
        if len(unread) == len(limited):
            return f"I cannot tell: there are no readings. {' '.join(self._bounds(p, name) for p in limited[:4])}"
        yes = bool(outside) == (intent.state == "beyond")
        return f"{'Yes' if yes else 'No'}. {' '.join(self._bounds(p, name) for p in (outside or limited)[:4])}"

    def _asked(self, intent: Intent, point: PointNow) -> bool:
        tokens = self.lexicon.quantity_tokens.get(point.quantity, frozenset())
        return not intent.quantities or any(point.quantity in q.exact or q.tokens <= tokens for q in intent.quantities)

    def _beyond(self, point: PointNow) -> bool:
        if point.value is None:
            return False
        return (point.high is not None and point.value > point.high) or (
            point.low is not None and point.value < point.low
        )

    def _bounds(self, p: PointNow, name: str) -> str:
        low, high = with_unit(p.low, None, p.unit), with_unit(p.high, None, p.unit)
        limits = (
            f"between {low} and {high}"
            if p.low is not None and p.high is not None
            else f"at most {high}"
            if p.high is not None
            else f"at least {low}"
        )
        now = (
            f" and is {with_unit(p.value, p.text, p.unit)}" if p.value is not None or p.text else " and has no reading"
        )
        return f"The {words(p.quantity)} of {name} should be {limits}{now}."

    def _say_excess(self, intent: Intent, outcomes: Sequence[Outcome]) -> str:
        """“which rooms are too warm”: none or those beyond their limits, and the furthest reading."""
        from agent.offline.measures import say_measures

        table, beyond = _first(outcomes, Telemetry), _first(outcomes, FoundAssets)
        read = [row for row in table.rows if row.value is not None]
        if not read:
            return say_measures(self.speaker, self.lexicon, replace(intent, act="value"), [table])
        what = words(table.quantity)
        worst = f"{self._owner_name(read[0])} has the {'lowest' if intent.order == 'asc' else 'highest'}: {self.speaker.reading(read[0])}."
        if beyond.total == 0:
            return f"{'No, no' if intent.yes_no else 'No'} {what} is beyond its limits. {worst}"
        names = listed([self._with_place(ref) for ref in beyond.assets], beyond.total)
        are = "is" if beyond.total == 1 else "are"
        return f"{'Yes: ' if intent.yes_no else ''}{beyond.total} {plural(what, beyond.total)} {are} beyond {'its' if beyond.total == 1 else 'their'} limits: {names}. {worst}"

    def _say_where(self, intent: Intent, outcomes: Sequence[Outcome]) -> str:
        found = next(iter(_all(outcomes, FoundAssets)), None)
        if found is not None:
            return self._places(intent, found)
        return " ".join(self._where(intent, one.result) for one in outcomes if isinstance(one.result, AssetDescription))

    def _places(self, intent: Intent, found: FoundAssets) -> str:
        """Where all the things of a class are."""
        if found.total == 0:
            return f"There are no {self._noun(intent, found.query, 2)}."
        by: dict[str | None, list[str]] = {}
        for ref in found.assets:
            by.setdefault(ref.place, []).append(self.speaker.name(ref))
        lead = (
            f"There {'is' if found.total == 1 else 'are'} {found.total} {self._noun(intent, found.query, found.total)}. "
            if intent.counted
            else ""
        )
        said = [
            f"{listed(names, len(names), 12)} {'is' if len(names) == 1 else 'are'} {self.speaker.at(place)}."
            if place
            else f"The plant model does not say where {listed(names, len(names), 12)} {'is' if len(names) == 1 else 'are'}."
            for place, names in by.items()
        ]
        more = f" {found.total - len(found.assets)} more are not listed." if found.total > len(found.assets) else ""
        return lead + " ".join(said) + more

    def _where(self, intent: Intent, about: AssetDescription) -> str:
        name = self.speaker.name(about.asset)
        places = about.located_in
        if intent.of_class is not None:
            places = [place for place in places if self.lexicon.is_a(place.class_, intent.of_class)] or places
        if places:
            word = "on" if places[0].kind == "Floor" and places[0].class_ != "Basement" else "in"
            return f"{name} is {word} {', '.join(self.speaker.names(places))}."
        whole = f" It is part of {joined(self.speaker.names(about.part_of))}." if about.part_of else ""
        fed = f" It is fed by {joined(self.speaker.names(about.fed_by[:5]))}." if about.fed_by and not whole else ""
        return f"The plant model does not say where {name} is.{whole}{fed}"

    def _say_seen(self, intent: Intent, outcomes: Sequence[Outcome]) -> str:
        return " ".join(self._seen(one.result) for one in outcomes if isinstance(one.result, AssetDescription))

    def _seen(self, about: AssetDescription) -> str:
        """When its newest reading came."""
        name = self.speaker.name(about.asset)
        read = [point for point in about.points if point.at is not None]
        if not read:
            return f"I cannot tell: {name} has no readings."
        newest = max(read, key=lambda point: point.at or self.speaker.now)
        when = f"at {clock(newest.at, self.speaker.now)}" + (
            f", {age(newest.age_s)}" if newest.age_s is not None else ""
        )
        return f"{name} last reported {when}: {self.speaker.point(newest)}."

    def _say_describe(self, intent: Intent, outcomes: Sequence[Outcome]) -> str:
        said = "\n".join(self._about(one.result) for one in outcomes if isinstance(one.result, AssetDescription))
        return f"Yes. {said}" if intent.yes_no else said

    def _about(self, about: AssetDescription) -> str:
        name = self.speaker.name(about.asset)
        kind = self.speaker.label(about.asset.class_) if about.asset.class_ else "thing of unknown class"
        article = "an" if kind[0].lower() in "aeiou" else "a"
        word = "on" if about.located_in and about.located_in[0].kind == "Floor" else "in"
        where = f" {word} {', '.join(self.speaker.names(about.located_in))}" if about.located_in else ""
        said = [f"{name} is {article} {kind}{where}."]
        for verb, refs in (
            ("is part of", about.part_of),
            ("has the parts", about.parts),
            ("is fed by", about.fed_by),
            ("feeds", about.feeds),
        ):
            if refs:
                said.append(f"It {verb} {listed(self.speaker.names(refs), len(refs), 12)}.")
        if about.asset.status not in (None, "unknown"):
            said.append(f"Its status is {about.asset.status}.")
        said.append(self._readings(about.points))
        return " ".join(part for part in said if part)

    def _readings(self, points: Sequence[PointNow]) -> str:
        read = [point for point in points if point.value is not None or point.text]
        if not points:
            return "It has no points."
        if not read:
            return f"It has {len(points)} {plural('point', len(points))} ({listed(sorted({words(p.quantity) for p in points}), None, 12)}) but no readings."
        shown = "; ".join(self.speaker.point(point) for point in read[:12])
        return f"Now: {shown}{f' and {len(read) - 12} more' if len(read) > 12 else ''}."

    def _say_points(self, intent: Intent, outcomes: Sequence[Outcome]) -> str:
        return " ".join(
            self._points(intent, one.result) for one in outcomes if isinstance(one.result, AssetDescription)
        )

    def _points(self, intent: Intent, about: AssetDescription) -> str:
        name = self.speaker.name(about.asset)
        points = [p for p in about.points if self._is_point(p, intent.of_class)]
        noun = "point" if intent.of_class in (None, "Point") else self.speaker.label(intent.of_class)
        if not points:
            return f"{name} has no {plural(noun)}."
        return f"{name} has {len(points)} {plural(noun, len(points))}: {', '.join(words(p.quantity) for p in points)}."

    def _is_point(self, point: PointNow, class_: str | None) -> bool:
        if class_ in (None, "Point"):
            return True
        entity = self.lexicon.things.get(point.id)
        if entity is not None and entity.class_ is not None:
            return self.lexicon.is_a(entity.class_, class_)
        return self.lexicon.includes(class_.lower().removesuffix("_sensor"), point.quantity)

    def _say_wrong(self, intent: Intent, outcomes: Sequence[Outcome]) -> str:
        return (
            " ".join(self._wrong(one.result) for one in outcomes if isinstance(one.result, AssetDescription))
            + self._parts_in_trouble(outcomes)
            + (" Since when is not recorded." if intent.when else "")
        )

    def _say_foretold(self, intent: Intent, outcomes: Sequence[Outcome]) -> str:
        ahead = _first(outcomes, FailureForecasts)
        said = [self._ahead(one) for one in ahead.forecasts]
        if not said and ahead.flagged + ahead.sound == 0:
            said = [TOPICS["forecast"].says]
        elif not said and not ahead.likely:
            known = ahead.sound + ahead.cannot_tell
            said = [
                f"Nothing shows signs of failing within 30 days; {ahead.sound} of {known} things could be assessed."
            ]
        if len(said) > 1:
            said = [f"- {one}" for one in said]
        if ahead.flagged > len(ahead.forecasts):
            said.append(f"{ahead.flagged - len(ahead.forecasts)} more are flagged.")
        condition = (
            self._say_wrong(intent, outcomes) if any(isinstance(o.result, AssetDescription) for o in outcomes) else ""
        )
        return "\n".join([*said, *([condition] if condition else [])])

    def _say_expected(self, intent: Intent, outcomes: Sequence[Outcome]) -> str:
        """What is going to be read, with the interval; of a limit, whether it is going to be passed."""
        tables = [one.result for one in outcomes if isinstance(one.result, TelemetryForecast)]
        if not tables:
            return next((one.error for one in outcomes if one.error), TOPICS["forecast"].says)
        test = next((t for t in intent.tests if isinstance(t.value, int | float)), None)
        said: list[str] = []
        for table in tables:
            for row in table.rows:
                said.append(self._passing(row, test) if test is not None else self._going(row, intent.aggregate))
            quantity = words(table.quantity)
            if table.missing and not table.rows:
                said.append(f"{joined([self.speaker.name(ref) for ref in table.missing[:4]])} has no {quantity} point.")
            if table.no_forecast:
                names = joined([self.speaker.name(ref) for ref in table.no_forecast[:4]])
                said.append(f"There is no forecast of the {quantity} of {names}: too little history, or no model yet.")
            if table.total > len(table.rows):
                said.append(f"{table.total - len(table.rows)} more are forecast.")
        said = list(dict.fromkeys(said)) or ["There is no such measurement to forecast."]
        return said[0] if len(said) == 1 else "\n".join(f"- {one}" for one in said)

    def _going(self, row: ForecastRow, aggregate: str | None) -> str:
        what = f"{self.speaker.name(row.entity)} {words(row.quantity)}"
        if len(row.steps) == 1:
            (step,) = row.steps
            return (
                f"{what} is forecast to be {with_unit(step.expected, None, row.unit)} {self._moment(step.at)} "
                f"(80% interval {with_unit(step.low, None, None)} to {with_unit(step.high, None, row.unit)})."
            )
        low, high = min(row.steps, key=lambda one: one.expected), max(row.steps, key=lambda one: one.expected)
        ends = [high] if aggregate == "max" else [low] if aggregate == "min" else [low, high]
        spoken = " and ".join(
            f"{'highest' if one is high else 'lowest'} at {with_unit(one.expected, None, row.unit)} {self._moment(one.at)}"
            for one in ends
        )
        return (
            f"{what} is forecast to be {spoken}; 80% of what comes lies between "
            f"{with_unit(min(one.low for one in row.steps), None, None)} and {with_unit(max(one.high for one in row.steps), None, row.unit)}."
        )

    def _passing(self, row: ForecastRow, test: Test) -> str:
        above = test.comparison.startswith(">")
        assert isinstance(test.value, int | float)
        limit = test.value
        what = f"{self.speaker.name(row.entity)} {words(row.quantity)}"
        best = max(row.steps, key=lambda one: one.expected if above else -one.expected)
        edge = max(one.high for one in row.steps) if above else min(one.low for one in row.steps)
        side, extreme = ("above", "highest") if above else ("below", "lowest")
        first = next((one for one in row.steps if (one.expected > limit) == above and one.expected != limit), None)
        stands = f"{with_unit(best.expected, None, row.unit)} {self._moment(best.at)} is the {extreme} that is expected"
        bound = with_unit(limit, None, row.unit)
        if first is not None:
            return f"Yes, {what} is expected {side} {bound} from {self._moment(first.at)}: {stands}."
        if (edge > limit) == above and edge != limit:
            return f"Probably not, but {what} may go {side} {bound}: {stands}, and the 80% interval reaches {with_unit(edge, None, row.unit)}."
        return f"No, {what} is not expected {side} {bound}: {stands}, and the 80% interval ends at {with_unit(edge, None, row.unit)}."

    def _moment(self, moment: datetime) -> str:
        local = moment.astimezone(self.speaker.now.tzinfo)
        days = (local.date() - self.speaker.now.date()).days
        day = "today" if days == 0 else "tomorrow" if days == 1 else f"on {local.day} {local:%B}"
        return f"{day} at {local:%H:%M}"

    def _ahead(self, one: FailureForecast) -> str:
        """How likely it leaves its limits, when, why, what to do; and how likely it breaks down."""
        if one.failing is None:
            return self._outlook(one)
        silent = one.state == "cannot tell" and one.failing.unknown is None
        return " ".join([self._breaks(one, one.failing), *([] if silent else [self._outlook(one)])])

    def _breaks(self, one: FailureForecast, failing: FailureProbability) -> str:
        """By its work orders: probability, what is usual, when, how long it lasts, and why."""
        name = self.speaker.name(one.asset)
        if failing.probability_percent is None:
            return f"How likely {name} fails cannot be told: {failing.unknown}."
        usual = "" if failing.usual_percent is None else f" ({number(failing.usual_percent)}% is usual for its kind)"
        said = [
            f"{name} is {number(failing.probability_percent)}% likely to fail within {failing.horizon_days} days{usual}: {'; '.join(failing.reasons[:3])}."
        ]
        if (life := failing.remaining_life) is not None:
            why = f": {'; '.join(life.reasons[:2])}" if life.reasons else ""
            said.append(
                f"It has about {number(life.expected_days)} days left, with 90% certainty between {number(life.low_days)} and {number(life.high_days)}{why}."
            )
        elif failing.expected_at is not None:
            said.append(
                f"Half of those like it have failed by {self._day(failing.expected_at)} {failing.expected_at.year}."
            )
        return " ".join(said)

    def _outlook(self, one: FailureForecast) -> str:
        """One outlook: how likely, when, why, what to do."""
        name = self.speaker.name(one.asset)
        if one.state == "cannot tell":
            return f"{name}: what is ahead cannot be told, {one.reasons[0]}."
        if one.state == "sound":
            return f"{name} shows no signs of failing within {one.horizon_days} days."
        when = f", about {self._day(one.expected_at)}" if one.expected_at else ""
        if one.probability_percent is not None:
            chance = f"{number(one.probability_percent)}% likely"
            lead = f"{name} is {chance} to leave its limits within {one.horizon_days} days{when}: {'; '.join(one.reasons[:2])}."
        else:
            since = f" since {self._day(one.since)}" if one.since else ""
            sure = f" ({one.certainty})" if one.certainty else ""
            lead = f"{name} does not behave as it should{since}{sure}: {'; '.join(one.reasons[:2])}."
        cause = f" This points to {one.mode.lower()}: {one.advice}" if one.mode and one.advice else ""
        return lead + cause

    def _day(self, moment: datetime) -> str:
        local = moment.astimezone(self.speaker.now.tzinfo)
        return f"{local.day} {local:%B}"

    def _wrong(self, about: AssetDescription) -> str:
        name = self.speaker.name(about.asset)
        bad = [p for p in about.points if p.status in ("alarm", "warning", "stale")]
        if bad:
            return f"{name}: {'; '.join(self._breach(p) for p in bad[:8])}."
        if about.points and all(p.value is None and not p.text for p in about.points):
            return f"I cannot tell: {name} has no readings."
        if not about.points:
            return f"{name} has no points of its own, so I cannot tell its condition."
        return f"Nothing is out of its limits on {name}. {self._readings(about.points)}"

    def _breach(self, p: PointNow) -> str:
        said = self.speaker.point(p)
        if p.status in ("alarm", "warning") and p.value is not None:
            if p.high is not None and p.value > p.high:
                return f"{said}, above its limit of {with_unit(p.high, None, p.unit)}"
            if p.low is not None and p.value < p.low:
                return f"{said}, below its limit of {with_unit(p.low, None, p.unit)}"
        return said

    def _parts_in_trouble(self, outcomes: Sequence[Outcome]) -> str:
        found = next((one.result for one in outcomes if isinstance(one.result, FoundAssets)), None)
        if found is None or not found.assets:
            return ""
        return (
            " Of its parts: " + "; ".join(f"{self.speaker.name(ref)} ({ref.status})" for ref in found.assets[:8]) + "."
        )

    # -- states ------------------------------------------------------------------------------------------------------

    def _say_state(self, intent: Intent, outcomes: Sequence[Outcome]) -> str:
        tables = [one.result for one in outcomes if isinstance(one.result, Telemetry)]
        rows = [row for table in tables for row in table.rows if row.value is not None or row.text]
        things = intent.things
        if any(table.aggregate.startswith("duration") for table in tables):
            return self._ran(intent, tables)
        if things is not None and not things.ids:
            wanted = intent.state or "on"
            fits = [row for row in rows if row.entity is not None and self._state(row) == wanted]
            noun = plural(self.speaker.label(things.class_) if things.class_ else "thing")
            if not rows:
                return f"I have no run status readings for the {noun}."
            if not fits:
                who = f"None of the {len(rows)} {noun} is" if len(rows) > 1 else f"{self._owner_name(rows[0])} is not"
                return f"{'No. ' if intent.yes_no else ''}{who} {'running' if wanted == 'on' else 'off'}."
            if len(rows) == 1:
                return " ".join(self._state_said(intent, row) for row in rows)
            names = listed([self.speaker.name(row.entity) for row in fits if row.entity])
            are = f"{'is' if len(fits) == 1 else 'are'} {'running' if wanted == 'on' else 'off'}"
            every = intent.universal or intent.both
            lead = "" if not (intent.yes_no and every) else "Yes: " if len(fits) == len(rows) else "No: "
            return f"{lead}{len(fits)} of {len(rows)} {noun} {are}: {names}."
        if rows:
            return " ".join(self._state_said(intent, row) for row in rows[:6])
        about = [one.result for one in outcomes if isinstance(one.result, AssetDescription)]
        return " ".join(self._state_of(one) for one in about) or "I cannot tell: there are no readings of its state."

    def _owner_name(self, row: TelemetryRow) -> str:
        return self.speaker.name(row.entity) if row.entity is not None else "It"

    def _ran(self, intent: Intent, tables: Sequence[Telemetry]) -> str:
        state = "off" if intent.state == "off" else "running"
        when = next(
            (f" {span.label.strip()}" for span in intent.times if span.kind == "window"), " in the last 24 hours"
        )
        said = [
            f"{self.speaker.name(row.entity)} was {state} for {with_unit(row.value, None, 'h')}{when}."
            for table in tables
            for row in table.rows
            if row.entity is not None and row.value is not None
        ]
        return " ".join(said) or "I cannot tell: there are no readings of its state in that time."

    def _state(self, row: TelemetryRow) -> str | None:
        text = (row.text or "").lower()
        if row.value is not None:
            return "on" if row.value > 0 else "off"
        return "on" if text in _RUNNING else "off" if text in _STOPPED else None

    def _state_said(self, intent: Intent, row: TelemetryRow) -> str:
        state = self._state(row)
        name = self.speaker.name(row.entity) if row.entity is not None else "It"
        asked = intent.state or "on"
        if asked.startswith("mode:"):
            word = asked.removeprefix("mode:").lower()
            said = with_unit(row.value, row.text, row.unit)
            yes = f"{'Yes' if word in said.lower() else 'No'}: " if intent.yes_no else ""
            return f"{yes}the {words(row.quantity)} of {name} is {said}, read {age(row.age_s)}."
        lead = "" if state is None or not intent.yes_no else "Yes, " if state == asked else "No, "
        what = {"on": "running", "off": "not running (off)"}.get(
            state or "", f"in state {with_unit(row.value, row.text, row.unit)}"
        )
        return f"{lead}{name} is {what}: {words(row.quantity)} {self.speaker.reading(row)}."

    def _state_of(self, about: AssetDescription) -> str:
        name = self.speaker.name(about.asset)
        status = [
            p
            for p in about.points
            if p.quantity.endswith(("status", "mode", "speed", "power")) and (p.value is not None or p.text)
        ]
        if not status:
            return f"I cannot tell whether {name} is running: it has no readings of its state."
        return f"{name}: {'; '.join(self.speaker.point(p) for p in status[:5])}."

    def _say_status(self, intent: Intent, outcomes: Sequence[Outcome]) -> str:
        tables = [one.result for one in outcomes if isinstance(one.result, FoundAssets)]
        total = sum(table.total for table in tables)
        if intent.state == "ok":
            if total == 0:
                return "Yes, nothing is in alarm, in warning or stale."
            return "No. " + self._say_status(replace(intent, state=None, yes_no=False), outcomes)
        wanted = joined(
            [
                {"alarm": "in alarm", "warning": "in warning"}.get(s, s)
                for s in (intent.things.query.status if intent.things else [])
            ],
            "or",
        )
        class_ = intent.things.class_ if intent.things else None
        if total == 0 and class_ not in (None, "Equipment", "Point") and not self.lexicon.of_class(class_ or ""):
            return f"There is no {self.speaker.label(class_)} in the plant model."
        if total == 0:
            noun = self._plain(intent)
            return (
                f"No {noun} {'is' if noun in ('equipment',) else 'are'} {wanted}."
                if not intent.yes_no
                else f"No, nothing is {wanted}."
            )
        parts: list[str] = []
        for table in tables:
            if table.total:
                noun = (
                    plural(self.speaker.label(table.query.class_), table.total)
                    if table.query.class_
                    else plural("piece", table.total) + " of equipment"
                )
                parts.append(
                    f"{table.total} {noun} {'is' if table.total == 1 else 'are'} {wanted}: {listed([self._with_place(ref) for ref in table.assets], table.total)}."
                )
        return ("Yes. " if intent.yes_no else "") + " ".join(parts)

    def _plain(self, intent: Intent) -> str:
        class_ = intent.things.class_ if intent.things else None
        return plural(self.speaker.label(class_)) if class_ not in (None, "Equipment") else "equipment"

    def _with_place(self, ref: EntityRef) -> str:
        return (
            f"{self.speaker.name(ref)} ({ref.status})" if ref.status in ("alarm", "warning") else self.speaker.name(ref)
        )

    # -- topology ----------------------------------------------------------------------------------------------------

    def _say_trace(self, intent: Intent, outcomes: Sequence[Outcome]) -> str:
        if intent.act == "loses_service" and intent.kept and not intent.others:
            return self._still(outcomes)
        return " ".join(self._traced(intent, one.result) for one in outcomes if isinstance(one.result, Connections))

    _say_loses_service = _say_upstream = _say_downstream = _say_path = _say_trace

    def _say_route(self, intent: Intent, outcomes: Sequence[Outcome]) -> str:
        """“Chilled water gets to AHU-2 from Chiller 1 or Chiller 2: …”."""
        traces = _all(outcomes, Connections)
        sources, way = traces[0], next((one for one in traces if one.direction == "path"), None)
        name, medium = self.speaker.name(sources.asset), intent.others[0].label
        if medium == "power" and sources.connected:
            nearest = sorted(sources.connected, key=lambda one: one.hops)
            return f"Power gets to {name} through {joined([self.speaker.name(one.entity) for one in nearest[:12]])}, the nearest first."
        if way is None or not way.connected:
            return f"The plant model does not say how {medium} gets to {name}: no {self.speaker.label(intent.of_class)} feeds it."
        names = [self.speaker.name(one.entity) for one in sorted(sources.connected, key=lambda one: one.hops)]
        chain = [self.speaker.name(way.asset), *(self.speaker.name(one.entity) for one in way.connected)]
        lead = f"{medium[:1].upper()}{medium[1:]} gets to {name} from {joined(names[:6], 'or')}"
        return f"{lead}: {' → '.join(dict.fromkeys(chain))}."

    def _still(self, outcomes: Sequence[Outcome]) -> str:
        """“what is still supplied if …”: what keeps another supply, and what that feeds."""
        traces = _all(outcomes, Connections)
        loss, fed = traces[0], [one for one in traces if one.direction == "downstream"]
        name = self.speaker.name(loss.asset)
        lost = {one.entity.id for one in loss.connected}
        if not loss.backed_up:
            return (
                f"If {name} stops, nothing that it feeds keeps another supply."
                if lost
                else f"If {name} stops, nothing loses its only supply."
            )
        kept: dict[str, EntityRef] = {one.entity.id: one.entity for one in loss.backed_up}
        kept |= {one.entity.id: one.entity for trace in fed for one in trace.connected if one.entity.id not in lost}
        others = dict.fromkeys(ref.name for one in loss.backed_up for ref in one.alternatives)
        names = listed(self.speaker.names(kept.values()), len(kept), 24)
        backing = f" (from {joined(list(others)[:4], 'or')})" if others else ""
        losing = f" {loss.total} {plural('thing', loss.total)} {'loses' if loss.total == 1 else 'lose'} service."
        return f"If {name} stops, still supplied{backing}: {names}.{losing}"

    def _traced(self, intent: Intent, found: Connections) -> str:
        name = self.speaker.name(found.asset)
        if found.direction == "loses_service" and intent.others and intent.yes_no:
            return self._spared(intent, found, name)
        refs = [c.entity for c in sorted(found.connected, key=lambda c: c.hops)]
        if found.direction == "loses_service" and intent.of_class and self.lexicon.is_a(intent.of_class, "Floor"):
            return self._floors_lost(found, name)
        if intent.of_class:
            refs = [ref for ref in refs if self.lexicon.is_a(ref.class_, intent.of_class)]
        total = len(refs) if intent.of_class else found.total
        if found.direction == "path":
            if not refs:
                return f"There is no path between {name} and {self.speaker.called(intent.others[0].ids)}."
            chain = [name, *(self.speaker.name(ref) for ref in refs if ref.id != found.asset.id)]
            return f"{' → '.join(chain)}."
        said = {"upstream": "is supplied by", "downstream": "feeds", "loses_service": "stops"}[found.direction]
        if total == 0:
            no = "No. " if intent.yes_no and found.direction != "loses_service" else ""
            return (
                no
                + {
                    "upstream": f"Nothing in the model feeds {name}.",
                    "downstream": f"{name} feeds nothing in the model.",
                    "loses_service": f"If {name} stops, nothing loses its only supply.",
                }[found.direction]
                + self._backed(found, intent)
            )
        counts = self._counts(found, refs, intent)
        several = f" ({counts})" if ", " in counts else ""
        what = f"{total} {plural('thing', total)}" if several else counts
        lead = (
            f"If {name} stops, {what} {'loses' if total == 1 else 'lose'} service"
            if found.direction == "loses_service"
            else f"{name} {said} {what}"
        )
        yes = "Yes, " if intent.yes_no and found.direction != "loses_service" else ""
        return f"{yes}{lead}{several}: {listed(self.speaker.names(refs), total)}.{self._backed(found, intent)}"

    def _floors_lost(self, found: Connections, name: str) -> str:
        """“which floors lose air”: those of the rooms that do."""
        floors = {key(self.lexicon.things[id].name) for id in self.lexicon.of_class("Floor")}
        lost = {one.entity.place for one in found.connected if one.entity.place and key(one.entity.place) in floors}
        if not lost:
            return f"If {name} stops, no floor is known to lose service."
        return f"If {name} stops, rooms lose service on {joined(sorted(lost, key=in_order))}."

    def _spared(self, intent: Intent, found: Connections, name: str) -> str:
        """“does the boardroom lose air if AHU-3 stops?”"""
        asked = [id for things in intent.others for id in things.ids]
        lost = [c.entity for c in found.connected if c.entity.id in asked]
        kept = [c for c in found.backed_up if c.entity.id in asked]
        others = [self.speaker.called([id]) for id in asked if id not in {ref.id for ref in lost}]
        lead = "Yes" if bool(lost) != intent.kept else "No"
        if lost:
            rest = f" {joined(others)} does not." if others else ""
            return f"{lead}, {joined(self.speaker.names(lost))} {'loses' if len(lost) == 1 else 'lose'} service if {name} stops.{rest}"
        still = joined([ref.name for c in kept for ref in c.alternatives[:4]], "or")
        return f"{lead}, {joined(others)} {'does' if len(others) == 1 else 'do'} not lose service if {name} stops" + (
            f": {still} still {'supplies' if ' or ' not in still else 'supply'} it." if still else "."
        )

    def _counts(self, found: Connections, refs: Sequence[EntityRef], intent: Intent) -> str:
        counts: dict[str, int] = {}
        for ref in refs:
            counts[ref.class_ or "thing"] = counts.get(ref.class_ or "thing", 0) + 1
        if not intent.of_class and found.by_class:
            counts = found.by_class
        return ", ".join(f"{count} {plural(self.speaker.label(class_), count)}" for class_, count in counts.items())

    def _backed(self, found: Connections, intent: Intent) -> str:
        refs = [
            c.entity
            for c in found.backed_up
            if not intent.of_class or self.lexicon.is_a(c.entity.class_, intent.of_class)
        ]
        if not refs:
            return ""
        return f" {len(refs)} more {'keeps' if len(refs) == 1 else 'keep'} another supply: {listed(self.speaker.names(refs), len(refs), 12)}."

    def _say_quality(self, intent: Intent, outcomes: Sequence[Outcome]) -> str:
        return say_quality(self.speaker, intent, _first(outcomes, DataQuality))

    def _say_risk(self, intent: Intent, outcomes: Sequence[Outcome]) -> str:
        ranked = _first(outcomes, RankedRisks)
        if not ranked.risks:
            return (
                f"Nothing stands out among the {ranked.assessed} assessed."
                if ranked.assessed
                else "There is nothing to assess."
            )
        worst, others = ranked.risks[0], ranked.risks[1:]
        if intent.yes_no and intent.things is not None and intent.things.ids == (worst.asset.id,):
            lead = f"Yes, {self.speaker.name(worst.asset)} needs attention"
        elif others or ranked.assessed > 1:
            lead = f"{self.speaker.name(worst.asset)} needs attention most"
        else:
            lead = f"{self.speaker.name(worst.asset)} needs attention"
        found = [reason for reason in worst.reasons if not _is_weight(reason) and not _is_advice(reason)]
        said = [f"{lead} (risk {number(worst.score)} of 100)" + (f": {found[0]}." if found else ".")]
        said += self._advised([reason for reason in worst.reasons if _is_advice(reason)])
        if worst.dependents:
            said.append(
                f"{worst.dependents} {plural('thing', worst.dependents)} {'depends' if worst.dependents == 1 else 'depend'} on it."
            )
        lines = [f"- {reason[:1].upper()}{reason[1:].rstrip('.')}." for reason in found[1:4]]
        then = [
            f"- {self.speaker.name(one.asset)} ({number(one.score)}): {one.reasons[0] if one.reasons else 'no particular reason'}."
            for one in others
        ]
        return "\n".join([" ".join(said), *lines, *(["Then:", *then] if then else [])])

    def _advised(self, reasons: Sequence[str]) -> list[str]:
        """The likeliest cause with what to do about it; of another one only its name."""
        said = [reason.removeprefix("this can mean:").strip().rstrip(".") for reason in reasons]
        if not said:
            return []
        first = f"{said[0][:1].lower()}{said[0][1:]}"
        other = f" It can also be {said[1].partition('. ')[0]}." if len(said) > 1 else ""
        return [f"This can mean {first}.{other}"]

    # -- measures ----------------------------------------------------------------------------------------------------

    def _say_value(self, intent: Intent, outcomes: Sequence[Outcome]) -> str:
        from agent.offline.measures import say_measures

        return say_measures(
            self.speaker, self.lexicon, intent, [one.result for one in outcomes if isinstance(one.result, Telemetry)]
        )

    _say_compare = _say_rank = _say_value


def _is_advice(reason: str) -> bool:
    return reason.startswith("this can mean")


def _is_weight(reason: str) -> bool:
    return reason.startswith("its criticality") or reason.endswith(("depends on it", "depend on it"))


def _all(outcomes: Sequence[Outcome], kind: type[T]) -> list[T]:
    return [one.result for one in outcomes if isinstance(one.result, kind)]


def _first(outcomes: Sequence[Outcome], kind: type[T]) -> T:
    return next(one.result for one in outcomes if isinstance(one.result, kind))
