"""The scripted model behind Chat Completions on the loopback interface: it makes a case's calls, then says one of its statements."""

import asyncio
import json
import socket
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from evals.cases import ExpectedCall

NAME = "scripted"


class ScriptedModel:
    """Plays one question after the other; what is to be played next is told by ``play``. ``requests`` are the bodies since then."""

    def __init__(self) -> None:
        self.url = ""
        self.requests: list[Mapping[str, Any]] = []
        self._rounds: Sequence[Sequence[ExpectedCall]] = ()
        self._say = ""

    def play(self, calls: Sequence[ExpectedCall], say: str, *later: Sequence[ExpectedCall]) -> None:
        """Make these calls, those of each ``later`` round after them, and then say it, as often as it is asked."""
        self._rounds, self._say, self.requests = [one for one in (calls, *later) if one], say, []

    async def complete(self, request: Request) -> Response:
        body = await request.json()
        self.requests.append(body)
        asked = max(index for index, one in enumerate(body["messages"]) if _is_question(one))
        made = sum(1 for one in body["messages"][asked:] if one.get("tool_calls"))
        delta = {"tool_calls": _made(self._rounds[made])} if made < len(self._rounds) else {"content": self._say}
        return Response("".join(f"data: {one}\n\n" for one in _chunks(delta)), media_type="text/event-stream")


def _made(calls: Sequence[ExpectedCall]) -> list[Mapping[str, Any]]:
    return [
        {
            "index": index,
            "id": f"call_{index}",
            "type": "function",
            "function": {"name": one.tool, "arguments": json.dumps(one.args, default=str)},
        }
        for index, one in enumerate(calls)
    ]


def _is_question(message: Mapping[str, Any]) -> bool:
    """The newest question bears the context block; messages of the agent's own do not."""
    return message["role"] == "user" and "<context>" in message["content"]


def _chunks(delta: Mapping[str, Any]) -> list[str]:
    head = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": NAME}
    ends = "tool_calls" if "tool_calls" in delta else "stop"
    chunks: list[Mapping[str, Any]] = [
        {**head, "choices": [{"index": 0, "delta": {"role": "assistant", **delta}, "finish_reason": None}]},
        {**head, "choices": [{"index": 0, "delta": {}, "finish_reason": ends}]},
    ]
    return [*(json.dumps(chunk, ensure_ascii=False) for chunk in chunks), "[DONE]"]


@asynccontextmanager
async def scripted_model() -> AsyncGenerator[ScriptedModel]:
    """Serves it until the end of the block."""
    model = ScriptedModel()
    app = Starlette(routes=[Route("/v1/chat/completions", model.complete, methods=["POST"])])
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = uvicorn.Server(uvicorn.Config(app, log_level="critical", lifespan="off"))
        task = asyncio.create_task(server.serve([listening]), name="scripted model")
        model.url = f"http://127.0.0.1:{listening.getsockname()[1]}/v1"
        try:
            yield model
        finally:
            server.should_exit = True
            await task
