"""Acts on alarms over HTTP: the caller's own, at once, and as a proposal where a tool is called."""

import csv
import io
from datetime import timedelta

import pytest

from ingestion.alarms.alarms import AlarmChange, Alarms
from ingestion.alarms.incidents import Incidents, Placement
from tests.interfaces.http.conftest import NOW

POINT = "ahu-1/supply_air_temperature"


@pytest.fixture
async def alarm(plant) -> int:
    """The number of an open alarm of AHU-1 that nobody has seen."""
    alarms, at = Alarms(plant.history), round(NOW.timestamp() * 1000)
    source = "ahu-1/supply_air_temperature"
    for verb in ("cleared", "raised"):
        await alarms.write([AlarmChange(verb, POINT, source, ["ahu-1"], "alarm", at, value=31.0, side="high")])
    return (await alarms.last([POINT]))[POINT].id


async def act(plant, alarm: int, name: str, *, headers=None, **body):
    return await plant.http.post(f"/api/v1/alarms/{alarm}/{name}", json=body, headers=headers)


async def test_a_person_acknowledges_at_once_and_it_is_in_the_audit_log(plant, alarm: int):
    answer = await act(plant, alarm, "acknowledge", why="On my way")
    assert answer.status_code == 200, answer.text
    (told,) = answer.json()["acts"]
    assert (told["state"], told["who"], told["why"]) == ("acknowledged", "ann", "On my way")
    assert (await plant.http.get(f"/api/v1/alarms/{alarm}")).json()["acknowledged_by"] == "ann"
    rows = await plant.history.fetch("select who, subject, outcome from audit where what = 'alarm.acknowledged'")
    assert {"who": "ann", "subject": POINT, "outcome": "acknowledged"} in rows
    again = await act(plant, alarm, "acknowledge")
    assert (again.status_code, "acknowledged already" in again.json()["detail"]) == (422, True)


async def test_a_shelf_has_its_end_and_may_be_ended_before(plant, alarm: int):
    assert "until when" in (await act(plant, alarm, "shelve")).json()["detail"]
    until = (NOW + timedelta(hours=8)).isoformat()
    (told,) = (await act(plant, alarm, "shelve", until=until)).json()["acts"]
    assert told["state"] == "shelved"
    found = (await plant.http.post("/api/v1/tools/alarm_states", json={"which": "shelved", "asset": "AHU-1"})).json()
    assert [(one["point"], one["held_by"]) for one in found["alarms"]] == [(POINT, "ann")]
    assert found["alarms"][0]["response"]["action"]
    (told,) = (await act(plant, alarm, "unshelve")).json()["acts"]
    assert told["state"] == "unacknowledged"


async def test_an_incident_is_acknowledged_with_the_alarms_that_are_in_it_by_then(plant, alarm: int):
    placed = Placement(None, "ahu-1", "asset", NOW, [alarm], (), ["ahu-1"])
    await Incidents(plant.history).fold(lambda _: [placed], NOW - timedelta(hours=1), NOW)
    ((incident,),) = [
        row.values()
        for row in await plant.history.fetch("select incident from incident_alarm where alarm = %s", [alarm])
    ]
    url = f"/api/v1/alarms/incidents/I-{incident}/acknowledge"
    answer = await plant.http.post(url, json={"why": "On my way"})
    assert [(one["point"], one["state"]) for one in answer.json()["acts"]] == [(POINT, "acknowledged")], answer.text
    again = await plant.http.post(url, json={})
    assert f"No alarm of I-{incident} can be acknowledged now" in again.json()["detail"]
    assert (await plant.http.post("/api/v1/alarms/incidents/I-999999/acknowledge", json={})).status_code == 404
    assert (await plant.http.post("/api/v1/alarms/incidents/x/acknowledge", json={})).status_code == 422


async def test_what_a_tool_is_asked_for_waits_for_a_person(plant, alarm: int):
    asked = await plant.http.post("/api/v1/tools/acknowledge_alarm", json={"asset": "AHU-1"})
    assert asked.status_code == 202
    assert (await plant.http.get(f"/api/v1/alarms/{alarm}")).json()["acknowledged_by"] is None
    done = await plant.http.post(asked.json()["approve"])
    assert (done.json()["state"], done.json()["outcome"]) == ("done", "1 alarm of AHU-1 acknowledged")
    assert (await plant.http.get(f"/api/v1/alarms/{alarm}")).json()["acknowledged_by"] == "ann"


async def test_what_is_no_alarm_or_no_body_is_said(plant, alarm: int):
    assert (await act(plant, 10**12, "acknowledge")).status_code == 404
    assert "whom" in (await act(plant, alarm, "acknowledge", whom="x")).json()["detail"]


async def test_how_much_the_alarms_ask_is_told_with_names(plant, alarm: int):
    url = "/api/v1/alarms/kpis"
    since = (NOW - timedelta(days=1)).isoformat()
    found = (await plant.http.get(url, params={"since": since, "operators": 2})).json()
    rows = await plant.history.fetch(
        "select count(*) as n from alarm where raised_at >= %s and raised_at < %s", [NOW - timedelta(days=1), NOW]
    )
    assert found["raised"] == rows[0]["n"], found
    assert found["per_hour"] == pytest.approx(found["raised"] / 24 / 2)
    assert {one["point"] for one in found["top"]} <= {
        row["point"] for row in await plant.history.fetch("select point from alarm")
    }
    refused = await plant.http.get(url, params={"since": (NOW + timedelta(days=1)).isoformat()})
    assert (refused.status_code, "before now" in refused.json()["detail"]) == (422, True)


async def test_the_master_list_is_csv(plant):
    answer = await plant.http.get("/api/v1/alarms/rationalisation", params={"asset": "AHU-1"})
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/csv; charset=utf-8")
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert rows
    assert all(row["point"].startswith("ahu-1") for row in rows)
    assert all(row["priority"] in ("low", "medium", "high", "urgent") and row["action"] for row in rows)
    missing = await plant.http.get("/api/v1/alarms/rationalisation", params={"asset": "Nothing"})
    assert missing.status_code == 404
