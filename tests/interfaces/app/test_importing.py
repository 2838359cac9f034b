"""Models brought in by ``plantroom import`` beside a plant that is served, and asked about by ``plantroom ask``."""

import pytest

WORKS = """
site: {id: works, name: Harbour Works, timezone: Europe/Berlin}
places:
  - {id: hall, class: Building, name: Pump Hall, in: works}
assets:
  - {id: p1, class: Chilled_Water_Pump, name: Harbour Pump 1, in: hall, feeds: [ahu]}
  - {id: p2, class: Hot_Water_Pump, name: Harbour Pump 2, in: hall}
  - {id: p3, class: Pump, name: Harbour Pump 3, in: hall}
  - {id: ahu, class: Air_Handling_Unit, name: Harbour AHU, in: hall, points: {supply_air_temperature: {unit: °C, source: ahu/sat}}}
"""
OTHER = "site: {id: other, name: Other Works}\nassets: [{id: o1, class: Boiler, name: Other Boiler, in: other}]\n"
BAD: dict[str, tuple[str | bytes, str]] = {
    "bad.yaml": ("site: [", "bad.yaml, line 1: this is not well-formed YAML"),
    "empty.yaml": ("", "empty.yaml must hold the sections site, places and assets"),
    "wrong.yaml": ("site: {id: w, name: W}\nassets: [{id: a, class: Pmup, name: A}]\n", "Pmup"),
    "picture.yaml": (b"\x89PNG\xff", "picture.yaml cannot be read as text"),
    "bad.ttl": ("hello world\n", "bad.ttl is not a well-formed RDF file"),
    "empty.ttl": ("", "empty.ttl describes no equipment"),
    "plant.docx": ("x", "plant.docx is of a kind that cannot be imported"),
}


async def answer(terminal, question: str) -> str:
    asked = await terminal.run("ask", "--json", question)
    assert asked.code == 0, asked.err
    return asked.json()["answer"]


@pytest.mark.slow
async def test_a_plant_is_imported_and_asked_about(served):
    terminal, _ = served
    nothing = await answer(terminal, "How many pumps are there?")
    imported = await terminal.run("import", terminal.file("works.yaml", WORKS))
    assert imported.code == 0, imported.err
    assert "Harbour Works" in imported.out
    assert [line.split() for line in imported.out.splitlines() if line.startswith("Asset")] == [["Asset", "4", *"–––"]]

    asked = await terminal.run("ask", "How many pumps are there?")
    assert asked.code == 0, asked.err
    assert "3 pumps" in asked.out
    assert "3 pumps" not in nothing
    assert asked.err == "", "an answer is all that is printed"

    reply = (await terminal.run("ask", "--json", "What does", "Harbour Pump 1 feed?")).json()
    assert reply["question"] == "What does Harbour Pump 1 feed?"
    assert "Harbour AHU" in reply["answer"]
    assert reply["calls"]
    assert reply["evidence"]
    assert reply["invented"] == []
    assert "ahu" in reply["highlight"]

    again = await terminal.run("import", "works.yaml")
    assert [line.split() for line in again.out.splitlines() if line.startswith("Asset")] == [["Asset", *"––", "4", "–"]]


async def test_a_conversation_goes_on_under_its_name(served):
    terminal, _ = served
    await terminal.run("import", terminal.file("works.yaml", WORKS))
    first = await terminal.run("ask", "--conversation", "monday", "What does Harbour Pump 1 feed?")
    assert "Harbour AHU" in first.out
    second = await terminal.run("ask", "--json", "--conversation", "monday", "Where is it?")
    assert second.json()["conversation"] == "monday"
    assert "Pump Hall" in second.json()["answer"]


@pytest.mark.slow
async def test_one_bad_file_is_told_and_nothing_of_the_others_is_written(served):
    terminal, _ = served
    good = terminal.file("other.yaml", OTHER)
    for name, (content, words) in BAD.items():
        refused = await terminal.run("import", good, terminal.file(name, content))
        assert refused.code == 1, name
        assert words in refused.err
        assert "Traceback" not in refused.err
    assert "Other Boiler" not in await answer(terminal, "Which boilers are there?")
    assert (await terminal.run("import", good)).code == 0
    assert "Other Boiler" in await answer(terminal, "Which boilers are there?")


async def test_soda_hall_is_imported_and_asked_about(served, buildings):
    terminal, _ = served
    imported = await terminal.run("import", str(buildings / "soda_brick.ttl"))
    assert imported.code == 0, imported.err
    asked = await terminal.run("ask", "In total, how many VAV boxes are installed?")
    assert "243" in asked.out
    reply = (await terminal.run("ask", "--json", "How many VAVs does AHU 3 feed?")).json()
    assert "71" in reply["answer"]
    assert reply["evidence"]
