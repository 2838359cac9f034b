"""A day's briefing over HTTP: for the caller, in words and as figures with their sources."""

from tests.interfaces.http.conftest import Plant


async def test_a_briefing_is_told_in_words_beside_its_figures(plant: Plant):
    answer = await plant.http.get("/api/v1/briefings/2026-03-02", params={"language": "es"})
    assert answer.status_code == 200
    told = answer.json()
    assert told["title"] == "Riverside Campus: resumen del día para mantenimiento, lunes 2 de marzo"
    assert [one["name"] for one in told["told"]][:3] == ["waiting", "overnight", "risks"]
    assert told["told"][0]["sentences"] == [
        {"text": "1 alarma por reconocer: AHU-3 supply air static pressure.", "source": "alarms"}
    ]
    source = told["briefing"]["sources"]["alarms"]
    assert source["asked"] == "alarm_states"
    assert source["evidence"][0]["points"] == ["ahu-3/supply_air_static_pressure"]


async def test_the_role_decides_for_whom_it_is_and_a_day_to_come_is_refused(plant: Plant):
    manager = {"authorization": "Bearer mia:viewer,technician,manager"}
    found = await plant.http.get("/api/v1/briefings/2026-03-02", headers=manager)
    assert found.json()["briefing"]["audience"] == "manager"
    assert (await plant.http.get("/api/v1/briefings/2026-03-03")).json()["detail"].startswith("2026-03-03 is still to")
    assert (await plant.http.get("/api/v1/briefings/yesterday")).status_code == 422
    assert (await plant.http.get("/api/v1/briefings/2026-03-02", params={"site": "nowhere"})).status_code == 404
