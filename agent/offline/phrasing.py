"""Where a noun phrase begins in a sentence, and what “what”, “that” and “it” stand for."""

from dataclasses import replace
from typing import cast

from agent.offline.chunks import Chunk
from agent.offline.clauses import Sentence
from agent.offline.nouns import PARTS_OF
from agent.offline.words import Relation
from agent.planning.assets import Assets as Things
from agent.vocabulary.quantities import Quantity
from graph_schema.question import AssetQuery


def take_turned(self: Sentence, index: int) -> int | None:
    """“AHU 3 feeds how many VAVs”, “room 410 is served by which AHU”: the asked thing comes last."""
    chunk = self.chunks[index]
    if not chunk.has("rel") or not self.phrases or chunk.has("ent", "class", "qty"):
        return None
    after = index + 1
    while self.has(after, "to", "polite") and not self.has(after, "count", "which"):
        after += 1
    if not self.has(after, "count", "which"):
        return None
    asked = self.things(after + 1)
    if asked is None:
        return None
    relation = cast(Relation, chunk.get("rel"))
    owner = self.phrases[-1][1]
    self.used.update(range(index, after + 1))
    self.flags.add("count" if self.has(after, "count") else "which")
    if relation.kind in ("has", "contain"):
        things = self.owned(asked[0], owner)
    else:
        turned = replace(relation, active=not relation.active) if relation.kind == "feed" else relation
        things = self.related_to(asked[0], turned, owner, False)
    self.phrases[-1] = (self.phrases[-1][0], things)
    return asked[1]


def take_phrase(self: Sentence, index: int) -> int | None:
    chunk = self.chunks[index]
    if chunk.has("qty") and not _names_points(self, index, chunk):
        return None
    if chunk.has("which", "in") and not chunk.has("ent", "class") and not _open_what(self, index):
        return None
    if (chunk.has("which") or chunk.lower == "who") and _open_what(self, index):
        self.flags.add("which")
        self.take(index)
        things = Things(AssetQuery(), "things")
        restricted = self.restrict(things, index + 1)
        if restricted[0].restricted:
            self.phrases.append((index, restricted[0]))
            return restricted[1]
        self.used.discard(index)
        return None
    parts = chunk.has("rel") and chunk.lower in PARTS_OF
    if not parts and not chunk.has(
        "ent", "class", "thing", "pron", "qty", "num", "status", "state", "sup", "det", "all", "kind", "everything"
    ):
        return None
    if chunk.lower == "it" and _expletive(self, index):
        return self.take(index)  # "how hot is it outside"
    if (
        chunk.has("pron")
        and chunk.lower in ("that", "this", "one", "these", "those")
        and not chunk.has("ent")
        and not _standalone(self, index)
    ):
        return None
    found = self.things(index, points=chunk.has("qty"))
    if found is None:
        return None
    self.phrases.append((index, found[0]))
    return found[1]


def _expletive(self: Sentence, index: int) -> bool:
    return any(c.has("outside") or c.lower == "windy" for c in self.chunks) or (
        self.has(index + 1, "in") and self.noun_follows(index + 2)
    )


def _standalone(self: Sentence, index: int) -> bool:
    follower = self.at(index + 1)
    if self.chunks[index].lower in ("those", "these"):
        return not self.noun_follows(index + 1)
    if follower is not None and follower.lower in ("one",):
        return True
    before = self.at(index - 1)
    return (
        self.chunks[index].lower in ("that", "this")
        and (follower is None or follower.has("sign"))
        and (before is not None and before.has("of", "aux", "in", "describe", "rel"))
    ) or (
        self.chunks[index].lower in ("that", "this")
        and follower is not None
        and follower.has("status", "state", "adjective", "cmp")
        and (before is not None and before.has("aux"))
        and not self.noun_follows(index + 1)
    )


def _open_what(self: Sentence, index: int) -> bool:
    """“what” that stands for things itself, before a verb or a place: “what does AHU 3 feed”, “what is on the roof”."""
    chunk = self.chunks[index]
    if not (chunk.has("which") or chunk.lower == "who") or chunk.lower.split()[0].rstrip("'s") not in (
        "what",
        "which",
        "what'",
        "wha",
        "whatever",
        "who",
    ):
        return False
    after = index + 1
    while self.has(after, "polite", "all", "that") and not self.has(after, "class", "ent", "qty", "rel", "in", "thing"):
        after += 1
    follower = self.at(after)
    if follower is None or follower.has("qty", "class", "kind", "agg"):
        return False
    if follower.has("rel"):
        return follower.lower not in PARTS_OF
    if follower.has("in", "not", "except"):
        return True
    return follower.has("aux", "status") or (
        follower.has("ent") and chunk.lower != "what is" and _later(self, after, "rel")
    )


def _later(self: Sentence, index: int, tag: str) -> bool:
    return any(c.has(tag) for c in self.chunks[index:])


def _names_points(self: Sentence, index: int, chunk: Chunk) -> bool:
    """Whether “temperature sensors” means the points rather than their values."""
    quantity = cast(Quantity, chunk.get("qty"))
    if any(c.has("use") for c in self.chunks) or (
        not quantity.sensor and self.has(index + 1, "of") and self.noun_follows(index + 2)
    ):
        return False  # "how many kWh did the lab use", "the bearing temperatures of the pumps"
    counted = bool(self.flags & {"count"}) and not self.phrases
    if chunk.has("class") and not quantity.sensor and self.has(index - 1, "pron"):
        return False  # "what are their temperatures"
    if chunk.has("class") and not quantity.sensor:
        return (quantity.plural and bool(self.flags & {"count", "list", "which"})) or counted
    if quantity.sensor:
        return quantity.plural or counted or bool(self.flags & {"there"})
    return (counted and quantity.plural) or (quantity.plural and "there" in self.flags)
