"""A language model for commands: a server that answers as a test tells it to."""

from collections.abc import AsyncGenerator

import pytest
from starlette.applications import Starlette
from starlette.routing import Route

from tests.agent.conftest import Script, serving


@pytest.fixture
async def script() -> AsyncGenerator[Script]:
    found = Script()
    found.facts["/v1/models"] = {"object": "list", "data": [{"id": "qwen", "object": "model", "max_model_len": 32_768}]}
    routes = [
        Route("/v1/chat/completions", found.serve, methods=["POST"]),
        Route("/{path:path}", found.tell, methods=["GET", "POST"]),
    ]
    async with serving(Starlette(routes=routes)) as url:
        found.url = url
        yield found
