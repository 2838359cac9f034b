"""Fiix as it behaves: one address, a signature over it, named requests, and errors in answers of 200."""

from __future__ import annotations

import hashlib
import hmac
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.tools.cmms.loopback.server import KEY, Vendor

SITE = 55


class FiixServer(Vendor):
    def add(self, **fields: Any) -> dict[str, Any]:
        id_ = self.number()
        order = {
            "id": id_, "strCode": str(id_), "intWorkOrderStatusID": 1, "intSiteID": SITE, "intUpdated": self._now(), **fields,
        }  # fmt: skip
        self.orders[str(id_)] = order
        return order

    def touch(self, order: dict[str, Any], **fields: Any) -> None:
        order.update(fields, intUpdated=self._now())

    def _now(self) -> int:
        return round(self.clock().timestamp() * 1000)

    def app(self) -> Starlette:
        return Starlette(routes=[Route("/api/", self._rpc, methods=["POST"])])

    async def _rpc(self, request: Request) -> Response:
        address = f"{request.url.netloc}{request.url.path}?{request.url.query}"
        signed = hmac.new(KEY.encode(), address.encode(), hashlib.sha256).hexdigest()
        if request.headers.get("authorization") != signed or request.query_params.get("appKey") != "macmmsackp1":
            return _error("Invalid signature")
        if not request.headers["content-type"].startswith("text/plain"):
            return _error("Unsupported content type")
        if self.forbidden:
            return JSONResponse({"error": {"message": "Insufficient permissions", "code": 403}}, 403)
        body = await request.json()
        answers = {"Add": self._add, "FindById": self._find_by_id, "Find": self._find, "Change": self._change}
        return answers[body["_maCn"].removesuffix("Request")](body)

    def _add(self, body: dict[str, Any]) -> Response:
        fields = {name: value for name, value in body["object"].items() if name != "className"}
        if body["className"] == "WorkOrderAsset":
            if all(one["id"] != fields["intAssetID"] for one in self.assets):
                return _error("Asset does not exist")
            self.orders[str(fields["intWorkOrderID"])]["strAssetIds"] = str(fields["intAssetID"])
            return JSONResponse({"_maCn": "AddResponse", "object": {"id": self.number()}})
        return JSONResponse({"_maCn": "AddResponse", "object": self.add(**fields), "error": None})

    def _find_by_id(self, body: dict[str, Any]) -> Response:
        order = self.orders.get(str(body["id"]))
        return JSONResponse({"_maCn": "FindByIdResponse", "object": order, "error": None})

    def _find(self, body: dict[str, Any]) -> Response:
        (condition,) = body["filters"]
        rows = self.assets if body["className"] == "Asset" else list(self.orders.values())
        asked = condition["parameters"]
        if condition["ql"].startswith("strAdminNotes"):
            rows = [one for one in rows if asked[0].strip("%") in (one.get("strAdminNotes") or "")]
        elif condition["ql"].startswith("intUpdated"):
            rows = [one for one in rows if one["intUpdated"] >= asked[0] and one["intSiteID"] == asked[1]]
        begin = body.get("startIndex", 0)
        return JSONResponse({"_maCn": "FindResponse", "objects": rows[begin : begin + body["maxObjects"]]})

    def _change(self, body: dict[str, Any]) -> Response:
        fields = dict(body["object"])
        order = self.orders[str(fields.pop("id"))]
        self.touch(order, **{name: value for name, value in fields.items() if name != "className"})
        return JSONResponse({"_maCn": "ChangeResponse", "count": 1})


def _error(message: str) -> Response:
    return JSONResponse({"error": {"leg": 1, "message": message, "code": 1009}})
