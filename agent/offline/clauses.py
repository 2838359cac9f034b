"""A sentence's clauses: what restricts a noun phrase, by relation, place, owner, condition, status or exception."""

from dataclasses import replace
from typing import Any, cast

from agent.offline.chunks import Number
from agent.offline.nouns import Nouns
from agent.offline.words import Compare, Extreme, Relation
from agent.planning.assets import Assets as Things
from agent.planning.assets import Test, of_class
from agent.vocabulary.quantities import Quantity
from graph_schema.model import Status
from graph_schema.question import AssetQuery

_MEASURING = frozenset({"measure", "measures", "measured"})


class Sentence(Nouns):
    """One sentence while it is read."""

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
            return self.relations.narrow(things, **({"excluding": near} if lacking else {"any_of": near.any_of})), index
        field = "lacks_point" if lacking else "has_point"
        return self.relations.narrow(things, **{field: [*getattr(things.query, field), *names]}), index

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
        return self.relations.narrow(
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
                return self.relations.narrow(things, status=worse), index
            return self.relations.narrow(things, excluding=AssetQuery(status=statuses)), index
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
            return self.relations.narrow(things, excluding=outside), inner[1]
        other = self.things(index, nested=True)
        if other is None:
            return None
        self._note_choices(other[0])
        return self.relations.narrow(things, excluding=other[0].query), other[1]

    def _by_way(self, things: Things, index: int, nested: bool) -> tuple[Things, int] | None:
        """“fed by the generator through the transfer switch”."""
        if not self.has(index, "via") or things.query.fed_by is None:
            return None
        other = self.things(self.take(index), nested=True)
        if other is None:
            return None
        self._note_choices(other[0])
        return self.relations.narrow(things, fed_by=other[0].query), other[1]

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
                return self.relations.narrow(things, has_part=subject.query), index
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
