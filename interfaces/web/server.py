"""The web app: REST and web socket for the view, the chat page, and the guard over both."""

import asyncio
import contextlib
import os
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, nullcontext
from datetime import tzinfo
from pathlib import Path

from fastapi import APIRouter, FastAPI, Request, Response, WebSocket, WebSocketDisconnect
from fastapi.responses import JSONResponse, PlainTextResponse
from fastapi.routing import APIRoute
from fastapi.staticfiles import StaticFiles
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware

from agent.evidence.moments import zone_of
from agent.planning.newest import Understandings
from graph_schema.errors import NotAllowed, NotFound, PlantroomError, Unavailable
from graph_schema.store.graph import GraphStore
from ingestion.alarms.alarms import Alarms
from ingestion.history.history import History
from ingestion.live.values import Values
from ingestion.tasks import end
from interfaces.health import Health
from interfaces.http.api.problems import refusal
from interfaces.http.auth.account import Unauthenticated
from interfaces.http.auth.guard import OPEN_BELOW, Guard
from interfaces.http.auth.identity import Identity
from interfaces.http.auth.routes import account_routes
from interfaces.http.bodies import Bodies
from interfaces.http.cmms_hooks import HOOKS
from interfaces.http.doors import Doors
from interfaces.web.chat.agent import Agent
from interfaces.web.chat.conversations import Answering, Conversations
from interfaces.web.chat.examples import Examples
from interfaces.web.room.feed import LivePlant, keep_telling
from interfaces.web.room.messages import SceneModel
from interfaces.web.room.shapes import Classes
from interfaces.web.sessions import Session, Sessions
from tools.approvals.settlement import Settlement

HERE = Path(__file__).parent
LARGEST_FILE = "5mb"
STATUS_CODES: dict[type[PlantroomError], int] = {
    Unauthenticated: 401, NotFound: 404, NotAllowed: 403, Unavailable: 503,
}  # fmt: skip


def create_app(
    *,
    agent: Agent,
    understandings: Understandings,
    graph: GraphStore,
    history: History,
    values: Values,
    ontology: Classes,
    clock: Callable[[], int],
    timezone: Callable[[], Awaitable[str]],
    health: Health,
    identity: Identity,
    settlement: Settlement | None = None,
    doors: Doors | None = None,
    metrics: CollectorRegistry | None = None,
    hooks: Sequence[APIRouter] = (),
    pages: Sequence[APIRouter] = (),
) -> FastAPI:
    """The whole web app as one ASGI application.

    ``understandings`` read the questions that the page suggests, those that ``agent`` reads with where it needs no language model.
    ``clock`` gives epoch milliseconds, ``timezone`` the site's IANA name; ``health`` says which store is away,
    ``identity`` who asks; ``hooks`` are where other systems call, each call proving itself; ``pages`` are for people who are logged in. The view follows ``history``'s changes and the stream of ``values``. ``doors`` are those for other systems, ``metrics`` are shown at ``/metrics`` to whoever may see the rest.
    """
    sessions = Sessions()
    plant = LivePlant(graph, Alarms(history), ontology, clock, health)

    async def zone() -> tzinfo:
        """While nobody can say which it is, times are in UTC, and say so."""
        try:
            return zone_of(await timezone())
        except PlantroomError:
            return zone_of("UTC")

    conversations = Conversations(Answering(agent, sessions, plant.names, clock, zone, settlement))

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncGenerator[None]:
        telling = asyncio.create_task(keep_telling(plant, sessions, history, values))
        async with doors.open() if doors else nullcontext():
            yield
        await conversations.close_all()
        await end(telling)

    login_page = (HERE / "page" / "login.html").read_text("utf-8")
    app = FastAPI(
        title="Plantroom",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        middleware=[
            Middleware(
                Guard, identity=identity, login_page=login_page, open_below=(*OPEN_BELOW, HOOKS, *_paths(hooks))
            ),
            Middleware(Bodies, unfit=_unknown_to_gradio, refusal=refusal),
        ],
    )
    _add_routes(app, plant, sessions, health)
    app.include_router(account_routes(identity))
    for one in (*hooks, *pages):
        app.include_router(one)
    if doors is not None:
        doors.mount(app)
    if metrics is not None:
        _add_metrics(app, metrics)
    _add_pages(app)
    _refuse_files(app)
    _mount_chat(app, conversations, plant, sessions, zone, identity, Examples(understandings, clock))
    return app


def _paths(hooks: Sequence[APIRouter]) -> list[str]:
    return [route.path for one in hooks for route in one.routes if isinstance(route, APIRoute)]


def _add_routes(app: FastAPI, plant: LivePlant, sessions: Sessions, health: Health) -> None:
    @app.exception_handler(PlantroomError)
    async def _told(_: Request, error: Exception) -> Response:  # pyright: ignore[reportUnusedFunction]
        code = next((code for kind, code in STATUS_CODES.items() if isinstance(error, kind)), 400)
        return JSONResponse({"error": str(error)}, status_code=code)

    @app.get("/api/health")
    async def _health() -> Response:  # pyright: ignore[reportUnusedFunction]
        """Whether questions can be answered; 503 with the stores that are away."""
        report = health.report()
        return JSONResponse(report.model_dump(mode="json"), 503 if report.away else 200)

    @app.get("/api/alive")
    async def _alive() -> dict[str, str]:  # pyright: ignore[reportUnusedFunction]
        """Whether the web app itself runs; says nothing about the plant and its stores."""
        return {"status": "ok"}

    @app.get("/api/scene", response_model=SceneModel)
    async def _scene() -> Response:  # pyright: ignore[reportUnusedFunction]
        scene = await plant.scene()
        return Response(scene.model_dump_json(by_alias=True), media_type="application/json")

    @app.websocket("/api/scene/live")
    async def _live(socket: WebSocket, token: str = "") -> None:  # pyright: ignore[reportUnusedFunction]
        session = sessions.find(token)
        if session is None:
            await socket.close(1008)  # before accepting: the client sees 403
            return
        await _tell(socket, sessions, session)


def _unknown_to_gradio(error: Exception) -> bool:
    """A call of something that the page does not have."""
    from gradio.route_utils import FnIndexInferError  # imported long before a request comes

    return isinstance(error, FnIndexInferError)


def _add_metrics(app: FastAPI, metrics: CollectorRegistry) -> None:
    @app.get("/metrics")
    def _metrics() -> Response:  # pyright: ignore[reportUnusedFunction]
        return Response(generate_latest(metrics), headers={"content-type": CONTENT_TYPE_PLAIN_0_0_4})


async def _tell(socket: WebSocket, sessions: Sessions, session: Session) -> None:
    await socket.accept()
    with sessions.connected(session) as outbox:
        async with asyncio.TaskGroup() as group:
            sending = group.create_task(_send_all(socket, outbox))
            await _until_closed(socket)
            sending.cancel()


async def _send_all(socket: WebSocket, outbox: asyncio.Queue[str | None]) -> None:
    with contextlib.suppress(WebSocketDisconnect, RuntimeError):
        while (text := await outbox.get()) is not None:
            await socket.send_text(text)
        await socket.close(1013)


async def _until_closed(socket: WebSocket) -> None:
    """The view has nothing to say; what it sends is read and dropped so that its closing is noticed."""
    while (await socket.receive())["type"] != "websocket.disconnect":
        pass


def _add_pages(app: FastAPI) -> None:
    built = HERE / "static" / "app"
    app.mount("/app", GZipMiddleware(StaticFiles(directory=built, html=True, check_dir=False)))
    app.mount("/page", StaticFiles(directory=HERE / "page"))


def _refuse_files(app: FastAPI) -> None:
    """Gradio would keep whatever anybody sends it; nothing on the page takes a file."""

    async def refuse() -> Response:
        return PlainTextResponse("The chat takes no files: ask in words, and import plants with plantroom import.", 413)

    app.add_api_route("/gradio_api/upload", refuse, methods=["POST"])


def _mount_chat(
    app: FastAPI,
    conversations: Conversations,
    plant: LivePlant,
    sessions: Sessions,
    zone: Callable[[], Awaitable[tzinfo]],
    identity: Identity,
    examples: Examples,
) -> None:
    # Gradio reads these when it is imported; without them it asks its makers' servers for news.
    os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    from interfaces.web.chat.page import Chat, gr

    theme = gr.themes.Base(
        primary_hue="blue",
        neutral_hue="slate",
        radius_size="md",
        font=[gr.themes.Font("Inter"), "system-ui", "sans-serif"],
        font_mono=[gr.themes.Font("ui-monospace"), "monospace"],
    ).set(
        button_primary_background_fill="#14599f",
        button_primary_background_fill_hover="#0f4680",
        button_primary_text_color="#ffffff",
        button_primary_background_fill_dark="#2670bd",
    )
    gr.mount_gradio_app(
        app,
        Chat(conversations, plant, sessions, zone, identity.caller_of, examples).build(),
        path="/",
        ssr_mode=False,
        footer_links=[],
        max_file_size=LARGEST_FILE,
        run_history=False,
        theme=theme,
        css=(HERE / "page" / "page.css").read_text("utf-8"),
        head='<script src="/page/conversation.js"></script><script src="/page/page.js"></script><link rel="icon" href="data:,">',
    )
