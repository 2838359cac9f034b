"""A sentence while it is read: its chunks, what has been used of them, and what was found so far."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import cast

from agent.offline.chunks import Chunk, ClassWord
from agent.offline.intents import Intent, Problem, RelatedThings
from agent.offline.media import Medium
from agent.offline.times import TimeSpan
from agent.offline.words import Extreme, Relation
from agent.planning.assets import Assets as Things
from agent.planning.assets import Test
from agent.planning.relations import Relations
from agent.vocabulary.lexicon import Lexicon
from agent.vocabulary.linking import Link, Linker
from agent.vocabulary.quantities import Quantity
from agent.vocabulary.tokens import key
from graph_schema.model import Status
from graph_schema.question import Aggregate, GroupBy


class Reading:
    """The chunks of one sentence, and what its rules have found in them."""

    def __init__(
        self, linker: Linker, chunks: list[Chunk], focus: tuple[str, ...], previous: Intent | None, now: datetime
    ) -> None:
        self.now = now
        self.linker = linker
        self.lexicon: Lexicon = linker.lexicon
        self.relations = Relations(linker.lexicon)
        self.chunks = [self._called(chunks, index) for index in range(len(chunks))]
        self.focus = focus
        self.previous = previous
        self.used: set[int] = set()
        self.problems: list[Problem] = []
        self.phrases: list[tuple[int, Things]] = []
        self.quantities: list[Quantity] = []
        self.times: list[TimeSpan] = []
        self.aggregates: list[Aggregate] = []
        self.extremes: list[Extreme] = []
        self.tests: list[Test] = []
        self.related: RelatedThings | None = None
        self.related_test: Test | None = None
        self.group_by: GroupBy | None = None
        self.group_of: Things | None = None
        self.limit: int | None = None
        self.flags: set[str] = set()
        self.state: str | None = None
        self.statuses: list[Status] = []
        self.of_class: str | None = None
        self.unit: str | None = None
        self.medium: Medium | None = None

    def _called(self, chunks: Sequence[Chunk], index: int) -> Chunk:
        """“the boardroom”, “UPS load”: a class by whose very name one thing is called is that thing."""
        chunk = chunks[index]
        word = cast("ClassWord | None", chunk.get("class"))
        if word is not None and chunk.has("qty") and self._acts(chunks, index, word):
            chunk = replace(chunk, tags={tag: value for tag, value in chunk.tags.items() if tag != "qty"})
        if word is None or word.plural or chunk.has("qty", "ent"):
            return chunk
        ids = self.lexicon.class_names.get(key(chunk.text), ())
        before = chunks[index - 1] if index else None
        if len(ids) != 1 or (before is not None and self._indefinite(before)):
            return chunk
        link = Link(chunk.first, chunk.last, self.linker.candidates(ids), "only", word.classes)
        return replace(chunk, tags={"ent": link} | {tag: value for tag, value in chunk.tags.items() if tag != "class"})

    def _acts(self, chunks: Sequence[Chunk], index: int, word: ClassWord) -> bool:
        """“which damper feeds AHU-1”: the subject of a verb of supply is a thing, not what is measured on it."""
        solid = any(self.lexicon.kind_of(class_) == "equipment" for class_ in word.classes)
        follower = chunks[index + 1] if index + 1 < len(chunks) else None
        relation = cast("Relation | None", follower.get("rel")) if follower is not None else None
        return solid and relation is not None and relation.kind in ("feed", "part", "connect")

    def _indefinite(self, chunk: Chunk) -> bool:
        return chunk.lower in ("a", "an") or (
            chunk.has("which", "all", "count", "by", "there", "num", "sup", "rel", "list", "status", "state")
            and not chunk.has("in")
        )

    def at(self, index: int) -> Chunk | None:
        return self.chunks[index] if 0 <= index < len(self.chunks) else None

    def has(self, index: int, *tags: str) -> bool:
        chunk = self.at(index)
        return chunk is not None and chunk.has(*tags)

    def take(self, index: int) -> int:
        self.used.add(index)
        return index + 1

    def skip(self, index: int, *tags: str) -> int:
        while self.has(index, *tags) and not self._heavy(index, tags):
            index = self.take(index)
        return index

    def _heavy(self, index: int, tags: Sequence[str]) -> bool:
        """A chunk that may be skipped as a filler but carries meaning here ("that AHU", "no")."""
        chunk = self.chunks[index]
        return chunk.has("ent", "class", "qty") or (
            chunk.has("rel", "agg", "sup", "pron", "which") and "aux" not in tags and not chunk.has("det")
        )

    def noun_follows(self, index: int) -> bool:
        while self.has(index, "det", "all", "sup", "status", "state", "num") and not self.has(
            index, "class", "ent", "qty", "in"
        ):
            index += 1
        return self.has(index, "class", "ent", "qty", "thing", "kind", "everything") and not self.has(index, "which")

    def _note_choices(self, other: Things) -> None:
        if other.choices:
            self.problems.append(Problem("ambiguous", other.text, other.choices))

    def is_place(self, things: Things) -> bool:
        return bool(things.ids) and all(
            self.lexicon.things[id].kind in ("Site", "Building", "Floor", "Space") for id in things.ids
        )

    def is_whole(self, things: Things) -> bool:
        """The whole plant: the one site, or the one building where there is no site."""
        return things.whole_plant or (things.ids == (self.lexicon.root,) and not things.restricted)

    def place_class(self, class_: str) -> bool:
        return self.lexicon.kind_of(class_) == "place"
