"""Resources in pages, with ETags, in several formats; and chat as events."""

import asyncio
import csv
import json
from datetime import timedelta
from importlib.util import find_spec

import httpx
import pytest

from interfaces.http.api.limits import Limiter, TooMany
from tests.interfaces.http.conftest import NOW

API = "/api/v1"


async def pages(plant, path: str, **query) -> list[dict]:
    """All of a list, by its Link headers."""
    answer = await plant.http.get(f"{API}{path}", params=query)
    found = answer.json()["items"]
    while "link" in answer.headers:
        target = answer.headers["link"].partition("<")[2].partition(">")[0]
        answer = await plant.http.get(target)
        found += answer.json()["items"]
    return found


@pytest.mark.parametrize("path", ["/assets", "/points", "/assets?kind=place"])
async def test_pages_tell_everything_once(plant, path: str):
    found = [one["id"] for one in await pages(plant, path, limit=23)] if "?" not in path else None
    if found is None:
        found = [one["id"] for one in await pages(plant, "/assets", kind="place", limit=23)]
    assert len(found) > 23
    assert found == sorted(set(found))


async def test_filters(plant):
    assert {one["class"] for one in await pages(plant, "/assets", **{"class": "AHU"})} == {"AHU"}
    points = await pages(plant, "/points", asset="AHU-1", quantity="supply_air_temperature")
    assert [(one["assets"], one["unit"]) for one in points] == [(["ahu-1"], "°C")]
    assert [one["number"] for one in await pages(plant, "/work-orders")] == ["4711", "WO-1"]
    assert [one["number"] for one in await pages(plant, "/work-orders", state="all", limit=1)] == [
        "4711",
        "4712",
        "WO-1",
    ]
    assert (await plant.http.get(f"{API}/work-orders/4712")).json()["text"] == "Filter."
    assert await pages(plant, "/forecasts") == []
    for alarm in await pages(plant, "/alarms", state="all", limit=2):
        assert (await plant.http.get(f"{API}/alarms/{alarm['id']}")).json() == alarm


async def test_who_has_it_already_gets_nothing_again(plant):
    first = await plant.http.get(f"{API}/assets/ahu-1")
    assert first.json()["asset"]["name"] == "AHU-1"
    again = await plant.http.get(f"{API}/assets/ahu-1", headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    other = await plant.http.get(f"{API}/assets/ahu-2", headers={"if-none-match": first.headers["etag"]})
    assert other.status_code == 200


async def test_readings_in_pages_and_formats(plant):
    ids = [one["id"] for one in await pages(plant, "/points", asset="AHU-1")][:3]
    window = {"point": ids, "start": (NOW - timedelta(hours=3)).isoformat(), "end": NOW.isoformat()}
    found = await pages(plant, "/readings", **window, limit=7)
    assert found == (await plant.http.get(f"{API}/readings", params={**window, "limit": 1000})).json()["items"]
    assert [ids.index(one["point"]) for one in found] == sorted(ids.index(one["point"]) for one in found)
    answer = await plant.http.get(f"{API}/readings", params=window, headers={"accept": "text/csv"})
    rows = list(csv.DictReader(answer.text.splitlines()))
    assert [float(row["value"]) if row["value"] else None for row in rows] == [one["value"] for one in found]
    assert (await plant.http.get(f"{API}/readings", params=window, headers={"accept": "image/png"})).status_code == 406
    arrow = await plant.http.get(f"{API}/readings", params={**window, "format": "arrow"})
    if find_spec("pyarrow") is None:
        assert (arrow.status_code, "plantroom[arrow]" in arrow.json()["detail"]) == (406, True)
    else:
        import pyarrow.ipc

        assert pyarrow.ipc.open_stream(arrow.content).read_all().num_rows == len(found)
    backwards = {**window, "start": window["end"], "end": window["start"]}
    assert (await plant.http.get(f"{API}/readings", params=backwards)).status_code == 422


async def test_approvals_in_pages(plant):
    for number in range(3):
        asked = {"asset": "AHU-3", "text": f"Page {number}."}
        assert (await plant.http.post(f"{API}/tools/leave_note", json=asked)).status_code == 202
    found = await pages(plant, "/approvals", limit=2)
    assert [one["arguments"]["text"] for one in found] == ["Page 2.", "Page 1.", "Page 0."]
    rejected = await plant.http.post(f"{API}/approvals/{found[0]['id']}/reject", json={"reason": "Known."})
    assert (rejected.json()["state"], rejected.json()["reason"]) == ("rejected", "Known.")
    assert len(await pages(plant, "/approvals")) == 2
    assert len(await pages(plant, "/approvals", all=True)) == 3


def events(text: str) -> list[tuple[str, dict]]:
    blocks = [block.split("\n") for block in text.strip().split("\n\n") if not block.startswith(":")]
    return [(name.removeprefix("event: "), json.loads(told.removeprefix("data: "))) for name, told in blocks]


async def test_a_question_is_answered_step_by_step(plant):
    answer = await plant.http.post(f"{API}/chat", json={"question": "How many AHUs are there?"})
    assert answer.headers["content-type"].startswith("text/event-stream")
    told = events(answer.text)
    names = [name for name, _ in told]
    assert (names[0], names[-1]) == ("begin", "answer")
    assert {"step", "found", "text"} <= set(names)
    assert "".join(one["text"] for name, one in told if name == "text") == told[-1][1]["text"]


async def test_who_goes_away_ends_the_answer(plant):
    ended = asyncio.Event()

    class Slow:
        async def ask(self, question, conversation, caller):
            from agent.events import TextDelta

            try:
                yield TextDelta("One moment")
                await asyncio.sleep(60)
            finally:
                ended.set()

    kept = plant.served.agent
    object.__setattr__(plant.served, "agent", Slow())
    try:
        with pytest.raises(httpx.ReadTimeout):
            await plant.http.post(f"{API}/chat", json={"question": "Slowly?"}, timeout=2)
        await asyncio.wait_for(ended.wait(), 20)
    finally:
        object.__setattr__(plant.served, "agent", kept)


def test_a_caller_gets_so_many_requests_and_then_waits():
    now = 0.0
    limiter = Limiter(60, lambda: now)
    for _ in range(30):
        limiter.spend("ann")
    with pytest.raises(TooMany) as refused:
        limiter.spend("ann")
    assert (refused.value.status, refused.value.headers) == (429, {"retry-after": "1"})
    limiter.spend("bob")
    now = 1.0
    limiter.spend("ann")
    with pytest.raises(TooMany):
        limiter.spend("ann")


async def test_too_many_requests_say_when_to_come_again(plant):
    kept = plant.served.limiter
    object.__setattr__(plant.served, "limiter", Limiter(2, lambda: 0.0))
    try:
        answers = [await plant.http.get(f"{API}/tools") for _ in range(2)]
    finally:
        object.__setattr__(plant.served, "limiter", kept)
    assert [one.status_code for one in answers] == [200, 429]
    assert answers[1].headers["retry-after"] == "30"
