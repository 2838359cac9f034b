"""Noun phrases: names, classes, pronouns, what is compounded of them, and which of several is meant."""

from abc import ABC, abstractmethod
from dataclasses import replace
from typing import cast

from agent.offline.belonging import Belonging
from agent.offline.chunks import Chunk, ClassWord, Number
from agent.offline.intents import Problem
from agent.offline.words import Extreme
from agent.planning.assets import Assets as Things
from agent.planning.assets import of_class
from agent.vocabulary.linking import Link
from agent.vocabulary.quantities import Quantity
from agent.vocabulary.tokens import key
from graph_schema.model import Status
from graph_schema.question import AssetQuery

PARTS_OF = frozenset({"parts of", "components of", "component of", "subcomponents of", "subsystems of"})


class Nouns(Belonging, ABC):
    """Reads noun phrases; what restricts them is read by the clauses."""

    @abstractmethod
    def restrict(self, things: Things, index: int, nested: bool = False) -> tuple[Things, int]:
        """The things, narrowed by the clauses that follow them, and where those end."""

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
                return self._with(self._everything(chunk, label, definite), statuses, state), index + 1
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

    def _everything(self, chunk: Chunk, label: str, definite: bool) -> Things:
        """“Devices” are what publishes, where anything does that nobody described; else they are assets."""
        if chunk.lower in ("device", "devices") and self.lexicon.of_class("Device"):
            return Things(of_class("Device"), label, class_="Device", definite=definite)
        return Things(AssetQuery(), label, definite=definite)

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
        text = "that number" if text.isdigit() else text  # a bare number in an answer would be a count
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


def _joined(first: Things, second: Things) -> Things:
    ids = tuple(dict.fromkeys((*first.ids, *second.ids)))
    class_ = first.class_ if first.class_ == second.class_ else None
    return replace(
        first, query=AssetQuery(ids=list(ids)), ids=ids, label=f"{first.label}, {second.label}", class_=class_, plural=True,
        choices=first.choices or second.choices,
    )  # fmt: skip


def _one_inside(query: AssetQuery) -> list[str]:
    """The thing that a query is restricted by ("what does AHU-4 feed"), if it is one."""
    inner = [one for one in (query.fed_by, query.feeds, query.part_of, query.has_part, query.within) if one is not None]
    ids = [id for one in inner for id in one.ids or _one_inside(one)]
    return ids if len(ids) == 1 else []
