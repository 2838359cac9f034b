"""``plantroom notify`` and ``plantroom oncall``: a book is checked, a person is reached, and somebody is on call instead."""

import asyncio
import json

import pytest
from fastapi import FastAPI, Request, Response

from tests.interfaces.web.conftest import served_app

pytestmark = pytest.mark.slow
PLANT = """
site: {id: quay, name: Quay}
assets:
  - {id: p1, name: Quay Pump 1, class: Pump}
"""
BOOK = """
people:
  ann: {role: manager, reached_by: "${ANN}"}
  bob: {reached_by: []}
rotas:
  quay: {people: [ann, bob], first: 2026-11-30}
routes:
  - {priority: [high, urgent], to: on call quay, then: [{after: 15 min, to: bob}]}
  - {of: approval, to: ann}
"""


async def test_a_book_is_checked_a_person_reached_and_an_approval_told(terminal):
    got: asyncio.Queue[dict[str, str]] = asyncio.Queue()

    async def take(request: Request) -> Response:
        await got.put(await request.json())
        return Response(status_code=200)

    gateway = FastAPI()
    gateway.add_api_route("/{path:path}", take, methods=["POST"])
    book = terminal.file("notify.yaml", BOOK)
    async with served_app(gateway) as port:
        told = {"PLANTROOM_NOTIFY": str(book), "ANN": f"json://127.0.0.1:{port}/token-of-ann"}
        async with terminal.running("serve", "--port", "0", **told) as running:
            await running.serving()
            assert (await terminal.run("import", terminal.file("quay.yaml", PLANT))).code == 0
            checked = (await terminal.run("notify", "check", **told)).out
            assert "ann: json" in checked
            assert "bob: cannot be reached: no address" in checked
            assert "1. high or urgent alarm: on call quay; after 15 min bob" in checked
            assert "token-of-ann" not in checked

            assert (await terminal.run("notify", "test", "ann", **told)).out == "ann was sent a message by json.\n"
            assert "messages reach ann" in (await asyncio.wait_for(got.get(), 30))["message"]
            refused = await terminal.run("notify", "test", "bob", **told)
            assert (refused.code, "No address is known." in refused.err) == (1, True)
            assert (await terminal.run("notify", "test", "eve", **told)).code == 1

            on_call = json.loads((await terminal.run("oncall", "--json", **told)).out)
            assert on_call["quay"] in ("ann", "bob")
            assert (await terminal.run("oncall", "override", "quay", "bob", "--to", "2020-01-01", **told)).code == 1
            instead = await terminal.run("oncall", "override", "quay", "--to", "2099-01-01", **told)
            assert "nobody is on call for quay until 2099-01-01" in instead.out, instead.err
            assert json.loads((await terminal.run("oncall", "--json", **told)).out) == {"quay": None}
            assert "is withdrawn" in (await terminal.run("oncall", "withdraw", "1", **told)).out

            asked = ("tool", "leave_note", "--arg", "asset=p1", "--arg", "text=Seal drips.", "--json")
            proposal = (await terminal.run(*asked)).json()["proposal"]["id"]
            assert proposal in (await asyncio.wait_for(got.get(), 200))["title"]
            listed = (await terminal.run("notify", "list", "--json")).json()
            assert [(one["person"], one["subject"], one["state"]) for one in listed] == [
                ("ann", f"proposal:{proposal}", "sent")
            ]
            assert "Nothing was given up." in (await terminal.run("notify", "dead")).out


async def test_without_a_book_it_is_said_where_to_write_one(terminal):
    refused = await terminal.run("notify", "check")
    assert (refused.code, "notify.yaml" in refused.err) == (1, True)
