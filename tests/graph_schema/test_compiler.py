"""The compiled text is fixed by the shape of a question, never by its words; and what cannot be compiled is refused."""

import re
from datetime import UTC, datetime

import pytest

from graph_schema.compiler import compile_query
from graph_schema.compiler.names import name_patterns
from graph_schema.errors import InvalidInput
from graph_schema.ontology.ontology import Ontology
from graph_schema.question import AssetQuery, Condition, Window
from graph_schema.store.graph import GraphStore

EVIL = "x'}) DETACH DELETE (n) //` \" \\ $p0 ids1 {id: 1}"
HOUR = Window(start=datetime(2026, 3, 2, 9, tzinfo=UTC), end=datetime(2026, 3, 2, 10, tzinfo=UTC))


def evil_query(word: str) -> AssetQuery:
    return AssetQuery(
        name=word,
        fed_by=AssetQuery(ids=[word]),
        within=AssetQuery(name=word),
        has_point=[word],
        lacks_point=[f"{word}2"],
        has=["unit", word],
        lacks=["place", f"{word}4"],
        where=[
            Condition(quantity=word, comparison="=", value=word),
            Condition(quantity=word, comparison=">", value=1.0, unit=word),
            Condition(quantity=word, comparison=">", than=f"{word}3"),
        ],
    )


def test_no_word_of_a_caller_is_in_the_text(ontology: Ontology) -> None:
    texts = [compile_query(evil_query(word), ontology).text for word in (EVIL, "harmless", "harmless words")]
    assert not any(word in text for text in texts for word in (EVIL, "DETACH", "harmless"))


async def test_hostile_words_find_nothing_and_change_nothing(graph: GraphStore, ontology: Ontology) -> None:
    await graph.write("CREATE (:Entity:Asset {id: 'a', name: 'A', search_text: 'a'})")
    statement = compile_query(evil_query(EVIL), ontology)
    ((ids, *_),) = [list(row.values()) for row in await graph.read(statement.text, **statement.parameters)]
    assert ids == []
    assert await graph.read("MATCH (n:Entity) RETURN n.id AS id") == [{"id": "a"}]


@pytest.mark.parametrize("class_", [EVIL, "AHUs`", "", "Unicorn"])
def test_an_unknown_class_is_refused(class_: str, ontology: Ontology) -> None:
    with pytest.raises(InvalidInput, match="There is no class"):
        compile_query(AssetQuery.model_validate({"class": class_}), ontology)


def test_a_condition_over_a_window_needs_history_first(ontology: Ontology) -> None:
    condition = Condition(quantity="zone_air_temperature", comparison=">", value=26, aggregate="min", window=HOUR)
    with pytest.raises(InvalidInput, match="settled by history"):
        compile_query(AssetQuery(where=[condition]), ontology)
    assert ["a"] in compile_query(
        AssetQuery(where=[condition]), ontology, ids_where={condition: {"a"}}
    ).parameters.values()


@pytest.mark.parametrize(
    ("asked", "fits", "does_not"),
    [
        ("AHU 2", "ahu-2 air handler", "ahu-12"),
        ("ahu2", "ahu-2", "ahu-20"),
        ("pump", "chilled water pumps", "sump"),
        ("C300", "vav c300a", "vac300"),
    ],
)
def test_words_of_a_name(asked: str, fits: str, does_not: str) -> None:
    patterns = [
        p.replace(r"\p{L}", r"[^\W\d_]").replace(r"[^[^\W\d_]\p{Nd}]*", r"[\W_]*").replace(r"\p{Nd}", r"\d")
        for p in name_patterns(asked)
    ]
    assert all(re.fullmatch(pattern, fits) for pattern in patterns)
    assert not all(re.fullmatch(pattern, does_not) for pattern in patterns)


async def test_supply_over_many_parallel_ways_and_circles_is_found_at_once(
    graph: GraphStore, ontology: Ontology
) -> None:
    """Twelve stages of three pumps each, every pump feeding the whole next stage: half a million ways from end to end."""
    pumps = [{"id": f"p{stage}-{k}", "stage": stage} for stage in range(12) for k in range(3)]
    await graph.write(
        "UNWIND $rows AS row CREATE (n:Entity:Asset {id: row.id, name: row.id, stage: row.stage, class: 'Pump'}) "
        "WITH n MATCH (c:Class {id: 'Pump'}) CREATE (n)-[:IS_A]->(c)",
        rows=pumps,
    )
    pairs = [{"a": a["id"], "b": b["id"]} for a in pumps for b in pumps if b["stage"] == (a["stage"] + 1) % 12]
    await graph.write(
        "UNWIND $rows AS row MATCH (a:Entity {id: row.a}) MATCH (b:Entity {id: row.b}) CREATE (a)-[:FEEDS]->(b)",
        rows=pairs,
    )
    start = AssetQuery(ids=["p0-0"])
    for query in (
        AssetQuery(fed_by=start),
        AssetQuery(feeds=start),
        AssetQuery(fed_by=AssetQuery(name="p0", excluding=AssetQuery(status=["alarm"]))),
        AssetQuery(feeds=AssetQuery(status=["unknown"])),
    ):
        statement = compile_query(query, ontology)
        begun = datetime.now(UTC)
        (row,) = await graph.read(statement.text, **statement.parameters)
        assert len(row["ids"]) == (36 if query.fed_by != start and query.feeds != start else 35)
        assert (datetime.now(UTC) - begun).total_seconds() < 10


async def test_what_is_stated_of_points_and_assets(graph: GraphStore, ontology: Ontology) -> None:
    await graph.write(
        "CREATE (r:Entity:Space {id: 'room', name: 'Room', area: 20.0}), (a:Entity:Asset {id: 'pump', name: 'Pump', manufacturer: 'Wilo'}), "
        "(p:Entity:Point {id: 'p', name: 'P', unit: '°C', low: 1.0, source: 'd/k', at: 1}), (q:Entity:Point {id: 'q', name: 'Q'}), "
        "(z:Entity:Point {id: 'z', name: 'Z', addresses: ['x']}), (a)-[:LOCATED_IN]->(r), (a)-[:HAS_POINT]->(p), (r)-[:HAS_POINT]->(z)"
    )

    async def ids(**query: object) -> list[str]:
        statement = compile_query(AssetQuery.model_validate(query), ontology)
        (row,) = await graph.read(statement.text, **statement.parameters)
        return sorted(row["ids"])

    for fact, those in (
        ("unit", ["p"]), ("limit", ["p"]), ("source", ["p"]), ("value", ["p"]), ("reference", ["p", "z"]),
        ("place", ["p", "z"]), ("equipment", ["p"]), ("manufacturer", []),
    ):  # fmt: skip
        assert await ids(**{"class": "Point", "has": [fact]}) == those, fact
        assert await ids(**{"class": "Point", "lacks": [fact]}) == sorted({"p", "q", "z"} - set(those)), fact
    assert await ids(has=["manufacturer"]) == ["pump"]
    assert await ids(**{"class": "Location", "has": ["area"]}) == ["room"]
    assert await ids(lacks=["area", "place"]) == []
