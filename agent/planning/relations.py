"""What a relation between two noun phrases means for the query: supply, parts, places, points."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

from agent.planning.assets import Assets, of_class
from agent.vocabulary.lexicon import Lexicon, quantity_key
from graph_schema.model import PLACE_KINDS
from graph_schema.question import AssetQuery

_COMPONENTS = (
    "Fan", "Coil", "Filter", "Damper", "Valve", "Motor", "Variable_Frequency_Drive", "Humidifier", "Compressor",
)  # fmt: skip
_MOVED = ("Damper", "Valve")
_EVERYTHING = ("Equipment", "Location", "Point", "Device")
_BY_SIZE = ("Space", "Floor", "Building", "Site")
_WIDE = ("Floor", "Building", "Site")


class Relations:
    """Turns relations into restrictions of queries, for the classes and places of one plant."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.lexicon = lexicon

    # -- what assets are ---------------------------------------------------------------------------------------------

    def is_place(self, assets: Assets) -> bool:
        if assets.ids:
            return all(self.lexicon.things[id_].kind in PLACE_KINDS for id_ in assets.ids)
        return assets.class_ is not None and self.lexicon.kind_of(assets.class_) == "place"

    def is_whole(self, assets: Assets) -> bool:
        """The whole plant, which narrows nothing."""
        root = self.lexicon.root
        return assets.whole_plant or (root is not None and assets.ids == (root,))

    def _is_served(self, assets: Assets) -> bool:
        """A place, or a unit that air handlers serve."""
        class_ = assets.class_
        return class_ is not None and (
            self.lexicon.kind_of(class_) == "place" or self.lexicon.is_a(class_, "Terminal_Unit")
        )

    def is_component(self, class_: str | None) -> bool:
        return any(self.lexicon.is_a(class_, one) for one in _COMPONENTS)

    def swapped(self, assets: Assets, named: Assets) -> Assets | None:
        """The same assets in their relation to others, where those are of the class of what they stood in relation to; else none."""
        if not assets.restricted or assets.ids or not named.ids or named.restricted:
            return None
        named = self._alike_one(assets, named)
        old = [id_ for id_ in named_ids(assets.query) if self._are_alike(id_, named.ids[0])]
        if not old or named.choices:
            return None
        query = AssetQuery.model_validate(_put(assets.query.model_dump(by_alias=True), set(old), list(named.ids)))
        return replace(assets, query=query, text=named.text)

    def _alike_one(self, assets: Assets, named: Assets) -> Assets:
        """Of several that are called so, the one that is like what it stands in place of: “the third” floor is no air handler."""
        alike = [id_ for id_ in named.ids if any(self._is_of_kind(one, id_) for one in named_ids(assets.query))]
        if not named.choices or len(alike) != 1:
            return named
        return replace(named, ids=tuple(alike), query=AssetQuery(ids=alike), choices=())

    def _is_of_kind(self, one: str, other: str) -> bool:
        first, second = (self.lexicon.things[id_] for id_ in (one, other))
        return first.kind == second.kind and (first.kind in PLACE_KINDS or first.class_ == second.class_)

    def beside(self, assets: Assets, other: Assets) -> Assets | None:
        """“And a humidifier?” after “does AHU-1 have a filter”: another class in the same relation. None where the relation may be another one."""
        one, two = assets.class_, other.class_
        within = assets.query.model_copy(update={"class_": None, "within": None}) == AssetQuery()
        both = (self.is_component, self._is_place_class, self._is_point, self._is_terminal)
        if one is None or two is None or not (within or any(is_so(one) and is_so(two) for is_so in both)):
            return None
        query = assets.query.model_copy(update={"class_": two})
        return replace(other, query=query, restricted=True)

    def _is_place_class(self, class_: str | None) -> bool:
        return class_ is not None and self.lexicon.kind_of(class_) == "place"

    def _is_point(self, class_: str | None) -> bool:
        return class_ is not None and self.lexicon.kind_of(class_) == "point"

    def _is_terminal(self, class_: str | None) -> bool:
        return self.lexicon.is_a(class_, "Terminal_Unit")

    def at(self, assets: Assets, place: Assets) -> Assets | None:
        """“And in the lab?” after rooms of no place that was named; none where it is no place, or the assets are named themselves."""
        named = bool(assets.ids) or any(self.lexicon.things[id_].kind in PLACE_KINDS for id_ in named_ids(assets.query))
        if named or assets.class_ is None or not place.ids or place.restricted or not self.is_place(place):
            return None
        return self.within(assets, place)

    def named_in(self, assets: Assets) -> list[str]:
        """The ids of what they stand in relation to, or of their own."""
        return [*named_ids(assets.query), *assets.ids]

    def chosen(self, assets: Assets, offered: set[str], chosen: str) -> Assets:
        """The same assets, where what they stand in relation to was one of several and is now known."""
        query = AssetQuery.model_validate(_put(assets.query.model_dump(by_alias=True), offered, [chosen]))
        return replace(assets, query=query, choices=())

    def _are_alike(self, one: str, other: str) -> bool:
        first, second = (self.lexicon.things[id_] for id_ in (one, other))
        return first.class_ == second.class_ or (first.kind in PLACE_KINDS and second.kind in PLACE_KINDS)

    # -- relations ---------------------------------------------------------------------------------------------------

    def owned(self, assets: Assets, owner: Assets) -> Assets:
        """“AHU-2's fans”, “the valves of the boiler”, “the zones of floor 4”."""
        if self.is_whole(owner):
            return replace(assets, restricted=True)
        if self.is_place(owner):
            return self.narrow(assets, within=owner.query)
        if assets.point:
            return self.narrow(assets, within=owner.query)
        if assets.class_ is None:
            return self.narrow(assets, part_of=owner.query)
        if self._is_served(assets):
            return self.narrow(assets, fed_by=owner.query)
        near = self.is_component(assets.class_)  # air may come round to other coils
        fed = AssetQuery(fed_by=owner.query, direct=near)
        return self.narrow(assets, any_of=[AssetQuery(part_of=owner.query), fed])

    def within(self, assets: Assets, place: Assets) -> Assets:
        if self.is_whole(place):
            return replace(assets, restricted=True)
        if self.is_place(place):
            return self.narrow(assets, within=place.query)
        ways = [AssetQuery(part_of=place.query), AssetQuery(within=place.query)]
        hangs_on = self._is_served(assets) or self.lexicon.is_a(place.class_, "Electrical_Equipment")
        served = [AssetQuery(fed_by=place.query)] if hangs_on else []  # “the VAVs on AHU-1”, “the breakers on bus B”
        return self.narrow(assets, any_of=[*ways, *served])

    def fed_by(self, assets: Assets, source: Assets, direct: bool = False) -> Assets:
        if self.is_whole(source):
            return replace(assets, restricted=True)
        fields: dict[str, Any] = {"fed_by": self.serving(source), **({"direct": True} if direct else {})}
        if assets.class_ is not None and self.is_wide(assets):  # "floors that AHU-3 serves"
            fields = {"has_part": AssetQuery.model_validate({"class": "Location", **fields})}
        return self.narrow(assets, **fields)

    def feeds(self, assets: Assets, target: Assets, direct: bool = False) -> Assets:
        if self.is_whole(target):
            return replace(assets, restricted=True)
        near = self.is_component(assets.class_) and self.is_component(target.class_)
        return self.narrow(assets, feeds=self.serving(target), **({"direct": True} if direct or near else {}))

    def bearing(self, assets: Assets, other: Assets) -> Assets:
        """“Which AHU is the zone on”, “which floor is the boardroom on”."""
        if self.is_place(assets):
            return self.narrow(assets, has_part=other.query)
        return self.having(assets, other) if other.point else self.feeds(assets, other)

    def through(self, assets: Assets, other: Assets) -> Assets:
        """“The VAVs fed by chiller 1 through AHU-1” are fed by both; of a source itself it says which way its supply goes."""
        if not assets.ids or assets.restricted:
            return self.fed_by(assets, other)
        return replace(assets, through=other.query, restricted=True)

    def linked(self, assets: Assets, other: Assets) -> Assets:
        """“linked to”, “associated with”: whatever relation there is between them, from either side."""
        if self.is_whole(other):
            return replace(assets, restricted=True)
        if assets.point:
            return self.narrow(assets, within=other.query)
        if other.point:
            return self.having(assets, other)
        near = assets.class_ is None
        ways = [
            AssetQuery(fed_by=other.query, direct=near),
            AssetQuery(feeds=other.query, direct=near),
            AssetQuery(part_of=other.query),
            AssetQuery(has_part=other.query),
        ]
        return self.narrow(assets, any_of=[*ways, AssetQuery(within=other.query)] if self.is_place(other) else ways)

    def containing(self, assets: Assets, other: Assets) -> Assets:
        """“zones that contain a room”, “rooms with a fan coil unit”."""
        if self.is_place(assets) and self.is_place(other):
            return self.narrow(assets, has_part=other.query)
        return self.having(assets, other)

    def having(self, assets: Assets, other: Assets, lacking: bool = False) -> Assets:
        """“AHUs with a filter”, “floors without a boiler”, “rooms with a VAV”."""
        if not lacking and (
            assets.point or (other.ids and not self.is_place(assets)) or self._is_larger(other, assets)
        ):
            return self.owned(assets, other)  # “the sensors that AHU-2 has”
        if not lacking and assets.ids and self.is_place(assets) and not (self.is_place(other) or other.point):
            inside = [AssetQuery(within=assets.query), AssetQuery(feeds=assets.query)]
            return self.narrow(other, any_of=inside)  # “does the building have a chiller” asks for chillers
        if other.point and not other.ids and other.class_ is not None:
            return self.measuring(assets, [other.class_.lower().removesuffix("_sensor")], lacking)
        if (either := self.part_or_point(other)) is not None:
            return self.narrow(assets, **({"excluding": either} if lacking else {"any_of": either.any_of}))
        has_part = AssetQuery(has_part=other.query)
        if self.is_place(assets) and not self.is_place(other):
            inner = AssetQuery(any_of=[AssetQuery(fed_by=other.query), has_part])
        elif self._is_served(other):
            inner = AssetQuery(any_of=[has_part, AssetQuery(feeds=other.query)])
        elif lacking:
            inner = AssetQuery(any_of=[has_part, AssetQuery(fed_by=other.query)])
        else:
            inner = has_part
        if lacking:
            return self.narrow(assets, excluding=inner)
        return self.narrow(assets, **({"any_of": inner.any_of} if inner.any_of else {"has_part": other.query}))

    def _is_larger(self, other: Assets, assets: Assets) -> bool:
        """A floor has rooms, whichever is said to have the other: “wie viele Räume hat der zweite Stock”."""
        return self.is_place(other) and self.is_place(assets) and self._size(other) > self._size(assets)

    def _size(self, places: Assets) -> int:
        class_ = self.lexicon.things[places.ids[0]].class_ if places.ids else places.class_
        return next((at for at, one in enumerate(_BY_SIZE) if self.lexicon.is_a(class_, one)), 0)

    def part_or_point(self, other: Assets) -> AssetQuery | None:
        """A damper or a valve that the model has as a part, or only as the point that says where it stands; none for what it has itself."""
        position = None if other.restricted else self.position_elsewhere(other)
        if position is None:
            return None
        return AssetQuery(any_of=[AssetQuery(has_part=other.query), AssetQuery(has_point=[position])])

    def position_elsewhere(self, assets: Assets) -> str | None:
        """Of dampers or valves that the plant has none of, the quantity that says on other assets where they stand; else none."""
        class_ = assets.class_
        moved = any(self.lexicon.is_a(class_, one) for one in _MOVED)
        if class_ is None or not moved or assets.ids or self.lexicon.of_class(class_):
            return None
        tokens = quantity_key(class_.replace("_", " ")) | {"position"}
        return next(iter(self.lexicon.quantities_named(tokens, self.lexicon.present_quantities)), None)

    def is_absent(self, assets: Assets) -> bool:
        """A kind of equipment that the plant has none of."""
        class_ = assets.class_
        if class_ is None or assets.ids or assets.point or class_ in _EVERYTHING:
            return False
        return not self.is_place(assets) and not self.lexicon.of_class(class_)

    def measuring(self, assets: Assets, quantities: list[str], lacking: bool = False) -> Assets:
        """With or without a point of a quantity: of their own, of a part, or (a place) of the unit that serves it."""
        field = "lacks_point" if lacking else "has_point"
        near = self._bearing(assets, quantities)
        if near is not None:
            return self.narrow(assets, **({"excluding": near} if lacking else {"any_of": near.any_of}))
        return self.narrow(assets, **{field: [*getattr(assets.query, field), *quantities]})

    def _bearing(self, assets: Assets, quantities: list[str]) -> AssetQuery | None:
        """Where a class has no such point of its own but its parts have (or, for a place, the unit that serves it)."""
        if assets.class_ in (None, "Equipment") or assets.point:
            return None
        owned, present = self.lexicon.quantities_of([assets.class_]), self.lexicon.present_quantities
        if not all(self._is_elsewhere(quantity, owned, present) for quantity in quantities):
            return None
        near = [AssetQuery(has_point=quantities), AssetQuery(has_part=AssetQuery(has_point=quantities))]
        if self.is_place(assets):
            near.append(AssetQuery(fed_by=of_class("Terminal_Unit").model_copy(update={"has_point": quantities})))
        return AssetQuery(any_of=near)

    def _is_elsewhere(self, quantity: str, owned: frozenset[str], present: frozenset[str]) -> bool:
        return not any(self.lexicon.includes(quantity, one) for one in owned) and any(
            self.lexicon.includes(quantity, one) for one in present
        )

    def is_wide(self, assets: Assets) -> bool:
        if assets.ids:
            return all(self.lexicon.things[id_].kind in _WIDE for id_ in assets.ids)
        return any(self.lexicon.is_a(assets.class_, one) for one in _WIDE)

    def serving(self, other: Assets) -> AssetQuery:
        """A floor or a building is served by what serves the rooms and zones in it."""
        if not self.is_wide(other):
            return other.query
        inside = "Location" if self.lexicon.places.get("Space") else "Equipment"
        return of_class(inside).model_copy(update={"within": other.query})

    def narrow(self, assets: Assets, **fields: Any) -> Assets:
        """Another restriction; where one of the same kind stands already, both must hold."""
        query = assets.query
        taken = {
            name
            for name in fields
            if name not in ("direct", "has_point", "lacks_point", "has", "lacks") and getattr(query, name)
        }
        if "excluding" in taken:
            taken.discard("excluding")
            fields["excluding"] = AssetQuery(any_of=[cast(AssetQuery, query.excluding), fields["excluding"]])
        apart: dict[str, Any] = {name: fields.pop(name) for name in taken}
        if apart and "direct" in fields:
            apart["direct"] = fields.pop("direct")
        query = query.model_copy(update=fields)
        both = _both(query, AssetQuery.model_validate(apart)) if apart else query
        return replace(assets, query=both, restricted=True)


def named_ids(query: AssetQuery) -> list[str]:
    """The ids of what assets stand in relation to."""
    inner = (query.within, query.fed_by, query.feeds, query.part_of, query.has_part, *query.any_of)
    return [id_ for one in inner if one is not None for id_ in (*(one.ids or ()), *named_ids(one))]


def _put(value: Any, old: set[str], new: list[str]) -> Any:
    """A query as plain values with other ids in place of some."""
    if isinstance(value, dict):
        items = cast(dict[str, Any], value).items()
        return {key: new if key == "ids" and one and old & set(one) else _put(one, old, new) for key, one in items}
    if isinstance(value, list):
        return [_put(one, old, new) for one in cast(list[Any], value)]
    return value


def _both(query: AssetQuery, more: AssetQuery) -> AssetQuery:
    """A query with one more restriction, although it has alternatives already."""
    if not query.any_of:
        return query.model_copy(update={"any_of": [more]})
    return query.model_copy(update={"any_of": [_both(one, more) for one in query.any_of]})
