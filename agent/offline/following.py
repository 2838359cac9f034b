"""Follow-ups: “and yesterday?”, “which ones?”, “the second one”, read in the light of the question before."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, cast

from agent.offline.clauses import Sentence
from agent.offline.intents import Intent
from agent.offline.said import is_yes_no, main_things
from agent.offline.times import TimeSpan
from agent.planning.assets import Assets as Things
from agent.planning.assets import Test
from agent.vocabulary.tokens import key
from graph_schema.question import AssetQuery

_ASKING = frozenset(
    [
        "count", "where", "highlight", "describe", "risk", "impact", "wrong", "howmuch", "upstream", "downstream", "path", "list", "rank",
        "often",
    ]
)  # fmt: skip

_PRONOUNS = frozenset(
    {"it", "its", "they", "them", "their", "that", "this", "those", "these", "that one", "this one", "it's"}
)

_NOT_MEASURED = frozenset({"describe", "wrong", "where", "state", "status", "highlight", "points"})

_DAY_BEFORE = frozenset(
    {
        "the day before",
        "day before",
        "the previous day",
        "the week before",
        "week before",
        "the day before that",
        "the previous week",
    }
)

_WHICH_ONES = frozenset(
    {"which ones", "which one", "which", "which are they", "what are they", "name them", "list them", "which ones are they", "who are they",
     "and which ones", "what ones", "can you list them", "which ones are these", "which are those"}
)  # fmt: skip

_HOW_MANY = frozenset(
    {
        "how many",
        "how many are there",
        "how many are they",
        "how many is that",
        "count them",
        "how many of them",
        "and how many",
        "how many of those",
        "how many in total",
    }
)

_WHEN_WAS = frozenset(
    {
        "when",
        "when was that",
        "when was it",
        "at what time",
        "what time",
        "what time was that",
        "when did that happen",
        "when exactly",
        "and when",
        "when did it happen",
    }
)


def follow_up(self: Sentence) -> Intent | None:
    """“and yesterday?”, “what about AHU-2?”, “and of AHU-3?”: the last question with one part changed."""
    before = self.previous
    if before is None or before.act in ("greet", "help", "thanks", "refuse", "unclear"):
        return None
    if (
        before.things is not None
        and before.things.query.ids == []
        and (known := [i for i in self.focus if i in self.lexicon.things])
    ):
        one = self.lexicon.things[known[0]]  # an earlier "it", which the focus of the conversation explains
        before = replace(before, things=Things(AssetQuery(ids=[one.id]), one.name, (one.id,), one.class_, False))
    short = _chosen(self, before) or _short(self, before)
    if short is not None:
        return short
    opening = bool(self.chunks) and self.chunks[0].has("follow")
    main = main_things(self)
    referring = main is not None and main.text.lower() in _PRONOUNS and not main.restricted
    if (
        self.flags & _ASKING
        or self.related
        or self.group_of
        or ("which" in self.flags and not opening and not (referring and (self.times or self.aggregates)))
        or self.state
        or self.statuses
    ):
        return None
    if main is not None and main.restricted and not opening:
        return None
    changes: dict[str, Any] = {}
    floor = _next_floor(self, before) if opening or len(self.chunks) <= 4 else None
    if floor is not None:
        return replace(before, things=floor, problems=())
    if self.times:
        latest = (
            before.act == "value" and before.aggregate is None and not any(t.kind == "window" for t in before.times)
        )
        changes["times"] = tuple(_moment(self, span) if latest else span for span in self.times)
    if self.aggregates:
        changes["aggregate"] = self.aggregates[0]
    statistic = self.extremes and not self.extremes[0].quantity and not self.quantities
    if statistic and opening and main is None and before.act == "value":
        changes["aggregate"] = self.extremes[0].end  # "and the maximum?"
    if self.extremes and opening and main is None and before.act == "rank" and not self.quantities:
        end = self.extremes[0].end
        changes |= {"order": "desc" if end == "max" else "asc", "limit": self.limit or before.limit}
    if self.tests and opening and main is None and before.things is not None and before.things.tests:
        changes["things"] = replace(before.things, tests=_retested(before.things.tests, self.tests))
    if self.quantities:
        if main is not None or not (opening or len(self.chunks) <= 4):
            return None
        changes["quantities"] = tuple(self.quantities)
    if main is not None and (main.ids or opening or main.query.ids == []):
        changes["things"] = (
            before.things
            if referring and before.things and before.things.ids == main.ids
            else _swapped(self, before, main)
        )
        if before.related is not None and main.ids and before.act == "which":
            return None
    if not changes or (
        not opening
        and main is not None
        and not changes.keys() - {"things"}
        and len(self.phrases) == 1
        and is_yes_no(self)
    ):
        return None
    act = (
        "value" if before.quantities and (self.times or self.aggregates) and before.act in _NOT_MEASURED else before.act
    )
    return replace(before, act=act, problems=(), **changes)


def _moment(self: Sentence, span: TimeSpan) -> TimeSpan:
    """“and a week ago?” after a reading of now: what was read at this time then."""
    if span.kind != "window" or not span.label.lower().endswith(("ago", "earlier")):
        return span
    then = datetime.combine(span.start.date(), self.now.time(), tzinfo=span.start.tzinfo)
    return replace(span, kind="at", start=then, end=then)


def _next_floor(self: Sentence, before: Intent) -> Things | None:
    """“and the third?” after a question about a floor."""
    at = next((i for i, c in enumerate(self.chunks) if c.has("ordinal") and not c.has("ent")), None)
    things = before.things
    inside = things.query.within if things is not None else None
    floors = inside.ids if inside is not None else things.ids if things is not None else None
    known = [self.lexicon.things[id].kind for id in floors or () if id in self.lexicon.things]
    if at is None or things is None or not known or set(known) != {"Floor"}:
        return None
    link = self.linker.by_ident([], 0, 0, (str(self.chunks[at].get("ordinal")),), ("Floor",))
    floor = self.linked(link, f"{self.chunks[at].text} floor")
    self.used.update(range(len(self.chunks)))
    self.phrases.clear()
    if inside is None:
        return floor
    return replace(things, query=things.query.model_copy(update={"within": floor.query}), restricted=True)


def _chosen(self: Sentence, before: Intent) -> Intent | None:
    """The answer to “which one do you mean”: a name, a word of it, or “the first one”."""
    things = before.things
    choices = next((p.choices for p in before.problems if p.kind == "ambiguous"), ())
    if not choices or things is None or len(self.chunks) > 8:
        return None
    named = {id for _, t in self.phrases for id in t.ids}
    fits = [c for c in choices if c.id in named]
    if len(fits) != 1:
        said = {piece for chunk in self.chunks for piece in key(chunk.text)} - {"the", "one", "in", "of", "on"}
        scores = {c.id: len(said & {piece for name in self.lexicon.keys_of(c.id) for piece in name}) for c in choices}
        best = max(scores.values())
        fits = [c for c in choices if best and scores[c.id] == best]
    ordinal = next((cast(int, c.get("ordinal")) for c in self.chunks if c.has("ordinal")), None)
    if len(fits) != 1 and ordinal is not None and 1 <= ordinal <= len(choices):
        fits = [choices[ordinal - 1]]
    if len(fits) != 1:
        return None
    self.used.update(range(len(self.chunks)))
    self.phrases.clear()
    self.problems.clear()
    everyone = [c.id for c in choices]
    chosen = Things(AssetQuery(ids=[fits[0].id]), fits[0].name, (fits[0].id,), fits[0].class_, text=fits[0].name)
    if list(things.ids) == everyone or (things.choices and not things.ids):
        return replace(before, things=chosen, problems=())
    return replace(
        before, things=replace(things, query=_settled(things.query, everyone, fits[0].id), choices=()), problems=()
    )


def _settled(query: AssetQuery, everyone: list[str], chosen: str) -> AssetQuery:
    """A query in which one of several things is meant."""
    update: dict[str, Any] = {"ids": [chosen]} if query.ids == everyone else {}
    for name in ("within", "fed_by", "feeds", "part_of", "has_part", "excluding"):
        inner = getattr(query, name)
        if inner is not None:
            update[name] = _settled(inner, everyone, chosen)
    if query.any_of:
        update["any_of"] = [_settled(one, everyone, chosen) for one in query.any_of]
    return query.model_copy(update=update)


def _short(self: Sentence, before: Intent) -> Intent | None:
    """“which ones?”, “how many?”, “when was that?”, “which was higher?”."""
    said = " ".join(c.lower for c in self.chunks if not c.has("sign"))
    if len(self.chunks) > 6 or before.things is None:
        return None
    if said in _WHICH_ONES and before.act in ("count", "check", "list", "counts", "status"):
        act = "status" if before.act == "status" else "list"
    elif said in _HOW_MANY and before.act in ("list", "check", "count", "highlight"):
        act = "count"
    elif said in _WHEN_WAS and before.act in ("value", "compare", "rank"):
        self.used.update(range(len(self.chunks)))
        self.phrases.clear()
        self.problems.clear()
        return replace(before, when=True, problems=())
    elif said.removeprefix("and ").removeprefix("what about ") in _DAY_BEFORE and before.times:
        self.used.update(range(len(self.chunks)))
        step = timedelta(days=7 if "week" in said else 1)
        times = tuple(
            replace(t, start=t.start - step, end=t.end - step, label=said.removeprefix("and ")) for t in before.times
        )
        return replace(before, times=times, problems=())
    elif _is_verdict(self) and before.act in ("value", "compare") and len(before.things.ids) != 1:
        self.used.update(range(len(self.chunks)))
        low = any(c.lower in ("lower", "less", "colder", "cooler", "smaller") for c in self.chunks)
        return replace(before, act="compare", order="asc" if low else "desc", problems=())
    else:
        return None
    self.used.update(range(len(self.chunks)))
    self.phrases.clear()
    self.problems.clear()
    return replace(before, act=cast(Any, act), counted=act == "count", yes_no=False, related=None, problems=())


def _is_verdict(self: Sentence) -> bool:
    return "which" in self.flags and any(
        c.lower
        in (
            "higher",
            "lower",
            "more",
            "less",
            "larger",
            "smaller",
            "hotter",
            "warmer",
            "colder",
            "cooler",
            "bigger",
            "greater",
        )
        for c in self.chunks
    )


def _retested(old: tuple[Test, ...], new: list[Test]) -> tuple[Test, ...]:
    """“and above 23?”: another limit for the same quantity."""
    quantity = old[0].quantity
    return tuple(replace(test, quantity=test.quantity or quantity) for test in new)


def _swapped(self: Sentence, before: Intent, main: Things) -> Things:
    """The new things in the place of the old ones: also inside a restriction ("VAVs that AHU 4 feeds" -> "… AHU 3 …")."""
    old = before.things
    if old is None or not main.ids or old.ids:
        return main
    query = old.query
    alike = [
        name
        for name in ("fed_by", "feeds", "part_of", "has_part")
        if (inner := getattr(query, name)) is not None
        and inner.ids
        and self.is_place(_things_of(self, inner.ids)) == self.is_place(main)
    ]
    if alike:
        return replace(old, query=query.model_copy(update={alike[0]: main.query}))
    if self.is_place(main):
        return replace(old, query=query.model_copy(update={"within": main.query}), restricted=True)
    if query.within is not None:  # "how many VAVs are on floor 4" – "and AHU A1?"
        return self.owned(replace(old, query=query.model_copy(update={"within": None})), main)
    for name in ("fed_by", "feeds", "part_of", "has_part"):
        if getattr(query, name) is not None:
            return replace(old, query=query.model_copy(update={name: main.query}))
    if query.any_of:
        swapped = [
            q.model_copy(
                update={n: main.query for n in ("fed_by", "feeds", "part_of", "has_part") if getattr(q, n) is not None}
            )
            for q in query.any_of
        ]
        return replace(old, query=query.model_copy(update={"any_of": swapped}))
    return main


def _things_of(self: Sentence, ids: list[str]) -> Things:
    known = tuple(id for id in ids if id in self.lexicon.things)
    return Things(AssetQuery(ids=ids), "", known)
