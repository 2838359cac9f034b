"""Which quantity of which assets a measure means, given what the plant's assets have points of."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from agent.planning.assets import Assets, Test, of_class
from agent.planning.problems import Problem, Unanswerable
from agent.planning.relations import Relations
from agent.vocabulary.lexicon import Key, Lexicon
from agent.vocabulary.quantities import Quantity
from agent.vocabulary.tokens import key
from graph_schema.question import Aggregate, AssetQuery, Condition, Window
from graph_schema.units import UNITS, convert

_SETTINGS = frozenset({"setpoint", "command", "limit", "parameter", "alarm", "status", "deadband"})


_STATED = frozenset({"position", "occupancy", "speed"})
_SAYING_NOTHING = frozenset({"point", "sensor", "setpoint", "command", "status", "alarm", "parameter", "limit"})
_DEGREES = {"°": "°C"}
"""Degrees that are not said to be of Celsius or Fahrenheit are the points' own."""
_MEDIA = {"water": ("water", "meter"), "gas": ("gas", "meter"), "natural": ("gas", "meter")}


@dataclass(frozen=True, slots=True)
class Target:
    """What ``query_telemetry`` is asked for: one quantity, and either ids or a query of assets."""

    quantity: str
    ids: tuple[str, ...] = ()
    query: AssetQuery | None = None
    known: bool = True
    """False where nothing in the plant has such a point."""

    @property
    def single(self) -> bool:
        return len(self.ids) == 1


class Resolver:
    def __init__(self, lexicon: Lexicon) -> None:
        self.lexicon = lexicon
        self._relations = Relations(lexicon)

    # -- quantities --------------------------------------------------------------------------------------------------

    def measures(self, class_: str | None, quantity: Quantity) -> bool:
        """Whether assets of a class have such points themselves."""
        return self._choose(quantity, self.lexicon.quantities_of([class_])) is not None

    def target(self, quantity: Quantity, assets: Assets | None) -> Target:
        """The quantity and the assets it is measured on: the assets themselves, or what belongs to them."""
        classes = self.classes(assets)
        owned = self.lexicon.quantities_of(classes) if classes else frozenset[str]()
        own = self._choose(quantity, owned) or self._only_status(quantity, owned)
        if own is not None and assets is not None:
            return self._of(own, self._owners(own, assets))
        if (metered := self._metered(quantity, assets)) is not None:
            return metered
        if quantity.owner and (split := self._by_owner_class(quantity, assets)) is not None:
            return split
        near = self.is_place(assets)
        served = self._choose(quantity, self.lexicon.quantities_of(["Terminal_Unit"]), near) if near else None
        present = served or self._choose(quantity, self.lexicon.present_quantities, near)
        present = self._of_absent_class(quantity, assets) or present
        if present is not None and assets is not None and (ids := self._by_absent_class(quantity, assets, present)):
            if not assets.restricted:
                return Target(present, ids)
            return Target(present, query=assets.query.model_copy(update={"class_": None, "ids": list(ids)}))
        if present is not None and assets is None and (ids := self._by_label(quantity, present)):
            return Target(present, ids)
        if present is not None:
            return self._around(present, assets)
        return self._absent(quantity, assets)

    def _metered(self, quantity: Quantity, assets: Assets | None) -> Target | None:
        """“gas consumption”: what the gas meters count, where no point says more."""
        if assets is not None and "usage" in quantity.tokens:
            flow = (quantity.tokens - {"usage"}) | {"flow"}
            own = self._choose(Quantity(flow, quantity.text), self.lexicon.quantities_of(self.classes(assets)))
            if own is not None:
                return self._of(own, assets)  # "how much gas is boiler 2 burning"
        medium = next((_MEDIA[token] for token in sorted(quantity.tokens) if token in _MEDIA), None)
        if medium is None or "usage" not in quantity.tokens:
            return None
        classes = self.lexicon.class_phrases.get(medium, ())
        class_ = self.lexicon.best_class(classes) if classes else ""
        found = self._choose(quantity, self.lexicon.quantities_of([class_])) or self._choose(
            Quantity(frozenset({"usage"}), quantity.text), self.lexicon.quantities_of([class_])
        )
        if found is None:
            return None
        if assets is None or assets.whole_plant:
            ids = self.lexicon.of_class(class_)
            return Target(found, ids) if len(ids) == 1 else Target(found, query=of_class(class_))
        if assets.ids and (meters := self._named_after(assets, found)):
            return Target(found, meters)
        return Target(found, query=self._belonging(of_class(class_), assets))

    def classes(self, assets: Assets | None) -> list[str]:
        if assets is None:
            return []
        if assets.ids:
            return [class_ for id in assets.ids if (class_ := self.lexicon.things[id].class_)]
        return [assets.class_] if assets.class_ and assets.class_ != "Equipment" else []

    def is_place(self, assets: Assets | None) -> bool:
        return assets is not None and self._relations.is_place(assets)

    def _choose(self, quantity: Quantity, among: Iterable[str], place: bool = False) -> str | None:
        """The one quantity of several that the words mean; a wide one ("temperature") where they fit several."""
        pool = frozenset(among)
        known = [one for one in quantity.exact if one in pool]
        if known:  # "power" is any electric power, also that of a meter, which is called active
            return next((one for one in known if all(self.lexicon.includes(one, other) for other in known)), known[0])
        tokens = quantity.tokens
        if tokens == frozenset({"setpoint"}):
            tokens = frozenset({"setpoint"})
        fits = self.lexicon.quantities_named(tokens, pool)
        named = [q for q in fits if tokens & _SETTINGS or not (self._tokens(q) & _SETTINGS)]
        if not named and tokens & _STATED:  # an occupancy that is only there as a status, a position as a command
            named = [q for q in fits if not (self._tokens(q) & (_SETTINGS - {"status", "command"}))]
        wide = [one for one in quantity.exact if any(self.lexicon.includes(one, q) for q in pool)]
        if not named:
            wider = [
                q
                for q in sorted(pool)
                if q not in _SAYING_NOTHING and any(self.lexicon.includes(q, one) for one in quantity.exact)
            ]
            return (wide or wider or [None])[0]
        if len(named) == 1:
            return named[0]
        if place and "temperature" in tokens:
            zone = [q for q in named if "zone" in self._tokens(q)]
            if zone:
                return zone[0]
        extra = [len(self._tokens(q) - tokens - {"air", "electrical", "sensor", "level"}) for q in named]
        if extra.count(min(extra)) == 1 and (min(extra) == 0 or len(tokens) > 1):
            return named[extra.index(min(extra))]
        if min(extra) == 0:
            return named[0]
        exact = [q for q in self.lexicon.quantities_named(tokens) if self._tokens(q) == tokens]
        umbrella = [q for q in (*exact, *wide) if sum(self.lexicon.includes(q, one) for one in named) > 1]
        return umbrella[0] if umbrella else named[0]

    def _tokens(self, quantity: str) -> frozenset[str]:
        return self.lexicon.quantity_tokens[quantity]

    def _by_owner_class(self, quantity: Quantity, assets: Assets | None) -> Target | None:
        """“AHU-2 fan power”: the power of the fans that belong to AHU-2."""
        class_ = self.lexicon.best_class(quantity.owner)
        rest = self._choose(Quantity(quantity.rest, quantity.text), self.lexicon.quantities_of([class_]))
        if rest is None or not self.lexicon.of_class(class_):
            return None
        base = of_class(class_)
        if assets is None:
            return Target(rest, query=base)
        if assets.class_ is not None and (
            self.lexicon.is_a(assets.class_, class_) or self.lexicon.is_a(class_, assets.class_)
        ):
            return self._of(rest, assets)
        return Target(rest, query=self._belonging(base, assets))

    def _belonging(self, base: AssetQuery, assets: Assets) -> AssetQuery:
        if self._relations.is_place(assets):
            return base.model_copy(update={"within": assets.query})
        return base.model_copy(update={"part_of": assets.query})

    def _of(self, quantity: str, assets: Assets) -> Target:
        if assets.ids and not assets.restricted:
            return Target(quantity, assets.ids)
        return Target(quantity, query=assets.query)

    def _around(self, quantity: str, assets: Assets | None) -> Target:
        """The assets themselves have no such point: what is part of them, in them, or (for a place) feeds them."""
        if assets is None:
            bearers = self.bearers(quantity)
            return (
                Target(quantity, bearers)
                if len(bearers) == 1
                else Target(quantity, query=AssetQuery(has_point=[quantity]))
            )
        if not assets.ids and self._relations.is_place(assets) and assets.class_ is not None and not assets.restricted:
            whole = self._every_meter(assets.class_, quantity)
            if whole:
                return Target(quantity, whole)
        if assets.ids and (meters := self._named_after(assets, quantity)):
            return Target(quantity, meters)
        return Target(quantity, query=self.around(quantity, assets.query, self._relations.is_place(assets)))

    def _owners(self, quantity: str, assets: Assets) -> Assets:
        """Of several assets those that have such points ("the campus meters", in kW)."""
        if len(assets.ids) < 2:
            return assets
        classes = {self.lexicon.things[id].class_ for id in assets.ids}
        bearing = {
            c for c in classes if any(self.lexicon.includes(quantity, q) for q in self.lexicon.quantities_of([c]))
        }
        ids = tuple(id for id in assets.ids if self.lexicon.things[id].class_ in bearing)
        if not ids or ids == assets.ids or len(bearing) == len(classes):
            return assets
        return replace(assets, ids=ids, query=AssetQuery(ids=list(ids)))

    def _by_absent_class(self, quantity: Quantity, assets: Assets, present: str) -> tuple[str, ...]:
        """“the cooling valve” where the plant has none, but the cooling coil has its command."""
        if assets.ids or assets.class_ is None or self.lexicon.of_class(assets.class_):
            return ()
        words = frozenset(key(self.lexicon.label(assets.class_)))
        return self._by_label(replace(quantity, tokens=quantity.tokens | words), present)

    def _of_absent_class(self, quantity: Quantity, assets: Assets | None) -> str | None:
        """The position of “the cooling valve” is a valve position where the plant has no such valve."""
        if assets is None or assets.ids or assets.class_ is None or self.lexicon.of_class(assets.class_):
            return None
        words = key(self.lexicon.label(assets.class_))
        fuller = (replace(quantity, tokens=quantity.tokens | {word}, exact=()) for word in words)
        found = (self._choose(one, self.lexicon.present_quantities) for one in fuller)
        return next((one for one in found if one is not None), None)

    def _only_status(self, quantity: Quantity, owned: frozenset[str]) -> str | None:
        """The mode of what has one status alone, such as a switch, is that status."""
        if "mode" not in quantity.tokens:
            return None
        stated = [one for one in owned if "status" in self._tokens(one) and "alarm" not in self._tokens(one)]
        return stated[0] if len(stated) == 1 else None

    def _by_label(self, quantity: Quantity, present: str) -> tuple[str, ...]:
        """Words that only the owners' class has: the "chilled" of a chilled water system's leaving water temperature."""
        more = quantity.tokens - self._tokens(present)
        owners = self.bearers(present) if more else ()
        fits = [id for id in owners if more & set(key(self.lexicon.label(self.lexicon.things[id].class_ or "")))] or [
            id for id in owners if any(more <= set(name) for name in self.lexicon.keys_of(id))
        ]
        return tuple(fits) if len(fits) < len(owners) else ()

    def bearers(self, quantity: str) -> tuple[str, ...]:
        """The assets of every class that has points of a quantity."""
        classes = [
            c for c, owned in self.lexicon.owned.items() if c and any(self.lexicon.includes(quantity, q) for q in owned)
        ]
        return tuple(
            id for class_ in classes for id in self.lexicon.of_class(class_) if self.lexicon.things[id].class_ == class_
        )

    def _every_meter(self, class_: str, quantity: str) -> tuple[str, ...]:
        """The buildings' own meters, where each of them has one."""
        found: list[str] = []
        for id in self.lexicon.of_class(class_)[:50]:
            meters = self._named_after(Assets(AssetQuery(ids=[id]), "", (id,)), quantity)
            if not meters:
                return ()
            found.extend(meters)
        return tuple(dict.fromkeys(found))

    def around(self, quantity: str, query: AssetQuery, place: bool) -> AssetQuery:
        whole = [] if place else [AssetQuery(has_part=query)]
        return AssetQuery(any_of=[*self.inside(query, place), *whole], has_point=[quantity])

    def inside(self, query: AssetQuery, place: bool) -> list[AssetQuery]:
        """Assets with what is part of them; of a place what is in it, and the boxes that serve it."""
        if not place:
            return [query, AssetQuery(part_of=query)]
        terminal = of_class("Terminal_Unit").model_copy(update={"feeds": self._served(query)})
        return [query, AssetQuery(part_of=query), AssetQuery(within=query), terminal]

    def _served(self, query: AssetQuery) -> AssetQuery:
        """What is served where a floor or a building is meant: the rooms and zones in it."""
        wide = query.ids is not None and all(
            self.lexicon.things[id].kind in ("Site", "Building", "Floor") for id in query.ids
        )
        if not wide or not self.lexicon.places.get("Space"):
            return query
        return of_class("Location").model_copy(update={"within": query})

    def _named_after(self, assets: Assets, quantity: str) -> tuple[str, ...]:
        """A meter that carries the name of the place ("Main Building Electrical Meter")."""
        found: list[str] = []
        for id in assets.ids:
            name = next(iter(self.lexicon.keys_of(id)), ())
            if id == self.lexicon.root and not any(
                self._starts(meter, name) for meter in self.lexicon.of_class("Meter")
            ):
                name = name[-1:]  # "Campus Electrical Meter" of Riverside Campus
            for meter in self.lexicon.of_class("Meter"):
                owned = self.lexicon.quantities_of([self.lexicon.things[meter].class_])
                if any(self.lexicon.includes(quantity, one) for one in owned) and self._starts(meter, name):
                    found.append(meter)
        return tuple(dict.fromkeys(found))

    def _starts(self, id: str, name: Key) -> bool:
        return bool(name) and any(one[: len(name)] == name for one in self.lexicon.keys_of(id))

    def _absent(self, quantity: Quantity, assets: Assets | None) -> Target:
        names = [*quantity.exact, *self.lexicon.quantities_named(quantity.tokens)]
        if not names and quantity.owner:
            names = self.lexicon.quantities_named(quantity.rest)
        name = names[0] if names else "_".join(sorted(quantity.tokens))
        if assets is None:
            return Target(name, query=AssetQuery(has_point=[name]), known=False)
        return Target(
            name,
            assets.ids if not assets.restricted else (),
            None if assets.ids and not assets.restricted else assets.query,
            known=False,
        )

    def narrowed(self, assets: Assets, conditions: Sequence[Condition]) -> AssetQuery:
        """With these conditions; those of a room hold for the box that serves it, where the room has no such points of its own."""
        query = assets.query
        owned = self.lexicon.quantities_of(self.classes(assets))
        own = any(self.lexicon.includes(one.quantity, other) for one in conditions for other in owned)
        if own or not self.is_place(assets):
            return query.model_copy(update={"where": [*query.where, *conditions]})
        terminal = conditions[0].quantity in self.lexicon.quantities_of(["Terminal_Unit"])
        bearer = of_class("Terminal_Unit" if terminal else None).model_copy(
            update={"where": list(conditions), "has_point": [conditions[0].quantity]}
        )
        if query.fed_by is None:
            return query.model_copy(update={"fed_by": bearer})
        return query.model_copy(update={"any_of": [*query.any_of, AssetQuery(fed_by=bearer)]})

    # -- conditions --------------------------------------------------------------------------------------------------

    def condition(self, test: Test, assets: Assets, window: Window | None, throughout: bool) -> Condition | None:
        """``throughout``: it held all the time of the window, not only once."""
        classes = self.classes(assets)
        pool = self.lexicon.quantities_of(classes) or self.lexicon.present_quantities
        quantity = self._tested(test, pool, assets)
        if quantity is None:
            return None
        than = self._setpoint(quantity, pool) if test.value is None else None
        if test.value is None and test.other is not None and not test.other.tokens <= {"setpoint"}:
            than = self._choose(test.other, pool)
        if test.value is None and than is None:
            than = f"{quantity}_setpoint"
        aggregate = self._aggregate(test, window, throughout)
        unit = self._unit(test, quantity)
        return Condition(
            quantity=quantity, comparison=test.comparison, value=test.value, than=than, offset=test.offset, unit=unit, aggregate=aggregate, window=window,
        )  # fmt: skip

    def _unit(self, test: Test, quantity: str) -> str | None:
        """The unit that was said; none for the points' own. Raises ``Unanswerable`` for one that the quantity cannot have."""
        term = self.lexicon.vocabulary.quantities.get(quantity)
        usual = term.unit if term is not None else None
        said = _DEGREES.get(test.unit or "", test.unit)
        if said and usual and said != usual and convert(1.0, said, usual) is None:
            raise Unanswerable(Problem("wrong_unit", test.unit or said))
        return None if test.unit in _DEGREES else said

    def _tested(self, test: Test, pool: frozenset[str], assets: Assets) -> str | None:
        if test.quantity is not None:
            if test.quantity.tokens == frozenset({"position"}) and "damper_position" in pool and self._is_box(assets):
                return "damper_position"  # a box is as far open as its damper, whatever its valve does
            return (
                self._choose(test.quantity, pool, place=True)
                or self._choose(test.quantity, self.lexicon.present_quantities, place=True)
                or self._absent(test.quantity, None).quantity
            )
        if test.value is None or test.setpoint:
            paired = sorted(q for q in pool if self._setpoint(q, pool) is not None) or sorted(
                q for q in self.lexicon.present_quantities if self._setpoint(q, self.lexicon.present_quantities)
            )
            zone = [q for q in paired if "zone" in q]
            return (zone or paired or ["zone_air_temperature"])[0]
        return self._in(_DEGREES.get(test.unit, test.unit), pool, assets) if test.unit else None

    def _is_box(self, assets: Assets) -> bool:
        return self.lexicon.is_a(assets.class_, "Terminal_Unit")

    def _in(self, unit: str, pool: frozenset[str], assets: Assets) -> str | None:
        """“fans above 2 kW”: the quantity of which the unit says enough."""
        terms = self.lexicon.vocabulary.quantities
        fits = [
            one for one in sorted(pool)
            if not self._tokens(one) & _SETTINGS and (own := terms[one].unit if one in terms else None)
            and (own == unit or convert(1.0, unit, own) is not None)
        ]  # fmt: skip
        of_rooms = [one for one in fits if "zone" in self._tokens(one)] if self.is_place(assets) else []
        if len(of_rooms) == 1:  # “above 800 ppm” in a room
            return of_rooms[0]
        if len(fits) == 1 or unit not in UNITS:
            return fits[0] if len(fits) == 1 else None
        dimension = UNITS[unit].dimension
        return self._choose(Quantity(frozenset({dimension}), dimension), fits, self.is_place(assets))

    def _setpoint(self, quantity: str, pool: frozenset[str]) -> str | None:
        tokens = self._tokens(quantity) if quantity in self.lexicon.quantity_tokens else frozenset[str]()
        if "setpoint" in tokens:
            return None
        named = self.lexicon.quantities_named(tokens | {"setpoint"}, pool)
        return named[0] if named else None

    @staticmethod
    def _aggregate(test: Test, window: Window | None, throughout: bool) -> Aggregate:
        if window is None:
            return "latest"
        over = test.comparison.startswith(">")
        return "min" if over == throughout else "max"
