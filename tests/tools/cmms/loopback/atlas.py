"""Atlas CMMS as it behaves: a PATCH empties what it does not name, labour counts seconds, a null status is 406."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import datetime
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.tools.cmms.loopback.server import Vendor, refusal

USERS = [
    {"id": 7, "firstName": "Ann", "lastName": "Lee", "email": "ann@example.org"},
    {"id": 8, "firstName": "Bo", "lastName": "Sun", "email": "bo@example.org"},
]
PARTS = [{"id": 31, "name": "V-belt A42"}]
EMPTIED = (
    "title", "description", "priority", "dueDate", "estimatedStartDate", "asset", "location", "team", "primaryUser", "category", "completedOn",
)  # fmt: skip


def stamp(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}+00:00"


class AtlasServer(Vendor):
    licensed = True

    def add(self, **fields: Any) -> dict[str, Any]:
        """An order that somebody made there."""
        id_, now = self.number(), stamp(self.clock())
        order = {
            "id": id_, "customId": f"WO{id_:06d}", "title": "", "description": None, "status": "OPEN", "priority": "NONE",
            "requiredSignature": False, "assignedTo": [], "customers": [], "files": [], "customFieldValues": [],
            "archived": False, "estimatedDuration": 0.0, "createdAt": now, "updatedAt": now, **fields,
        }  # fmt: skip
        self.orders[str(id_)] = order
        return order

    def touch(self, order: dict[str, Any], **fields: Any) -> None:
        order.update(fields, updatedAt=stamp(self.clock()))

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/work-orders", self._create, methods=["POST"]),
                Route("/work-orders/search", self._search_orders, methods=["POST"]),
                Route("/work-orders/{id:int}", self._get, methods=["GET"]),
                Route("/work-orders/{id:int}", self._patch, methods=["PATCH"]),
                Route("/work-orders/{id:int}/change-status", self._status, methods=["PATCH"]),
                Route("/labors", self._labor, methods=["POST"]),
                Route("/labors/work-order/{id:int}", self._labors, methods=["GET"]),
                Route("/part-quantities", self._part, methods=["POST"]),
                Route("/parts/search", self._parts, methods=["POST"]),
                Route("/users/mini", self._users, methods=["GET"]),
                Route("/assets/search", self._assets, methods=["POST"]),
            ]
        )

    def _refused(self, request: Request) -> Response | None:
        return refusal(request, self, request.headers.get("x-api-key"))

    async def _create(self, request: Request) -> Response:
        if refused := self._refused(request):
            return refused
        if not self.licensed:
            said = "You need a license to add a new work order. Free Limit of 10 incomplete work orders reached"
            return JSONResponse({"message": said}, 403)
        body = await request.json()
        if not body.get("title"):
            return JSONResponse({"message": "title: must not be null"}, 400)
        values = [{"customField": {"id": one["id"]}, "value": one["value"]} for one in body.pop("customFields", [])]
        asset = body.pop("asset", None)
        named = next((one for one in self.assets if asset and one["id"] == asset["id"]), None)
        if asset and named is None:
            return JSONResponse({"message": "Asset not found"}, 404)
        return JSONResponse(self.add(**body, asset=named, customFieldValues=values))

    async def _search_orders(self, request: Request) -> Response:
        return await self._search(request, list(self.orders.values()))

    async def _assets(self, request: Request) -> Response:
        return await self._search(request, self.assets)

    async def _parts(self, request: Request) -> Response:
        return await self._search(request, PARTS)

    async def _search(self, request: Request, rows: list[dict[str, Any]]) -> Response:
        if refused := self._refused(request):
            return refused
        asked = await request.json()
        found = [row for row in rows if all(_holds(row, one) for one in asked["filterFields"])]
        found.sort(key=lambda row: row[asked["sortField"]], reverse=asked["direction"] == "DESC")
        begin = asked["pageNum"] * asked["pageSize"]
        return JSONResponse({"content": found[begin : begin + asked["pageSize"]], "totalElements": len(found)})

    async def _get(self, request: Request) -> Response:
        if refused := self._refused(request):
            return refused
        order = self.orders.get(str(request.path_params["id"]))
        return JSONResponse(order) if order else JSONResponse({"message": "Not found"}, 404)

    async def _patch(self, request: Request) -> Response:
        if refused := self._refused(request):
            return refused
        order, body = self.orders[str(request.path_params["id"])], await request.json()
        body.pop("customFields", None)
        person = body.get("primaryUser")
        body["primaryUser"] = next((one for one in USERS if person and one["id"] == person["id"]), None)
        body["asset"] = next(
            (one for one in self.assets if body.get("asset") and one["id"] == body["asset"]["id"]), None
        )
        self.touch(order, **dict.fromkeys(EMPTIED), **{name: [] for name in ("assignedTo", "customers", "files")})
        order.update(body)
        return JSONResponse(order)

    async def _status(self, request: Request) -> Response:
        if refused := self._refused(request):
            return refused
        order, body = self.orders[str(request.path_params["id"])], await request.json()
        if body.get("status") is None:
            return JSONResponse({"message": "Status is null"}, 406)
        if body["status"] == "COMPLETE" and order["requiredSignature"] and not body.get("signature"):
            return JSONResponse({"message": "Signature is required"}, 400)
        done = {"completedOn": stamp(self.clock())} if body["status"] == "COMPLETE" else {}
        self.touch(order, status=body["status"], feedback=body.get("feedback"), **done)
        return JSONResponse(order)

    async def _labor(self, request: Request) -> Response:
        if refused := self._refused(request):
            return refused
        body = await request.json()
        self.lines.append(body)
        return JSONResponse({"id": self.number(), **body})

    async def _labors(self, request: Request) -> Response:
        if refused := self._refused(request):
            return refused
        return JSONResponse(
            [one for one in self.lines if one["workOrder"]["id"] == request.path_params["id"] and "duration" in one]
        )

    async def _part(self, request: Request) -> Response:
        return await self._labor(request)

    async def _users(self, request: Request) -> Response:
        return self._refused(request) or JSONResponse(USERS)


def _holds(row: dict[str, Any], one: dict[str, Any]) -> bool:
    field, value = one["field"], one["value"]
    if field == "customFieldValues.value":
        return any(each["value"] == value for each in row["customFieldValues"])
    if one["operation"] == "ge":
        return row[field] >= value.replace("Z", "+00:00")
    if one["operation"] == "cn":
        return value.lower() in (row[field] or "").lower()
    return row[field] == value


def hook(order: dict[str, Any], secret: str) -> tuple[bytes, dict[str, str]]:
    """What Atlas posts where an order was completed, and the header that signs it."""
    body = json.dumps({"workOrderId": order["id"], "newStatus": "COMPLETE"}).encode()
    return body, {"x-webhook-signature": hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}
