"""Work at a terminal: an order from its opening to its end with its photograph, and plans that came with the plant's file."""

from pathlib import Path

PLANT = """
site: {id: quay, name: Quay, timezone: UTC}
assets:
  - {id: p1, name: Quay Pump 1, class: Pump}
plans:
  - {id: grease, task: Grease the bearings, class: Pump, every: {days: 90}, last_done: 2020-01-01, parts: [{part: G-1}]}
parts:
  - {number: G-1, name: Grease, stock: 0, lead_days: 7}
"""
JPEG = b"\xff\xd8\xff\xe0" + bytes(100)


async def test_an_order_from_its_opening_to_its_end(served, tmp_path: Path):
    terminal, _ = served
    imported = await terminal.run("import", terminal.file("quay.yaml", PLANT))
    assert "1 maintenance plans and 1 spare parts came with it." in imported.out, imported.err
    assert "Grease the bearings" in (await terminal.run("plans", "due", COLUMNS="200")).out
    assert "G-1" in (await terminal.run("plans", "parts", COLUMNS="200")).out

    made = await terminal.run(
        "work-orders", "create", "p1", "Seal drips", "--for", "bob", "--due", "2026-01-01", "--by", "ann"
    )
    assert (made.code, made.out) == (0, "WO-1 is open for Quay Pump 1 (P-1)\n"), made.err
    waits = await terminal.run("work-orders", "create", "p1", "Paint it", "--propose")
    assert "P-2 waits for approval: open a work order for Quay Pump 1: “Paint it”" in waits.out
    worked = await terminal.run("work-orders", "update", "wo-1", "--minutes", "30", "--part", "S-1=2", "--by", "bob")
    assert worked.out == "WO-1 of Quay Pump 1 is changed (P-3)\n", worked.err

    photo = tmp_path / "seal.jpg"
    photo.write_bytes(JPEG)
    kept = await terminal.run("work-orders", "attach", "WO-1", str(photo))
    assert kept.out == "seal.jpg is kept with the order (image/jpeg, 104 bytes).\n", kept.err
    wrong = await terminal.run("work-orders", "attach", "WO-1", terminal.file("seal.png", "no image"))
    assert (wrong.code, "is not kept: a file is a JPEG" in wrong.err) == (1, True)
    assert (
        await terminal.run("work-orders", "fetch", "WO-1", "seal.jpg", "--to", str(tmp_path / "back.jpg"))
    ).code == 0
    assert (tmp_path / "back.jpg").read_bytes() == JPEG

    asked = await terminal.run("work-orders", "close", "WO-1")
    assert (asked.code, "Closing WO-1 needs the code of what was found. Likely here:" in asked.err) == (1, True)
    closed = await terminal.run("work-orders", "close", "WO-1", "--code", "ELP", "--remark", "New seal")
    assert closed.out == "WO-1 of Quay Pump 1 is closed (P-4)\n", closed.err
    shown = (await terminal.run("work-orders", "show", "WO-1")).out
    assert "WO-1  Quay Pump 1  done, medium, corrective" in shown
    assert all(
        line in shown
        for line in ("bob worked 30 minutes", "used 2 of S-1", "files: seal.jpg", "code: ELP", "ann: created open")
    )
    listed = (await terminal.run("work-orders", "list", "--which", "done", "--json")).json()
    assert [(one["number"], one["counts_as"]) for one in listed] == [("WO-1", "failure ELP")]
    assert "Nothing was flagged yet" in (await terminal.run("models", "accuracy")).out
