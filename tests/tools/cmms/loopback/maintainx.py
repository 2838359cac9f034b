"""MaintainX as it behaves: pages by a cursor in no order of time, a creation that answers with a number alone, orders in an envelope."""

from __future__ import annotations

from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.tools.cmms.loopback.atlas import USERS, stamp
from tests.tools.cmms.loopback.server import Vendor, refusal

STATUSES = ("OPEN", "IN_PROGRESS", "ON_HOLD", "COMPLETED", "CLOSED")


class MaintainXServer(Vendor):
    most = 100
    """Of a page, whatever is asked for."""

    def add(self, **fields: Any) -> dict[str, Any]:
        id_, now = self.number(), stamp(self.clock())
        order = {
            "id": id_, "sequentialId": id_ - 900, "title": "", "description": None, "status": "OPEN", "priority": "NONE", "assignees": [],
            "createdAt": now, "updatedAt": now, **fields,
        }  # fmt: skip
        self.orders[str(id_)] = order
        return order

    def touch(self, order: dict[str, Any], **fields: Any) -> None:
        order.update(fields, updatedAt=stamp(self.clock()))

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/v1/workorders", self._list_orders, methods=["GET"]),
                Route("/v1/workorders", self._create, methods=["POST"]),
                Route("/v1/workorders/{id:int}", self._get, methods=["GET"]),
                Route("/v1/workorders/{id:int}", self._patch, methods=["PATCH"]),
                Route("/v1/workorders/{id:int}/status", self._status, methods=["PATCH"]),
                Route("/v1/workorders/{id:int}/comments", self._comment, methods=["POST"]),
                Route("/v1/workorders/{id:int}/comments", self._comments, methods=["GET"]),
                Route("/v1/users", self._users, methods=["GET"]),
                Route("/v1/assets", self._assets, methods=["GET"]),
            ]
        )

    def _refused(self, request: Request) -> Response | None:
        return refusal(request, self, request.headers.get("authorization", "").removeprefix("Bearer "))

    async def _list_orders(self, request: Request) -> Response:
        since = request.query_params.get("updatedAt[gte]", "").replace("Z", "+00:00")
        return self._page(request, "workOrders", [one for one in self.orders.values() if one["updatedAt"] >= since])

    async def _users(self, request: Request) -> Response:
        return self._page(request, "users", USERS)

    async def _assets(self, request: Request) -> Response:
        return self._page(request, "assets", self.assets)

    async def _comments(self, request: Request) -> Response:
        return self._page(request, "comments", [one for one in self.lines if one["order"] == request.path_params["id"]])

    def _page(self, request: Request, name: str, rows: list[dict[str, Any]]) -> Response:
        if refused := self._refused(request):
            return refused
        begin = int(request.query_params.get("cursor", "c0")[1:])
        end = begin + min(int(request.query_params["limit"]), self.most)
        return JSONResponse({name: rows[begin:end], "nextCursor": f"c{end}" if end < len(rows) else None})

    async def _create(self, request: Request) -> Response:
        if refused := self._refused(request):
            return refused
        body = await request.json()
        if "assetId" in body and all(one["id"] != body["assetId"] for one in self.assets):
            return JSONResponse({"errors": [{"error": "Asset not found"}]}, 400)
        return JSONResponse({"id": self.add(**body)["id"]}, 201)

    async def _get(self, request: Request) -> Response:
        if refused := self._refused(request):
            return refused
        order = self.orders.get(str(request.path_params["id"]))
        return JSONResponse({"workOrder": order}) if order else JSONResponse({"errors": [{"error": "Not found"}]}, 404)

    async def _patch(self, request: Request) -> Response:
        if refused := self._refused(request):
            return refused
        order = self.orders[str(request.path_params["id"])]
        self.touch(order, **await request.json())
        return JSONResponse({"workOrder": order})

    async def _status(self, request: Request) -> Response:
        if refused := self._refused(request):
            return refused
        order, status = self.orders[str(request.path_params["id"])], (await request.json()).get("status")
        if status not in STATUSES:
            return JSONResponse({"errors": [{"error": "status is not one of the allowed values"}]}, 400)
        self.touch(order, status=status, **({"completedAt": stamp(self.clock())} if status == "COMPLETED" else {}))
        return JSONResponse({"workOrder": order})

    async def _comment(self, request: Request) -> Response:
        if refused := self._refused(request):
            return refused
        line = {"id": self.number(), "order": request.path_params["id"], **await request.json()}
        self.lines.append(line)
        return JSONResponse(line, 201)
