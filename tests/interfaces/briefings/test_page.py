"""The archive and a day in the browser: as it was sent, with where each figure comes from."""

from __future__ import annotations

from datetime import UTC, datetime

import httpx
from fastapi import FastAPI
from starlette.requests import HTTPConnection

from graph_schema.model import Entity, Plant
from graph_schema.store.loader import load_plant
from interfaces.briefings.page import briefing_pages
from tests.interfaces.briefings.conftest import House
from tools.context import Caller, up_to

SIX = datetime(2026, 12, 1, 6, 0, tzinfo=UTC)


async def test_a_day_is_shown_as_it_was_sent_and_nothing_of_it_is_run(house: House):
    await load_plant(house.graph, house.ontology, Plant("Quay", (Entity("s", "Site", "<script>alert(1)</script>", "Site"),), ()))  # fmt: skip
    house.clock.now = SIX
    delivery = house.delivery()
    await delivery.run()

    async def caller_of(connection: HTTPConnection) -> Caller:
        return Caller(connection.headers["x-name"], up_to("manager"))

    app = FastAPI()
    app.include_router(briefing_pages(delivery.context, caller_of, delivery.briefings))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://plant") as http:
        archive = (await http.get("/briefings", headers={"x-name": "cy"})).text

        assert 'href="/briefings/2026-12-01?audience=manager"' in archive
        assert "Tuesday 1 December 2026" in archive
        assert "No briefing has been kept yet." in (await http.get("/briefings", headers={"x-name": "eve"})).text
        day = (await http.get("/briefings/2026-12-01?audience=manager", headers={"x-name": "cy"})).text
        assert "&lt;script&gt;" in day
        assert "<script>" not in day

        assert "From: energy" in day
        assert "There is no meter with readings." in day
        assert (await http.get("/briefings/never", headers={"x-name": "cy"})).status_code == 422
