"""The schedule at a terminal: what is planned and why, what is not known, calendars, proposals and their approval."""

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
