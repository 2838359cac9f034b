"""``plantroom notes``: a person leaves one and reads it again."""

PLANT = """
site: {id: quay, name: Quay}
assets:
  - {id: p1, name: Quay Pump 1, class: Pump}
"""


async def test_a_note_is_left_and_shown(served):
    terminal, _ = served
    assert (await terminal.run("import", terminal.file("quay.yaml", PLANT))).code == 0
    assert "Nobody has left a note at Quay Pump 1." in (await terminal.run("notes", "quay pump 1")).out
    left = await terminal.run("notes", "Quay Pump 1", "--add", "Seal [drips].\nNext week.", "--by", "ada")
    assert (left.code, left.out) == (0, "The note is left.\n"), left.err
    shown = await terminal.run("notes", "p1")
    assert "ada" in shown.out
    assert "  Seal [drips].\n  Next week.\n" in shown.out
    told = (await terminal.run("notes", "p1", "--json")).json()
    assert [(one["author"], one["text"]) for one in told["written"]] == [("ada", "Seal [drips].\nNext week.")]
    assert (await terminal.run("notes", "p9")).code == 1
    refused = await terminal.run("notes", "p1", "--add", "x" * 2001)
    assert (refused.code, "at most 2,000 characters" in refused.err) == (1, True)
    proposed = await terminal.run("tool", "leave_note", "--arg", "asset=p1", "--arg", "text=Hello")
    assert (proposed.code, "It waits for approval (proposal P-1)." in proposed.out) == (0, True)
    assert len((await terminal.run("notes", "p1", "--json")).json()["written"]) == 1
