"""Everything that runs while the plant is served: ingestion, the simulator, the web app; and how it stops."""

import asyncio
import signal
import socket
from collections.abc import AsyncGenerator, Callable, Coroutine, Generator, Sequence
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING, Any

import uvicorn

from graph_schema.errors import Unavailable
from interfaces.http.auth.exposure import check_exposed, may_have_login
from interfaces.http.proxies import Proxies
from interfaces.settings import LOOPBACK_PROXIES, Settings

if TYPE_CHECKING:
    from starlette.applications import Starlette


_SWALLOWED_S = 6.0
"""After which a cancellation was swallowed; ending in order takes the web app up to three seconds."""


class _Server(uvicorn.Server):
    """Says when it answers, and leaves the signals to us, so that stopping runs through every ``async with`` on the way out."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._ready()

    @contextmanager
    def capture_signals(self) -> Generator[None]:
        yield


def bind(settings: Settings) -> socket.socket:
    """Take the web port before anything slow starts, so that a taken port is told at once, and a new home that would be open to all too."""
    check_exposed(settings, login=may_have_login(settings))
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    # With the protocol named, asyncio sends small answers at once; without it each waits some 40 ms for an acknowledgement.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, settings.port))
        listener.listen()  # a port that is only bound can be bound by the next command as well
    except OSError as error:
        listener.close()
        raise Unavailable(
            f"Port {settings.port} on {settings.host} cannot be used ({error.strerror}). Is Plantroom running already? "
            "Set PLANTROOM_PORT, or pass --port, to use another."
        ) from error
    return listener


def address(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


async def serve_web(
    web: "Starlette",
    listener: socket.socket,
    ready: Callable[[], None] = lambda: None,
    trusted_proxies: tuple[str, ...] = LOOPBACK_PROXIES,
) -> None:
    """Serve until cancelled; ``ready`` is called once it answers.

    A server that is cancelled in the middle reports that as an error, so it is asked to end, and waited for.
    """
    app = Proxies(web, trusted_proxies)
    server = _Server(uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=3, proxy_headers=False), ready)
    serving = asyncio.create_task(server.serve(sockets=[listener]), name="web app")
    try:
        await asyncio.shield(serving)
    except asyncio.CancelledError:
        server.should_exit = True
        await serving
        raise


@asynccontextmanager
async def background(*work: Coroutine[Any, Any, None]) -> AsyncGenerator[None]:
    """Run coroutines beside the body; the first that fails ends the body, and leaving the body ends them."""
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(one) for one in work]
        try:
            yield
        finally:
            await _ended(tasks)


async def _ended(tasks: Sequence[asyncio.Task[None]]) -> None:
    """Cancel them until they end: a library that waits with ``asyncio.wait_for`` may swallow a cancellation, until Python 3.12."""
    while pending := [task for task in tasks if not task.done()]:
        for task in pending:
            task.cancel()
        await asyncio.wait(pending, timeout=_SWALLOWED_S)


async def until_stopped() -> None:
    """Return on Ctrl-C or SIGTERM."""
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)
    await stopped.wait()
