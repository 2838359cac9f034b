"""GraphQL: what hangs together in one request, and no request that could return too much."""

import pytest


async def ask(plant, query: str, headers: dict | None = None, **variables):
    return await plant.http.post("/graphql", json={"query": query, "variables": variables}, headers=headers)


async def data(plant, query: str, **variables) -> dict:
    answer = (await ask(plant, query, **variables)).json()
    assert "errors" not in answer, answer
    return answer["data"]


async def test_assets_with_what_belongs_to_them(plant):
    found = await data(
        plant,
        """{ assets(class: "AHU", first: 3) { next items { id class place status
             points(first: 4) { quantity unit value readings(first: 2) { at value } }
             parts { name class } feeds(first: 2) { name } orders { number text asset { id } } alarms { level } } } }""",
    )
    items = found["assets"]["items"]
    assert [one["id"] for one in items] == ["ahu-1", "ahu-2", "ahu-3"]
    assert all(len(one["points"]) == 4 for one in items)
    assert items[1]["orders"][:1] == [{"number": "4711", "text": "Fan is loud.", "asset": {"id": "ahu-2"}}]
    reading = next(point for point in items[0]["points"] if point["readings"])["readings"]
    assert reading[0]["at"] > reading[1]["at"]
    assert "AHU-1 Filter" in [one["name"] for one in items[0]["parts"]]


async def test_pages_go_on_where_the_last_one_ended(plant):
    query = "query($after: String) { assets(first: 40, after: $after) { next items { id } } }"
    seen, after = [], None
    while True:
        page = (await data(plant, query, after=after))["assets"]
        seen += [one["id"] for one in page["items"]]
        if (after := page["next"]) is None:
            break
    assert seen == sorted(set(seen))
    assert len(seen) > 40


async def test_readings_alarms_and_orders(plant):
    point = (await data(plant, '{ points(assets: ["AHU-1"], quantity: "supply_air_temperature") { items { id } } }'))[
        "points"
    ]["items"][0]
    query = "query($p: [String!]!, $after: String) { readings(points: $p, first: 60, after: $after) { next items { at value } } }"
    first = (await data(plant, query, p=[point["id"]]))["readings"]
    second = (await data(plant, query, p=[point["id"]], after=first["next"]))["readings"]
    assert first["items"][-1]["at"] < second["items"][0]["at"]
    assert (await data(plant, "{ orders(closed: true) { items { number } } }"))["orders"]["items"] == [
        {"number": "4712"}
    ]
    assert "items" in (await data(plant, "{ alarms(cleared: true) { items { point level } } }"))["alarms"]


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("{ assets(first: 100) { items { points(first: 100) { readings(first: 100) { at } } } } }", "objects"),
        ("query($n: Int!) { assets(first: $n) { items { parts(first: $n) { name } } } }", "objects"),
        ("{ ...a } fragment a on Query { assets(first: 100) { items { parts(first: 100) { id } } } }", "objects"),
        ("{ assets { items { parts { parts { parts { parts { parts { parts { parts { id } } } } } } } } } }", "depth"),
        ("{ " + " ".join(f"a{n}: orders {{ next }}" for n in range(20)) + " }", "aliases"),
        ("{ " + "orders { next } " * 400 + "}", "token"),
        ("{ ...a0 } " + " ".join(f"fragment a{n} on Query {{ ...a{n + 1} ...a{n + 1} }}" for n in range(60)) + " fragment a60 on Query { orders { next } }", "depth"),
        ("{ ...a } fragment a on Query { ...b } fragment b on Query { ...a }", "depth"),
        ("{ assets(first: 0) { next } }", "first is 1 to 100"),
        ('{ assets(class: "Spaceship") { next } }', "no class"),
        ('{ asset(id: "AHU-99") { name } }', "AHU-"),
        ('{ readings(points: ["none"]) { next } }', "no point none"),
        ('{ alarms(after: "zz") { next } }', "cursor"),
    ],
)  # fmt: skip
async def test_what_is_wrong_or_too_much_is_refused(plant, query: str, says: str):
    told = (await ask(plant, query, n=2)).json()
    assert says.lower() in told["errors"][0]["message"].lower(), told


async def test_the_door_is_for_post_and_for_who_may_read(plant):
    assert (await plant.http.get("/graphql?query={orders{next}}")).status_code == 405
    nobody = await ask(plant, "{ orders { next } }", headers={"authorization": ""})
    assert (nobody.status_code, nobody.headers["content-type"]) == (401, "application/problem+json")
    batch = await plant.http.post("/graphql", json=[{"query": "{ orders { next } }"}])
    assert batch.status_code == 400
