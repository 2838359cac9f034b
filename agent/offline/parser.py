"""From chunks to an intent: noun phrases with their nested restrictions, then what is asked about them.

A question is mostly one noun phrase with conditions ("which VAVs that AHU 3 feeds have no temperature sensor"), so the
main clause and a relative clause are read by the same rules. Every chunk that carries meaning must be used by some
rule; one that is left over stops the answer, because ignoring it could change what was asked.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, cast

from agent.lexicon import Lexicon, quantity_token
from agent.linking import Link, Linker
from agent.offline.chunks import Chunk, Chunker, ClassWord, Number, Quantity
from agent.offline.intents import Intent, Problem, RelatedThings, Test, Things, of_class
from agent.offline.media import Medium
from agent.offline.times import TimeSpan
from agent.offline.tokens import key
from agent.offline.words import Compare, Extreme, Relation
from graph_schema.model import Status
from graph_schema.question import Aggregate, AssetQuery, GroupBy

_FILL = ("polite", "det", "all", "aux", "there")
_CONTENT = (
    "ent",
    "class",
    "qty",
    "num",
    "cmp",
    "rel",
    "status",
    "unknown",
    "sup",
    "adjective",
    "except",
    "state",
    "not",
    "agg",
)
_PARTS = frozenset({"damper", "valve"})
_MEASURING = frozenset({"measure", "measures", "measured"})
_COMPONENTS = (
    "Fan",
    "Coil",
    "Filter",
    "Damper",
    "Valve",
    "Motor",
    "Variable_Frequency_Drive",
    "Humidifier",
    "Compressor",
)
PARTS_OF = frozenset({"parts of", "components of", "component of", "subcomponents of", "subsystems of"})
_INVERSE: dict[str, Any] = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "=": "=", "!=": "!="}


class Parser:
    """Reads sentences with one lexicon."""

    def __init__(self, linker: Linker) -> None:
        self.linker = linker
        self.chunker = Chunker(linker)

    def parse(self, text: str, now: datetime, focus: Sequence[str] = (), previous: Intent | None = None) -> Intent:
        chunks = self.chunker.cut(text, now)
        return Sentence(self.linker, chunks, tuple(focus), previous, now).intent()


class Sentence:
    """One sentence while it is read."""

    def __init__(
        self, linker: Linker, chunks: list[Chunk], focus: tuple[str, ...], previous: Intent | None, now: datetime
    ) -> None:
        self.now = now
        self.linker = linker
        self.lexicon: Lexicon = linker.lexicon
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

    # -- moving about ------------------------------------------------------------------------------------------------

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

    # -- noun phrases ------------------------------------------------------------------------------------------------

    def things(self, index: int, *, nested: bool = False, points: bool = False) -> tuple[Things, int] | None:
        """A noun phrase with everything that restricts it; ``nested`` inside another one, where a finite verb is not its own."""
        saved = set(self.used), list(self.extremes), self.limit, self.group_by
        head = self._head(index, points)
        if head is None:
            self.used, self.extremes, self.limit, self.group_by = saved
            return None
        found, after = head
        if nested and found.ids:
            return self._place_of(found, after)
        if self._is_only(found):
            found = self._settled(replace(found, definite=True))  # "is the library warmer than its setpoint"
        found, after = self.restrict(*self._place_of(found, after), nested)
        return self._settled(found), after

    def _is_only(self, found: Things) -> bool:
        """“the library” where there is one; the one building also without an article."""
        if found.plural or found.class_ is None:
            return False
        ids = self.lexicon.of_class(found.class_)
        return len(ids) == 1 and (found.definite or ids[0] == self.lexicon.root)

    def _settled(self, found: Things) -> Things:
        """“the chiller”: the only one there is, or one of several that have to be chosen from."""
        if found.ids or not found.definite or found.plural or found.restricted or found.point or found.class_ is None:
            return found
        called = self.lexicon.class_names.get(key(found.text), ())
        ids = called if len(called) == 1 else self.lexicon.of_class(found.class_)
        if (
            self.extremes
            or not ids
            or self.lexicon.kind_of(found.class_) not in ("equipment", "place")
            or found.class_ == "Equipment"
        ):
            return found
        said = key(found.text)
        own = [
            id
            for id in ids
            if any(said == k[i : i + len(said)] for k in self.lexicon.keys_of(id) for i in range(len(k)))
        ]
        if len(own) == 1:
            ids = tuple(own)  # "the tank", where a wet well is a tank as well but is not called so
        if len(ids) == 1:
            name = self.lexicon.things[ids[0]].name
            return Things(
                AssetQuery(ids=list(ids)), name, tuple(ids), self.lexicon.things[ids[0]].class_, False, text=found.text
            )
        return replace(found, choices=self.linker.candidates(ids))

    def _head(self, index: int, points: bool) -> tuple[Things, int] | None:
        definite = False
        number: int | None = None
        statuses: list[Status] = []
        state: str | None = None
        kinds = False
        while (chunk := self.at(index)) is not None:
            if chunk.has("ent"):
                found = self._entity(index)
                return self._compound(*found) if found else None
            if chunk.has("qty") and not chunk.has("class"):
                quantity = cast(Quantity, chunk.get("qty"))
                if not (quantity.sensor or points):
                    return None
                found = self._points(quantity, index)
                return (self._with(found[0], statuses), found[1]) if found else None
            bare = chunk.has("everything") and not self._has_instances(chunk)  # "the site" where the model has no site
            place = self._is_place_word(chunk) and not chunk.has("qty")
            if (bare or place) and (named := self._site_named(index)) is not None:
                return named
            if chunk.has("class") and not bare and not (chunk.has("qty") and not points):
                things, after = self._class(index, definite)
                if kinds:
                    self.group_by = "class"
                if number is not None:
                    self.limit = self.limit or number
                return self._with(things, statuses, state), after
            if chunk.has("kind"):
                kinds = True
                self.group_by = "class"
                index = self.skip(self.take(index), "of")
                if not self.has(index, "class", "thing", "det", "all"):
                    return Things(AssetQuery(), "things"), index
                continue
            if chunk.has("rel") and chunk.lower in PARTS_OF:
                self.take(index)
                owner = self.things(index + 1, nested=True)
                return (self.owned(Things(AssetQuery(), "parts"), owner[0]), owner[1]) if owner else None
            if chunk.lower == "it" and (self.has(index + 1, "in") and self.noun_follows(index + 2)):
                return None  # "how hot is it in the boardroom"
            if chunk.has("pron") and (
                chunk.lower not in ("that", "this", "one", "these", "those") or not self.noun_follows(index + 1)
            ):
                return self._pronoun(index)
            if bare:
                self.take(index)
                return Things(AssetQuery(), chunk.text, definite=True, whole_plant=True), index + 1
            if chunk.has("thing") and not chunk.has("which"):
                self.take(index)
                label = (
                    chunk.text
                    if chunk.lower not in ("anything", "something", "everything", "what", "stuff")
                    else "things"
                )
                things = Things(AssetQuery(), label, definite=definite)
                return self._with(things, statuses, state), index + 1
            if chunk.has("sup") and self.noun_follows(index + 1):
                self.extremes.append(cast(Extreme, chunk.get("sup")))
            elif chunk.has("num") and cast(Number, chunk.get("num")).unit is None and self.noun_follows(index + 1):
                number = int(cast(Number, chunk.get("num")).value)
            elif chunk.has("status") and self.noun_follows(index + 1):
                statuses.extend(cast(tuple[Status, ...], chunk.get("status")))
            elif chunk.has("state") and self.noun_follows(index + 1):
                state = cast(str, chunk.get("state"))
            elif chunk.has("det", "all", "polite", "which") or (
                chunk.has("of") and index and self.chunks[index - 1].has("all", "kind")
            ):
                definite = definite or chunk.lower in ("the", "our", "this", "that", "my")
            else:
                return None
            index = self.take(index)
        return None

    def _has_instances(self, chunk: Chunk) -> bool:
        word = cast("ClassWord | None", chunk.get("class"))
        return word is not None and any(self.lexicon.of_class(class_) for class_ in word.classes)

    def _is_place_word(self, chunk: Chunk) -> bool:
        word = cast("ClassWord | None", chunk.get("class"))
        return word is not None and not word.plural and self.place_class(self.lexicon.best_class(word.classes))

    def _site_named(self, index: int) -> tuple[Things, int] | None:
        """“the campus meter”: the meters that have the word in their name."""
        if not self.has(index + 1, "class") or self.has(index + 1, "qty"):
            return None
        word = cast(ClassWord, self.chunks[index + 1].get("class"))
        said = set(key(self.chunks[index].text))
        among = self.lexicon.of_class(self.lexicon.best_class(word.classes))
        ids = [id for id in among if any(said <= set(one) for one in self.lexicon.keys_of(id))]
        if not ids or len(ids) > 12:
            return None
        text = f"{self.chunks[index].text} {word.text}"
        self.used.update((index, index + 1))
        first = self.lexicon.things[ids[0]]
        return Things(
            AssetQuery(ids=ids),
            first.name if len(ids) == 1 else text,
            tuple(ids),
            first.class_,
            len(ids) > 1,
            text=text,
        ), index + 2

    def noun_follows(self, index: int) -> bool:
        while self.has(index, "det", "all", "sup", "status", "state", "num") and not self.has(
            index, "class", "ent", "qty", "in"
        ):
            index += 1
        return self.has(index, "class", "ent", "qty", "thing", "kind", "everything") and not self.has(index, "which")

    def _with(self, things: Things, statuses: list[Status], state: str | None = None) -> Things:
        if statuses:
            things = replace(
                things, query=things.query.model_copy(update={"status": list(dict.fromkeys(statuses))}), restricted=True
            )
        if state is not None:
            self.state = state
        return things

    def _entity(self, index: int) -> tuple[Things, int] | None:
        """A name, or several joined by “and” or commas."""
        link = cast(Link, self.chunks[index].get("ent"))
        things = self.linked(link, self.chunks[index].text)
        index = self.take(index)
        while True:
            joint = index
            while self.has(joint, "and", "or", "sign", "compare") and not self.has(joint, "ent", "qty", "class"):
                joint += 1
            after = joint
            while self.has(after, "det") and not self.has(after, "ent"):
                after += 1
            if joint == index:
                break
            other = self.at(after)
            if other is not None and other.has("ent"):
                more = self.linked(cast(Link, other.get("ent")), other.text)
            elif (
                other is not None
                and other.has("num")
                and cast(Number, other.get("num")).unit is None
                and (
                    classes := link.classes
                    or ((things.class_,) if things.class_ and things.text[-1:].isdigit() else ())
                )
            ):
                more = self.linked(self._same_class(classes, other), other.text)
            else:
                break
            for used in range(index, after + 1):
                self.take(used)
                if self.chunks[used].has("compare"):
                    self.flags.add("compare")
                if self.chunks[used].has("or"):
                    self.flags.add("either")
            things = _joined(self._alike(things, more, other.text), more)
            index = after + 1
        return things, index

    def _same_class(self, classes: tuple[str, ...], other: Chunk) -> Link:
        """“AHUs 1 and 3”."""
        value = cast(Number, other.get("num")).value
        return self.linker.by_ident([], 0, 0, (f"{value:g}",), classes)

    def _alike(self, first: Things, second: Things, text: str) -> Things:
        """“AHU-1 and AHU-2 fan power” is about both fans."""
        name = key(text)
        last = max((i for i, piece in enumerate(name) if piece[0].isdigit()), default=len(name)) + 1
        if last >= len(name) or not first.ids or first.class_ == second.class_:
            return first
        ids = self.lexicon.names.get((*key(first.text), *name[last:]), ())
        if len(ids) != 1:
            return first
        thing = self.lexicon.things[next(iter(ids))]
        return Things(AssetQuery(ids=[thing.id]), thing.name, (thing.id,), thing.class_, False, text=first.text)

    def linked(self, link: Link, text: str) -> Things:
        if not link.ids:
            if text.isdigit():
                self.problems.append(Problem("incomplete", "There is no room with that number in this plant."))
            else:
                self.problems.append(Problem("unknown_name", text, tuple(self.linker.nearest(link.classes))))
            return Things(AssetQuery(ids=[]), text, text=text)
        names = ", ".join(candidate.name for candidate in link.candidates[:6])
        if len(link.candidates) > 1 and link.reading != "family":
            return Things(
                AssetQuery(ids=link.ids), text, tuple(link.ids), choices=link.candidates, text=text, plural=False
            )
        class_ = next(candidate.class_ for candidate in link.candidates)
        return Things(AssetQuery(ids=link.ids), names, tuple(link.ids), class_, plural=len(link.ids) > 1, text=text)

    def _compound(self, owner: Things, index: int) -> tuple[Things, int]:
        """“AHU-2's fans”, “floor 4 zones”; before a quantity the name stays what it is."""
        after = index
        if self.has(after, "of") and self.chunks[after].lower in ("'s", "’s"):
            after += 1
        chunk = self.at(after)
        if chunk is None or not owner.ids:
            return owner, index
        if chunk.has("class") and not chunk.has("qty"):
            self.used.update(range(index, after))
            things, last = self._class(after, True)
            return self.owned(things, owner), last
        if after > index and chunk.has("thing") and not chunk.has("which"):
            self.used.update(range(index, after + 1))
            return self.owned(Things(AssetQuery(), chunk.text), owner), after + 1
        if after > index:
            self.take(index)
            return owner, after
        return owner, index

    def _class(self, index: int, definite: bool) -> tuple[Things, int]:
        word = cast(ClassWord, self.chunks[index].get("class"))
        class_ = self.lexicon.best_class(word.classes)
        point = self.lexicon.kind_of(class_) == "point"
        things = Things(of_class(class_), word.text, (), class_, word.plural, definite, point=point, text=word.text)
        index = self.take(index)
        # "pumps and fans": another class in the same breath
        after = index
        while self.has(after, "and", "or", "sign", "det") and not self.has(after, "class"):
            after += 1
        if (
            after > index
            and any(self.has(i, "and", "or") for i in range(index, after))
            and self.has(after, "class")
            and not self.has(after, "qty")
            and not self.has(after + 1, "rel", "aux")
        ):
            for used in range(index, after):
                self.take(used)
            other, last = self._class(after, definite)
            query = AssetQuery(any_of=[things.query, other.query])
            return replace(things, query=query, label=f"{things.label} and {other.label}", class_=None), last
        return things, index

    def _points(self, quantity: Quantity, index: int) -> tuple[Things, int] | None:
        """“zone temperature sensors” as things: the class of points."""
        class_ = self.point_class(quantity)
        if class_ is None:
            return None
        return Things(
            of_class(class_), quantity.text, (), class_, quantity.plural, point=True, text=quantity.text
        ), self.take(index)

    def point_class(self, quantity: Quantity) -> str | None:
        named = [
            *quantity.exact,
            *self.lexicon.quantities_named(quantity.tokens, self.lexicon.present_quantities),
            *self.lexicon.quantities_named(quantity.tokens),
        ]
        classes = {
            id.lower().removesuffix("_sensor"): id
            for id, term in self.lexicon.vocabulary.classes.items()
            if term.kind == "point"
        }
        exact = [
            q
            for q in self.lexicon.quantities_named(quantity.tokens)
            if self.lexicon.quantity_tokens[q] == quantity.tokens
        ]
        return next((classes[name] for name in (*exact, *named) if name in classes), None)

    def _pronoun(self, index: int) -> tuple[Things, int] | None:
        chunk = self.chunks[index]
        word = cast(str, chunk.get("pron"))
        last = index + 1
        if self.has(last, "pron") and self.chunks[last].lower in ("one", "ones"):
            last += 1
        for used in range(index, last):
            self.take(used)
        plural = word in ("they", "them", "their", "those", "these", "they're")
        said = next((t for _, t in reversed(self.phrases) if t.ids or t.class_), None)
        if said is not None and (word == "its" or (said.plural or not said.ids) == plural):
            return replace(said, text=chunk.text), last  # "is AHU-2 running and what is its temperature"
        before = self.previous.things if self.previous is not None else None
        if plural and before is not None and (not before.ids or len(before.ids) > 1):
            return replace(before, text=chunk.text), last
        known = [id for id in self.focus if id in self.lexicon.things]
        chosen = known if plural else known[:1]
        if before is not None and not plural and len(before.ids) == 1 and not before.restricted:
            chosen = list(before.ids)  # what was asked about, also where a part of it answered
        if not chosen and before is not None:
            chosen = list(before.ids) or _one_inside(before.query)
        if not chosen and word == "its" and self.quantities:
            return Things(AssetQuery(), "things", whole_plant=True, text=chunk.text), last
        if not chosen:
            self.problems.append(Problem("no_referent", chunk.text))
            return Things(AssetQuery(ids=[]), chunk.text, text=chunk.text), last
        names = ", ".join(self.lexicon.things[id].name for id in chosen[:6])
        class_ = self.lexicon.things[chosen[0]].class_
        return Things(AssetQuery(ids=chosen), names, tuple(chosen), class_, len(chosen) > 1, text=chunk.text), last

    def _place_of(self, found: Things, index: int) -> tuple[Things, int]:
        """“the second floor of the main building”: a place narrows an ambiguous name."""
        if self.has(index, "of", "in", "sign") and found.choices:
            after = self.skip(index + 1, "det") if not self.has(index + 1, "ent") else index + 1
            if self.has(after, "ent"):
                other = self.linked(cast(Link, self.chunks[after].get("ent")), self.chunks[after].text)
                if other.ids and not other.choices and self.is_place(other):
                    self.used.update(range(index, after + 1))
                    return self.within(found, other), after + 1
        return found, index

    def within(self, found: Things, place: Things) -> Things:
        """Ambiguous candidates, narrowed to a place; the name of the place may already settle it."""
        words = {word for id in place.ids for key in self.lexicon.keys_of(id) for word in key}
        own = [
            c
            for c in found.choices
            if words & {word for key in self.lexicon.keys_of(c.id) for word in key} - {"building", "floor"}
        ]
        if len(own) == 1:
            return replace(
                found,
                query=AssetQuery(ids=[own[0].id]),
                ids=(own[0].id,),
                label=own[0].name,
                choices=(),
                class_=own[0].class_,
            )
        return replace(
            found, query=AssetQuery(ids=list(found.ids), within=place.query), choices=(), ids=(), restricted=True
        )

    # -- restrictions ------------------------------------------------------------------------------------------------

    def restrict(self, things: Things, index: int, nested: bool = False) -> tuple[Things, int]:
        while True:
            step = self._restriction(things, index, nested)
            if step is None:
                return things, index
            things, index = step

    def _restriction(self, things: Things, index: int, nested: bool) -> tuple[Things, int] | None:
        saved = set(self.used), len(self.problems), self.related, list(self.extremes), self.limit
        for rule in (
            self._by_relation,
            self._by_place,
            self._by_owner,
            self._by_test,
            self._by_status,
            self._by_contact,
            self._by_way,
            self._by_exception,
        ):
            step = rule(things, index, nested)
            if step is not None:
                return step
            self.used = set(saved[0])
            del self.problems[saved[1] :]
            self.related, self.extremes, self.limit = saved[2], list(saved[3]), saved[4]
        return None

    def _link_words(self, index: int, nested: bool, more: tuple[str, ...] = ()) -> tuple[int, bool]:
        """Past “that”, “which are”, “and”, commas; says whether a “not” was among them."""
        negative = False
        while (chunk := self.at(index)) is not None:
            if chunk.has("not"):
                negative = True
            elif (chunk.has("ent", "qty", "class", "rel", "status", "time") and not chunk.has("aux")) or not (
                chunk.has("that", "aux", "polite", "sign", *more)
                or chunk.lower in ("where", "whose")
                or chunk.has("there")
                or (not nested and chunk.has("and"))
            ):
                break
            if chunk.has(
                "cmp", "in", "except", "sup", "num", "count", "pron", "state", "compare", "agg", "impact", "fail"
            ) and not chunk.has("that"):
                break
            index = self.take(index)
        return index, negative

    def _by_relation(self, things: Things, index: int, nested: bool) -> tuple[Things, int] | None:
        index, negative = self._link_words(index, nested)
        chunk = self.at(index)
        if chunk is None or not chunk.has("rel", "with"):
            return None
        if chunk.has("with") and self.has(index + 1, "pron"):
            return None  # "the pumps with their power"
        relation = cast(Relation, chunk.get("rel") or chunk.get("with"))
        if chunk.has("det") and relation.kind == "lack" and not self.has(index + 1, "qty", "class", "thing"):
            return None
        index = self.take(index)
        if self.has(index, "rel") and relation.kind in ("has", "lack"):
            second = cast(Relation, self.chunks[index].get("rel"))
            if second.kind in ("lack", "has"):  # "have no", "that are missing"
                relation, index = (second if second.kind == "lack" else relation), self.take(index)
        if relation.kind in ("has", "lack"):
            return self._having(things, index, relation, negative)
        if relation.kind == "feed":
            index = self._medium(index)
        index = self.skip(index, "polite", "to")
        if self.has(index, "which", "count"):
            return None  # "room 410 is served by which AHU" asks for the other side
        if self.has(index, "rel") and self.chunks[index].lower == "no" and relation.kind in ("feed", "contain"):
            negative, index = not negative, self.take(index)  # "feeds no zone"
        each = self._each(things, index, relation)
        if each is not None:
            return each
        how_many = self._counted(index)
        if how_many is not None:
            index = how_many
        other = self.things(index, nested=True)
        if other is None:
            return None
        if how_many is not None:
            self.related = self._relation_count(relation, things, other[0])
            return replace(things, restricted=True), other[1]
        both = any(c.lower == "both" for c in self.chunks[max(0, index - 1) : other[1]]) and len(other[0].ids) > 1
        if both and relation.kind == "feed" and not negative:
            for id in other[0].ids:
                one = replace(other[0], query=AssetQuery(ids=[id]), ids=(id,), choices=())
                things = self.related_to(things, relation, one, False)
            return things, other[1]
        return self.related_to(things, relation, other[0], negative), other[1]

    def _each(self, things: Things, index: int, relation: Relation) -> tuple[Things, int] | None:
        """“rooms fed by each AHU”: one count for each of them."""
        chunk = self.at(index)
        if chunk is None or chunk.lower not in ("each", "every") or not self.has(index + 1, "class"):
            return None
        other = self.things(self.take(index), nested=True)
        if other is None or other[0].point:
            return None
        self.group_of = other[0]
        self.flags.add("each")
        return replace(things, restricted=True), other[1]

    def _medium(self, index: int) -> int:
        """“supplies chilled water to”."""
        after = index
        while (
            self.has(after) is False
            and self.at(after) is not None
            and self.chunks[after].lower
            in (
                "air",
                "water",
                "chilled",
                "hot",
                "cold",
                "power",
                "heat",
                "cooling",
                "heating",
                "electricity",
                "fresh",
                "conditioned",
                "steam",
                "supply",
                "chilled water",
                "hot water",
            )
        ):
            after += 1
        if after > index and self.has(after, "to", "of", "in"):
            self.used.update(range(index, after + 1))
            return after + 1
        return index

    def _counted(self, index: int) -> int | None:
        """“feeds the most VAVs”, “has the fewest rooms”, “feeds how many zones”."""
        after = self.skip(index, "det")
        chunk = self.at(after)
        if chunk is None:
            return None
        if chunk.has("sup") and cast(Extreme, chunk.get("sup")).count and self.has(after + 1, "class", "qty", "thing"):
            self.extremes.append(cast(Extreme, chunk.get("sup")))
            return self.take(after)
        if chunk.lower in ("more", "fewer", "less") and self.has(after + 1, "class", "thing"):
            self.flags.add("fewer" if chunk.lower != "more" else "more")  # "feeds more VAVs than AHU-4"
            return self.take(after)
        return self._counted_than(after)

    def _counted_than(self, index: int) -> int | None:
        """“more than 50 VAVs”, “at least 3 rooms”, “exactly 6 zones”, “2 pumps”."""
        chunk = self.at(index)
        at = index + 1 if chunk is not None and chunk.has("cmp") and not chunk.has("class", "ent", "qty") else index
        number = cast("Number | None", self.chunks[at].get("num")) if self.has(at, "num") else None
        if number is None or number.unit is not None or not self.has(at + 1, "class", "thing") or self.has(at, "ent"):
            return None
        comparison = cast(Compare, self.chunks[index].get("cmp")).comparison if at > index else "="
        self.related_test = Test(comparison, number.value)
        self.used.update(range(index, at + 1))
        return at + 1

    def _having(self, things: Things, index: int, relation: Relation, negative: bool) -> tuple[Things, int] | None:
        lacking = (relation.kind == "lack") != negative
        counted = self._counted(index)
        if counted is not None:
            other = self.things(counted, nested=True, points=True)
            if other is None:
                return None
            self.related = self.possession_count(things, other[0])
            return replace(things, restricted=True), other[1]
        index = self.skip(index, "det", "all", "polite")
        if self.has(index, "sup", "agg") and not lacking:
            return things, index  # "has the highest temperature" is a ranking
        test = self.test(index, things)
        if test is not None and not lacking:
            return replace(things, tests=(*things.tests, *test[0]), restricted=True), test[1]
        if self.has(index, "qty") and not self._is_part(index):
            return self._having_points(things, index, lacking)
        if self.has(index, "status"):
            return self._by_status(things, index, False)
        other = self.things(index, nested=True, points=True)
        if other is None:
            return None
        kinds = other[0].class_ is not None or bool(other[0].query.any_of)
        if things.ids and kinds and not other[0].ids and not lacking:
            return self.owned(other[0], things), other[1]
        return self._possessing(things, other[0], lacking), other[1]

    def _is_part(self, index: int) -> bool:
        """“an outside damper”, where the words also name what is measured on one."""
        quantity, word = (self.chunks[index].get(tag) for tag in ("qty", "class"))
        if quantity is None or word is None or quantity.sensor or key(quantity.text)[-1] in quantity.tokens - _PARTS:
            return False
        return any(self.lexicon.kind_of(class_) == "equipment" for class_ in word.classes)

    def _having_points(self, things: Things, index: int, lacking: bool) -> tuple[Things, int] | None:
        names: list[str] = []
        while self.has(index, "qty"):
            names.append(self._quantity_id(cast(Quantity, self.chunks[index].get("qty")), things))
            index = self.take(index)
            after = index
            while self.has(after, "and", "or", "sign", "det") and not self.has(after, "qty"):
                after += 1
            if not self.has(after, "qty") or self.has(after + 1, "cmp"):
                break
            self.used.update(range(index, after))
            index = after
        near = self._bearing(things, names)
        if near is not None:
            return self._narrow(things, **({"excluding": near} if lacking else {"any_of": near.any_of})), index
        field = "lacks_point" if lacking else "has_point"
        return self._narrow(things, **{field: [*getattr(things.query, field), *names]}), index

    def _bearing(self, things: Things, names: list[str]) -> AssetQuery | None:
        """Where a class has no such point of its own but its parts have (or, for a room, the unit that serves it)."""
        if len(names) != 1 or things.class_ is None or things.class_ == "Equipment" or things.point:
            return None
        owned = self.lexicon.quantities_of([things.class_])
        present = self.lexicon.present_quantities
        if any(self.lexicon.includes(names[0], q) for q in owned) or not any(
            self.lexicon.includes(names[0], q) for q in present
        ):
            return None
        near = [AssetQuery(has_point=names), AssetQuery(has_part=AssetQuery(has_point=names))]
        if self.place_class(things.class_):
            terminal = of_class("Terminal_Unit").model_copy(update={"has_point": names})
            near.append(AssetQuery(fed_by=terminal))
        return AssetQuery(any_of=near)

    def _quantity_id(self, quantity: Quantity, things: Things) -> str:
        """The quantity for has/lacks: as wide as the words say."""
        exact = [
            q
            for q in self.lexicon.quantities_named(quantity.tokens)
            if self.lexicon.quantity_tokens[q] == quantity.tokens
        ]
        present = self.lexicon.quantities_of([things.class_]) or self.lexicon.present_quantities
        named = self.lexicon.quantities_named(quantity.tokens, present)
        if quantity.exact:
            return next((q for q in quantity.exact if q in present), quantity.exact[0])
        if exact and (not named or len(quantity.tokens) == 1 or any(self.lexicon.includes(exact[0], q) for q in named)):
            return exact[0]
        if named:
            return named[0]
        everywhere = [
            *self.lexicon.quantities_named(quantity.tokens, self.lexicon.present_quantities),
            *self.lexicon.quantities_named(quantity.tokens),
        ]
        return everywhere[0] if everywhere else "_".join(sorted(quantity.tokens))

    def _possessing(self, things: Things, other: Things, lacking: bool) -> Things:
        """“AHUs without a filter”, “floors with a boiler”."""
        if other.point and not other.ids and other.class_ is not None:
            quantity = other.class_.lower().removesuffix("_sensor")
            field = "lacks_point" if lacking else "has_point"
            return self._narrow(things, **{field: [*getattr(things.query, field), quantity]})
        if (bearing := self._part_or_point(other)) is not None:
            return self._narrow(things, **({"excluding": bearing} if lacking else {"any_of": bearing.any_of}))
        inner = (
            AssetQuery(any_of=[AssetQuery(has_part=other.query), AssetQuery(feeds=other.query)])
            if self.is_fed(other)
            else AssetQuery(has_part=other.query)
        )
        served = things.class_ is not None and self.place_class(things.class_)
        if served and not (other.class_ and self.place_class(other.class_)):  # "rooms with a VAV"
            inner = AssetQuery(any_of=[AssetQuery(fed_by=other.query), AssetQuery(has_part=other.query)])
        if lacking:
            return self._narrow(
                things,
                excluding=AssetQuery(any_of=[AssetQuery(has_part=other.query), AssetQuery(fed_by=other.query)])
                if not self.is_fed(other)
                else inner,
            )
        return self._narrow(things, **({"any_of": inner.any_of} if inner.any_of else {"has_part": other.query}))

    def _part_or_point(self, other: Things) -> AssetQuery | None:
        """A damper that the model has as a part of a thing, or only as the point that says where it stands."""
        if other.class_ is None or other.ids or other.restricted or self.lexicon.of_class(other.class_):
            return None
        tokens = frozenset(quantity_token(word) for word in key(other.text))
        named = self.lexicon.quantities_named(tokens | {"position"}, self.lexicon.present_quantities)
        if not tokens & _PARTS or not named:
            return None
        return AssetQuery(any_of=[AssetQuery(has_part=other.query), AssetQuery(has_point=named[:1])])

    def is_fed(self, other: Things) -> bool:
        return other.class_ is not None and (
            self.place_class(other.class_) or self.lexicon.is_a(other.class_, "Terminal_Unit")
        )

    def possession_count(self, things: Things, other: Things) -> RelatedThings:
        if other.point:
            return RelatedThings("points", other.query, other.label)
        if things.class_ is not None and self.place_class(things.class_):
            terminal = other.class_ is not None and self.lexicon.is_a(other.class_, "Terminal_Unit")
            inside = terminal and any(self.lexicon.is_a(things.class_, one) for one in ("Room", "Zone", "HVAC_Zone"))
            return RelatedThings("fed_by" if inside else "contains", other.query, other.label)
        if self.is_fed(other):
            return RelatedThings("feeds", other.query, other.label)
        return RelatedThings("parts", other.query, other.label)

    def _relation_count(self, relation: Relation, things: Things, other: Things) -> RelatedThings:
        if relation.kind == "feed":
            return RelatedThings("feeds" if relation.active else "fed_by", other.query, other.label, relation.direct)
        return self.possession_count(things, other)

    def related_to(self, things: Things, relation: Relation, other: Things, negative: bool) -> Things:
        if self.is_whole(other):
            if relation.kind == "feed" and relation.active and things.class_ is None:
                self.problems.append(Problem("not_understood", f"“{other.text or other.label}”"))
            return replace(things, restricted=True)
        query = self.served(other) if relation.kind == "feed" else other.query
        self._note_choices(other)
        fields: dict[str, Any]
        if relation.kind == "feed":
            fields = {"feeds" if relation.active else "fed_by": query}
            ends = (things.class_, other.class_)
            near = relation.active and all(one is not None and self._is_component(one) for one in ends)
            if relation.direct or "direct" in self.flags or near:
                fields["direct"] = True  # the valve of a coil, not every valve of the loop that it is in
            if not relation.active and things.class_ is not None and self.served(things) is not things.query:
                fields = {
                    "has_part": AssetQuery.model_validate({"class": "Location", **fields})
                }  # "floors that AHU-3 serves"
        elif relation.kind == "connect":
            fields = {
                "any_of": [
                    AssetQuery(fed_by=query),
                    AssetQuery(feeds=query),
                    AssetQuery(part_of=query),
                    AssetQuery(has_part=query),
                ]
            }
        elif relation.kind == "within" or (relation.kind == "part" and self.is_place(other)):
            fields = {"within": query}
        elif relation.kind == "part":
            fields = {"part_of": query}
        elif things.ids and self.is_place(things):  # "does floor 4 contain ..."
            return self._narrow(replace(other, restricted=True), within=things.query)
        elif things.ids:
            return self._narrow(replace(other, restricted=True), part_of=things.query)
        else:
            fields = {"has_part": query}
        return self._narrow(things, **({"excluding": AssetQuery.model_validate(fields)} if negative else fields))

    def served(self, other: Things) -> AssetQuery:
        """A floor or a building is served by what serves the rooms and zones in it."""
        wide = (
            all(self.lexicon.things[id].kind in ("Site", "Building", "Floor") for id in other.ids)
            if other.ids
            else other.class_ is not None
            and any(self.lexicon.is_a(other.class_, one) for one in ("Floor", "Building", "Site"))
        )
        if not wide:
            return other.query
        inside = "Location" if self.lexicon.places.get("Space") else "Equipment"
        return of_class(inside).model_copy(update={"within": other.query})

    def _note_choices(self, other: Things) -> None:
        if other.choices:
            self.problems.append(Problem("ambiguous", other.text, other.choices))

    def _narrow(self, things: Things, **fields: Any) -> Things:
        """Another restriction; where one of the same kind stands already, both must hold."""
        query = things.query
        taken = {name for name in fields if name not in ("direct", "has_point", "lacks_point") and getattr(query, name)}
        if "excluding" in taken:
            taken.discard("excluding")
            fields["excluding"] = AssetQuery(any_of=[cast(AssetQuery, query.excluding), fields["excluding"]])
        apart: dict[str, Any] = {name: fields.pop(name) for name in taken}
        if apart and "direct" in fields:
            apart["direct"] = fields.pop("direct")
        query = query.model_copy(update=fields)
        return replace(
            things, query=_both(query, AssetQuery.model_validate(apart)) if apart else query, restricted=True
        )

    def _by_place(self, things: Things, index: int, nested: bool) -> tuple[Things, int] | None:
        index, negative = self._link_words(index, nested, ("all",))
        if not self.has(index, "in"):
            return None
        index = self.skip(self.take(index), "all", "polite", "of")
        if self.has(index, "which") or (self.has(index, "pron") and self.has(index + 1, "setpoint", "qty")):
            return None
        other = self.things(index, nested=True)
        if other is None:
            return None
        place, fields = other[0], dict[str, Any]()
        if self.is_whole(place):
            return replace(things, restricted=True), other[1]
        if place.ids:
            self._note_choices(place)
        if (
            self.is_place(place)
            or (place.class_ is not None and self.place_class(place.class_))
            or not (place.ids or place.class_)
        ):
            fields = {"within": place.query}
        elif things.point:
            return self.owned(things, place), other[1]
        elif things.class_ is None and not things.ids and things.query == AssetQuery(status=things.query.status):
            own = place.query.model_copy(update={"status": things.query.status})
            return replace(place, query=own, restricted=True), other[1]  # "a warning on any pump"
        elif len(things.ids) == 1 and place.class_ and not place.ids and not self.lexicon.of_class(place.class_):
            self.flags.add("mode")  # "is the UPS on battery"
            self.state = f"mode:{place.text}"
            return things, other[1]
        else:
            fields = {"any_of": [AssetQuery(part_of=place.query), AssetQuery(fed_by=place.query)]}
        return self._narrow(
            things, **({"excluding": AssetQuery.model_validate(fields)} if negative else fields)
        ), other[1]

    def _by_owner(self, things: Things, index: int, nested: bool) -> tuple[Things, int] | None:
        """“the filters of AHU-2”, “rooms of floor 4”, “sensors for the chillers”."""
        if not self.has(index, "of") or things.ids:
            return None
        other = self.things(self.take(index), nested=True)
        if other is None:
            return None
        self._note_choices(other[0])
        return self.owned(things, other[0]), other[1]

    def owned(self, things: Things, owner: Things) -> Things:
        self._note_choices(owner)
        if self.is_whole(owner):
            return replace(things, restricted=True)
        if self.is_place(owner) or (owner.class_ is not None and self.place_class(owner.class_)):
            return self._narrow(replace(things, text=owner.label), within=owner.query)
        if things.point:
            self.flags.add("points_of")
            return self._narrow(replace(things, text=owner.label), part_of=owner.query)
        if self.is_fed(things):
            return self._narrow(things, fed_by=owner.query)
        if things.class_ is None:
            return self._narrow(things, part_of=owner.query)
        near = self._is_component(things.class_)  # air may come round to other coils
        fed = AssetQuery(fed_by=owner.query, direct=True) if near else AssetQuery(fed_by=owner.query)
        return self._narrow(things, any_of=[AssetQuery(part_of=owner.query), fed])

    def _is_component(self, class_: str) -> bool:
        return any(self.lexicon.is_a(class_, one) for one in _COMPONENTS)

    def _by_status(self, things: Things, index: int, nested: bool) -> tuple[Things, int] | None:
        index, negative = self._link_words(index, nested, ("with",))
        chunk = self.at(index)
        if chunk is None or not chunk.has("status") or chunk.has("class", "qty", "ent"):
            return None
        statuses = list(cast(tuple[Status, ...], chunk.get("status")))
        index = self.take(index)
        while self.has(index, "or", "and") and self.has(index + 1, "status"):
            self.take(index)
            statuses.extend(cast(tuple[Status, ...], self.chunks[index + 1].get("status")))
            index = self.take(index + 1)
        if negative:
            worse: list[Status] = ["alarm", "warning", "stale"]
            if statuses == ["normal"]:
                return self._narrow(things, status=worse), index
            return self._narrow(things, excluding=AssetQuery(status=statuses)), index
        return replace(
            things,
            query=things.query.model_copy(update={"status": list(dict.fromkeys([*things.query.status, *statuses]))}),
            restricted=True,
        ), index

    def _by_exception(self, things: Things, index: int, nested: bool) -> tuple[Things, int] | None:
        while self.has(index, "sign", "and"):
            index = self.take(index)
        if not self.has(index, "except"):
            return None
        index = self.skip(self.take(index), "det")
        inner = self.restrict(things, index) if self.has(index, "in", "rel") else None
        if inner is not None and inner[1] > index:
            outside = inner[0].query.model_copy(update={"class_": things.query.class_})
            return self._narrow(things, excluding=outside), inner[1]
        other = self.things(index, nested=True)
        if other is None:
            return None
        self._note_choices(other[0])
        return self._narrow(things, excluding=other[0].query), other[1]

    def _by_way(self, things: Things, index: int, nested: bool) -> tuple[Things, int] | None:
        """“fed by the generator through the transfer switch”."""
        if not self.has(index, "via") or things.query.fed_by is None:
            return None
        other = self.things(self.take(index), nested=True)
        if other is None:
            return None
        self._note_choices(other[0])
        return self._narrow(things, fed_by=other[0].query), other[1]

    def _by_contact(self, things: Things, index: int, nested: bool) -> tuple[Things, int] | None:
        """“VAVs that AHU 3 feeds”, “which AHU is room 410 served by”, “what does AHU 3 feed”."""
        index = (
            self.skip(index, "that", "aux", "polite")
            if not self.has(index, "pron") or self.has(index, "that")
            else index
        )
        if things.ids:
            return None
        each = index
        while self.has(each, "aux", "polite"):
            each += 1
        if self.has(each, "by") and self.chunks[each].lower in ("each", "every") and self.has(each + 1, "class"):
            return self._of_each(things, index, each)
        other = self.things_head(index)
        if other is None:
            return None
        subject, index = other
        index = self.skip(index, "aux", "polite", "all")
        negative = False
        if self.has(index, "not"):
            negative, index = True, self.take(index)
        chunk = self.at(index)
        if chunk is None or not chunk.has("rel", "in"):
            return None
        if chunk.has("rel"):
            relation = cast(Relation, chunk.get("rel"))
            index = self._medium(self.take(index))
            index = self.skip(index, "polite", "to")
            if relation.kind in ("has", "contain") and chunk.lower in _MEASURING and things.class_ is None:
                points = Things(of_class("Point"), "points", (), "Point", point=True, text="points")
                return self.owned(points, subject), index
            if relation.kind in ("has", "contain"):
                return self.owned(things, subject), index
            if relation.kind == "lack":
                return None
            if self.has(index, "of", "by") and not self.has(index + 1, "ent", "class"):
                index = self.take(index)
            turned = replace(relation, active=not relation.active) if relation.kind == "feed" else relation
            if relation.kind == "part":
                return self._narrow(things, has_part=subject.query), index
            if relation.kind == "within":
                self.flags.add("where")
                return replace(
                    things, restricted=True, text=subject.label, query=AssetQuery(ids=list(subject.ids))
                ), index
            if self.has(index, "ent", "class", "qty"):
                return None
            self._note_choices(subject)
            return self.related_to(things, turned, subject, negative), index
        if self.has(index + 1, "ent", "class", "det", "all") or things.class_ is None:
            return None
        if not self.place_class(things.class_):  # "which AHU is zone R306 on"
            self._note_choices(subject)
            return self.related_to(things, Relation("feed", True), subject, negative), self.take(index)
        self.flags.add("where")
        self.of_class = things.class_
        self.take(index)
        return subject, index + 1

    def _of_each(self, things: Things, index: int, each: int) -> tuple[Things, int] | None:
        """“how many VAVs does each floor have”: one count for each floor."""
        group = self._class(each + 1, False)
        if group[0].point or group[0].class_ is None:
            return None
        self.used.update(range(index, each + 1))
        after = group[1]
        while self.has(after, "rel", "aux", "in") and not self.has(after, "ent", "class", "qty"):
            after = self.take(after)
        self.group_of = group[0]
        self.flags.add("each")
        return replace(things, restricted=True), after

    def things_head(self, index: int) -> tuple[Things, int] | None:
        saved = set(self.used)
        head = self._head(index, False)
        if head is None:
            self.used = saved
            return None
        things, after = head
        if self._is_only(things):
            things = self._settled(replace(things, definite=True))
        if things.ids:
            return self._place_of(things, after)
        step = self._by_place(things, after, True) or self._by_owner(things, after, True)
        return step or (things, after)

    # -- conditions --------------------------------------------------------------------------------------------------

    def _by_test(self, things: Things, index: int, nested: bool) -> tuple[Things, int] | None:
        index, negative = self._link_words(index, nested, ("with", "in"))
        if things.ids and not things.plural:
            return None
        found = self.test(self.skip(index, "det"), things)
        if found is None:
            return None
        tests, index = found
        if negative:
            opposite: dict[str, Any] = {"<": ">=", ">": "<=", "<=": ">", ">=": "<", "=": "!=", "!=": "="}
            tests = [replace(test, comparison=opposite[test.comparison]) for test in tests]
        return replace(things, tests=(*things.tests, *tests), restricted=True), index

    def test(self, index: int, things: Things | None) -> tuple[list[Test], int] | None:
        """“[temperature] above 26 °C”, “more than 1 degree above [its] setpoint”, “between 20 and 22 °C”."""
        quantity: Quantity | None = None
        start = index
        if self.has(index, "qty"):
            quantity = cast(Quantity, self.chunks[index].get("qty"))
            index = self.take(index)
            index = self.skip(index, "aux", "that", "of", "read")
        elif self.has(index, "read"):
            index = self.take(index)
        index = self.skip(index, "all") if self.has(index + 1, "cmp") else index
        negative = False
        if self.has(index, "not") and self.has(index + 1, "cmp"):
            negative, index = True, self.take(index)
        chunk = self.at(index)
        if chunk is None:
            return None
        if (
            chunk.has("between")
            and self.has(index + 1, "num")
            and self.has(index + 2, "and", "to")
            and self.has(index + 3, "num")
        ):
            low, high = (cast(Number, self.chunks[i].get("num")) for i in (index + 1, index + 3))
            for used in range(index, index + 4):
                self.take(used)
            unit = high.unit or low.unit
            return [Test(">=", low.value, unit, quantity), Test("<=", high.value, unit, quantity)], index + 4
        near = self._near_setpoint(index, quantity)
        if near is not None:
            return near
        if not chunk.has("cmp"):
            if quantity is not None and chunk.has("num") and index > start + 1:
                number = cast(Number, chunk.get("num"))
                return [Test("=", number.value, number.unit, quantity)], self.take(index)
            return None
        compare = cast(Compare, chunk.get("cmp"))
        if quantity is None and self.adjective_quantity(chunk):
            quantity = self.adjective_quantity(chunk)
        index = self.skip(self.take(index), "det", "polite", "than")
        if self.has(index, "num"):
            number = cast(Number, self.chunks[index].get("num"))
            index = self.take(index)
            after = self.skip(index, "polite")
            away = self._away(after, number, quantity)
            if away is not None:
                return away
            if self.has(after, "cmp") and self.has(self.skip(after + 1, "det"), "setpoint", "qty"):
                direction = cast(Compare, self.chunks[after].get("cmp"))
                above = direction.comparison.startswith(">")
                at = self.skip(self.take(after), "det")
                other = cast("Quantity | None", self.chunks[at].get("qty"))
                sign = 1 if above else -1
                comparison = compare.comparison if above else _INVERSE[compare.comparison]
                return [
                    Test(comparison, None, number.unit, quantity, self._is_setpoint(at), other, sign * number.value)
                ], self.take(at)
            if quantity is None and self.has(index, "of") and self.has(index + 1, "qty"):
                quantity = cast(Quantity, self.chunks[index + 1].get("qty"))
                index = self.take(self.take(index))
            if quantity is None and not self.has(index, "class", "qty", "ent", "thing"):
                quantity = self._implied(number)
            if self.has(index, "class", "qty", "thing"):
                return None
            comparison = compare.comparison
            if negative:
                comparison = {"<": ">=", ">": "<=", "<=": ">", ">=": "<", "=": "!=", "!=": "="}[comparison]
            if self.has(index, "cmp") and self.chunks[index].lower in (
                "or more",
                "or above",
                "or higher",
                "or less",
                "or below",
                "or lower",
            ):
                index = self.take(index)
            return [Test(cast(Any, comparison), number.value, number.unit, quantity)], index
        if self.has(index, "setpoint", "qty"):
            other = cast("Quantity | None", self.chunks[index].get("qty"))
            setpoint = self._is_setpoint(index)
            index = self.take(index)
            offset = 0.0
            if self.has(index, "by") and self.has(index + 1, "num", "cmp"):
                at = index + 2 if self.has(index + 1, "cmp") else index + 1
                if self.has(at, "num"):
                    offset = cast(Number, self.chunks[at].get("num")).value * (
                        1 if compare.comparison.startswith(">") else -1
                    )
                    self.used.update(range(index, at + 1))
                    index = at + 1
            return [Test(compare.comparison, None, None, quantity, setpoint, other, offset)], index
        return None

    def _away(self, index: int, number: Number, quantity: Quantity | None) -> tuple[list[Test], int] | None:
        """“more than 2 degrees [away] from its setpoint”: on either side of it."""
        at = index
        while self.has(at, "deviate", "det", "of") and not self.has(at, "qty"):
            at += 1
        if at == index or not self.has(at, "setpoint", "qty") or not self.has(index, "deviate"):
            return None
        if self.chunks[index].lower == "of" and not self._is_setpoint(at):
            return None  # "over 1000 ppm of CO2"
        other = cast("Quantity | None", self.chunks[at].get("qty"))
        self.used.update(range(index, at + 1))
        return [Test("!=", None, number.unit, quantity, self._is_setpoint(at), other, number.value)], at + 1

    def _near_setpoint(self, index: int, quantity: Quantity | None) -> tuple[list[Test], int] | None:
        """“within 1 degree of setpoint”."""
        if not (self.has(index, "in") and self.chunks[index].lower == "within" and self.has(index + 1, "num")):
            return None
        number = cast(Number, self.chunks[index + 1].get("num"))
        away = self._away(index + 2, number, quantity)
        if away is None:
            return None
        test = away[0][0]
        self.used.update((index, index + 1))
        return [
            replace(test, comparison=">=", offset=-number.value),
            replace(test, comparison="<=", offset=number.value),
        ], away[1]

    def _is_setpoint(self, index: int) -> bool:
        quantity = cast("Quantity | None", self.chunks[index].get("qty"))
        return self.chunks[index].has("setpoint") or (quantity is not None and quantity.tokens <= {"setpoint"})

    def adjective_quantity(self, chunk: Chunk) -> Quantity | None:
        word = chunk.lower.split()[0]
        for words, token in (
            (("warmer", "hotter", "colder", "cooler"), "temperature"),
            (("faster", "slower"), "speed"),
        ):
            if word in words:
                return Quantity(frozenset({token}), token)
        return None

    def _implied(self, number: Number) -> Quantity | None:
        """The quantity that a unit alone means."""
        names = {
            "°C": "temperature",
            "°F": "temperature",
            "ppm": "co",
            "kW": "power",
            "kWh": "energy",
            "mm/s": "vibration",
            "Pa": "pressure",
            "kPa": "pressure",
            "bar": "pressure",
            "V": "voltage",
            "A": "current",
            "rpm": "speed",
            "Hz": "frequency",
        }
        name = names.get(number.unit or "")
        return Quantity(frozenset({name}), name if name != "co" else "CO2") if name else None

    # -- kinds of things ---------------------------------------------------------------------------------------------

    def is_place(self, things: Things) -> bool:
        return bool(things.ids) and all(
            self.lexicon.things[id].kind in ("Site", "Building", "Floor", "Space") for id in things.ids
        )

    def is_whole(self, things: Things) -> bool:
        """The whole plant: the one site, or the one building where there is no site."""
        return things.whole_plant or (things.ids == (self.lexicon.root,) and not things.restricted)

    def place_class(self, class_: str) -> bool:
        return self.lexicon.kind_of(class_) == "place"

    # -- the sentence ------------------------------------------------------------------------------------------------

    def intent(self) -> Intent:
        from agent.offline.sentence import read_sentence

        return read_sentence(self)


def _one_inside(query: AssetQuery) -> list[str]:
    """The thing that a query is restricted by ("what does AHU-4 feed"), if it is one."""
    inner = [one for one in (query.fed_by, query.feeds, query.part_of, query.has_part, query.within) if one is not None]
    ids = [id for one in inner for id in one.ids or _one_inside(one)]
    return ids if len(ids) == 1 else []


def _both(query: AssetQuery, more: AssetQuery) -> AssetQuery:
    """A query with one more restriction, although it has alternatives already."""
    if not query.any_of:
        return query.model_copy(update={"any_of": [more]})
    return query.model_copy(update={"any_of": [_both(one, more) for one in query.any_of]})


def _joined(first: Things, second: Things) -> Things:
    ids = tuple(dict.fromkeys((*first.ids, *second.ids)))
    class_ = first.class_ if first.class_ == second.class_ else None
    return replace(
        first, query=AssetQuery(ids=list(ids)), ids=ids, label=f"{first.label}, {second.label}", class_=class_, plural=True,
        choices=first.choices or second.choices,
    )  # fmt: skip


def content(chunk: Chunk) -> bool:
    return chunk.has(*_CONTENT)
