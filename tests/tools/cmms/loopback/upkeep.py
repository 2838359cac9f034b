"""UpKeep as it behaves: a session from a login that runs out, results in an envelope, moments in ISO where it takes milliseconds."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.tools.cmms.loopback.atlas import USERS, stamp
from tests.tools.cmms.loopback.server import KEY, Vendor


class UpKeepServer(Vendor):
    logins = 0
    token = "r:0"

    def add(self, **fields: Any) -> dict[str, Any]:
        id_, now = f"wo{self.number()}", stamp(self.clock())
        order = {
            "id": id_, "workOrderNo": id_[-3:], "title": "", "description": "", "status": "open", "priority": 0,
            "createdAt": now, "updatedAt": now, **fields,
        }  # fmt: skip
        self.orders[id_] = order
        return order

    def touch(self, order: dict[str, Any], **fields: Any) -> None:
        order.update(fields, updatedAt=stamp(self.clock()))

    def expire(self) -> None:
        self.token = "r:expired"

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/api/v2/auth/", self._login, methods=["POST"]),
                Route("/api/v2/work-orders/", self._list_orders, methods=["GET"]),
                Route("/api/v2/work-orders/", self._create, methods=["POST"]),
                Route("/api/v2/work-orders/{id}", self._get, methods=["GET"]),
                Route("/api/v2/work-orders/{id}", self._patch, methods=["PATCH"]),
                Route("/api/v2/assets/", self._assets, methods=["GET"]),
                Route("/api/v2/users/", self._users, methods=["GET"]),
            ]
        )

    def _refused(self, request: Request) -> Response | None:
        if request.headers.get("session-token") != self.token:
            return JSONResponse({"success": False, "message": "Invalid session token"}, 401)
        return JSONResponse({"success": False, "message": "Forbidden"}, 403) if self.forbidden else None

    async def _login(self, request: Request) -> Response:
        body = await request.json()
        if body != {"email": "ann@example.org", "password": KEY}:
            return JSONResponse({"success": False, "message": "Invalid username/password."}, 401)
        self.logins += 1
        self.token = f"r:{self.logins}"
        return JSONResponse({"success": True, "result": {"sessionToken": self.token}})

    async def _list_orders(self, request: Request) -> Response:
        since = request.query_params.get("updatedAtGreaterThanOrEqual", "0")
        at = stamp(datetime.fromtimestamp(int(since) / 1000, UTC))
        return self._page(request, [one for one in self.orders.values() if one["updatedAt"] >= at])

    async def _assets(self, request: Request) -> Response:
        return self._page(request, self.assets)

    async def _users(self, request: Request) -> Response:
        return self._page(request, USERS)

    def _page(self, request: Request, rows: list[dict[str, Any]]) -> Response:
        if refused := self._refused(request):
            return refused
        begin = int(request.query_params["offset"])
        return JSONResponse({"success": True, "results": rows[begin : begin + int(request.query_params["limit"])]})

    async def _create(self, request: Request) -> Response:
        if refused := self._refused(request):
            return refused
        body = _dated(await request.json())
        if "asset" in body and all(one["id"] != body["asset"] for one in self.assets):
            return JSONResponse({"success": False, "message": "asset does not exist"}, 400)
        return JSONResponse({"success": True, "result": self.add(**body)})

    async def _get(self, request: Request) -> Response:
        if refused := self._refused(request):
            return refused
        order = self.orders.get(request.path_params["id"])
        return JSONResponse({"success": True, "result": order}) if order else JSONResponse({"success": False}, 404)

    async def _patch(self, request: Request) -> Response:
        if refused := self._refused(request):
            return refused
        order = self.orders[request.path_params["id"]]
        self.touch(order, **_dated(await request.json()))
        return JSONResponse({"success": True, "result": order})


def _dated(body: dict[str, Any]) -> dict[str, Any]:
    if "dueDate" in body:
        body["dueDate"] = stamp(datetime.fromtimestamp(body["dueDate"] / 1000, UTC))
    return body
