"""Questions about what is measured: values, statistics, rankings, comparisons."""

from dataclasses import replace
from typing import Any, cast

from agent.offline.clauses import Sentence
from agent.offline.intents import Intent
from agent.offline.said import as_said, group_name, is_empty, is_yes_no, main_things, named_things
from agent.offline.words import Extreme
from agent.planning.assets import Assets as Things
from agent.planning.assets import Test
from agent.planning.resolver import Resolver
from agent.vocabulary.quantities import Quantity
from graph_schema.question import Aggregate, AssetQuery


def about_measure(self: Sentence) -> Intent | None:
    extreme = next((e for e in self.extremes if not e.count or self.quantities), None)
    if "use" in self.flags and not self.quantities and (medium := _medium_used(self)) is not None:
        self.quantities.append(medium)
    if "use" in self.flags and not self.quantities:
        energy = any(c.lower in ("energy", "electricity", "kwh") for c in self.chunks)
        self.quantities.append(Quantity(frozenset({"energy" if energy else "power"}), "energy" if energy else "power"))
    if extreme is not None and not self.quantities and extreme.quantity:
        self.quantities.append(_extreme_quantity(self, extreme))
    main = main_things(self)
    if not self.quantities and self.tests and (main is None or main.ids):
        self.quantities.extend(_tested(self, main))
    if (
        [q.tokens for q in self.quantities] == [frozenset({"setpoint"})]
        and main is not None
        and main.ids
        and _beside_setpoint(self)
    ):
        self.quantities = _setpoint_pair(self, main) or self.quantities
    times = len(self.times) > 1 and "compare" in self.flags and main is None and "which" not in self.flags
    if times and [q.tokens for q in self.quantities] == [frozenset({"temperature"})]:
        self.quantities = [replace(q, tokens=q.tokens | {"outside"}, exact=()) for q in self.quantities]
    if any(c.has("outside") for c in self.chunks):
        self.used.update(i for i, c in enumerate(self.chunks) if c.has("outside"))
        self.quantities = [
            replace(q, tokens=q.tokens | {"outside"}, text=f"outside {q.text}", exact=()) for q in self.quantities
        ]
    if self.quantities and not self.aggregates and extreme is None and _is_total(self):
        self.aggregates.append("sum")
    if not self.quantities:
        if (
            self.previous is not None
            and self.previous.quantities
            and (self.aggregates or self.tests or "longest" in self.flags or extreme)
        ):
            self.quantities.extend(self.previous.quantities)
        else:
            return None
    things = _measured(self)
    if things is None and extreme is not None and "which" in self.flags and self.previous is not None:
        things = _those_before(self, self.previous)
    if _names_a_limit(self, things, extreme):
        return None
    if (
        self.flags & {"count"}
        and things is not None
        and (things.tests or things.query.has_point or things.query.lacks_point)
    ):
        return None
    common = as_said(self)
    order = None
    plural = things is None or not things.ids or len(things.ids) > 1
    if extreme is not None:
        order = "desc" if extreme.end == "max" else "asc"
        if not plural and common.aggregate is None:
            common = replace(common, aggregate=extreme.end)
    elif "rank" in self.flags:
        order = "desc"
    if self.group_of is not None and common.group_by is None:
        if things is None and (_owns(self, self.group_of) or self.group_of.class_ == "Building"):
            things, common = self.group_of, replace(common, each=True)  # "the power of each pump"
        else:
            common = replace(common, group_by=group_name(self))
    if len(common.times) > 1 and "compare" in self.flags and extreme is not None and common.yes_no:
        return replace(common, act="compare", things=things, order=order, aggregate=_settled_aggregate(common))
    act = "rank" if order is not None and plural else "compare" if ("compare" in self.flags and plural) else "value"
    if act == "rank" and "compare" in self.flags and things is not None and things.ids:
        act = "compare"
    return replace(common, act=cast(Any, act), things=things, order=order)


def _extreme_quantity(self: Sentence, extreme: Extreme) -> Quantity:
    """What a superlative is about: “the worst air” is that of the zones, where they have the sensor."""
    if extreme.quantity != frozenset({"co"}):
        return Quantity(extreme.quantity, " ".join(sorted(extreme.quantity)))
    zone = extreme.quantity | {"zone"}
    named = self.lexicon.quantities_named(zone, self.lexicon.present_quantities)
    return Quantity(zone if named else extreme.quantity, "CO2")


def _settled_aggregate(common: Intent) -> Aggregate | None:
    """Days are compared by their averages, moments by what was read then."""
    windows = any(span.kind == "window" for span in common.times)
    return common.aggregate or ("mean" if windows else None)


def _tested(self: Sentence, main: Things | None) -> list[Quantity]:
    """What a test on one thing is about: its quantity, and the setpoint that it is compared with."""
    test = self.tests[0]
    if test.value is not None:
        return [test.quantity] if test.quantity is not None else []
    return _pair(self, test, main)


def _beside_setpoint(self: Sentence) -> bool:
    """“is VAV-304 at its setpoint”, “how far is it from its setpoint”."""
    return (
        is_yes_no(self)
        or any(c.has("deviate") and not c.has("of") for c in self.chunks)
        or any(c.lower == "from" for c in self.chunks)
    )


def _setpoint_pair(self: Sentence, main: Things) -> list[Quantity]:
    self.used.update(
        i for i, c in enumerate(self.chunks) if c.has("in", "deviate", "of", "pron") or c.lower in ("far", "close")
    )
    return _pair(self, Test("=", setpoint=True), main)


def _pair(self: Sentence, test: Test, main: Things | None) -> list[Quantity]:
    condition = Resolver(self.lexicon).condition(test, main or Things(AssetQuery(), "things"), None, False)
    if condition is None or condition.than is None:
        return []
    names = (condition.quantity, condition.than)
    return [Quantity(self.lexicon.quantity_tokens.get(name, frozenset()), name, exact=(name,)) for name in names]


def _medium_used(self: Sentence) -> Quantity | None:
    """“how much water did the building use”."""
    for index, chunk in enumerate(self.chunks):
        if chunk.lower in ("water", "gas", "natural gas") and not chunk.has("ent"):
            self.used.add(index)
            return Quantity(frozenset({chunk.lower.split()[-1], "usage"}), f"{chunk.text} usage")
    return None


def _is_total(self: Sentence) -> bool:
    said = any(
        c.lower in ("total", "overall", "combined", "altogether", "in total", "all together", "together", "summed")
        for c in self.chunks
    )
    return said and any(q.tokens & {"power", "energy", "flow", "usage", "current"} for q in self.quantities)


def _owns(self: Sentence, things: Things) -> bool:
    owned = self.lexicon.quantities_of([things.class_])
    return any(
        (q.exact and set(q.exact) & owned) or self.lexicon.quantities_named(q.tokens, owned) for q in self.quantities
    )


def _measured(self: Sentence) -> Things | None:
    """The things that a measure is about: all the names, else the first class."""
    named = [t for t in named_things(self) if t.ids or t.query.ids == []]
    classes = [t for _, t in self.phrases if not t.ids and t.query.ids is None and not is_empty(t)]
    if classes and not (named and len(named) == len(self.phrases)):
        main = classes[0]
        ids = list(dict.fromkeys(id for t in named for id in t.ids))
        if len(ids) > 1 and not main.restricted and all(_is_one_of(self, id, main) for id in ids):
            return replace(named[0], query=AssetQuery(ids=ids), ids=tuple(ids), plural=True)  # "which pump, A or B"
        for other in named:
            main = self.owned(main, other) if other.ids else other
        return main
    if not named:
        return None
    main = named[0]
    for other in named[1:]:
        if self.is_place(other) and not self.is_place(main):
            main = self.within(main, other) if main.choices else main
        elif not (set(other.ids) <= set(main.ids)):
            main = replace(
                main, query=AssetQuery(ids=[*main.ids, *other.ids]), ids=(*main.ids, *other.ids), label=f"{main.label}, {other.label}", plural=True, choices=main.choices or other.choices,
            )  # fmt: skip
    return main


def _is_one_of(self: Sentence, id: str, kind: Things) -> bool:
    return kind.class_ is not None and self.lexicon.is_a(self.lexicon.things[id].class_, kind.class_)


def _names_a_limit(self: Sentence, things: Things | None, extreme: Extreme | None) -> bool:
    """“which fans vibrate more than 3 mm/s”: a condition on the fans, not their values."""
    if things is None or things.ids or is_empty(things) or extreme is not None or "longest" in self.flags:
        return False
    loose = [test for test in self.tests if test.value is not None]
    if not loose or self.aggregates:
        return False
    self.tests = [replace(t, quantity=t.quantity or self.quantities[0]) for t in self.tests]
    return True


def _those_before(self: Sentence, before: Intent) -> Things | None:
    """“show me the pumps” – “which has the highest vibration?”"""
    first = next((i for i, c in enumerate(self.chunks) if c.has("which")), None)
    things = before.things
    if first is None or things is None or self.chunks[first].lower not in ("which", "which one", "which of", "who"):
        return None
    after = first + 1
    while self.has(after, "pron", "of") and not self.has(after, "class", "ent"):
        after += 1
    if not self.has(after, "aux", "rel", "use", "read", "with", "adjective", "cmp"):
        return None
    self.used.update(range(first, after))
    return things if things.plural and (things.class_ or len(things.ids) > 1) else None
