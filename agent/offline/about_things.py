"""Questions about things themselves: lists, counts, places, states, definitions, risks."""

from dataclasses import replace
from typing import cast

from agent.offline.chunks import ClassWord
from agent.offline.clauses import Sentence
from agent.offline.intents import Intent, RelatedThings
from agent.offline.said import as_said, group_name, is_yes_no, main_things, named_things
from agent.offline.words import Relation
from agent.planning.assets import Assets as Things
from agent.planning.assets import of_class
from agent.vocabulary.tokens import pieces
from graph_schema.model import Status
from graph_schema.question import AssetQuery

_MEANING = frozenset(
    {"mean", "means", "meaning", "stand for", "stands for", "define", "explain", "stand", "meant", "definition of"}
)


def about_meaning(self: Sentence) -> Intent | None:
    """“what is a VAV”, “what does AHU mean”: the definition of a class."""
    content = [c for c in self.chunks if not c.has("sign")]
    kinds = [c for c in content if c.has("class") and not c.has("ent")]
    if len(kinds) != 1 or not (content[0].lower.startswith("what") or content[0].lower in ("define", "explain")):
        return None
    word = cast(ClassWord, kinds[0].get("class"))
    meant = any(c.lower in _MEANING for c in content)
    articled = len(content) == 3 and content[1].lower in ("a", "an") and content[0].lower in ("what is", "what's")
    if not (meant or articled) or any(c.has("ent", "qty", "time", "rel") for c in content if c is not kinds[0]):
        return None
    class_ = self.lexicon.best_class(word.classes)
    self.used.update(range(len(self.chunks)))
    return Intent("define", things=Things(of_class(class_), word.text, (), class_, text=word.text))


def about_whole(self: Sentence) -> Intent | None:
    """“what is Supply Fan S16 part of”."""
    content = [(i, c) for i, c in enumerate(self.chunks) if not c.has("sign")]
    if len(content) < 2 or len(self.phrases) != 1 or not self.phrases[0][1].ids or self.quantities:
        return None
    index, last = content[-1]
    relation = cast("Relation | None", last.get("rel"))
    if relation is None or relation.kind != "part":
        return None
    self.used.add(index)
    return replace(as_said(self), act="whole", things=self.phrases[0][1])


def about_risk(self: Sentence) -> Intent | None:
    worst = any(c.lower == "worst" and c.has("sup") for c in self.chunks) and not self.related
    if not ("risk" in self.flags or worst) or self.quantities or (worst and any(e.quantity for e in self.extremes)):
        return None
    if worst:
        self.extremes = []
    return replace(as_said(self), act="risk", things=main_things(self))


def about_seen(self: Sentence) -> Intent | None:
    """“when did the compressor last report?”"""
    main = main_things(self)
    if not any(c.has("seen") for c in self.chunks) or main is None or not main.ids or self.quantities:
        return None
    self.used.update(i for i, c in enumerate(self.chunks) if c.has("seen"))
    return replace(as_said(self), act="seen", things=main)


def about_mode(self: Sentence) -> Intent | None:
    """“what mode is the transfer switch in?”"""
    main = main_things(self)
    if "mode" in self.flags and main is not None and main.ids:
        return replace(
            as_said(self), act="state", things=replace(main, query=AssetQuery(ids=list(main.ids)), restricted=False)
        )
    if not any(c.has("mode") and not c.has("qty") for c in self.chunks) or main is None or self.quantities:
        return None
    self.used.update(i for i, c in enumerate(self.chunks) if c.has("mode", "in"))
    return replace(as_said(self), act="state", things=main, state="mode")


def about_where(self: Sentence) -> Intent | None:
    if "where" not in self.flags or self.quantities:
        return None
    main = main_things(self)
    if main is None:
        return None
    return replace(as_said(self), act="where", things=main, of_class=self.of_class)


def about_show(self: Sentence) -> Intent | None:
    main = main_things(self)
    if main is None or not ("highlight" in self.flags or ("show" in self.flags and not main.point)):
        return None
    return replace(as_said(self), act="highlight", things=main)


def about_state(self: Sentence) -> Intent | None:
    main = main_things(self)
    if self.state is not None and main is not None:
        return replace(as_said(self), act="state", things=main)
    if self.statuses and (main is None or not main.query.status):
        base = main or Things(AssetQuery(), "things")
        statuses = list(dict.fromkeys(self.statuses))
        if statuses == ["normal"] and is_yes_no(self) and not (main is not None and main.ids):  # "is everything ok"
            query = base.query.model_copy(update={"status": ["alarm", "warning", "stale"]})
            return replace(as_said(self), act="status", things=replace(base, query=query, restricted=True), state="ok")
        if main is not None and main.ids and len(main.ids) == 1:
            return replace(as_said(self), act="wrong", things=main)
        query = base.query.model_copy(update={"status": statuses})
        return replace(as_said(self), act="status", things=replace(base, query=query, restricted=True))
    if main is not None and main.query.status and not main.query.ids:
        if main.query.status == ["normal"] and is_yes_no(self) and main.class_ is None:
            main = replace(main, query=main.query.model_copy(update={"status": ["alarm", "warning", "stale"]}))
            return replace(as_said(self), act="status", things=main, state="ok")
        return replace(as_said(self), act="status", things=main)
    if main is not None and main.query.status and main.ids:
        return replace(as_said(self), act="wrong", things=replace(main, query=AssetQuery(ids=list(main.ids))))
    bad: list[Status] = ["alarm", "warning", "stale"]
    if "wrong" in self.flags and main is not None and main.ids and self.is_place(main) and not main.restricted:
        inside = Things(AssetQuery(within=main.query, status=bad), "things", restricted=True)
        return replace(as_said(self), act="status", things=inside)
    if "wrong" in self.flags and main is not None and main.ids:
        return replace(as_said(self), act="wrong", things=main)
    if "wrong" in self.flags and (main is None or not main.restricted):
        base = main or Things(AssetQuery(), "things")
        return replace(
            as_said(self), act="status", things=replace(base, query=base.query.model_copy(update={"status": bad}))
        )
    return None


def about_things(self: Sentence) -> Intent | None:
    main = main_things(self)
    common = as_said(self)
    if main is None:
        return (
            replace(common, act="list", things=Things(AssetQuery(), "equipment")) if self.group_by == "class" else None
        )
    if self.related is not None or self.group_of is not None:
        return _about_counts(self, main, common)
    extreme = next((e for e in self.extremes), None)
    kinds = [t for _, t in self.phrases if t.class_ is not None and not t.ids and not t.point]
    if (
        len(kinds) > 1
        and not self.quantities
        and ("compare" in self.flags or "count" in self.flags or extreme is not None)
    ):
        return replace(common, act="counts", things=kinds[0], others=tuple(kinds[1:]))
    if extreme is not None and extreme.count and len(self.phrases) == 1 and not main.ids:
        return None
    if main.point and "points_of" in self.flags and main.query.part_of is not None and main.query.part_of.ids:
        ids = main.query.part_of.ids
        owner = Things(
            AssetQuery(ids=ids), self.lexicon.things[ids[0]].name, tuple(ids), self.lexicon.things[ids[0]].class_
        )
        if "count" in self.flags or common.yes_no:
            related = RelatedThings(
                "points",
                of_class(main.class_) if main.class_ not in (None, "Point") else AssetQuery(),
                main.label,
            )
            return replace(common, act="count", things=owner, related=related)
        return replace(common, act="points", things=owner, of_class=main.class_)
    if main.ids and not main.restricted:
        return _called_so(self, main, common) or replace(common, act="describe", things=main)
    if self.group_by == "class" and (named := [t for t in named_things(self) if t.ids]):
        self.phrases = [(i, t) for i, t in self.phrases if t is named[0]]
        return replace(common, act="describe", things=named[0], group_by=None)  # "what type of equipment is FCU 3"
    if self.group_by == "class":
        return replace(common, act="list", things=main)
    if main.whole_plant and "describe" in self.flags:
        return replace(
            common, act="list", things=Things(of_class("Equipment"), "equipment", (), "Equipment"), group_by="class"
        )
    if "count" in self.flags or "howmuch" in self.flags:
        return replace(common, act="count", things=main)
    if common.yes_no:
        return replace(common, act="check", things=main)
    if "describe" in self.flags and main.definite and not main.plural:
        return replace(common, act="describe", things=main)
    return replace(common, act="list", things=main)


def _called_so(self: Sentence, main: Things, common: Intent) -> Intent | None:
    """“how many feed pumps are there”, where one thing is called Feed Pump: all that have the words in their names."""
    words = pieces(main.text)
    if "count" not in self.flags or len(main.ids) != 1 or not words or words[-1].lower == words[-1].norm:
        return None
    class_ = self.lexicon.things[main.ids[0]].class_
    self.phrases.clear()
    query = of_class(class_).model_copy(update={"name": " ".join(piece.norm for piece in words)})
    return replace(common, act="count", things=Things(query, main.text, (), class_, restricted=True, text=main.text))


def _about_counts(self: Sentence, main: Things, common: Intent) -> Intent | None:
    """“which AHU feeds the most VAVs”, “number of VAVs per air handler”."""
    related = self.related
    if related is not None:
        common = replace(common, related_test=self.related_test, counted=common.counted or "ranked" in self.flags)
        if self.flags & {"more", "fewer"} and main.ids:
            return _more_than(self, main, related, common)
        if self.related_test is not None:
            fewer = self.related_test.comparison.startswith("<")
            return replace(common, act="which", things=main, related=related, order="asc" if fewer else "desc")
        least = bool(self.extremes) and self.extremes[0].end == "min"
        return replace(common, act="which", things=main, related=related, order="asc" if least else "desc")
    group = self.group_of
    assert group is not None
    if main.class_ is None and main.ids:
        return None
    if (group_name(self) == "floor" and main.query == of_class(main.class_)) or group.class_ is None:
        return replace(common, act="count", things=main, group_by="floor")
    if main.point:
        related = RelatedThings("points", main.query, main.label)
    elif self.place_class(group.class_):
        related = RelatedThings("contains", main.query, main.label)
    else:
        related = RelatedThings("feeds" if self.is_fed(main) else "parts", main.query, main.label)
    return replace(common, act="which", things=group, related=related, order="desc", counted=True)


def _more_than(self: Sentence, main: Things, related: RelatedThings, common: Intent) -> Intent | None:
    """“does AHU-3 feed more VAVs than AHU-4”: the same count for both."""
    other = next((t for t in named_things(self) if t.ids and not set(t.ids) <= set(main.ids)), None)
    if other is None:
        return None
    both = (*main.ids, *other.ids)
    things = replace(main, query=AssetQuery(ids=list(both)), ids=both, restricted=False, plural=True)
    order = "asc" if "fewer" in self.flags else "desc"
    return replace(common, act="which", things=things, others=(other,), related=related, order=order)
