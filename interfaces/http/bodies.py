"""What a request may bring. One that cannot be read is refused with one sentence, and told in one line of the log.

Frameworks answer some of them with a traceback, repeat all of a body in an error, or fall over a thousand brackets.
"""

import json
import logging
from collections.abc import Callable, Mapping
from typing import Any, cast

import msgspec
from starlette.datastructures import Headers
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

log = logging.getLogger(__name__)

MOST_BYTES = 8_000_000
"""Of a body that is no upload. The chat sends its conversation along, charts and all."""
_WITHOUT_BODY = ("GET", "HEAD", "OPTIONS")
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
_NO_FIT = (TypeError, ValueError, LookupError, AttributeError, RecursionError, AssertionError)
"""What code that expects something else raises over a request that is well-formed."""
_DOES_NOT_FIT = 422, "The request is not of the form that is expected here."
_OUR_MISTAKE = 500, "The server made a mistake; its log says more."
_SHOWN = 3
_LONGEST = 300

Refusal = Callable[[Scope, int, str], Response]


def _plain_refusal(_: Scope, code: int, sentence: str) -> Response:
    return JSONResponse({"error": sentence}, code)


class Bodies:
    """An ASGI layer around whatever takes requests. ``unfit``: whether an error says that the request does not fit; ``refusal``
    is the answer that says a sentence."""

    def __init__(
        self,
        app: ASGIApp,
        most_bytes: int = MOST_BYTES,
        unfit: Callable[[Exception], bool] = lambda _: False,
        refusal: Refusal = _plain_refusal,
    ) -> None:
        self._app = app
        self._most_bytes = most_bytes
        self._unfit = unfit
        self._refusal = refusal

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] in _WITHOUT_BODY:
            await self._app(scope, receive, send)
            return
        answer = _Answer(send, self._refusal)
        try:
            if not _is_form(scope):
                body = await _read(receive, self._most_bytes)
                _check(body)
                receive = _again(body, receive)
            await self._app(scope, receive, answer)
        except _Refused as refusal:
            await answer.refuse(scope, refusal.code, str(refusal))
        except Exception as error:
            if answer.begun:
                raise
            unfit = isinstance(error, _NO_FIT) or self._unfit(error)
            words = str(error).strip().partition("\n")[0][:_LONGEST]
            name = f"{scope['method']} {scope['path'][:_LONGEST]}"
            log.warning("%s was not answered: %s: %s", name, type(error).__name__, words)
            log.debug("Where that was", exc_info=error)
            await answer.refuse(scope, *(_DOES_NOT_FIT if unfit else _OUR_MISTAKE))
        else:
            await answer.end(scope)


class _Refused(Exception):
    def __init__(self, code: int, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


class _Answer:
    """Passes an answer on, but for errors: those wait until it is known what to say instead."""

    def __init__(self, send: Send, refusal: Refusal) -> None:
        self._send = send
        self._refusal = refusal
        self._held: list[Message] = []
        self.begun = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start" and message["status"] in (422, 500):
            self._held = [message]
        elif self._held:
            self._held.append(message)
        else:
            self.begun = True
            await self._send(message)

    async def end(self, scope: Scope) -> None:
        """The app is done, and said for itself what is wrong."""
        if not self._held:
            return
        if self._held[0]["status"] == 422 and (sentence := _sentence(b"".join(m.get("body", b"") for m in self._held))):
            await self.refuse(scope, 422, sentence)
            return
        for message in self._held:
            await self._send(message)

    async def refuse(self, scope: Scope, code: int, sentence: str) -> None:
        await self._refusal(scope, code, sentence)(scope, _nothing, self._send)


def _is_form(scope: Scope) -> bool:
    return Headers(scope=scope).get("content-type", "").partition(";")[0].strip().lower() in _FORMS


async def _read(receive: Receive, most_bytes: int) -> bytes:
    parts: list[bytes] = []
    size, more = 0, True
    while more:
        message = await receive()
        if message["type"] != "http.request":
            break
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > most_bytes:
            raise _Refused(413, f"The request is larger than the {most_bytes:,} bytes that are taken.")
        more = message.get("more_body", False)
    return b"".join(parts)


def _check(body: bytes) -> None:
    """Well-formed, finite, and not nested beyond reason."""
    if not body:
        return
    try:
        msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise _Refused(400, f"The request is no JSON that can be read: {str(error)[:_LONGEST].rstrip('.')}.") from error


def _again(body: bytes, receive: Receive) -> Receive:
    """The body as one message, and after it whatever else comes."""
    given = False

    async def receiving() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return receiving


def _sentence(body: bytes) -> str | None:
    """What FastAPI lists, without the input that it repeats."""
    try:
        listed = cast(dict[str, Any], json.loads(body))["detail"]
        told = [_one(one) for one in cast(list[Mapping[str, Any]], listed)[:_SHOWN]]
    except (ValueError, LookupError, TypeError, AttributeError):
        return None
    return f"The request is not of the form that is expected here: {'; '.join(told)}."


def _one(error: Mapping[str, Any]) -> str:
    place = ".".join(str(part)[:60] for part in error["loc"])
    return f"{place}: {str(error['msg'])[:_LONGEST]}"


async def _nothing() -> Message:
    return {"type": "http.disconnect"}
