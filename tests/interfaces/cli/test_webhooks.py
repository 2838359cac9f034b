"""``plantroom webhooks``: another system is told of a proposal that is made at the command line."""

import asyncio

import pytest
from fastapi import FastAPI, Request, Response
from standardwebhooks import Webhook

from tests.interfaces.web.conftest import served_app

pytestmark = pytest.mark.slow
PLANT = """
site: {id: quay, name: Quay}
assets:
  - {id: p1, name: Quay Pump 1, class: Pump}
"""


async def test_a_webhook_is_added_tested_told_and_removed(terminal):
    got: asyncio.Queue[tuple[dict[str, str], bytes]] = asyncio.Queue()

    async def take(request: Request) -> Response:
        await got.put((dict(request.headers), await request.body()))
        return Response(status_code=204)

    receiver = FastAPI()
    receiver.add_api_route("/hook", take, methods=["POST"])
    allowed = {"PLANTROOM_WEBHOOK_NETWORKS": "127.0.0.0/8"}
    async with served_app(receiver) as port, terminal.running("serve", "--port", "0", **allowed) as running:
        await running.serving()
        url = f"http://127.0.0.1:{port}/hook"
        assert (await terminal.run("import", terminal.file("quay.yaml", PLANT))).code == 0
        refused = await terminal.run("webhooks", "add", "https://10.0.0.1/hook")
        assert (refused.code, "PLANTROOM_WEBHOOK_NETWORKS" in refused.err) == (1, True)
        added = await terminal.run("webhooks", "add", url, "--event", "approval", "--json")
        secret = added.json()["secret"]
        listed = (await terminal.run("webhooks", "list")).out
        assert (url in listed, secret in listed) == (True, False)

        tested = await terminal.run("webhooks", "test", "1")
        assert tested.out == "Webhook 1 took it and answered 204.\n", tested.err
        headers, body = await asyncio.wait_for(got.get(), 30)
        assert Webhook(secret).verify(body, headers)["type"] == "webhook.test"

        asked = ("tool", "leave_note", "--arg", "asset=p1", "--arg", "text=Seal drips.", "--json")
        proposal = (await terminal.run(*asked)).json()["proposal"]["id"]
        headers, body = await asyncio.wait_for(got.get(), 200)
        told = Webhook(secret).verify(body, headers)
        assert (told["type"], told["data"]["resource"]) == ("approval.proposed", f"/api/v1/approvals/{proposal}")

        assert "Nothing was given up." in (await terminal.run("webhooks", "dead")).out
        assert "is removed" in (await terminal.run("webhooks", "remove", "1")).out
        assert (await terminal.run("webhooks", "remove", "1")).code == 1
