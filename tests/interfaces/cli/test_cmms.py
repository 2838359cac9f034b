"""``plantroom cmms`` over a served plant and an Atlas CMMS on this machine: a work order goes there, is completed there, and is done here."""

from collections.abc import AsyncGenerator
from typing import Any

import httpx
import pytest

from ingestion.history.history import History
from ingestion.orders.order import WorkOrder
from ingestion.orders.work_orders import WorkOrders
from ingestion.reading import wall_clock
from tests.interfaces.conftest import Terminal
from tests.interfaces.waiting import until
from tests.tools.cmms.loopback.atlas import AtlasServer, hook
from tests.tools.cmms.loopback.server import KEY, serving

PATIENCE_S = 240
"""A job that runs at that moment is followed by the next one a minute later, and later on a machine that does much else."""
SECRET = "whsec-of-the-plant"
PLANT = """
site: {id: quay, name: Quay}
assets:
  - {id: p1, name: Quay Pump 1, class: Pump}
  - {id: p2, name: Quay Pump 2, class: Pump}
"""


@pytest.fixture(scope="module")
async def atlas() -> AsyncGenerator[tuple[AtlasServer, str]]:
    server = AtlasServer()
    server.clock.now = wall_clock()
    server.assets += [
        {"id": 12, "name": "Quay Pump 1", "customId": "A12"},
        {"id": 14, "name": "Boiler", "customId": "A14"},
    ]
    async with serving(server.app(), server) as url:
        yield server, url


@pytest.fixture(scope="module")
async def maintained(shared_terminal: Terminal, atlas: tuple[AtlasServer, str]) -> AsyncGenerator[str]:
    """The address of the web app of a plant with a maintenance system."""
    variables = {"": "atlas", "_URL": atlas[1], "_KEY": KEY, "_WEBHOOK_SECRET": SECRET}
    shared_terminal.file(".env", "".join(f"PLANTROOM_CMMS{name}={value}\n" for name, value in variables.items()))
    async with shared_terminal.running("serve", "--port", "0") as running:
        yield await running.serving()
        assert await running.stop() == 0, running.said
        assert KEY not in running.said


@pytest.fixture
def served(shared_terminal: Terminal, maintained: str) -> tuple[Terminal, str]:
    return shared_terminal, maintained


async def test_an_order_goes_there_and_comes_back_done(
    served: tuple[Terminal, str], atlas: tuple[AtlasServer, str], served_history: History
):
    terminal, address = served
    server, _ = atlas
    orders = WorkOrders(served_history)
    assert (await terminal.run("import", terminal.file("quay.yaml", PLANT))).code == 0

    checked = await terminal.run("cmms", "check")
    assert checked.code == 0, checked.err + checked.out
    assert "1 of its assets is ours." in checked.out
    assert "Webhooks are taken at /api/hooks/cmms" in checked.out

    order = await orders.create(WorkOrder("", "p1", text="Seal drips", source="person"), "ann", wall_clock())

    async def there() -> dict[str, Any] | None:
        return next((one for one in server.orders.values() if one["title"] == "Seal drips"), None)

    made = await until(there, PATIENCE_S)  # by itself
    linked = await terminal.run("cmms", "sync", order.number)
    assert f"{order.number} is linked in Atlas CMMS as {made['id']}" in linked.out, linked.err

    server.touch(made, status="COMPLETE", feedback="New seal")
    body, signed = hook(made, SECRET)
    async with httpx.AsyncClient(base_url=address) as http:
        assert (
            await http.post("/api/hooks/cmms", content=body, headers={"x-webhook-signature": "0" * 64})
        ).status_code == 401
        assert (await http.post("/api/hooks/cmms", content=body, headers=signed)).status_code == 202

    async def done() -> bool:
        return (await orders.get(order.number)).status == "done"

    await until(done, PATIENCE_S)
    assert (await orders.get(order.number)).remark == "New seal"


async def test_what_does_not_match_is_listed(served: tuple[Terminal, str]):
    terminal, _ = served
    listed = await terminal.run("cmms", "match", "--all")
    assert "1 asset matched, 1 of Atlas CMMS and 1 of ours not." in listed.out, listed.err
    assert "p2 has no asset in Atlas CMMS" in listed.out
    assert "“Boiler”" in listed.out


async def test_a_conflict_is_shown_and_settled(
    served: tuple[Terminal, str], atlas: tuple[AtlasServer, str], served_history: History
):
    terminal, _ = served
    server, _ = atlas
    orders = WorkOrders(served_history)
    order = await orders.create(WorkOrder("", "p1", text="Bearing hums", source="person"), "ann", wall_clock())
    assert (await terminal.run("cmms", "sync", order.number)).code == 0
    there = next(one for one in server.orders.values() if one["title"] == "Bearing hums")
    server.touch(there, priority="LOW")
    await orders.change(order.number, {"priority": "high"}, "ann", wall_clock())
    await terminal.run("cmms", "sync")
    (conflict,) = (await terminal.run("cmms", "conflicts", "--json")).json()
    assert (conflict["ours"], conflict["theirs"]) == ("high", "low")
    assert conflict["name"] in (await terminal.run("cmms", "conflicts")).out
    assert "conflicts: 1" in (await terminal.run("cmms", "status")).out
    assert (await terminal.run("cmms", "settle", conflict["name"])).code == 2
    settled = await terminal.run("cmms", "settle", conflict["name"], "--keep", "theirs", "--by", "bob")
    assert settled.out == f"{conflict['name']} is settled: priority of {order.number} is theirs.\n", settled.err
    assert (await orders.get(order.number)).priority == "low"
    assert "Nothing changed on both sides." in (await terminal.run("cmms", "conflicts")).out


async def test_without_a_maintenance_system_that_is_said(terminal: Terminal):
    told = await terminal.run("cmms", "status")
    assert (told.code, "PLANTROOM_CMMS" in told.err) == (1, True)
    told = await terminal.run("cmms", "status", PLANTROOM_CMMS="atlas")
    assert (told.code, "PLANTROOM_CMMS_URL" in told.err) == (2, True)
    told = await terminal.run("cmms", "status", PLANTROOM_CMMS_STATUSES="finished=COMP")
    assert (told.code, "done=" in told.err) == (2, True)
