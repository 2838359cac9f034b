"""The serving process's side of the local endpoint: a command's operation on the open plant, shown frame by frame."""

import asyncio
import contextlib
import hmac
import json
import logging
from collections.abc import Callable
from dataclasses import replace
from functools import partial

from filelock import FileLock, Timeout
from pydantic import ValidationError
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from ingestion.tasks import end
from interfaces.app.composition import App
from interfaces.app.web_server import serve_web
from interfaces.cli.dispatch import EXIT_FAILED, EXIT_MISUSED
from interfaces.failures import failures, say
from interfaces.http.bodies import Bodies
from interfaces.local.endpoint import place_of
from interfaces.local.exchange import Exchange
from interfaces.local.listener import listening, prepare
from interfaces.local.operation import Desk, DistantPerson, Operation, WrongArguments, operation_named
from interfaces.local.request import OtherSettings, WorkRequest, settings_for
from interfaces.settings import Settings, unknown_among

log = logging.getLogger(__name__)

_TAKE_OVER_PAUSE_S = 1.0
_MOST_USED = "ask.ask"


async def answer_commands(app: App, version: str) -> None:
    """Until cancelled, answer the commands of this machine's user. Of several processes on a home one does; another takes over."""
    place = place_of(app.settings.home)
    prepare(place)
    turn = FileLock(place.lock, mode=0o600, thread_local=False, preserve_lock_file=True)
    await _until_ours(turn)
    try:
        with listening(place) as (listener, token):
            await asyncio.to_thread(operation_named, _MOST_USED)  # imported now, and not while somebody waits
            work = Work(app.settings, partial(_desk, app), served_operation, version, token)
            serving = asyncio.create_task(serve_web(work.application(), listener), name="local endpoint")
            try:
                await asyncio.shield(serving)
            finally:
                await work.stop()
                await end(serving)
    finally:
        turn.release()


def _desk(app: App, settings: Settings, exchange: Exchange) -> Desk:
    person = DistantPerson(exchange.ask)
    return Desk(replace(app, settings=settings), settings, exchange.out, exchange.report, person)


async def _until_ours(turn: FileLock) -> None:
    while True:
        with contextlib.suppress(Timeout):
            turn.acquire(blocking=False)
            return
        await asyncio.sleep(_TAKE_OVER_PAUSE_S)


class Work:
    """What commands have asked for and is not done yet, by number. ``find`` raises ``LookupError``."""

    def __init__(
        self,
        settings: Settings,
        desk: Callable[[Settings, Exchange], Desk],
        find: Callable[[str], Operation],
        version: str,
        token: str,
    ) -> None:
        self._settings = settings
        self._desk = desk
        self._find = find
        self._version = version
        self._token = token
        self._exchanges: dict[str, Exchange] = {}
        self._running: set[asyncio.Task[None]] = set()

    def application(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/run", self._run, methods=["POST"]),
                Route("/answer/{number}", self._answer, methods=["POST"]),
            ],
            middleware=[Middleware(Bodies)],
        )

    async def stop(self) -> None:
        """End what still runs, as a command that goes away does."""
        await end(*self._running)

    async def _run(self, request: Request) -> Response:
        if not self._may(request):
            return JSONResponse({"error": "The token is wrong."}, 403)
        try:
            wanted = WorkRequest.model_validate_json(await request.body())
        except ValidationError:
            return JSONResponse({"error": "This is no request of a command."}, 422)
        if wanted.version != self._version:
            return JSONResponse({"error": _other_version(self._version, wanted.version)}, 426)
        try:
            settings = settings_for(self._settings, wanted.variables)
            operation = await asyncio.to_thread(self._find, wanted.operation)
        except OtherSettings:
            return JSONResponse({"error": "The command means other servers than this process uses."}, 409)
        except LookupError:
            return JSONResponse({"error": f"There is no operation {wanted.operation}."}, 404)
        return _Running(self, operation, wanted, settings)

    async def _answer(self, request: Request) -> Response:
        exchange = self._exchanges.get(request.path_params["number"])
        if not self._may(request) or exchange is None:
            return JSONResponse({"error": "Nobody waits for this answer."}, 404)
        exchange.answer((await request.json())["value"])
        return Response(status_code=204)

    def _may(self, request: Request) -> bool:
        given = request.headers.get("authorization", "").removeprefix("Bearer ").strip()
        return hmac.compare_digest(given.encode(), self._token.encode())

    async def follow(self, operation: Operation, wanted: WorkRequest, settings: Settings, send: Send) -> None:
        """Do the work and send its frames, until its end or a cancellation."""
        exchange = Exchange(wanted.terminal)
        self._exchanges[exchange.number] = exchange
        task = asyncio.create_task(self._work(operation, wanted, settings, exchange))
        self._running.add(task)
        try:
            frame = {}
            while "end" not in frame:
                frame = await exchange.frames.get()
                line = json.dumps(frame, ensure_ascii=False).encode() + b"\n"
                await send({"type": "http.response.body", "body": line, "more_body": True})
        finally:
            await end(task)
            self._running.discard(task)
            del self._exchanges[exchange.number]

    async def _work(self, operation: Operation, wanted: WorkRequest, settings: Settings, exchange: Exchange) -> None:
        for sentence in unknown_among(wanted.variables):
            say(sentence, "[yellow]•[/]", exchange.err)
        code = EXIT_FAILED
        try:
            await operation.run(self._desk(settings, exchange), **wanted.arguments)
            code = 0
        except asyncio.CancelledError:
            say("The process that serves the plant stops. Ask again when it is back.", console=exchange.err)
            raise
        except Exception as error:  # a fault of ours must not end what is served
            code = EXIT_MISUSED if isinstance(error, WrongArguments) else code
            for sentence in _sentences(wanted.operation, error):
                say(sentence, console=exchange.err)
        finally:
            exchange.show(end=code)


class _Running(Response):
    """A response that lasts as long as the work, and ends the work when the command goes away."""

    def __init__(self, work: Work, operation: Operation, wanted: WorkRequest, settings: Settings) -> None:
        super().__init__()
        self._work = work
        self._follow = operation, wanted, settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = [(b"content-type", b"application/x-ndjson")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        working = asyncio.create_task(self._work.follow(*self._follow, send))
        leaving = asyncio.create_task(_until_gone(receive))
        try:
            await asyncio.wait({working, leaving}, return_when=asyncio.FIRST_COMPLETED)
            if working.done():
                await working
                await send({"type": "http.response.body", "body": b"", "more_body": False})
        finally:
            await end(working, leaving)


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def served_operation(name: str) -> Operation:
    """Raises ``LookupError`` for one that commands do themselves."""
    if not (found := operation_named(name)).served:
        raise LookupError(name)
    return found


def _sentences(operation: str, error: Exception) -> list[str]:
    try:
        return failures(error)
    except Exception:
        log.exception("The command %s failed.", operation)
        return ["The process that serves the plant made a mistake; its log says which."]


def _other_version(served: str, asking: str) -> str:
    return (
        f"This home is served by Plantroom {served}, and this command is of Plantroom {asking}. "
        "Stop what serves it and start it again with this version."
    )
