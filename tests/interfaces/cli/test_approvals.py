"""``plantroom approvals``: a proposal from the command line, settled there and over the web app's API."""

import httpx

PLANT = """
site: {id: quay, name: Quay}
assets:
  - {id: p1, name: Quay Pump 1, class: Pump}
"""


async def test_a_proposal_is_made_shown_and_settled(served):
    terminal, address = served
    assert (await terminal.run("import", terminal.file("quay.yaml", PLANT))).code == 0
    assert "Nothing waits for approval." in (await terminal.run("approvals", "list")).out

    async def propose(text: str) -> str:
        made = await terminal.run("tool", "leave_note", "--arg", "asset=p1", "--arg", f"text={text}", "--json")
        assert made.code == 0, made.err
        return made.json()["proposal"]["id"]

    first, second, third = [await propose(text) for text in ("Seal drips.", "Bearing hums.", "Oil is low.")]
    assert await propose("Seal drips.") == first
    listed = (await terminal.run("approvals", "list")).out
    assert all(one in listed for one in (first, second, third, "“Seal drips.”"))
    shown = (await terminal.run("approvals", "show", first)).out
    assert 'leave_note {"asset": "p1", "text": "Seal drips."}' in shown

    done = await terminal.run("approvals", "approve", first, "--by", "bob")
    assert (done.code, done.out) == (0, f"{first} is done: A note is left at Quay Pump 1\n"), done.err
    again = await terminal.run("approvals", "approve", first)
    assert (again.code, f"{first} cannot be settled any more: it is done by bob." in again.err) == (1, True)
    rejected = await terminal.run("approvals", "reject", second, "--reason", "known")
    assert rejected.out == f"{second} is rejected\n"
    assert (await terminal.run("approvals", "show", second, "--json")).json()["reason"] == "known"
    assert (await terminal.run("approvals", "approve", "P-999")).code == 1

    async with httpx.AsyncClient(base_url=address) as http:
        found = (await http.get("/api/v1/approvals")).json()
        assert [(one["id"], one["state"]) for one in found["items"]] == [(third, "proposed")]
        elsewhere = {"origin": "https://evil.example"}
        assert (await http.post(f"/api/v1/approvals/{third}/approve", headers=elsewhere)).status_code == 403
        assert (await http.get(f"/api/v1/approvals/{third}")).json()["state"] == "proposed"
        assert (await http.post(f"/api/v1/approvals/{third}/approve")).json()["state"] == "done"
        assert (await http.post(f"/api/v1/approvals/{third}/reject")).status_code == 403
        assert (await http.post("/api/v1/approvals/P-999/approve")).status_code == 404
        assert (await http.post("/api/v1/approvals/the pump/approve")).status_code == 422
    notes = (await terminal.run("notes", "p1", "--json")).json()["written"]
    assert sorted(one["text"] for one in notes) == ["Oil is low.", "Seal drips."]
