"""What is asked, decided from all that was collected; what was left unread stops the answer."""

from dataclasses import replace

from agent.offline.about_failures import about_failure, about_outlook, about_path
from agent.offline.about_limits import about_condition, about_excess, about_limits
from agent.offline.about_measures import about_measure
from agent.offline.about_things import (
    about_meaning,
    about_mode,
    about_risk,
    about_seen,
    about_show,
    about_state,
    about_things,
    about_where,
    about_whole,
)
from agent.offline.clauses import Sentence
from agent.offline.following import follow_up
from agent.offline.intents import Intent, Problem
from agent.offline.said import as_said, is_meaningful
from agent.offline.supply import about_route
from agent.planning.assets import of_class
from graph_schema.question import AssetQuery

_ABOUT_ONE = frozenset(
    {
        "value",
        "compare",
        "where",
        "describe",
        "state",
        "wrong",
        "loses_service",
        "upstream",
        "downstream",
        "path",
        "points",
    }
)

_TESTING = frozenset(
    {"count", "list", "check", "value", "compare", "rank", "highlight", "counts", "which", "status", "state", "risk"}
)

_VAGUE = frozenset({"Equipment", "Point", "Location", "Sensor", "System", "Terminal_Unit", "Alarm"})


def decide_intent(self: Sentence) -> Intent:
    intent = follow_up(self) or _fresh(self)
    if intent.act in ("refuse", "greet", "help", "thanks"):
        return intent
    missed = [*_missed(self), *_dropped(self, intent)]
    problems = [*self.problems]
    things = intent.things
    if things is not None and things.choices and (things.ids or intent.act in _ABOUT_ONE):
        problems.append(Problem("ambiguous", things.text, things.choices))
    if missed and not any(p.kind == "unknown_name" for p in problems):
        problems.append(Problem("not_understood", ", ".join(f"“{word}”" for word in missed)))
    return replace(intent, problems=(*intent.problems, *problems))


def _missed(self: Sentence) -> list[str]:
    return [c.text for i, c in enumerate(self.chunks) if i not in self.used and (c.has("unknown") or is_meaningful(c))]


def _dropped(self: Sentence, intent: Intent) -> list[str]:
    """Names and classes that were read but play no part in what is asked: leaving them out could change the question."""
    if intent.act == "unclear":
        return []
    ids, classes = set[str](), set[str]()
    parts = [t for t in (intent.things, *intent.others) if t is not None]
    for things in parts:
        ids.update(things.ids)
        classes.add(things.class_ or "")
        _mentioned(things.query, ids, classes)
    if intent.related is not None:
        _mentioned(intent.related.query, ids, classes)
    classes.update((intent.of_class or "", (self.group_of.class_ if self.group_of else None) or ""))
    for point in (self.point_class(q) for q in intent.quantities if q.sensor):
        classes.add(point or "")
    lost: list[str] = []
    if intent.act not in _TESTING and (self.tests or any(t.tests for t in parts)):
        lost.append("the condition")
    for _, things in self.phrases:
        own_ids, own_classes = set(things.ids), set[str]()
        _mentioned(things.query, own_ids, own_classes)
        own_ids.discard(self.lexicon.root or "")
        if things.class_ and not things.ids:
            own_classes.add(things.class_)
        if self.is_whole(things):
            continue
        kinds = {c for c in own_classes if c not in _VAGUE} - classes
        if things.query == of_class(things.class_) and ids:  # "which pump, A or B"
            kinds = {c for c in kinds if not all(self.lexicon.is_a(self.lexicon.things[i].class_, c) for i in ids)}
        if not own_ids <= ids or kinds:
            lost.append(f"{things.text or things.label}")
    return lost


def _mentioned(query: AssetQuery, ids: set[str], classes: set[str]) -> None:
    ids.update(query.ids or ())
    if query.class_:
        classes.add(query.class_)
    inner = (query.within, query.fed_by, query.feeds, query.part_of, query.has_part, query.excluding, *query.any_of)
    for one in inner:
        if one is not None:
            _mentioned(one, ids, classes)


def _fresh(self: Sentence) -> Intent:
    for decide in (
        about_limits,
        about_excess,
        about_meaning,
        about_whole,
        about_outlook,
        about_route,
        about_failure,
        about_path,
        about_risk,
        about_seen,
        about_mode,
        about_where,
        about_measure,
        about_condition,
        about_show,
        about_state,
        about_things,
    ):
        intent = decide(self)
        if intent is not None:
            return intent
    return as_said(self)
