"""What a collected sentence says as a whole: its main things, its names, whether yes or no is the answer."""

from agent.offline.chunks import Chunk
from agent.offline.clauses import Sentence
from agent.offline.intents import Intent
from agent.planning.assets import Assets as Things
from graph_schema.question import AssetQuery, GroupBy

_WHOLE = frozenset({"whole", "entire", "throughout", "always", "constantly", "continuously", "all"})

_TRENDS = frozenset(
    {"trend", "trended", "history", "historical", "profile", "over time", "course", "development", "evolution", "curve"}
)


def is_meaningful(chunk: Chunk) -> bool:
    if chunk.has(
        "polite",
        "det",
        "aux",
        "all",
        "and",
        "or",
        "of",
        "in",
        "to",
        "than",
        "that",
        "there",
        "thing",
        "by",
        "kind",
        "pron",
        "time",
    ):
        return chunk.has("ent", "class", "qty") or chunk.lower in ("no", "without")
    return chunk.has("ent", "class", "qty", "num", "cmp", "rel", "status", "sup", "adjective", "except", "state")


def as_said(self: Sentence) -> Intent:
    """All that the sentence said, before it is decided what is asked."""
    words = {c.lower for c in self.chunks}
    whole = bool(words & _WHOLE) or any(word.startswith(("for the", "throughout")) for word in words)
    return Intent(
        "unclear",
        times=tuple(self.times),
        quantities=tuple(self.quantities),
        aggregate=self.aggregates[0] if self.aggregates else None,
        also=tuple(dict.fromkeys(a for a in self.aggregates[1:] if a != self.aggregates[0])),
        difference=any(c.has("compare") and c.lower.startswith("difference") for c in self.chunks),
        group_by=self.group_by,
        limit=self.limit,
        whole=whole,
        tests=tuple(self.tests),
        state=self.state,
        duration="longest" in self.flags,
        counted="count" in self.flags,
        yes_no=is_yes_no(self),
        when="when" in self.flags,
        universal=is_yes_no(self) and any(c.lower in ("all", "every", "each") for c in self.chunks[:3]),
        both=any(c.lower == "both" for c in self.chunks),
        each="each" in self.flags,
        trend=any(c.lower in _TRENDS for c in self.chunks),
        best_bucket="bucket" in self.flags,
        unit=self.unit,
    )


def is_yes_no(self: Sentence) -> bool:
    first = next(
        (c for c in self.chunks if not c.has("sign") and (not c.has("polite", "follow") or c.has("aux"))), None
    )
    return (
        first is not None
        and (first.has("aux", "there") or (first.has("rel") and first.lower in ("has", "have", "had")))
        and not self.flags & {"which", "count", "list", "where", "howmuch"}
    )


def main_things(self: Sentence) -> Things | None:
    found = [things for _, things in self.phrases]
    telling = [t for t in found if t.ids or t.class_ or t.restricted or t.query != AssetQuery()]
    return (telling or found or [None])[0]


def named_things(self: Sentence) -> list[Things]:
    return [things for _, things in self.phrases if things.ids or (things.text and things.query.ids == [])]


def group_name(self: Sentence) -> GroupBy | None:
    of = self.group_of
    if of is None or of.class_ is None:
        return None
    if of.class_ == "Floor" or self.lexicon.is_a(of.class_, "Floor"):
        return "floor"
    return "parent"


def is_empty(things: Things) -> bool:
    """“the plant”, “anything”: says nothing about which things are meant."""
    return things.class_ is None and things.query == AssetQuery() and not things.tests
