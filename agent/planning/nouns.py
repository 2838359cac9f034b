"""From the tree of a noun phrase to the assets that it means."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

from agent.language.lattice import ClassWord
from agent.language.phrase import Phrase
from agent.planning.assets import Assets, Test, of_class
from agent.planning.families.media import ends_there, source_of
from agent.planning.points import class_beside, point_class
from agent.planning.problems import Problem, Unanswerable
from agent.planning.relations import Relations
from agent.planning.resolver import Resolver
from agent.vocabulary.lexicon import Lexicon
from agent.vocabulary.linking import Link, Linker
from agent.vocabulary.quantities import Quantity
from agent.vocabulary.tokens import key, pieces
from graph_schema.model import Status
from graph_schema.question import AssetQuery, Comparison, Condition

_STATUS: Mapping[str, list[Status]] = {
    "alarm": ["alarm"], "warning": ["warning"], "bad": ["alarm", "warning"], "normal": ["normal"], "stale": ["stale"], "unknown": ["unknown"],
}  # fmt: skip
_NAMED = 6
_BOTH = 2
_PLACING = ("within", "of")
_OF_PLACES = (*_PLACING, "except", "named")
_SAID = ("state", "not_state", "where", "through")
_OPEN: Mapping[str, tuple[Comparison, float]] = {"open": (">", 0.0), "fully_open": (">=", 95.0), "closed": ("<=", 0.0)}
"""How far something is open, in percent; what is open by 95 is as good as open all the way."""
_DENIED: Mapping[Comparison, Comparison] = {">": "<=", ">=": "<", "<=": ">"}
_WHOLES = ("Site", "Building")
"""“the site” of a plant that has no place of this class is the plant."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """What the conversation is about: ``ids`` that the last answer was about, in the order they mattered, and the assets last asked for."""

    ids: Sequence[str] = ()
    before: Assets | None = None


class Nouns:
    """Reads noun phrases. What stands in the way of an answer is noted in ``problems``."""

    def __init__(self, lexicon: Lexicon, linker: Linker, spoken: Spoken) -> None:
        self.lexicon = lexicon
        self.problems: list[Problem] = []
        self.relations = Relations(lexicon)
        self.resolver = Resolver(lexicon)
        self._linker = linker
        self._spoken = spoken
        self._text: Callable[[Phrase], str] = lambda phrase: ""
        self._said: Assets | None = None
        """The one asset that this sentence named last."""

    def read(self, phrases: Sequence[Phrase], text: Callable[[Phrase], str]) -> list[Assets]:
        """The assets of each phrase; ``text`` gives what was written."""
        self._text = text
        return [self._noted(self._assets(phrase.part("assets") or phrase)) for phrase in phrases]

    def _noted(self, found: Assets) -> Assets:
        if len(found.ids) == 1 and not found.restricted and not found.choices:
            self._said = found
        return found

    def _assets(self, phrase: Phrase) -> Assets:
        """A phrase of the kind ``assets``: one noun, or several that are joined."""
        ones = [*phrase.all("one"), *(one for more in phrase.all("more") for one in more.all("one"))]
        found = [self._noun(ones[0])]
        for one in ones[1:]:
            found.append(self._next_number(one, found[-1]) if one.get("pronoun") == "numbered" else self._noun(one))
        return joined(self._alike(ones, found)) if len(found) > 1 else found[0]

    def _alike(self, ones: Sequence[Phrase], found: Sequence[Assets]) -> list[Assets]:
        """What restricts the last of several kinds restricts all of them: “the pumps and fans in the library”. The setpoints of “zone temperature
        sensors and setpoints” are those of zone temperatures."""
        settled, last = self._of_one_place(ones, found), ones[-1]
        for at, (noun, one) in enumerate(zip(ones[1:], found[1:], strict=True), 1):
            first, head, beside = ones[at - 1].part("head"), noun.part("head"), None  # “all”, “it” have none
            sensor = None if first is None else first.part("sensor")
            if sensor is not None and head is not None and head.get("beside") is not None:
                beside = class_beside(self.lexicon, cast(Quantity, sensor.value), one.class_)
            if beside is not None:
                settled[at] = replace(one, query=one.query.model_copy(update={"class_": beside}), class_=beside)
        others = zip(ones[:-1], found, strict=False)
        if last.part("after") is None or any(one.ids or noun.part("after") is not None for noun, one in others):
            return settled
        for at, one in enumerate(settled[:-1]):
            for more in last.all("after"):
                one = self._restricted(one, more.part("after") or more)
            settled[at] = one
        return settled

    def _of_one_place(self, ones: Sequence[Phrase], found: Sequence[Assets]) -> list[Assets]:
        """“The first and the third floor” are two floors, and where the third is that of the main building, the first is its as well."""
        clear = next((one for one in found if len(one.ids) == 1 and one.class_ == "Floor" and not one.choices), None)
        if clear is None:
            return list(found)
        return [self._beside_floor(noun, one, clear) for noun, one in zip(ones, found, strict=True)]

    def _beside_floor(self, noun: Phrase, one: Assets, clear: Assets) -> Assets:
        if noun.get("pronoun") == "nth":
            level = int(cast(Phrase, noun.part("nth")).value)
            ids = [id_ for id_ in self.lexicon.levels.get(level, ()) if self.lexicon.things[id_].class_ == "Floor"]
            if not ids:
                return one
            self.problems[:] = [problem for problem in self.problems if problem.text != self._text(noun)]
            one = replace(self.of_ids(ids), choices=self._linker.candidates(ids) if len(ids) > 1 else ())
        floors = all(self.lexicon.things[id_].class_ == "Floor" for id_ in one.ids)
        narrowed = self._narrowed(one, clear) if one.choices and floors else one
        return one if narrowed.restricted else narrowed

    # -- nouns -------------------------------------------------------------------------------------------------------

    def _noun(self, noun: Phrase) -> Assets:
        """As it was written; so are the problems with it."""
        before, text = len(self.problems), self._text(_without_article(noun))
        found = replace(self._read(noun), text=text)
        self.problems[before:] = [replace(one, text=one.text or text) for one in self.problems[before:]]
        return found

    def _read(self, noun: Phrase) -> Assets:
        if noun.get("whole"):
            return Assets(AssetQuery(), "", whole_plant=True)
        if noun.get("pronoun") in ("one", "many", "both", "other", "others", "nth", "last", "numbered"):
            return self._pointed(noun)
        found = self._head(noun)
        owner = noun.part("owner")
        if owner is not None:
            found = self._of(found, self._named(cast(Link, cast(Phrase, owner.part("name")).value)))
        if str(
            noun.get(
                "pronoun",
            )
        ).startswith("owner"):
            which = str(noun.get("pronoun")).removeprefix("owner_")
            mine = self._said if which == "one" else None  # “does the flow of AHU-2 fall as its filter loads”
            found = self._of(found, mine or self._pronoun(which))
        if noun.get("nth_of"):
            found = self._nth_of(found, noun)
        if noun.get("both") and len(self.lexicon.of_class(found.class_ or "")) != _BOTH:
            self.problems.append(Problem("left_out", self._text(noun)))
        for more in noun.all("before"):
            if more.get("rel"):
                found = self._of_a_kind(found, more)
            elif (state := more.part("state")) is not None:
                found = self._in_state(found, str(state.get("is")))
            elif not self._are_so_many(found, cast(Phrase, more.part("count"))):
                self.problems.append(Problem("left_out", self._text(more)))
        for more in self._restrictions(noun):
            found = self._restricted(found, more)
        return self._settled(found)

    def _nth_of(self, found: Assets, noun: Phrase) -> Assets:
        """“The second gas boiler” is the one with that number in its name."""
        number = str(int(cast(Phrase, noun.part("nth")).value))
        ids = found.ids or self.lexicon.of_class(found.class_ or "")
        chosen = [id_ for id_ in ids if any(number in name for name in self.lexicon.keys_of(id_))]
        if len(chosen) == 1:
            return self.of_ids(chosen)
        self.problems.append(Problem("left_out", self._text(noun)))
        return found

    def _of_a_kind(self, found: Assets, more: Phrase) -> Assets:
        """“VAV dampers”; but what measures owns no equipment, and “chlorine” of the “chlorine dosing station” is a part of its name."""
        kind = self._noun(cast(Phrase, more.part("noun")))
        if not kind.point or found.point:
            return self._restricted(found, more)
        said = set(key(self._text(more)))
        if not any(said <= self._words_of(id_) for id_ in found.ids or self.lexicon.of_class(found.class_ or "")):
            self.problems.append(Problem("left_out", self._text(more)))
        return found

    def _pointed(self, noun: Phrase) -> Assets:
        """“it”, “which of them are off”, “the second”."""
        which = str(noun.get("pronoun"))
        if which == "numbered":
            return self._numbered(int(cast(Phrase, noun.part("nth")).value), self._spoken.before)
        if which in ("nth", "last"):
            return self._nth(int(cast(Phrase, noun.part("nth")).value) if which == "nth" else -1)
        found = self._pronoun(which)
        for more in self._restrictions(noun):
            found = self._restricted(found, more)
        return found

    def _nth(self, number: int) -> Assets:
        """Of what was listed, or offered, in that order; “and the third?” after what is on a floor is the floor of that number."""
        if (floors := self._floors_beside(number)) is not None:
            return floors
        known = [id_ for id_ in self._spoken.ids if id_ in self.lexicon.things]
        at = number - 1 if number > 0 else number
        if number == 0 or not known or at >= len(known):
            self.problems.append(Problem("no_referent"))
            return Assets(AssetQuery(ids=[]), "")
        return self.of_ids([known[at]])

    def _next_number(self, noun: Phrase, first: Assets) -> Assets:
        """“Pump 1 and 2”: the second is called as the first is but for its number."""
        found = self._numbered(int(cast(Phrase, noun.part("nth")).value), first)
        text = self._text(noun)
        self.problems[:] = [one if one.text else Problem("left_out", text) for one in self.problems]
        return replace(found, text=text)

    def _numbered(self, number: int, before: Assets | None) -> Assets:
        """“And number 1?” after Chilled Water Pump 2: what is called so but for its number."""
        known = [id_ for id_ in (before.ids if before is not None else ()) if id_ in self.lexicon.things]
        old = next(iter(known), None)
        others = self.lexicon.of_class(self.lexicon.things[old].class_ or "") if old else ()
        found = [id_ for id_ in others if old and self._are_called_alike(id_, old, str(number))]
        if len(found) != 1:
            self.problems.append(Problem("no_referent"))
            return Assets(AssetQuery(ids=[]), "")
        return self.of_ids(found)

    def _are_called_alike(self, one: str, other: str, number: str) -> bool:
        names = {_without_numbers(name) for name in self.lexicon.keys_of(other)}
        return any(number in name and _without_numbers(name) in names for name in self.lexicon.keys_of(one))

    def _floors_beside(self, number: int) -> Assets | None:
        """The floor of a number, in the building of the one that was spoken of; none where none was."""
        before = self._spoken.before
        named = self.relations.named_in(before) if before is not None else ()
        old = next((id_ for id_ in named if self.lexicon.things[id_].kind == "Floor"), None)
        levels = [id_ for id_ in self.lexicon.levels.get(number, ()) if not self._is_called_roof(id_)]
        if old is None or not levels:
            return None
        shared = {id_: len(self._words_of(id_) & self._words_of(old)) for id_ in levels}
        best = [id_ for id_ in levels if shared[id_] == max(shared.values())]
        found = self.of_ids(best)
        return found if len(best) == 1 else replace(found, choices=self._linker.candidates(best), plural=False)

    def _words_of(self, id_: str) -> set[str]:
        return {word for name in self.lexicon.keys_of(id_) for word in name}

    def _is_called_roof(self, id_: str) -> bool:
        return self.lexicon.is_a(self.lexicon.things[id_].class_, "Rooftop")

    def _restrictions(self, noun: Phrase) -> Sequence[Phrase]:
        """What stands after a noun. What comes after a place is said of the noun: “VAVs on floor 2 fed by AHU-3” are fed by it; and so is a
        state or a value after a name: “VAVs fed by AHU-1 above 26 °C” are."""
        found: list[Phrase] = []
        for after in noun.all("after"):
            one = after
            while (closer := one.part("after")) is not None:
                one = closer
            inner = one.part("noun")
            at_place = inner is not None and one.get("rel") in _PLACING and self._is_place(inner)
            if inner is None or not (at_place or _is_named(inner)):
                found.append(one)
                continue
            mine = self._restrictions(inner)
            own = [
                more for more in mine if (more.get("rel") in _OF_PLACES if at_place else more.get("rel") not in _SAID)
            ]
            apart = tuple(part for part in inner.parts if part[0] != "after")
            placed = replace(inner, parts=(*apart, *(("after", more) for more in own)))
            parts = tuple((slot, placed if phrase is inner else phrase) for slot, phrase in one.parts)
            found += [replace(one, parts=parts), *(more for more in mine if more not in own)]
        return found

    def _is_place(self, noun: Phrase) -> bool:
        """A name, or “the lab”."""
        head = noun.part("head")
        if head is None or head.part("name") is not None:
            return head is not None
        word = head.part("class")
        definite = any(one.get("definite") for one in noun.all("det"))
        classes = cast(ClassWord, word.value).classes if word is not None and definite else ()
        return any(self.lexicon.kind_of(one) == "place" for one in classes)

    def _are_so_many(self, found: Assets, count: Phrase) -> bool:
        """“the three pumps” are all of them."""
        if found.ids:
            return len(found.ids) == count.value and not found.choices
        return len(self.lexicon.of_class(found.class_ or "")) == count.value

    def _head(self, noun: Phrase) -> Assets:
        head = cast(Phrase, noun.part("head"))
        definite = any(one.get("definite") for one in noun.all("det"))
        if (name := head.part("name")) is not None:
            return self._named(cast(Link, name.value))
        if (word := head.part("class")) is not None:
            said = cast(ClassWord, word.value)
            many = said.either and any(one.get("many") for one in noun.all("det"))
            plural = said.plural or many or bool(noun.get("all"))
            each = bool(noun.get("each"))
            every = bool(noun.get("all")) or each
            found = replace(self._class(said), definite=definite and not every, plural=plural or each)
            return replace(found, every=every, each=each)
        if (beside := head.get("beside")) is not None:
            return Assets(of_class(str(beside)), "", (), str(beside), True, point=True)
        if (sensor := head.part("sensor")) is not None:
            return self._points(cast(Quantity, sensor.value))
        return Assets(AssetQuery(), "")

    def _named(self, link: Link) -> Assets:
        if link.reading == "plural":
            return self._all_named(link)
        if not link.ids:
            text = self._text(Phrase("name", link.first, link.last))
            self.problems.append(Problem("unknown_name", text, tuple(self._linker.nearest(link.classes)), link))
            return Assets(AssetQuery(ids=[]), "")
        if len(link.candidates) > 1 and link.reading != "family":
            if pieces(self._text(Phrase("name", link.first, link.last)))[-1].is_plural:
                return self.of_ids(link.ids)  # “the feeders” are all that are called so
            return Assets(AssetQuery(ids=link.ids), "", tuple(link.ids), choices=link.candidates, plural=False)
        return self.of_ids(link.ids)

    def _all_named(self, link: Link) -> Assets:
        """“the feed pumps”: all whose names hold these words."""
        said = " ".join(key(self._text(Phrase("name", link.first, link.last))))
        class_ = link.candidates[0].class_
        if 1 < len(link.ids) <= _BOTH:
            return self.of_ids(link.ids)
        return self.relations.narrow(Assets(of_class(class_), said, (), class_, text=said), name=said)

    def of_ids(self, ids: Sequence[str]) -> Assets:
        """Assets that are known by their ids."""
        names = ", ".join(self.lexicon.things[id_].name for id_ in ids[:_NAMED])
        class_ = self.lexicon.things[ids[0]].class_ if ids else None
        return Assets(AssetQuery(ids=list(ids)), names, tuple(ids), class_, plural=len(ids) > 1)

    def _class(self, word: ClassWord) -> Assets:
        class_ = self.lexicon.best_class(word.classes)
        point = self.lexicon.kind_of(class_) == "point"
        return Assets(of_class(class_), word.text, (), class_, word.plural, point=point, text=word.text)

    def _points(self, quantity: Quantity) -> Assets:
        """“zone temperature sensors” as assets: the class of points."""
        class_ = point_class(self.lexicon, quantity)
        label = quantity.text
        if class_ is None:
            return Assets(AssetQuery(ids=[]), label, point=True)
        return Assets(of_class(class_), label, (), class_, quantity.plural, point=True, text=label)

    def _pronoun(self, which: str) -> Assets:
        before, known = self._spoken.before, [id_ for id_ in self._spoken.ids if id_ in self.lexicon.things]
        if which == "many" and before is not None and not before.ids:
            return before
        if which == "one" and before is not None and len(before.ids) == 1 and not before.restricted:
            return before
        if which == "one" and before is not None and not before.ids and self.relations.is_component(before.class_):
            owners = dict.fromkeys(self.relations.named_in(before))
            if len(owners) == 1:  # “does it have a humidifier?” after “does AHU-1 have a filter” is about AHU-1
                return self.of_ids(list(owners))
        if which == "one" and before is not None and len(before.ids) > 1 and not before.restricted:
            return replace(before, choices=self._linker.candidates(before.ids), plural=False)
        if which == "both":
            return self._both(known or (before.ids if before is not None else ()), before)
        if which in ("other", "others"):
            return self._other(known or (before.ids if before is not None else ()), every=which == "others")
        chosen = known if which == "many" else known[:1]
        if not chosen and before is not None:
            return before
        if not chosen:
            self.problems.append(Problem("no_referent"))
            return Assets(AssetQuery(ids=[]), "")
        return self.of_ids(chosen)

    def _both(self, known: Sequence[str], before: Assets | None) -> Assets:
        """The two that were spoken of; after one the two of its class, or that are called as it is but for their number."""
        if before is not None and len(before.ids) == _BOTH:
            return before
        pairs = [known]
        if len(known) == 1:
            families = (ids for ids in self.lexicon.families.values() if known[0] in ids)
            pairs = [self.lexicon.of_class(self.lexicon.things[known[0]].class_ or ""), *families]
        elif before is not None and not before.ids and not before.restricted:
            pairs = [self.lexicon.of_class(before.class_ or "")]
        two = next((ids for ids in pairs if len(ids) == _BOTH), None)
        if two is not None:
            return replace(self.of_ids(two), joined=True)
        self.problems.append(Problem("no_referent"))
        return Assets(AssetQuery(ids=[]), "")

    def _other(self, known: Sequence[str], every: bool) -> Assets:
        """“the other one”: of two of a class the one that was not spoken of; of more it is asked which. “The others” are all of them."""
        first = next(iter(known), None)
        class_ = self.lexicon.things[first].class_ if first else None
        others = [id_ for id_ in self.lexicon.of_class(class_ or "") if id_ != first]
        if not others:
            self.problems.append(Problem("no_referent"))
            return Assets(AssetQuery(ids=[]), "")
        if every or len(others) == 1:
            return self.of_ids(others)
        return replace(self.of_ids(others), choices=self._linker.candidates(others), plural=False)

    def _settled(self, found: Assets) -> Assets:
        """“the chiller”: the only one there is, or one of several that have to be chosen from."""
        if found.ids or found.plural or found.point or found.class_ in (None, "Equipment"):
            return found
        ids = self._called(found)
        if found.restricted:
            its = replace(
                found, ids=tuple(ids), query=found.query.model_copy(update={"ids": list(ids), "class_": None})
            )
            return its if found.definite and len(ids) == 1 else found
        if not found.definite and len(ids) != 1:
            return found
        if not ids and found.definite and found.class_ in _WHOLES:
            return Assets(AssetQuery(), "", whole_plant=True)
        if not ids or self.lexicon.kind_of(found.class_ or "") not in ("equipment", "place"):
            return found
        if len(ids) == 1:
            return replace(self.of_ids(ids), per=found.per)
        return replace(found, ids=tuple(ids), choices=self._linker.candidates(ids))

    def _called(self, found: Assets) -> Sequence[str]:
        """Of a class; where one of them is called just so, that one ("the tank", where a wet well is a tank as well)."""
        said = key(found.text)
        called = self.lexicon.class_names.get(said, ())
        ids = called if len(called) == 1 else self.lexicon.of_class(found.class_ or "")
        own = [id_ for id_ in ids if any(_holds(one, said) for one in self.lexicon.keys_of(id_))]
        return own if len(own) == 1 else ids

    # -- what restricts them -----------------------------------------------------------------------------------------

    def _restricted(self, found: Assets, more: Phrase) -> Assets:
        if more.get("negated"):
            every = Assets(AssetQuery(), "", (), found.class_, point=found.point)
            those = self._restricted(every, replace(more, says={**more.says, "negated": None}))
            return self.relations.narrow(found, excluding=those.query)
        if (second := more.part("second")) is not None:  # “fed by both AHU-1 and AHU-2”
            first = tuple(part for part in more.parts if part[0] != "second")
            found = self._restricted(found, replace(more, parts=first))
            return self._restricted(found, replace(more, parts=(("noun", second),)))
        rel, direct = str(more.get("rel")), bool(more.get("direct"))
        noun = more.part("noun")
        if rel == "gets":
            return self._supplied(found, str(cast(Phrase, more.part("medium")).get("medium")))
        if rel in ("state", "not_state"):
            return self._in_state(found, str(cast(Phrase, more.part("state")).get("is")), rel == "not_state")
        if rel == "named":
            word = more.part("quoted") or more.part("word")
            return self.relations.narrow(found, name=str(cast(Phrase, word).value))
        if rel == "where":
            return replace(found, tests=(*found.tests, *self.tests(more)), restricted=True)
        if rel in ("has_fact", "lacks_fact"):
            return self._stated(found, more, "has" if rel == "has_fact" else "lacks")
        if rel in ("has", "lacks"):
            return self._having(found, more, rel == "lacks")
        both = more.part("both")
        other = self._noun(cast(Phrase, noun)) if both is None else joined([self._noun(one) for one in both.all("one")])
        self.note_choices(other)
        if (other.each or rel == "per") and not other.ids:
            return replace(found, per=(rel, other))
        self._note_absence(other)
        other = self._tested(other)
        match rel:
            case "within":
                return self._in(found, other)
            case "of" | "belongs":
                return self._of(found, other)
            case "linked":
                return self.relations.linked(found, other)
            case "contains":
                return self.relations.containing(found, other)
            case "fed_by":
                return self.relations.fed_by(found, other, direct)
            case "supply":  # “welche VAVs versorgt AHU-1”: one verb for one asset that supplies several, or is supplied
                supplied = found.plural or self.lexicon.is_a(found.class_, "Terminal_Unit")
                return (
                    self.relations.fed_by(found, other, direct)
                    if supplied
                    else self.relations.feeds(found, other, direct)
                )
            case "feeds":
                return self.relations.feeds(found, other, direct)
            case "on":
                return self.relations.bearing(found, other)
            case "through":
                return self.relations.through(self._settled(found), other)
            case "except":
                return self.relations.narrow(found, excluding=other.query)
            case _:  # “by AHU-1” of nothing that is counted
                self.problems.append(Problem("left_out", self._text(more)))
                return found

    def _supplied(self, found: Assets, medium: str) -> Assets:
        """“VAVs that get hot water” are fed by a boiler."""
        try:
            source = source_of(medium, self.lexicon)
        except Unanswerable as error:
            self.problems.append(error.problem)
            return found
        near = {"direct": True} if ends_there(medium) else {}
        return self.relations.narrow(found, fed_by=of_class(source), **near)

    def _tested(self, other: Assets) -> Assets:
        """“VAVs in rooms above 26 °C”: what another noun is tested for narrows it before it narrows."""
        try:
            found = [self.resolver.condition(test, other, None, False) for test in other.tests]
        except Unanswerable as error:
            self.problems.append(error.problem)
            return other
        conditions = [one for one in found if one is not None]
        if len(conditions) < len(found) or any(test.either for test in other.tests):
            self.problems.append(Problem("left_out", other.text))
        if not conditions:
            return other
        return replace(other, query=self.resolver.narrowed(other, conditions), tests=(), restricted=True)

    def _in(self, found: Assets, place: Assets) -> Assets:
        """A place narrows an ambiguous name: “the second floor of the main building”."""
        return (
            self._narrowed(found, place)
            if found.choices and not place.restricted
            else self._called_after(found, place) or self.relations.within(found, place)
        )

    def _called_after(self, found: Assets, owner: Assets) -> Assets | None:
        """“the filter of AHU-2”, where one filter alone has the name of its owner in its own."""
        if not found.definite or found.plural or found.ids or found.point or found.restricted:
            return None
        if len(owner.ids) != 1 or owner.restricted:
            return None
        if owner.choices or self.relations.is_place(owner) or self.lexicon.kind_of(found.class_ or "") != "equipment":
            return None
        own = [
            id_
            for id_ in self.lexicon.of_class(found.class_ or "")
            if any(
                _holds(name, said) for name in self.lexicon.keys_of(id_) for said in self.lexicon.keys_of(owner.ids[0])
            )
        ]
        return replace(self.of_ids(own), per=found.per) if len(own) == 1 else None

    def _of(self, found: Assets, owner: Assets) -> Assets:
        return (
            self._narrowed(found, owner)
            if found.choices and not owner.restricted
            else self._called_after(found, owner) or self.relations.owned(found, owner)
        )

    def _narrowed(self, found: Assets, place: Assets) -> Assets:
        words = {word for id_ in place.ids for one in self.lexicon.keys_of(id_) for word in one}
        kinds = set(key(" ".join(self.lexicon.label(c.class_) for c in found.choices if c.class_)))
        own = [
            one
            for one in found.choices
            if words & {word for name in self.lexicon.keys_of(one.id) for word in name} - kinds
        ]
        if len(own) == 1:
            return replace(self.of_ids([own[0].id]), tests=found.tests)
        return replace(
            found, query=AssetQuery(ids=list(found.ids), within=place.query), choices=(), ids=(), restricted=True
        )

    def _stated(self, found: Assets, more: Phrase, field: str) -> Assets:
        """“points without a unit”, “pumps with a manufacturer”."""
        said = more.part("fact")
        fact = more.get("fact") or (said.get("fact") if said is not None else None)
        if fact is None:
            self.problems.append(Problem("left_out", self._text(more)))
            return found
        return self.relations.narrow(found, **{field: [*getattr(found.query, field), str(fact)]})

    def _having(self, found: Assets, more: Phrase, lacking: bool) -> Assets:
        said = more.part("sensor") or more.part("quantity")
        if said is not None:
            return self.relations.measuring(found, [self._quantity_id(cast(Quantity, said.value), found)], lacking)
        other = self._noun(cast(Phrase, more.part("noun")))
        self.note_choices(other)
        if not lacking and self.relations.part_or_point(other) is None:
            self._note_absence(other)
        one = self._settled(found) if found.definite and not found.restricted else found
        return self.relations.having(one if len(one.ids) == 1 else found, other, lacking)

    def _quantity_id(self, quantity: Quantity, assets: Assets) -> str:
        """The quantity for has and lacks: as wide as the words say."""
        lexicon = self.lexicon
        present = lexicon.quantities_of([assets.class_]) or lexicon.present_quantities
        if quantity.exact:
            return next((one for one in quantity.exact if one in present), quantity.exact[0])
        named = lexicon.quantities_named(quantity.tokens, present)
        same = [
            one for one in lexicon.quantities_named(quantity.tokens) if lexicon.quantity_tokens[one] == quantity.tokens
        ]
        if same and (not named or len(quantity.tokens) == 1 or any(lexicon.includes(same[0], one) for one in named)):
            return same[0]
        anywhere = [*named, *lexicon.quantities_named(quantity.tokens, lexicon.present_quantities)]
        return next(iter((*anywhere, *lexicon.quantities_named(quantity.tokens))), "_".join(sorted(quantity.tokens)))

    def _in_state(self, found: Assets, state: str, negated: bool = False) -> Assets:
        if state in _STATUS:
            query = AssetQuery(status=_STATUS[state])
            fields: dict[str, Any] = {"excluding": query} if negated else {"status": _STATUS[state]}
            return self.relations.narrow(found, **fields)
        if state in _OPEN and not self._has_position(found) and self.relations.position_elsewhere(found) is None:
            self.problems.append(Problem("no_position", found.label))
            return found
        if state in _OPEN:
            op, value = _OPEN[state]
            test = Test(_DENIED[op] if negated else op, value, None, Quantity(frozenset({"position"}), "position"))
            return replace(found, tests=(*found.tests, test), restricted=True)
        on = (state == "on") != negated
        condition = self.run_condition(found, on)
        if condition is not None:
            return self.relations.narrow(found, where=[condition])
        if (running := self._running_part(found)) is not None:
            return self.relations.narrow(
                found, **({"has_part": running} if on else {"excluding": AssetQuery(has_part=running)})
            )
        self.problems.append(Problem("no_run_status", found.label))
        return found

    def _has_position(self, assets: Assets) -> bool:
        """Whether something says how far they are open."""
        classes = self.resolver.classes(assets)
        own = {(assets.class_ or "").lower().removesuffix("_sensor")}
        owned = own if assets.point else self.lexicon.quantities_of(classes)
        return any(self.lexicon.includes("position", one) for one in owned)

    def _running_part(self, assets: Assets) -> AssetQuery | None:
        """The fan that runs while its air handler does."""
        quantity = next((one for one in sorted(self.lexicon.quantities_of(["Fan"])) if is_run_status(one)), None)
        if quantity is None or not self.lexicon.is_a(assets.class_, "AHU"):
            return None
        return AssetQuery.model_validate(
            {"class": "Fan", "where": [{"quantity": quantity, "comparison": "=", "value": "on"}]}
        )

    def run_condition(self, assets: Assets, on: bool) -> Condition | None:
        """That assets run or stand still, by the point that says so."""
        quantity = self.run_status(assets)
        return None if quantity is None else Condition(quantity=quantity, comparison="=", value="on" if on else "off")

    def run_status(self, assets: Assets) -> str | None:
        """The quantity that says whether they run."""
        owned = self.lexicon.quantities_of(self.resolver.classes(assets)) or self.lexicon.present_quantities
        return next((one for one in sorted(owned) if is_run_status(one)), None)

    def tests(self, said: Phrase) -> list[Test]:
        """“[a zone temperature] above 26 °C”, “between 20 and 22”, “2 degrees above its setpoint”."""
        comparison = cast(Phrase, said.part("comparison"))
        quantity = said.part("quantity")
        implied = comparison.get("of")  # “more than 90 % open” is a position
        alone = Quantity(frozenset({str(implied)}), str(implied)) if implied is not None else None
        of = cast(Quantity, quantity.value) if quantity is not None else alone
        if comparison.get("op") == "between":
            low, high = (_amount(cast(Phrase, comparison.part(one))) for one in ("low", "high"))
            unit = high[1] or low[1]
            return [Test(">=", low[0], unit, of), Test("<=", high[0], unit, of)]
        op = cast(Comparison, comparison.get("op"))
        amount = comparison.part("amount")
        value, unit = _amount(amount) if amount is not None else (None, None)
        if comparison.get("than") == "setpoint":
            offset = (value or 0.0) * (1 if op.startswith(">") else -1)
            if comparison.get("either"):
                return [Test(op, None, unit, of, True, None, offset, either=True)]
            return [Test(op, None, unit, of, True, None, offset)]
        return [Test(op, value, unit, of)]

    def _note_absence(self, found: Assets) -> None:
        """“the fans of the cooling towers” are not none where there is no cooling tower: that is what is said."""
        class_ = found.class_
        if class_ is None or found.ids or found.query.ids or found.choices or self.lexicon.of_class(class_):
            return
        if class_ not in ("Equipment", "Location", "Point", "Device"):
            self.problems.append(Problem("unknown_name", found.text))

    def note_choices(self, found: Assets) -> None:
        """Of what restricts another: which one is meant, and a condition on it, which nothing looks at."""
        if found.choices:
            self.problems.append(Problem("ambiguous", text=found.text, choices=found.choices))
        if found.tests:
            self.problems.append(Problem("left_out", text=found.text))


def is_run_status(quantity: str) -> bool:
    return quantity.endswith(
        ("run_status", "on_off_status", "start_stop_status", "on_status", "fan_status", "pump_status")
    )


def _is_named(noun: Phrase) -> bool:
    """Whether it is the name of one asset."""
    head = noun.part("head")
    return head is not None and head.part("name") is not None


def _without_article(noun: Phrase) -> Phrase:
    """“im Sitzungssaal” and “del chiller” are quoted without their article, where a language says that it changes with the case, or is merged
    with a preposition."""
    article = noun.part("det")
    is_apart = article is not None and (article.get("declined") or article.get("merged"))
    return replace(noun, start=article.end) if article is not None and is_apart else noun


def _amount(amount: Phrase) -> tuple[float, str | None]:
    unit = amount.part("unit")
    return float(cast(Phrase, amount.part("number")).value), str(unit.get("unit")) if unit is not None else None


def _without_numbers(name: Sequence[str]) -> tuple[str, ...]:
    return tuple(word for word in name if not word.isdecimal())


def _holds(name: Sequence[str], said: Sequence[str]) -> bool:
    return any(tuple(name[i : i + len(said)]) == tuple(said) for i in range(len(name)))


def joined(found: Sequence[Assets]) -> Assets:
    """“AHU-1 and AHU-2”, “pumps and fans”."""
    first = found[0]
    label, text = ", ".join(one.label for one in found), ", ".join(one.text for one in found)
    per = next((one.per for one in found if one.per is not None), None)
    if all(one.ids and not one.restricted and not one.tests for one in found):
        ids = tuple(dict.fromkeys(id_ for one in found for id_ in one.ids))
        class_ = first.class_ if all(one.class_ == first.class_ for one in found) else None
        choices = next((one.choices for one in found if one.choices), ())
        return Assets(
            AssetQuery(ids=list(ids)), label, ids, class_, True, choices=choices, text=text, joined=True, per=per
        )
    every = of_class("Point" if all(one.point for one in found) else None)
    return Assets(
        every.model_copy(update={"any_of": [one.query for one in found]}),
        label,
        plural=True,
        restricted=True,
        point=all(one.point for one in found),
        tests=tuple(test for one in found for test in one.tests),
        text=text,
        joined=not any(one.restricted for one in found),
        per=per,
    )
