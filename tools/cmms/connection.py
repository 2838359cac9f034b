"""Requests to a maintenance system: time-outs, few and safe retries, and a sentence for whatever goes wrong.

What only reads is tried again, three times in all. What changes something is sent once: where its answer is lost, that is said, and it
is for the caller to look.
"""

from __future__ import annotations

import asyncio
import json
import logging
import random
import ssl
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any, cast
from urllib.parse import urlsplit

import httpx

from graph_schema.errors import PlantroomError, Unavailable
from ingestion.reading import Clock, wall_clock
from tools.cmms.outcomes import (
    AnswerLost,
    Busy,
    MissingRight,
    NoSuchOrder,
    Refused,
    UntrustedServer,
    WrongAddress,
    WrongKey,
)  # fmt: skip

TRIES = 3
_FIRST_WAIT_S = 0.5
_LONGEST_WAIT_S = 10.0
"""Of a wait that the server asks for; a longer one is for the next run."""
_BUSY_S = 60.0
_IDLE_S = 2.0
"""A connection that a server may be about to close is not used again: a write on it would be of unknown outcome."""
_MOST_BYTES = 20_000_000
_SHOWN = 200

Json = Any
"""A value of JSON."""


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds."""

    connect_s: float = 10.0
    answer_s: float = 30.0


NORMAL = Timeouts()


@dataclass(frozen=True, slots=True)
class Request:
    """``path`` is below the address that was set. ``safe``: it changes nothing, and may be sent again."""

    method: str
    path: str
    query: Mapping[str, str] | None = None
    body: Json = None
    headers: Mapping[str, str] | None = None
    safe: bool = False


Sleep = Callable[[float], Awaitable[None]]
Signed = Callable[[httpx.Request], None]
"""Completes a request just before it is sent, as with a signature of its address."""


class Connection:
    """``name`` is the vendor's, as people say it."""

    def __init__(
        self,
        client: httpx.AsyncClient,
        name: str,
        clock: Clock = wall_clock,
        sleep: Sleep = asyncio.sleep,
        sign: Signed | None = None,
    ) -> None:
        self.name = name
        self._client, self._clock, self._sleep, self._sign = client, clock, sleep, sign

    async def read(self, path: str, query: Mapping[str, str] | None = None) -> Json:
        """What a GET brings."""
        return await self.send(Request("GET", path, query, safe=True))

    async def send(self, request: Request) -> Json:
        """The JSON of the answer, None for an empty one. Raises what ``port.Cmms`` says."""
        for tried in range(1, TRIES + 1):
            try:
                return await self._once(request)
            except (Unavailable, AnswerLost) as error:
                wait = _wait_after(error, tried)
                if wait is None or not (request.safe or isinstance(error, Busy)):
                    raise
                await self._sleep(wait)
        raise AssertionError("the last try returns or raises")

    async def _once(self, request: Request) -> Json:
        made = self._made(request)
        try:
            response = await self._client.send(made, stream=True)
            try:
                content = await _content(response)
            finally:
                await response.aclose()
        except httpx.TransportError as error:
            raise self._failure(error, request) from error
        return self._answer(response, content, request)

    def _made(self, request: Request) -> httpx.Request:
        headers = {"accept": "application/json", **(request.headers or {})}
        content = None if request.body is None else json.dumps(request.body, ensure_ascii=False).encode()
        if content is not None:
            headers.setdefault("content-type", "application/json")
        made = self._client.build_request(
            request.method, request.path.lstrip("/"), params=request.query, content=content, headers=headers
        )
        if self._sign is not None:
            self._sign(made)
        return made

    # What went wrong

    def _failure(self, error: httpx.TransportError, request: Request) -> PlantroomError:
        host = self._host
        if isinstance(error, httpx.UnsupportedProtocol | httpx.LocalProtocolError):
            return WrongAddress(
                f"The address of {self.name} cannot be used: {_line(str(error))}. Set PLANTROOM_CMMS_URL."
            )
        if isinstance(error, httpx.ConnectError):
            return self._no_connection(error)
        if isinstance(error, httpx.ConnectTimeout | httpx.PoolTimeout | httpx.ProxyError):
            return Unavailable(f"{self.name} at {host} cannot be reached within the time allowed.")
        if request.safe:
            return Unavailable(f"{self.name} at {host} took the request and did not answer in time.")
        return AnswerLost(f"{self.name} took the request, and its answer did not come ({type(error).__name__}).")

    def _no_connection(self, error: httpx.ConnectError) -> PlantroomError:
        why, host = str(error), self._host
        if _of(error, ssl.SSLError) or "certificate" in why.lower() or "ssl" in why.lower():
            return UntrustedServer(
                f"The certificate of {host} is not trusted: {_line(why)}. "
                "Set PLANTROOM_CMMS_CA_FILE to the authority that signed it, or correct PLANTROOM_CMMS_URL."
            )
        if "getaddrinfo" in why or "Name or service" in why or "No address" in why or "name resolution" in why:
            return WrongAddress(f"There is no machine called {host}. Correct PLANTROOM_CMMS_URL.")
        return Unavailable(
            f"Nothing answers at {host}: {_line(why)}. Is PLANTROOM_CMMS_URL right, and {self.name} running?"
        )

    def _answer(self, response: httpx.Response, content: bytes, request: Request) -> Json:
        code = response.status_code
        if code < 300:
            return self._parsed(response, content, request)
        if code < 400:
            raise WrongAddress(
                f"{self._host} sends requests on to {_target(response)}. Set PLANTROOM_CMMS_URL to the address that answers itself."
            )
        said = _said(content)
        match code:
            case 401:
                raise WrongKey(
                    f"{self.name} does not know the key. Set PLANTROOM_CMMS_KEY to one that is valid{_because(said)}."
                )
            case 403:
                raise MissingRight(f"{self.name} does not let this key do that{_because(said)}.")
            case 404 | 410:
                raise self._missing(response, content, said, request)
            case 429:
                wait = _retry_after(response, self._clock)
                raise Busy(f"{self.name} asks to wait for {wait:.0f} s: too many requests.", wait)
            case 408 | 502 | 503 | 504 | 500 | 520 | 521 | 522 | 523 | 524:
                raise self._broken(code, said, request)
            case _:
                raise Refused(f"{self.name} refuses that ({code}){_because(said)}.")

    def _missing(self, response: httpx.Response, content: bytes, said: str, request: Request) -> PlantroomError:
        if _is_page(response, content):
            return self._page()
        return NoSuchOrder(f"{self.name} has nothing at {request.path}{_because(said)}.")

    def _broken(self, code: int, said: str, request: Request) -> PlantroomError:
        sentence = f"{self.name} failed over the request ({code}){_because(said)}."
        return Unavailable(sentence) if request.safe else AnswerLost(f"{sentence} It may have been carried out.")

    def _parsed(self, response: httpx.Response, content: bytes, request: Request) -> Json:
        if not content.strip():
            return None
        if _is_page(response, content):
            raise self._page()
        try:
            return json.loads(content)
        except ValueError as error:
            if request.safe:
                raise WrongAddress(f"{self.name} at {self._host} answers with something that is no JSON.") from error
            raise AnswerLost(f"The answer of {self.name} cannot be read.") from error

    def _page(self) -> WrongAddress:
        return WrongAddress(
            f"At {self._host} a web page answers instead of {self.name}'s interface. Correct PLANTROOM_CMMS_URL."
        )

    @property
    def _host(self) -> str:
        return self._client.base_url.netloc.decode() or str(self._client.base_url)


@asynccontextmanager
async def open_connection(
    url: str,
    name: str,
    headers: Mapping[str, str],
    timeouts: Timeouts = NORMAL,
    ca_file: str | None = None,
    clock: Clock = wall_clock,
    sleep: Sleep = asyncio.sleep,
    sign: Signed | None = None,
) -> AsyncGenerator[Connection]:
    """Redirects are not followed: they would take the key elsewhere. Raises ``WrongAddress`` for what is no address."""
    if urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname:
        raise WrongAddress(f"PLANTROOM_CMMS_URL has to begin with https:// and name a machine, not “{url[:80]}”.")
    logging.getLogger("httpx").setLevel(logging.WARNING)  # it writes whole addresses, keys in them too
    try:
        trust = ssl.create_default_context(cafile=ca_file) if ca_file else True
    except (OSError, ssl.SSLError) as error:
        raise UntrustedServer(f"The file PLANTROOM_CMMS_CA_FILE ({ca_file}) holds no certificates: {error}.") from error
    limits = httpx.Timeout(timeouts.answer_s, connect=timeouts.connect_s)
    async with httpx.AsyncClient(
        base_url=f"{url.rstrip('/')}/",
        headers=dict(headers),
        timeout=limits,
        verify=trust,
        follow_redirects=False,
        limits=httpx.Limits(keepalive_expiry=_IDLE_S),
    ) as client:
        yield Connection(client, name, clock, sleep, sign)


async def _content(response: httpx.Response) -> bytes:
    content = b""
    async for chunk in response.aiter_bytes():
        content += chunk
        if len(content) > _MOST_BYTES:
            raise Unavailable(f"The answer is larger than {_MOST_BYTES // 1_000_000} MB, and is left unread.")
    return content


def _wait_after(error: PlantroomError, tried: int) -> float | None:
    """Seconds until the next try; None where there is none."""
    if tried >= TRIES or isinstance(error, WrongAddress | UntrustedServer):
        return None
    if isinstance(error, Busy):
        return error.wait_s if error.wait_s <= _LONGEST_WAIT_S else None
    return _FIRST_WAIT_S * 2 ** (tried - 1) * random.uniform(0.75, 1.25)  # noqa: S311 - only so that clients do not march in step


def _retry_after(response: httpx.Response, clock: Clock) -> float:
    said = response.headers.get("retry-after", "").strip()
    if said.isdecimal():
        return float(said)
    try:
        return max((parsedate_to_datetime(said) - clock()).total_seconds(), 0.0)
    except (TypeError, ValueError):
        return _BUSY_S


def _is_page(response: httpx.Response, content: bytes) -> bool:
    return "html" in response.headers.get("content-type", "") or content.lstrip()[:1] == b"<"


def _target(response: httpx.Response) -> str:
    return urlsplit(str(response.headers.get("location", ""))).netloc or "another address"


def _said(content: bytes) -> str:
    """What the server gives as its reason, on one line."""
    try:
        found = json.loads(content)
    except ValueError:
        return "" if content.lstrip()[:1] == b"<" else _line(content.decode("utf-8", "replace"))
    return _line(_message(found))


def _message(value: object) -> str:
    """The sentence in an error, wherever a vendor puts it."""
    match value:
        case str():
            return value
        case dict():
            fields = cast(dict[str, object], value)
            for name in ("message", "error", "Error", "errors", "detail", "title", "reasonCode"):
                if name in fields and (found := _message(fields[name])):
                    return found
            return ""
        case list():
            return "; ".join(filter(None, (_message(one) for one in cast(list[object], value)[:3])))
        case _:
            return ""


def _line(text: str) -> str:
    line = " ".join(text.split()).rstrip(".")
    return line if len(line) <= _SHOWN else f"{line[:_SHOWN]}…"


def _because(said: str) -> str:
    return f": {said}" if said else ""


def _of(error: BaseException | None, kind: type[BaseException]) -> bool:
    while error is not None:
        if isinstance(error, kind):
            return True
        error = error.__cause__ or error.__context__
    return False
