"""Tools over HTTP: what reads answers, what changes something waits, and what is wrong is said so that it can be put right."""

import asyncio

import pytest

from interfaces.http.api.examples import read_examples
from tools.catalogue.plant import plant_tools

BOB = {"authorization": "Bearer bob"}


def test_every_tool_has_an_example():
    assert {tool.name for tool in plant_tools()} == set(read_examples().by_tool)


@pytest.mark.parametrize("name", sorted(read_examples().by_tool))
async def test_the_examples_run_on_the_demo_plant(plant, name: str):
    answer = await plant.http.post(f"/api/v1/tools/{name}", json=read_examples().by_tool[name])
    assert answer.status_code == (200 if plant.served.registry[name].effect == "read" else 202), answer.text


async def test_a_read_answers_with_the_result(plant):
    found = (await plant.http.post("/api/v1/tools/find_assets", json={"query": {"class": "AHU"}})).json()
    assert found["total"] == len(found["assets"]) > 1
    assert found["assets"][0]["class"] == "AHU"


async def test_a_change_waits_for_a_person(plant):
    asked = {"asset": "AHU-1", "text": "Belt squeals."}
    answer = await plant.http.post("/api/v1/tools/leave_note", json=asked)
    assert answer.status_code == 202
    told = answer.json()
    assert answer.headers["location"] == told["settle"]
    assert told["proposal"]["state"] == "proposed"
    shown = await plant.http.get(told["settle"])
    assert shown.json()["arguments"] == {"asset": "ahu-1", "text": "Belt squeals."}
    done = await plant.http.post(told["approve"], headers={**BOB, "if-match": shown.headers["etag"]})
    assert (done.json()["state"], done.json()["settled_by"]) == ("done", "bob")
    again = await plant.http.post(told["approve"], headers={**BOB, "if-match": shown.headers["etag"]})
    assert again.status_code == 412
    late = await plant.http.post(told["reject"], headers=BOB)
    assert (late.status_code, late.json()["title"]) == (403, "That is not for this caller to do")


async def test_the_same_key_does_it_once(plant):
    key = {"idempotency-key": "k-1"}
    asked = {"asset": "AHU-1", "text": "Once."}
    first, second = await asyncio.gather(
        *(plant.http.post("/api/v1/tools/leave_note", json=asked, headers=key) for _ in range(2))
    )
    if 409 in (first.status_code, second.status_code):
        first = second = await plant.http.post("/api/v1/tools/leave_note", json=asked, headers=key)
    assert first.json()["proposal"]["id"] == second.json()["proposal"]["id"]
    replayed = await plant.http.post("/api/v1/tools/leave_note", json=asked, headers=key)
    assert (replayed.status_code, replayed.headers["idempotency-replayed"]) == (202, "true")
    other = await plant.http.post("/api/v1/tools/leave_note", json={**asked, "text": "Another."}, headers=key)
    assert other.status_code == 422
    assert "another request" in other.json()["detail"]
    somebody = await plant.http.post(
        "/api/v1/tools/leave_note", json={**asked, "text": "Mine."}, headers={**key, **BOB}
    )
    assert somebody.status_code == 202


async def test_a_key_is_kept_only_for_what_was_done(plant):
    key = {"idempotency-key": "k-2"}
    wrong = await plant.http.post("/api/v1/tools/leave_note", json={"asset": "no such"}, headers=key)
    assert wrong.status_code == 422
    right = await plant.http.post("/api/v1/tools/leave_note", json={"asset": "AHU-1", "text": "Right."}, headers=key)
    assert right.status_code == 202


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "says"),
    [
        ("POST", "/tools/find_asets", b"{}", 404, "did you mean “find_assets”"),
        ("POST", "/tools/find_assets", b"[]", 422, "must be one JSON object"),
        ("POST", "/tools/find_assets", b"{", 400, "no JSON that can be read"),
        ("POST", "/tools/find_assets", b'{"query": {"class": "AHU"}, "limit": 0}', 422, "limit"),
        ("POST", "/tools/describe_asset", b'{"asset": "AHU-99"}', 404, "AHU-"),
        ("POST", "/tools/find_assets", b"[" * 10_000, 400, "no JSON"),
        ("POST", "/tools/find_assets", b'"' + b"x" * 9_000_000 + b'"', 413, "larger than"),
        ("GET", "/tools/find_assets", b"", 405, "use POST"),
        ("GET", "/nothing", b"", 404, "/api/v1/openapi.json"),
        ("GET", "/assets?limit=0", b"", 422, "limit"),
        ("GET", "/assets?cursor=zzz", b"", 422, "cursor"),
        ("GET", "/assets?class=Spaceship", b"", 422, "no class"),
        ("GET", "/readings?point=none", b"", 404, "/api/v1/points"),
        ("GET", "/alarms/999", b"", 404, "no alarm 999"),
        ("POST", "/approvals/P-999/approve", b"", 404, "no proposal P-999"),
        ("POST", "/approvals/the pump/approve", b"", 422, "P-12"),
        ("POST", "/chat", b"{}", 422, "question"),
    ],
)  # fmt: skip
async def test_what_is_wrong_is_a_problem(plant, method: str, path: str, body: bytes, status: int, says: str):
    answer = await plant.http.request(
        method, f"/api/v1{path}", content=body, headers={"content-type": "application/json"}
    )
    told = answer.json()
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json"), answer.text
    assert says in told["detail"]
    assert told["status"] == status
    assert (await plant.http.get(told["type"])).status_code == 200


async def test_nobody_and_strangers_are_told_how_to_come_in(plant):
    nobody = await plant.http.post("/api/v1/tools/find_assets", json={}, headers={"authorization": ""})
    assert (nobody.status_code, "API key" in nobody.json()["detail"]) == (401, True)
    assert nobody.headers["www-authenticate"].startswith("Bearer")
    stranger = await plant.http.get("/api/v1/assets", headers={"authorization": "Bearer stranger"})
    assert (stranger.status_code, "scope read" in stranger.json()["detail"]) == (403, True)
