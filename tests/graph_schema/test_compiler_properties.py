"""Random questions about random plants: the compiled Cypher finds what a plain evaluation in memory finds."""

import operator
import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph_schema.compiler import compile_query, compile_related
from graph_schema.model import PLACE_KINDS, Entity, Relation
from graph_schema.ontology.ontology import Ontology
from graph_schema.question import AssetQuery, Condition, Related
from graph_schema.store.graph import GraphStore
from graph_schema.store.loader import search_text
from graph_schema.units import convert, convert_difference

ASSETS = ("AHU", "VAV", "FCU", "Supply_Fan", "Chilled_Water_Pump", "Hot_Water_Loop")
SPACES = ("HVAC_Zone", "Room", "Conference_Room")
POINTS = {
    "zone_air_temperature": "Zone_Air_Temperature_Sensor", "supply_air_temperature": "Supply_Air_Temperature_Sensor",
    "air_temperature": "Air_Temperature_Sensor", "zone_air_temperature_setpoint": "Zone_Air_Temperature_Setpoint", "on_off_status": "On_Off_Status",
    "made_up": None,
}  # fmt: skip
NASTY = ("it's", 'a "b"', "`x`", "{y}", "$p0 ids1", "\\", "é–ü", "AHU-2", "AHU 12", "ahu2 b", "//", "2")


@dataclass
class Plant:
    entities: list[Entity] = field(default_factory=list[Entity])
    relations: list[Relation] = field(default_factory=list[Relation])


class Reference:
    """The question language said in sets."""

    def __init__(self, plant: Plant, ontology: Ontology) -> None:
        self.ontology = ontology
        self.things = {entity.id: entity for entity in plant.entities}
        self.out: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        self.into: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        for one in plant.relations:
            self.out[one.kind][one.start].add(one.end)
            self.into[one.kind][one.end].add(one.start)

    def closure(self, step: Callable[[str], Iterable[str]], start: str) -> set[str]:
        seen: set[str] = set()
        rest = [start]
        while rest:
            for one in step(rest.pop()):
                if one not in seen:
                    seen.add(one)
                    rest.append(one)
        return seen

    def parts(self, id_: str) -> set[str]:
        return self.closure(lambda one: self.out["HAS_PART"][one], id_)

    def wholes(self, id_: str) -> set[str]:
        return self.closure(lambda one: self.into["HAS_PART"][one], id_)

    def is_place(self, id_: str) -> bool:
        return self.things[id_].kind in PLACE_KINDS

    def supplied(self, id_: str, direct: bool) -> set[str]:
        if direct:
            return self.out["FEEDS"][id_] - {id_}
        found: set[str] = set()
        for fed in self.closure(lambda one: self.out["FEEDS"][one], id_):
            found |= {fed, *self.parts(fed), *(w for w in self.wholes(fed) if self.things[w].kind == "Asset")}
        return found - {id_}

    def around(self, id_: str) -> set[str]:
        """All that the thing is within."""
        thing = self.things[id_]
        if thing.kind == "Point":
            owners = self.into["HAS_POINT"][id_]
            return owners.union(*(self.around(owner) for owner in owners))
        chain = {id_, *self.wholes(id_)}
        places = {place for one in chain for place in self.out["LOCATED_IN"][one]}
        if not places and thing.kind == "Asset":
            terminal = [w for w in chain if self.things[w].class_ in self.ontology.descendants("Terminal_Unit")]
            places = {fed for one in terminal for fed in self.out["FEEDS"][one] if self.is_place(fed)}
        return (chain | places).union(*(self.wholes(place) for place in places)) - {id_}

    def related(self, name: str, id_: str, direct: bool) -> set[str]:
        """The partners of a thing in a field's relation."""
        match name:
            case "fed_by":
                return {one for one in self.things if id_ in self.supplied(one, direct)}
            case "feeds":
                return self.supplied(id_, direct)
            case "part_of":
                return self.wholes(id_)
            case "has_part":
                return self.parts(id_)
            case _:
                return self.around(id_)

    # -- points

    def names_of(self, quantity: str) -> tuple[set[str], set[str]]:
        class_ = self.ontology.point_class(quantity)
        exact = {quantity} | ({self.ontology.quantity(class_)} if class_ else set())
        return exact, exact | {self.ontology.quantity(one) for one in self.ontology.descendants(class_ or "")}

    def own(self, id_: str) -> list[Entity]:
        if self.things[id_].kind == "Point":
            return [self.things[id_]]
        return [self.things[one] for one in self.out["HAS_POINT"][id_]]

    def meant(self, points: list[Entity], quantity: str) -> list[Entity]:
        exact, every = self.names_of(quantity)
        return [p for p in points if p.properties["quantity"] in exact] or [
            p for p in points if p.properties["quantity"] in every
        ]

    def holds(self, id_: str, condition: Condition) -> bool:
        return any(self.compares(id_, point, condition) for point in self.meant(self.own(id_), condition.quantity))

    def compares(self, id_: str, point: Entity, condition: Condition) -> bool:
        value, text, unit = (point.properties.get(key) for key in ("value", "text", "unit"))
        compare = {
            "<": operator.lt,
            "<=": operator.le,
            ">": operator.gt,
            ">=": operator.ge,
            "=": operator.eq,
            "!=": operator.ne,
        }[condition.comparison]
        if isinstance(condition.value, str):
            wanted = condition.value.lower()
            if text is not None:
                return compare(text.lower(), wanted)
            return wanted in ("on", "off") and value is not None and compare(value, float(wanted == "on"))
        if value is None:
            return False
        if condition.than is None:
            given = condition.unit or unit
            wanted = condition.value if not unit else convert(float(condition.value or 0), given or unit, unit)
            return wanted is not None and compare(value, wanted)
        owners = self.into["HAS_POINT"][id_] if self.things[id_].kind == "Point" else {id_}
        return any(
            self.exceeds(compare, value, unit, other, condition)
            for owner in owners
            for other in self.meant(self.own(owner), condition.than)
        )

    def exceeds(
        self, compare: Callable[..., bool], value: float, unit: str | None, other: Entity, condition: Condition
    ) -> bool:
        against, its = other.properties.get("value"), other.properties.get("unit")
        if against is None:
            return False
        turned = against if not unit or not its else convert(against, its, unit)
        offset = condition.offset
        if unit and condition.unit:
            offset = convert_difference(offset, condition.unit, unit)
        return turned is not None and offset is not None and compare(value, turned + offset)

    # -- queries

    def is_class(self, thing: Entity, class_: str) -> bool:
        match class_:
            case "Equipment":
                groups = self.ontology.descendants("Collection") - self.ontology.descendants("Equipment")
                return thing.kind == "Asset" and thing.class_ not in groups
            case "Location":
                return thing.kind in PLACE_KINDS
            case "Point" | "Device":
                return thing.kind == class_
            case _:
                return thing.class_ in self.ontology.descendants(class_)

    def is_stated(self, fact: str, id_: str) -> bool:
        owners = [start for start, ends in self.out["HAS_POINT"].items() if id_ in ends]
        wholes = [start for start, ends in self.out["HAS_PART"].items() if id_ in ends]
        match fact:
            case "equipment":
                return any(self.things[one].kind == "Asset" for one in (*owners, *wholes))
            case "place":
                return self.is_placed(id_) or any(
                    self.things[one].kind in PLACE_KINDS or self.is_placed(one) for one in owners
                )
            case _:
                return self.things[id_].properties.get(fact) is not None

    def is_placed(self, id_: str) -> bool:
        around = {id_}
        while more := {start for start, ends in self.out["HAS_PART"].items() if set(ends) & around} - around:
            around |= more
        located = any(self.out["LOCATED_IN"][one] for one in around)
        return located or any(self.things[one].kind in PLACE_KINDS for one in around - {id_})

    def is_named(self, thing: Entity, name: str) -> bool:
        words = [re.findall(r"[^\W\d_]+|\d+", word) for word in name.lower().split()]
        words = [pieces for pieces in words if pieces]
        return bool(words) and all(self._has_word(search_text(thing), pieces) for pieces in words)

    def _has_word(self, text: str, pieces: list[str]) -> bool:
        before = r"(?<!\d)" if pieces[0].isdigit() else r"(?<![^\W\d_])"
        after = r"(?!\d)" if pieces[-1].isdigit() else ""
        return re.search(before + r"[\W_]*".join(pieces) + after, text) is not None

    def matches(self, query: AssetQuery, id_: str) -> bool:
        thing = self.things[id_]
        own = {p.properties["quantity"] for p in self.own(id_)} if thing.kind != "Device" else set()
        tests = (
            query.ids is None or id_ in query.ids,
            query.class_ is None or self.is_class(thing, query.class_),
            query.name is None or self.is_named(thing, query.name),
            not query.status or thing.properties.get("status", "unknown") in query.status,
            all(own & self.names_of(quantity)[1] for quantity in query.has_point),
            not any(own & self.names_of(quantity)[1] for quantity in query.lacks_point),
            all(self.is_stated(fact, id_) for fact in query.has),
            not any(self.is_stated(fact, id_) for fact in query.lacks),
            all(self.holds(id_, condition) for condition in query.where),
            not query.any_of or any(self.matches(one, id_) for one in query.any_of),
            query.excluding is None or not self.matches(query.excluding, id_),
        )
        return all(tests) and all(
            any(self.matches(inner, one) for one in self.related(name, id_, query.direct))
            for name in ("fed_by", "feeds", "part_of", "has_part", "within")
            if (inner := getattr(query, name)) is not None
        )

    def default(self, query: AssetQuery, thing: Entity) -> bool:
        """What a query without a class is about."""
        if query.class_ is not None or query.ids is not None or thing.kind == "Asset":
            return True
        wide = (query.name, query.fed_by, query.feeds, query.part_of, query.has_part)
        asked = any(one is not None for one in wide) or query.has_point or query.where or query.any_of
        if any(one.class_ and self.has_side(thing, one.class_) for one in query.any_of):
            return True
        return bool(asked) and thing.kind in PLACE_KINDS

    def has_side(self, thing: Entity, class_: str) -> bool:
        """Whether things of a class are of its kind."""
        if class_ == "Device":
            return thing.kind == "Device"
        kind = self.ontology.kind_of(class_)
        return thing.kind == kind if kind in ("Asset", "Point") else thing.kind in PLACE_KINDS

    def select(self, query: AssetQuery) -> set[str]:
        return {id_ for id_, thing in self.things.items() if self.default(query, thing) and self.matches(query, id_)}

    def count(self, related: Related, id_: str) -> int:
        match related.relation:
            case "feeds":
                found, kinds = self.supplied(id_, related.direct), ("Asset", *PLACE_KINDS)
            case "fed_by":
                found, kinds = self.related("fed_by", id_, related.direct), ("Asset", *PLACE_KINDS)
            case "parts":
                found, kinds = self.parts(id_), ("Asset", *PLACE_KINDS)
            case "points":
                found, kinds = self.out["HAS_POINT"][id_], ("Point",)
            case "contains":
                found, kinds = {one for one in self.things if id_ in self.around(one)}, ("Asset",)
        asked = related.query.class_ is not None
        return sum(1 for one in found if (asked or self.things[one].kind in kinds) and self.matches(related.query, one))


# -- random plants and questions


@st.composite
def plants(draw: st.DrawFn) -> Plant:
    plant = Plant()
    names = st.one_of(st.sampled_from(NASTY), st.just(""))

    def add(kind: str, class_: str | None, **properties: object) -> str:
        id_ = f"{kind.lower()}{len(plant.entities)}{draw(names)}"
        name = draw(st.one_of(st.just(f"{class_} {len(plant.entities)}"), st.sampled_from(NASTY)))
        kept = {key: value for key, value in properties.items() if value is not None}
        plant.entities.append(Entity(id_, kind, name, class_, kept))  # pyright: ignore[reportArgumentType]
        return id_

    statuses = st.sampled_from([None, "alarm", "normal", "stale"])
    places = [add("Building", "Building"), *(add("Floor", "Floor") for _ in range(draw(st.integers(1, 2))))]
    places += [add("Space", draw(st.sampled_from(SPACES))) for _ in range(draw(st.integers(1, 4)))]
    assets = [
        add("Asset", draw(st.sampled_from(ASSETS)), status=draw(statuses)) for _ in range(draw(st.integers(3, 6)))
    ]

    def relate(kind: str, pairs: list[tuple[str, str]], most: int) -> None:
        for start, end in draw(st.lists(st.sampled_from(pairs), max_size=most, unique=True)) if pairs else []:
            plant.relations.append(Relation(kind, start, end))  # pyright: ignore[reportArgumentType]

    down = [(a, b) for some in (places, assets) for i, a in enumerate(some) for b in some[i + 1 :]]
    relate("HAS_PART", down, 10)
    relate("FEEDS", [(a, b) for a in (*assets, *places[-2:]) for b in (*assets, *places) if a != b], 9)
    relate("LOCATED_IN", [(a, b) for a in assets for b in places], 3)
    values = st.one_of(st.none(), st.sampled_from([0.0, 1.0, 18.0, 22.0, 71.6, 80.0]))
    for owner in draw(st.lists(st.sampled_from([*assets, *places]), max_size=7)):
        quantity = draw(st.sampled_from(list(POINTS)))
        value = draw(values)
        text = draw(st.sampled_from([None, "on", "Off", "auto"])) if value is None else None
        unit = draw(st.sampled_from([None, "°C", "°F"]))
        point = add(
            "Point", POINTS[quantity], quantity=quantity, value=value, text=text, unit=unit, status=draw(statuses)
        )
        plant.relations.append(Relation("HAS_POINT", owner, point))
    add("Device", None)
    return plant


quantities = st.sampled_from([*POINTS, "temperature", "discharge_air_temperature", "pressure"])
FACTS = ["unit", "place", "equipment", "text"]
comparisons = st.sampled_from(["<", "<=", ">", ">=", "=", "!="])
conditions = st.one_of(
    st.builds(Condition, quantity=quantities, comparison=comparisons, value=st.sampled_from([1.0, 20.0, 22.0, 75.0]), unit=st.sampled_from([None, "°C", "°F"])),
    st.builds(Condition, quantity=quantities, comparison=st.sampled_from(["=", "!="]), value=st.sampled_from(["on", "auto", "OFF"])),
    st.builds(Condition, quantity=quantities, comparison=comparisons, than=quantities, offset=st.sampled_from([0.0, 2.0]), unit=st.sampled_from([None, "°F"])),
)  # fmt: skip
classes = st.sampled_from(
    [
        *ASSETS,
        *SPACES,
        "Equipment",
        "Location",
        "Point",
        "Device",
        "Fan",
        "Floor",
        "Temperature_Sensor",
        "Terminal_Unit",
    ]
)


@st.composite
def queries(draw: st.DrawFn, ids: list[str], depth: int = 2) -> AssetQuery:
    """At most a few fields each, or nothing would ever match."""
    simple = {
        "ids": st.lists(st.sampled_from([*ids, "no such thing"]), max_size=3),
        "class_": classes,
        "name": st.sampled_from([*NASTY, "vav", "ahu 2", "!"]),
        "has_point": st.lists(quantities, min_size=1, max_size=2),
        "lacks_point": st.lists(quantities, min_size=1, max_size=2),
        "has": st.lists(st.sampled_from(FACTS), min_size=1, max_size=2),
        "lacks": st.lists(st.sampled_from(FACTS), min_size=1, max_size=2),
        "where": st.lists(conditions, min_size=1, max_size=2),
        "status": st.lists(st.sampled_from(["alarm", "normal", "stale", "unknown"]), min_size=1, max_size=2),
    }
    nested = (
        {}
        if not depth
        else {
            name: queries(ids, depth - 1) for name in ("within", "fed_by", "feeds", "part_of", "has_part", "excluding")
        }
    )
    if depth:
        nested["any_of"] = st.lists(queries(ids, depth - 1), min_size=1, max_size=2)
    fields = simple | (nested if depth else {})
    weighted = ["class_", "class_", *simple, *(list(nested) * 2 if depth else [])]
    chosen = draw(st.lists(st.sampled_from(weighted), max_size=2 if depth else 1, unique=True))
    return AssetQuery(direct=draw(st.integers(0, 4)) == 0, **{name: draw(fields[name]) for name in chosen})


async def load(graph: GraphStore, plant: Plant) -> None:
    batch: list[tuple[str, dict[str, object]]] = [("MATCH (n:Entity) DETACH DELETE n", {})]
    for kind in sorted({entity.kind for entity in plant.entities}):
        rows = [
            {"id": e.id, "name": e.name, "class": e.class_, "search_text": search_text(e), **e.properties}
            for e in plant.entities
            if e.kind == kind
        ]
        batch.append((f"UNWIND $rows AS row CREATE (n:Entity:{kind}) SET n = row", {"rows": rows}))
    typed = [{"a": e.id, "b": e.class_} for e in plant.entities if e.class_]
    linked = "UNWIND $rows AS row MATCH (a:Entity {{id: row.a}}) MATCH (b:{} {{id: row.b}}) CREATE (a)-[:{}]->(b)"
    batch.append((linked.format("Class", "IS_A"), {"rows": typed}))
    for kind in sorted({relation.kind for relation in plant.relations}):
        rows = [{"a": r.start, "b": r.end} for r in plant.relations if r.kind == kind]
        batch.append((linked.format("Entity", kind), {"rows": rows}))
    await graph.write_all(batch)


def _most(servers: str) -> int:
    """Neo4j plans each new text, which takes longer than running it."""
    return 10 if servers == "embedded" else 4


randomly = settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)


@randomly
@given(data=st.data())
async def test_a_question_finds_what_a_plain_evaluation_finds(
    data: st.DataObject, graph: GraphStore, ontology: Ontology, servers: str
) -> None:
    plant = data.draw(plants())
    await load(graph, plant)
    reference = Reference(plant, ontology)
    for query in data.draw(st.lists(queries(list(reference.things)), min_size=10, max_size=10))[: _most(servers)]:
        statement = compile_query(query, ontology)
        (row,) = await graph.read(statement.text, **statement.parameters)
        assert len(set(row["ids"])) == len(row["ids"])
        assert set(row["ids"]) == reference.select(query), query.model_dump_json(by_alias=True, exclude_defaults=True)


@randomly
@given(data=st.data())
async def test_counts_of_what_is_related_agree_with_a_plain_evaluation(
    data: st.DataObject, graph: GraphStore, ontology: Ontology, servers: str
) -> None:
    plant = data.draw(plants())
    await load(graph, plant)
    reference = Reference(plant, ontology)
    ids = [entity.id for entity in plant.entities if entity.kind in ("Asset", *PLACE_KINDS)]
    relations = data.draw(st.permutations(["feeds", "fed_by", "parts", "points", "contains"]))
    for relation in relations[: _most(servers)]:
        query = data.draw(queries(ids, 1))
        related = Related(relation=relation, query=query, direct=data.draw(st.booleans()))
        statement = compile_related(related, ids, ontology)
        (row,) = await graph.read(statement.text, **statement.parameters)
        counts = dict(zip(row["ids"], row["counts"], strict=True))
        assert counts == {id_: reference.count(related, id_) for id_ in ids}, related.model_dump_json(by_alias=True)
