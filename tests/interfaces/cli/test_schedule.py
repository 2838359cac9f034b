"""Plans at a terminal, the schedule and the load plan: what is planned and why, what is not known, calendars, proposals and their approval."""

import re
from pathlib import Path

PLANT = """
site: {id: quay, name: Quay, timezone: UTC}
assets:
  - {id: p1, name: Quay Pump 1, class: Pump, feeds: [h1]}
  - {id: p2, name: Quay Pump 2, class: Pump, feeds: [h1]}
  - {id: h1, name: Header, class: Equipment}
plans:
  - {id: grease, task: Grease the bearings, class: Pump, every: {days: 90}, last_done: 2020-01-01, hours: 1}
"""
CREWS = """
crews:
  - {name: North, skills: mechanical, shifts: [{hours: "07:00-15:00"}], rate_per_hour: 60}
skills: [{class: Pump, skill: mechanical}]
usual: 60
"""


async def test_a_plan_from_files_to_approved_orders(served, tmp_path: Path):
    terminal, _ = served
    missing = await terminal.run("schedule")
    assert (missing.code, "There are no crews yet." in missing.err) == (1, True)
    terminal.home.mkdir(parents=True, exist_ok=True)
    (terminal.home / "crews.yaml").write_text(CREWS)
    assert (await terminal.run("import", terminal.file("quay.yaml", PLANT))).code == 0
    checked = await terminal.run("schedule", "check")
    assert "North: mechanical; mon-sun 07:00-15:00" in checked.out, checked.err

    found = (await terminal.run("schedule", "--days", "5", "--seconds", "5", "--json")).json()
    assert [one["text"] for one in found["jobs"]] == ["Grease the bearings"] * 2
    assert len({one["begins"][:10] for one in found["jobs"]}) == 2, "never both pumps on one day"
    assert found["state"] == "optimal"
    assert any("what its downtime costs for Quay Pump 1, Quay Pump 2" in note for note in found["notes"])

    shown = await terminal.run(
        "schedule", "--days", "5", "--seconds", "5", "--ics", str(tmp_path), "--propose", COLUMNS="250"
    )
    assert "what stands in for it is out of service" in shown.out, shown.err
    assert "no plan is cheaper" in shown.out
    assert "P-2 waits for approval" in shown.out
    assert (tmp_path / "North.ics").read_text().count("BEGIN:VEVENT") == 2
    assert (await terminal.run("work-orders", "list", "--json")).json() == []
    assert (await terminal.run("approvals", "approve", "P-1")).code == 0
    (order,) = (await terminal.run("work-orders", "list", "--json")).json()
    assert order["assignee"] == "North"


COLD_STORE = """
site: {id: quay, name: Quay, timezone: UTC}
assets:
  - {id: c1, name: Quay Chiller 1, class: Chiller, feeds: [h1]}
  - {id: c2, name: Quay Chiller 2, class: Chiller, feeds: [h1]}
  - {id: h1, name: Header, class: Equipment}
"""
LOAD = """
systems:
  - serves: cooling
    load_kw: [50, 50, 120, 120, 50]
    upper_kw: [60, 60, 150, 150, 60]
    units: [{asset: Quay Chiller 1, capacity_kw: 100}, {asset: c2, capacity_kw: 100}]
base_kw: 10
"""


async def test_a_load_plan_from_files_to_an_approved_order(served):
    terminal, _ = served
    terminal.home.mkdir(parents=True, exist_ok=True)
    (terminal.home / "load.yaml").write_text(LOAD)
    (terminal.home / "tariff.yaml").write_text("electricity: {price: 0.2, prise: 1}")
    wrong = await terminal.run("load")
    assert (wrong.code, "tariff.yaml cannot be used: electricity.prise" in wrong.err) == (1, True)
    (terminal.home / "tariff.yaml").write_text("electricity: {price: 0.2}")
    assert (await terminal.run("import", terminal.file("cold.yaml", COLD_STORE))).code == 0
    checked = await terminal.run("load", "check")
    assert "Electricity: 0.2 EUR a kWh." in checked.out, checked.err
    assert "2 units are described in load.yaml." in checked.out

    found = (await terminal.run("load", "--hours", "5", "--what-if", "supply +1", "--json")).json()
    assert found["state"] in ("within gap", "by rule"), found
    assert found["plan"]["cost"] <= found["rule"]["cost"] + 1e-6
    assert any(one["running"] == ["Quay Chiller 1", "Quay Chiller 2"] for one in found["set_points"])
    assert found["what_if"][0]["after"] < found["what_if"][0]["before"]
    assert any("CO2 factor of electricity" in note for note in found["notes"])

    file = terminal.home / "load.svg"
    shown = await terminal.run("load", "--hours", "5", "--chart", str(file), "--propose", COLUMNS="250")
    assert "the load may reach 150 kW, and without Quay Chiller" in shown.out, shown.err
    assert "by the plan" in file.read_text()
    waits = re.search(r"(P-\d+) waits for approval", shown.out)
    assert waits is not None, shown.out
    assert (await terminal.run("approvals", "approve", waits[1])).code == 0
    orders = (await terminal.run("work-orders", "list", "--json")).json()
    (order,) = [one for one in orders if one["text"].startswith("Run the load plan")]
    assert order["asset"] == "c1"
