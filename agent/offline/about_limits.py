"""Questions about limits and conditions: “is it within its limits”, “which rooms are too warm”, “pumps above 3 mm/s”."""

from dataclasses import replace
from typing import Any, cast

from agent.offline.clauses import Sentence
from agent.offline.completing import degree_of
from agent.offline.intents import Intent
from agent.offline.said import as_said, is_yes_no, main_things, named_things
from agent.vocabulary.quantities import Quantity
from graph_schema.model import Status


def about_limits(self: Sentence) -> Intent | None:
    """“is the vibration of CHWP-2 above its limit”, “what are the limits of …”."""
    asked = any(list(cast("tuple[Status, ...]", c.get("status") or ())) == ["normal"] for c in self.chunks)
    normal = asked and bool(self.quantities)  # "what is the level, and is that normal"
    if ("limit" not in self.flags and not normal) or "count" in self.flags:
        return None
    named = [t for t in named_things(self) if t.ids]
    before = self.previous
    things = (
        named[0] if named else before.things if before is not None and before.things and before.things.ids else None
    )
    if things is None or not things.ids or self.is_place(things):
        return None
    quantities = tuple(self.quantities) or (before.quantities if before is not None and not named else ())
    self.used.update(i for i, c in enumerate(self.chunks) if c.has("limit", "cmp", "in", "pron", "outside", "of", "by"))
    beyond = any(c.has("cmp", "outside", "deviate") and not c.has("limit") for c in self.chunks) or any(
        c.has("limit") and "out" in c.lower for c in self.chunks
    )
    return replace(
        as_said(self), act="limits", things=things, quantities=quantities, state="beyond" if beyond else "within"
    )


def about_excess(self: Sentence) -> Intent | None:
    """“which rooms are too warm”, “is it too cold anywhere”: what is beyond its own limits."""
    at = next((i for i, c in enumerate(self.chunks) if c.lower == "too"), None)
    degree = (
        next((a for c in self.chunks[at + 1 : at + 3] if (a := degree_of(self, c))), None) if at is not None else None
    )
    if at is None or degree is None:
        return None
    low = any(c.lower in ("cold", "cool", "chilly", "freezing", "slow", "empty", "dry") for c in self.chunks[at:])
    main = main_things(self)
    if main is not None and main.query.ids == []:
        main = None
    self.problems = [p for p in self.problems if p.kind != "no_referent"]
    place = main is None or self.is_place(main) or (main.class_ is not None and self.place_class(main.class_))
    tokens = degree | {"zone"} if place and "temperature" in degree else degree
    named = self.lexicon.quantities_named(tokens, self.lexicon.present_quantities)
    quantity = Quantity(tokens if named else degree, " ".join(sorted(degree)))
    self.used.update(range(len(self.chunks)))
    return replace(
        as_said(self), act="excess", things=main, quantities=(quantity,), tests=(), order="asc" if low else "desc"
    )


def about_condition(self: Sentence) -> Intent | None:
    main = main_things(self)
    if main is None or main.ids or not (main.tests or self.tests):
        return None
    act = "count" if "count" in self.flags else "check" if is_yes_no(self) else "list"
    things = replace(main, tests=(*main.tests, *self.tests))
    return replace(as_said(self), act=cast(Any, act), things=things, tests=())
