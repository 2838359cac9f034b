"""GraphQL at ``/graphql``: POST alone, without a page to write queries in."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI, Request
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send
from strawberry.fastapi import GraphQLRouter

from interfaces.http.api.problems import problem, tell_problems
from interfaces.http.api.served import Served
from interfaces.http.graphql.loaders import Loaders
from interfaces.http.graphql.schema import plant_schema

PATH = "/graphql"


def graphql_route(served: Served) -> Route:
    """Whoever may read may ask."""

    async def context(request: Request) -> Loaders:
        who = await served.reader(request)
        return Loaders((await served.context(who)).at_one_moment())

    router: GraphQLRouter[Any, None] = GraphQLRouter(
        plant_schema(), path=PATH, graphql_ide=None, allow_queries_via_get=False, context_getter=context
    )
    app = FastAPI(openapi_url=None)
    tell_problems(app)
    app.include_router(router)
    return Route(PATH, endpoint=_PostAlone(app))


class _PostAlone:
    """GET would put queries into logs and caches."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] != "POST":
            told = problem(405, 'GraphQL takes POST alone: send {"query": …} as JSON.', PATH, {"allow": "POST"})
            await told(scope, receive, send)
            return
        await self._app(scope, receive, send)
