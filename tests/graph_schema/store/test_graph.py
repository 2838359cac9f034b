"""The store's promises, on both servers: whole transactions, retried merges, values that come back as they went."""

import asyncio

import pytest
from neo4j.exceptions import ConstraintError, Neo4jError

from graph_schema.errors import Unavailable
from graph_schema.store.graph import GraphStore, open_graph


async def test_rows_are_plain_values(graph: GraphStore) -> None:
    rows = await graph.write("CREATE (n:Entity {id: 'a', x: 1.5}) RETURN n.id AS id, n.x AS x, n.y AS y")
    assert rows == [{"id": "a", "x": 1.5, "y": None}]
    assert await graph.read("MATCH (n:Entity) WHERE n.id = $id RETURN n.x AS x", id="nobody") == []


@pytest.mark.parametrize(
    "value",
    [
        1_772_445_600_123, -(2**62), 0.1, 1e300, True, "", "it's \"quoted\" {and} $braced `ticked` \\ \n\t",
        "Wärme 会议室 🚰 \u202e", "'); MATCH (n) DETACH DELETE n //", "x" * 1_000_000, ["a", "b"], [],
    ],
    ids=lambda value: str(value)[:12],
)  # fmt: skip
async def test_values_come_back_as_they_went(graph: GraphStore, value: object) -> None:
    await graph.write("MERGE (n:Entity {id: 'v'}) SET n.value = $value", value=value)
    assert await graph.read("MATCH (n:Entity {id: 'v'}) RETURN n.value AS value") == [{"value": value}]


async def test_several_statements_are_one_transaction(graph: GraphStore) -> None:
    await graph.write("CREATE (:Entity {id: 'a', n: 1})")
    with pytest.raises(Neo4jError):
        await graph.write_all([("MATCH (n:Entity {id: 'a'}) SET n.n = 2", {}), ("CREATE (:Entity {id: 'a'})", {})])
    assert await graph.read("MATCH (n:Entity) RETURN n.id AS id, n.n AS n") == [{"id": "a", "n": 1}]


async def test_failing_statement_leaves_nothing(graph: GraphStore) -> None:
    with pytest.raises(Neo4jError):
        await graph.write("UNWIND $rows AS row CREATE (n:Entity {id: row.id}) SET n.x = 1 / row.x", rows=[
            {"id": "a", "x": 1}, {"id": "b", "x": 0},
        ])  # fmt: skip
    assert await graph.read("MATCH (n:Entity) RETURN n.id AS id") == []


async def test_two_things_of_one_id_are_refused(graph: GraphStore) -> None:
    await graph.write("CREATE (:Entity:Asset {id: 'a'})")
    with pytest.raises(ConstraintError):
        await graph.write("CREATE (:Entity:Point {id: 'a'})")


async def test_concurrent_merges_of_the_same_things_all_succeed(graph: GraphStore) -> None:
    rows = [{"id": f"n{n}"} for n in range(50)]
    merge = "UNWIND $rows AS row MERGE (n:Entity {id: row.id}) SET n.seen = coalesce(n.seen, 0) + 1"
    await asyncio.gather(*(graph.write(merge, rows=rows) for _ in range(8)))
    assert await graph.read(
        "MATCH (n:Entity) RETURN count(n) AS things, min(n.seen) AS least, max(n.seen) AS most"
    ) == [{"things": 50, "least": 8, "most": 8}]


async def test_server_that_is_not_there_is_named(unused_tcp_port: int) -> None:
    with pytest.raises(Unavailable, match=rf"bolt://127\.0\.0\.1:{unused_tcp_port} does not answer"):
        async with open_graph(f"bolt://127.0.0.1:{unused_tcp_port}", "root", "secret-word"):
            pass


async def test_wrong_password_is_told_apart_and_not_repeated(graph_server) -> None:
    address = graph_server.store.driver._pool.address
    with pytest.raises(Unavailable, match="refuses user “somebody”") as raised:
        async with open_graph(f"bolt://127.0.0.1:{address.port}", "somebody", "wrong-word"):
            pass
    assert "wrong-word" not in str(raised.value)
