"""A Slack of this machine: its Web API with files, Socket Mode, signed requests, and what it does when it is busy or away."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import httpx
from fastapi import FastAPI, Request, Response, WebSocket, WebSocketDisconnect
from fastapi.responses import JSONResponse

from tests.interfaces.waiting import until
from tests.interfaces.web.conftest import served_app

BOT_TOKEN = "xoxb-loopback-bot-token"
APP_TOKEN = "xapp-loopback-app-token"
SIGNING_SECRET = "loopback-signing-secret"
TEAM, BOT = "T000001", "U00BOT1"
SCOPES = "app_mentions:read,assistant:write,chat:write,commands,files:write,im:history,im:write,links:read,links:write,users:read"


@dataclass
class Message:
    """As people see it now; ``versions`` is how often it was written."""

    channel: str
    ts: str
    thread: str | None
    text: str = ""
    blocks: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    steps: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])
    streaming: bool = False
    versions: int = 1

    @property
    def said(self) -> str:
        """All of its words."""
        return f"{self.text} {json.dumps(self.blocks, ensure_ascii=False)}"

    def button(self, action: str) -> dict[str, Any] | None:
        found = [e for b in self.blocks if b["type"] == "actions" for e in b["elements"] if e["action_id"] == action]
        return found[0] if found else None


@dataclass
class Slack:
    """``busy`` is how many calls of a method are answered with 429 first; while it is ``away`` all are with 503."""

    port: int = 0
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list[tuple[str, dict[str, Any]]])
    messages: dict[tuple[str, str], Message] = field(default_factory=dict[tuple[str, str], Message])
    whispers: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    files: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])
    views: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])
    members: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])
    busy: dict[str, int] = field(default_factory=dict[str, int])
    refused: dict[str, str] = field(default_factory=dict[str, str])
    away: bool = False
    scopes: str = SCOPES
    connections: int = 0
    _sockets: list[WebSocket] = field(default_factory=list[WebSocket])
    _acks: dict[str, asyncio.Future[Any]] = field(default_factory=dict[str, asyncio.Future[Any]])
    _count: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/api/"

    def numbered(self) -> str:
        self._count += 1
        return f"{1_790_000_000 + self._count}.{self._count:06}"

    def called(self, method: str) -> list[dict[str, Any]]:
        return [given for name, given in self.calls if name == method]

    def in_thread(self, thread: str) -> list[Message]:
        return [one for one in self.messages.values() if one.thread == thread]

    async def answered(self, thread: str, count: int = 1, patience_s: float = 10) -> list[Message]:
        """The messages of a thread, once there are so many and none still grows."""

        async def whole() -> list[Message]:
            found = self.in_thread(thread)
            return found if len(found) >= count and not any(one.streaming for one in found) else []

        return await until(whole, patience_s, 0.02)

    # The Web API

    async def take(self, method: str, request: Request) -> Response:
        given = await _given(request)
        if self.away:
            return JSONResponse({"ok": False, "error": "service_unavailable"}, 503)
        if self.busy.get(method, 0) > 0:
            self.busy[method] -= 1
            return JSONResponse({"ok": False, "error": "ratelimited"}, 429, {"retry-after": "1"})
        token = request.headers.get("authorization", "").removeprefix("Bearer ") or given.pop("token", "")
        self.calls.append((method, given))
        if token not in (BOT_TOKEN, APP_TOKEN):
            return JSONResponse({"ok": False, "error": "invalid_auth"})
        if error := self.refused.get(method):
            return JSONResponse({"ok": False, "error": error})
        said = getattr(self, f"_{method.replace('.', '_')}", lambda _: {})(given)
        return JSONResponse({"ok": True, **said}, headers={"x-oauth-scopes": self.scopes})

    def _auth_test(self, _: dict[str, Any]) -> dict[str, Any]:
        return {
            "team_id": TEAM,
            "team": "Plant",
            "user_id": BOT,
            "user": "plantroom",
            "bot_id": "B00BOT1",
            "url": "https://plant.slack.com/",
        }

    def _apps_connections_open(self, _: dict[str, Any]) -> dict[str, Any]:
        return {"url": f"ws://127.0.0.1:{self.port}/link"}

    def _users_info(self, given: dict[str, Any]) -> dict[str, Any]:
        known = {"id": given["user"], "team_id": TEAM, "locale": "en-US", "tz": "Europe/Madrid"}
        return {"user": {**known, **self.members.get(given["user"], {})}}

    def _conversations_open(self, given: dict[str, Any]) -> dict[str, Any]:
        return {"channel": {"id": f"D{given['users'][1:]}"}}

    def _chat_postMessage(self, given: dict[str, Any]) -> dict[str, Any]:
        channel = f"D{given['channel'][1:]}" if given["channel"].startswith("U") else given["channel"]
        made = Message(channel, self.numbered(), given.get("thread_ts"), given.get("text", ""), _blocks(given))
        self.messages[channel, made.ts] = made
        return {"channel": channel, "ts": made.ts}

    def _chat_postEphemeral(self, given: dict[str, Any]) -> dict[str, Any]:
        self.whispers.append(given)
        return {"message_ts": self.numbered()}

    def _chat_update(self, given: dict[str, Any]) -> dict[str, Any]:
        known = self.messages[given["channel"], given["ts"]]
        known.text, known.blocks, known.versions = given.get("text", ""), _blocks(given), known.versions + 1
        return {"channel": known.channel, "ts": known.ts}

    def _chat_startStream(self, given: dict[str, Any]) -> dict[str, Any]:
        made = Message(given["channel"], self.numbered(), given["thread_ts"], streaming=True)
        self.messages[made.channel, made.ts] = made
        _grow(made, given)
        return {"channel": made.channel, "ts": made.ts}

    def _chat_appendStream(self, given: dict[str, Any]) -> dict[str, Any]:
        _grow(self.messages[given["channel"], given["ts"]], given)
        return {}

    def _chat_stopStream(self, given: dict[str, Any]) -> dict[str, Any]:
        known = self.messages[given["channel"], given["ts"]]
        _grow(known, given)
        known.blocks, known.streaming = _blocks(given), False
        return {}

    def _files_getUploadURLExternal(self, given: dict[str, Any]) -> dict[str, Any]:
        id_ = f"F{len(self.files) + 1:06}"
        self.files[id_] = {**given}
        return {"file_id": id_, "upload_url": f"http://127.0.0.1:{self.port}/upload/{id_}"}

    async def upload(self, id_: str, request: Request) -> Response:
        self.files[id_]["content"] = await request.body()
        return Response("OK")

    def _files_completeUploadExternal(self, given: dict[str, Any]) -> dict[str, Any]:
        listed = json.loads(given["files"])
        for one in listed:
            self.files[one["id"]] |= {
                "title": one["title"],
                "channel": given["channel_id"],
                "thread": given.get("thread_ts"),
            }
        return {"files": listed}

    def _views_publish(self, given: dict[str, Any]) -> dict[str, Any]:
        view = given["view"]
        self.views[given["user_id"]] = json.loads(view) if isinstance(view, str) else view
        return {}

    async def respond(self, request: Request) -> Response:
        """A response address of a command or an action."""
        self.whispers.append(await request.json())
        return Response("ok")

    # Socket Mode

    async def link(self, socket: WebSocket) -> None:
        await socket.accept()
        self.connections += 1
        self._sockets.append(socket)
        await socket.send_json({"type": "hello"})
        with suppress(WebSocketDisconnect, RuntimeError):
            while True:
                said = await socket.receive_json()
                if (waiting := self._acks.pop(said["envelope_id"], None)) and not waiting.done():
                    waiting.set_result(said.get("payload"))
        self._sockets.remove(socket)

    async def connected(self, count: int = 1) -> None:
        async def enough() -> bool:
            return self.connections >= count and bool(self._sockets)

        await until(enough, 20, 0.02)

    async def disconnect(self) -> None:
        """Slack sends a client to another of its servers."""
        for socket in list(self._sockets):
            await socket.send_json({"type": "disconnect", "reason": "refresh_requested"})
            await socket.close()

    async def send(self, kind: str, payload: dict[str, Any]) -> float:
        """Over the socket, again where nobody acknowledges it for three seconds, as Slack does; the seconds until somebody did."""
        envelope = f"E{self.numbered()}"
        self._acks[envelope] = acked = asyncio.get_running_loop().create_future()
        began = time.monotonic()
        whole = {"envelope_id": envelope, "type": kind, "payload": payload, "accepts_response_payload": True}
        for _ in range(4):
            with suppress(RuntimeError, WebSocketDisconnect, IndexError):
                await self._sockets[-1].send_json(whole)
            done, _ = await asyncio.wait({acked}, timeout=3)
            if done:
                return time.monotonic() - began
        raise TimeoutError(f"Nobody acknowledged {kind}.")

    # What it tells

    def event(self, event: dict[str, Any], id_: str | None = None) -> dict[str, Any]:
        return {
            "type": "event_callback", "team_id": TEAM, "api_app_id": "A1", "event_id": id_ or f"Ev{self.numbered()}",
            "event_time": 1, "authorizations": [{"team_id": TEAM, "user_id": BOT, "is_bot": True}], "event": event,
        }  # fmt: skip

    def mention(self, user: str, text: str, thread: str | None = None, id_: str | None = None) -> dict[str, Any]:
        """In a channel, in a thread of it or as a new one."""
        event = {
            "type": "app_mention",
            "user": user,
            "text": f"<@{BOT}> {text}",
            "channel": "C000001",
            "ts": self.numbered(),
        }
        return self.event({**event, "thread_ts": thread} if thread else event, id_)

    def direct(self, user: str, text: str, thread: str | None = None) -> dict[str, Any]:
        event = {
            "type": "message",
            "channel_type": "im",
            "user": user,
            "text": text,
            "channel": f"D{user[1:]}",
            "ts": self.numbered(),
        }
        return self.event({**event, "thread_ts": thread} if thread else event)

    def press(self, user: str, message: Message, action: str) -> dict[str, Any]:
        """A button of a message."""
        button = message.button(action)
        assert button is not None, f"no button {action} in {message.blocks}"
        return {
            "type": "block_actions", "team": {"id": TEAM}, "user": {"id": user, "team_id": TEAM}, "api_app_id": "A1",
            "trigger_id": f"t{self.numbered()}", "response_url": f"http://127.0.0.1:{self.port}/respond",
            "container": {"type": "message", "message_ts": message.ts, "channel_id": message.channel},
            "channel": {"id": message.channel}, "message": {"ts": message.ts, "thread_ts": message.thread},
            "actions": [{**button, "block_id": "b", "action_ts": self.numbered()}],
        }  # fmt: skip


async def post(
    url: str, body: bytes, *, at: float | None = None, secret: str = SIGNING_SECRET, **headers: str
) -> httpx.Response:
    """A request as Slack signs it."""
    moment = str(int(time.time() if at is None else at))
    signature = hmac.new(secret.encode(), f"v0:{moment}:".encode() + body, hashlib.sha256).hexdigest()
    signed = {"x-slack-request-timestamp": moment, "x-slack-signature": f"v0={signature}"}
    async with httpx.AsyncClient(timeout=20) as http:
        return await http.post(url, content=body, headers={"content-type": "application/json", **signed, **headers})


@asynccontextmanager
async def loopback() -> AsyncGenerator[Slack]:
    slack = Slack()
    app = FastAPI()
    app.add_api_route("/api/{method}", slack.take, methods=["POST", "GET"])
    app.add_api_route("/upload/{id_}", slack.upload, methods=["POST"])
    app.add_api_route("/respond", slack.respond, methods=["POST"])
    app.add_api_websocket_route("/link", slack.link)
    async with served_app(app) as port:
        slack.port = port
        yield slack


async def _given(request: Request) -> dict[str, Any]:
    query = dict(request.query_params)
    if request.headers.get("content-type", "").startswith("application/json"):
        return {**query, **await request.json()}
    return {**query, **{key: str(value) for key, value in (await request.form()).items()}}


def _blocks(given: dict[str, Any]) -> list[dict[str, Any]]:
    blocks = given.get("blocks") or []
    return json.loads(blocks) if isinstance(blocks, str) else blocks


def _grow(message: Message, given: dict[str, Any]) -> None:
    chunks = given.get("chunks") or []
    for one in json.loads(chunks) if isinstance(chunks, str) else chunks:
        if one["type"] == "markdown_text":
            message.text += one["text"]
        else:
            message.steps[one["id"]] = one
