"""IBM Maximo as it behaves: PATCH by a header, lists that MERGE adds to, statuses by rungs, and rules of a site that undo a change without a word."""

from __future__ import annotations

import base64
import re
from datetime import datetime
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.tools.cmms.loopback.server import Vendor, refusal

SITE = "BEDFORD"
PEOPLE = [{"personid": "ALEE", "displayname": "Ann Lee"}, {"personid": "BSUN", "displayname": "Bo Sun"}]
NEXT = {
    "WAPPR": ("APPR", "CAN"),
    "APPR": ("INPRG", "WMATL", "CAN"),
    "INPRG": ("COMP", "WMATL", "CAN"),
    "WMATL": ("INPRG", "APPR"),
    "COMP": ("CLOSE",),
}
WHERE = re.compile(r'(\w+)(>=|=)(?:"([^"]*)"|(\d+))')


class MaximoServer(Vendor):
    silent_rule: str | None = None
    """A status that this site's rules do not allow: the answer is 200, and nothing changes."""

    def add(self, **fields: Any) -> dict[str, Any]:
        number = str(self.number())
        id_ = "_" + base64.urlsafe_b64encode(f"{SITE}/{number}".encode()).decode().rstrip("=")
        order = {
            "href": f"http://behind.example/maximo/api/os/mxapiwodetail/{id_}", "wonum": number, "siteid": SITE, "istask": 0,
            "status": "WAPPR", "status_maxvalue": "WAPPR", "changedate": self._now(), **fields,
        }  # fmt: skip
        self.orders[id_] = order
        return order

    def touch(self, order: dict[str, Any], **fields: Any) -> None:
        order.update(fields, changedate=self._now())

    def _now(self) -> str:
        return self.clock().isoformat()

    def app(self) -> Starlette:
        base = "/maximo/api/os"
        return Starlette(
            routes=[
                Route(f"{base}/mxapiwodetail", self._list_orders, methods=["GET"]),
                Route(f"{base}/mxapiwodetail", self._create, methods=["POST"]),
                Route(f"{base}/mxapiwodetail/{{id}}", self._get, methods=["GET"]),
                Route(f"{base}/mxapiwodetail/{{id}}", self._change, methods=["POST"]),
                Route(f"{base}/mxapiasset", self._list_assets, methods=["GET"]),
                Route(f"{base}/mxapiperson", self._list_people, methods=["GET"]),
            ]
        )

    def _refused(self, request: Request) -> Response | None:
        refused = refusal(request, self, request.headers.get("apikey"))
        if refused is None:
            return None
        said = {
            "reasonCode": "BMXAA0021E",
            "message": "BMXAA0021E - The key is not valid.",
            "statusCode": str(refused.status_code),
        }
        return JSONResponse({"Error": said}, refused.status_code)

    async def _list_orders(self, request: Request) -> Response:
        return self._list(request, list(self.orders.values()))

    async def _list_assets(self, request: Request) -> Response:
        return self._list(request, self.assets)

    async def _list_people(self, request: Request) -> Response:
        return self._list(request, PEOPLE)

    def _list(self, request: Request, rows: list[dict[str, Any]]) -> Response:
        if refused := self._refused(request):
            return refused
        query = request.query_params
        conditions = WHERE.findall(query.get("oslc.where", ""))
        found = [row for row in rows if all(_holds(row, *one) for one in conditions)]
        if order := query.get("oslc.orderBy"):
            found.sort(key=lambda row: row[order.lstrip("+ ")])
        size, page = int(query["oslc.pageSize"]), int(query["pageno"])
        return JSONResponse({"member": found[(page - 1) * size : page * size], "responseInfo": {"pagenum": page}})

    async def _create(self, request: Request) -> Response:
        if refused := self._refused(request):
            return refused
        body = await request.json()
        if body.get("siteid") != SITE:
            return _error("BMXAA4153E - This is not a valid site.")
        if body.get("assetnum") and all(one["assetnum"] != body["assetnum"] for one in self.assets):
            return _error(f"BMXAA2661E - Asset {body['assetnum']} is not a valid asset.")
        if len(body.get("description", "")) > 100:
            return _error("BMXAA4049E - The value specified exceeds the maximum length.")
        return JSONResponse(self.add(**body), 201)

    async def _get(self, request: Request) -> Response:
        if refused := self._refused(request):
            return refused
        order = self.orders.get(request.path_params["id"])
        return JSONResponse(order) if order else _error("BMXAA8725E - The resource does not exist.", 404)

    async def _change(self, request: Request) -> Response:
        if refused := self._refused(request):
            return refused
        if request.headers.get("x-method-override") != "PATCH":
            return _error("BMXAA8742E - The method is not supported.", 405)
        order, body = self.orders[request.path_params["id"]], await request.json()
        merged = request.headers.get("patchtype") == "MERGE"
        for name in ("labtrans", "matusetrans"):
            if name in body:
                order[name] = [*(order.get(name, []) if merged else []), *body.pop(name)]
        status = body.pop("status", None)
        if status is not None and status != self.silent_rule:
            if status not in NEXT.get(order["status"], ()):
                return _error(f"BMXAA4590E - {order['status']} cannot be changed to {status}.")
            done = {"actfinish": self._now()} if status == "COMP" else {}
            self.touch(order, status=status, status_maxvalue=status, **done)
        self.touch(order, **{name: value for name, value in body.items() if name != "np_statusmemo"})
        return JSONResponse(order)


def _holds(row: dict[str, Any], field: str, operator: str, text: str, number: str) -> bool:
    held = row.get(field)
    if operator == ">=":
        return datetime.fromisoformat(str(held)) >= datetime.fromisoformat(text)
    if number:
        return held == int(number)
    return text.strip("%").lower() in str(held or "").lower() if "%" in text else str(held) == text


def _error(message: str, code: int = 400) -> Response:
    return JSONResponse({"Error": {"message": message, "reasonCode": message[:10], "statusCode": str(code)}}, code)
