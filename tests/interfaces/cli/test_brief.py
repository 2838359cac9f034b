"""``plantroom brief``: a plant that has only just come says what it cannot tell yet."""

import pytest

pytestmark = pytest.mark.slow
PLANT = """
site: {id: quay, name: Quay, timezone: Europe/Berlin}
assets:
  - {id: p1, name: Quay Pump 1, class: Pump}
"""


async def test_a_new_plant_is_briefed_in_the_language_that_is_asked_for(terminal):
    assert (await terminal.run("import", terminal.file("quay.yaml", PLANT))).code == 0
    opened = await terminal.run("work-orders", "create", "p1", "Seal drips", "--for", "bob", "--due", "2026-01-01")
    assert opened.code == 0, opened.err
    told = await terminal.run("brief", "--audience", "manager", "--language", "de", "--by", "bob")
    assert told.code == 0, told.err
    assert "Quay: Tagesbericht für die Leitung" in told.out
    assert "Ihre Aufträge: 1, überfällig 1: WO-1." in told.out
    assert "Es gibt keinen Zähler mit Messwerten." in told.out
    found = (await terminal.run("brief", "--json")).json()
    assert (found["timezone"], found["audience"]) == ("Europe/Berlin", "technician")
    refused = await terminal.run("brief", "--date", "2099-01-01")
    assert (refused.code, "still to come" in refused.err) == (1, True)
