"""Questions about what fails and what hangs on it: outages, likely failures, ways through the plant."""

from dataclasses import replace
from typing import Any, cast

from agent.offline.clauses import Sentence
from agent.offline.intents import Intent, Problem
from agent.offline.said import as_said, main_things, named_things
from agent.offline.supply import is_kept
from agent.planning.assets import Assets as Things
from graph_schema.question import AssetQuery


def about_outlook(self: Sentence) -> Intent | None:
    """“how likely is chiller 1 to fail”, “when will it fail”, “what will fail next”."""
    if "outlook" not in self.flags:
        return None
    named = named_things(self)
    main = named[0] if named else main_things(self)
    self.used.update(range(len(self.chunks)))
    dated = any(c.lower.startswith(("when", "how long")) for c in self.chunks)
    return Intent("foretold", things=None if main is None or main.whole_plant else main, when=dated)


def about_failure(self: Sentence) -> Intent | None:
    fails = any(flag.startswith("fail") for flag in self.flags)
    if not ("impact" in self.flags or (fails and not self.flags & {"adjective"})):
        return None
    kept = is_kept(self)
    named = named_things(self)
    if not named:
        return _several_failing(self)
    if "impact" not in self.flags and not self.flags & {"which", "count", "list", "when", "how"}:
        return replace(as_said(self), act="state", things=named[0], state="off")
    asked = next((t for _, t in self.phrases if t.class_ is not None and not t.ids), None)
    of_class = asked.class_ if asked is not None and asked.class_ != "Equipment" else None
    failing = _failing(self, named)
    others = tuple(things for things in named if things is not failing)
    return replace(
        as_said(self),
        act="loses_service",
        things=failing,
        others=others,
        of_class=of_class,
        kept=kept or "kept" in self.flags,
    )


def _several_failing(self: Sentence) -> Intent | None:
    """“if the chilled water pumps fail”: an outage is worked out for one thing at a time, so one has to be named."""
    kinds = [t for _, t in self.phrases if t.class_ is not None and not t.ids]
    if "impact" not in self.flags or not kinds:
        return None
    ids = self.lexicon.of_class(kinds[-1].class_ or "")
    problem = Problem("ambiguous", kinds[-1].text, self.linker.candidates(ids))
    return replace(
        as_said(self),
        act="loses_service",
        things=replace(kinds[-1], choices=self.linker.candidates(ids)),
        problems=(problem,),
    )


def _failing(self: Sentence, named: list[Things]) -> Things:
    """The thing that fails: the subject of the verb, else what follows it ("loss of AHU-3")."""
    verbs = [
        index
        for index, c in enumerate(self.chunks)
        if c.has("fail") and (not c.has("impact") or "fail" not in self.flags)
    ]
    verb = next(
        (i for i, c in enumerate(self.chunks) if c.has("fail") and not c.has("impact")), verbs[0] if verbs else 0
    )
    places = [index for index, things in self.phrases if things in named]
    before = [index for index in places if index < verb]
    chosen = max(before) if before else min(places)
    return next(things for index, things in self.phrases if index == chosen)


def about_path(self: Sentence) -> Intent | None:
    named = named_things(self)
    ids = [id for things in named for id in things.ids]
    if "path" in self.flags and len(ids) == 2:
        first = Things(AssetQuery(ids=[ids[0]]), self.lexicon.things[ids[0]].name, (ids[0],))
        second = Things(AssetQuery(ids=[ids[1]]), self.lexicon.things[ids[1]].name, (ids[1],))
        return replace(as_said(self), act="path", things=first, others=(second,))
    main = main_things(self)
    if main is not None and main.ids and "how" in self.flags and main.query.any_of:
        other = main.query.any_of[0].fed_by
        if other is not None and other.ids:
            return Intent(
                "path",
                replace(main, query=AssetQuery(ids=list(main.ids))),
                (Things(other, self.lexicon.things[other.ids[0]].name, tuple(other.ids)),),
            )
    for flag in ("upstream", "downstream"):
        if flag in self.flags and len(named) == 1 and named[0].ids:
            return replace(as_said(self), act=cast(Any, flag), things=named[0])
    return None
