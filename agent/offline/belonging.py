"""What a relation between two noun phrases means for the query: supply, parts, places, points."""

from dataclasses import replace
from typing import Any

from agent.offline.conditions import Conditions
from agent.offline.intents import Problem, RelatedThings
from agent.offline.words import Relation
from agent.planning.assets import Assets as Things
from agent.planning.assets import of_class
from agent.vocabulary.lexicon import quantity_token
from agent.vocabulary.quantities import Quantity
from agent.vocabulary.tokens import key
from graph_schema.question import AssetQuery

_PARTS = frozenset({"damper", "valve"})


class Belonging(Conditions):
    """Turns relations between noun phrases into restrictions of queries."""

    def _is_part(self, index: int) -> bool:
        """“an outside damper”, where the words also name what is measured on one."""
        quantity, word = (self.chunks[index].get(tag) for tag in ("qty", "class"))
        if quantity is None or word is None or quantity.sensor or key(quantity.text)[-1] in quantity.tokens - _PARTS:
            return False
        return any(self.lexicon.kind_of(class_) == "equipment" for class_ in word.classes)

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
            return self.relations.narrow(things, **{field: [*getattr(things.query, field), quantity]})
        if (bearing := self._part_or_point(other)) is not None:
            return self.relations.narrow(things, **({"excluding": bearing} if lacking else {"any_of": bearing.any_of}))
        inner = (
            AssetQuery(any_of=[AssetQuery(has_part=other.query), AssetQuery(feeds=other.query)])
            if self.is_fed(other)
            else AssetQuery(has_part=other.query)
        )
        served = things.class_ is not None and self.place_class(things.class_)
        if served and not (other.class_ and self.place_class(other.class_)):  # "rooms with a VAV"
            inner = AssetQuery(any_of=[AssetQuery(fed_by=other.query), AssetQuery(has_part=other.query)])
        if lacking:
            return self.relations.narrow(
                things,
                excluding=AssetQuery(any_of=[AssetQuery(has_part=other.query), AssetQuery(fed_by=other.query)])
                if not self.is_fed(other)
                else inner,
            )
        return self.relations.narrow(
            things, **({"any_of": inner.any_of} if inner.any_of else {"has_part": other.query})
        )

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
        query = self.relations.serving(other) if relation.kind == "feed" else other.query
        self._note_choices(other)
        fields: dict[str, Any]
        if relation.kind == "feed":
            fields = {"feeds" if relation.active else "fed_by": query}
            ends = (things.class_, other.class_)
            near = relation.active and all(self.relations.is_component(one) for one in ends)
            if relation.direct or "direct" in self.flags or near:
                fields["direct"] = True  # the valve of a coil, not every valve of the loop that it is in
            if not relation.active and things.class_ is not None and self.relations.serving(things) is not things.query:
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
        elif relation.kind == "part" and self.is_fed(things) and not negative:  # "VAVs that belong to AHU-4"
            return self.owned(things, other)
        elif relation.kind == "part":
            fields = {"part_of": query}
        elif things.ids and self.is_place(things):  # "does floor 4 contain ..."
            return self.relations.narrow(replace(other, restricted=True), within=things.query)
        elif things.ids:
            return self.relations.narrow(replace(other, restricted=True), part_of=things.query)
        else:
            fields = {"has_part": query}
        return self.relations.narrow(
            things, **({"excluding": AssetQuery.model_validate(fields)} if negative else fields)
        )

    def owned(self, things: Things, owner: Things) -> Things:
        self._note_choices(owner)
        if self.is_whole(owner):
            return replace(things, restricted=True)
        if self.is_place(owner) or (owner.class_ is not None and self.place_class(owner.class_)):
            return self.relations.narrow(replace(things, text=owner.label), within=owner.query)
        if things.point:
            self.flags.add("points_of")
            return self.relations.narrow(replace(things, text=owner.label), part_of=owner.query)
        if self.is_fed(things):
            return self.relations.narrow(things, fed_by=owner.query)
        if things.class_ is None:
            return self.relations.narrow(things, part_of=owner.query)
        near = self.relations.is_component(things.class_)  # air may come round to other coils
        fed = AssetQuery(fed_by=owner.query, direct=True) if near else AssetQuery(fed_by=owner.query)
        return self.relations.narrow(things, any_of=[AssetQuery(part_of=owner.query), fed])
