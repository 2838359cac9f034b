"""Asking the process that serves the plant to do a command's work, with what the standard library has: it starts in milliseconds."""

import http.client
import json
import os
import sys
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from dotenv import dotenv_values
from platformdirs import user_data_path

from graph_schema.errors import PlantroomError, Unavailable
from interfaces.env_file import ENV_FILE
from interfaces.local.endpoint import Place, connect, place_of

PREFIX = "PLANTROOM_"
_OPENAI = ("OPENAI_BASE_URL", "OPENAI_API_KEY")
_TERMINAL = ("TERM", "COLORTERM", "COLUMNS", "LINES", "NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE")
_PATIENCE_S = 10.0
"""A server that does anything at all has answered by then that it begins."""

Frame = Mapping[str, Any]


class NotServed(Exception):
    """The command has to do its work itself. ``why`` says something that a person should know."""

    def __init__(self, why: str | None = None) -> None:
        super().__init__(why)
        self.why = why


class OtherVersion(PlantroomError):
    """The plant is served by another version."""


def stated_variables() -> dict[str, str]:
    """What the environment and the .env file say about settings, by name in capitals. An empty variable is not set.

    Raises ``NotServed`` for a file that cannot be read: the settings themselves say what is wrong with it.
    """
    try:
        stated = dotenv_values(ENV_FILE) if Path(ENV_FILE).is_file() else {}
    except (OSError, UnicodeDecodeError) as error:
        raise NotServed from error
    merged = {name.upper(): value for name, value in (*stated.items(), *os.environ.items()) if value}
    return {name: value for name, value in merged.items() if name.startswith(PREFIX) or name in _OPENAI}


def home_of(variables: Mapping[str, str]) -> Path:
    home = variables.get(f"{PREFIX}HOME")
    return (Path(home) if home else user_data_path("plantroom")).expanduser().absolute()


def terminal() -> dict[str, Any]:
    """What a page has to know of this terminal to look as if it was printed here."""
    return {
        "size": _size(),
        "encoding": sys.stdout.encoding or "utf-8",
        "out_is_terminal": sys.stdout.isatty(),
        "err_is_terminal": sys.stderr.isatty(),
        "environment": {name: os.environ[name] for name in _TERMINAL if name in os.environ},
    }


def _size() -> tuple[int, int] | None:
    for stream in (0, 1, 2):
        try:
            size = os.get_terminal_size(stream)
            return size.columns, size.lines
        except (OSError, ValueError):
            continue
    return None


@dataclass(frozen=True, slots=True)
class Exchange:
    """A piece of work that goes on in the serving process."""

    place: Place
    token: str
    number: str
    frames: Iterator[Frame]

    def answer(self, value: Any) -> None:
        """What the person says to the question of the last frame."""
        opened = connect(self.place, _PATIENCE_S)
        if opened is None:
            raise Unavailable("The plant is not served any more.")
        connection = _connection(opened[0])
        try:
            _post(connection, self.token, f"/answer/{self.number}", {"value": value})
            connection.getresponse().read()
        finally:
            connection.close()


@contextmanager
def asked(operation: str, arguments: Mapping[str, Any], changes: Mapping[str, str]) -> Generator[Exchange]:
    """Have an operation run where the plant is served; leaving the context ends it there too.

    ``changes`` are settings that the command line states. Raises ``NotServed`` where this process has to do it, and
    ``OtherVersion``.
    """
    variables = stated_variables() | dict(changes)
    place = place_of(home_of(variables))
    opened = connect(place, _PATIENCE_S)
    if opened is None:
        raise NotServed
    connection, token = _connection(opened[0]), opened[1]
    request = {
        "operation": operation, "arguments": arguments, "variables": variables, "terminal": terminal(),
        "version": version("plantroom"),
    }  # fmt: skip
    try:
        frames = _frames(_begun(connection, token, request))
        number = str(_first(frames)["begun"])
        opened[0].settimeout(None)  # from here on the work may take as long as it takes
        yield Exchange(place, token, number, _until_end(frames))
    finally:
        connection.close()


def _connection(opened: Any) -> http.client.HTTPConnection:
    connection = http.client.HTTPConnection("plantroom.local")
    connection.sock = opened
    return connection


def _post(connection: http.client.HTTPConnection, token: str, path: str, content: Mapping[str, Any]) -> None:
    headers = {"content-type": "application/json", "authorization": f"Bearer {token}"}
    connection.request("POST", path, json.dumps(content), headers)


def _begun(connection: http.client.HTTPConnection, token: str, request: Mapping[str, Any]) -> http.client.HTTPResponse:
    """Its frames follow. Raises ``NotServed`` where it does not want to, or is no server of ours."""
    try:
        _post(connection, token, "/run", request)
        response = connection.getresponse()
    except TimeoutError as error:
        why = f"The process that serves this home has not answered for {_PATIENCE_S:.0f} seconds: this command works without it."
        raise NotServed(why) from error
    except (OSError, http.client.HTTPException) as error:
        raise NotServed from error
    if response.status == http.client.OK:
        return response
    _refused(response.status, response.read())
    raise NotServed


def _refused(status: int, body: bytes) -> None:
    """Raise ``OtherVersion`` where that is why."""
    try:
        refusal = json.loads(body)
    except ValueError:
        return
    if status == http.client.UPGRADE_REQUIRED:
        raise OtherVersion(refusal["error"])


def _frames(response: http.client.HTTPResponse) -> Iterator[Frame]:
    while line := response.readline():
        yield json.loads(line)


def _first(frames: Iterator[Frame]) -> Frame:
    try:
        return next(frames)
    except (OSError, StopIteration, http.client.HTTPException) as error:
        raise NotServed from error


def _until_end(frames: Iterator[Frame]) -> Iterator[Frame]:
    try:
        for frame in frames:
            yield frame
            if "end" in frame:
                return
    except (OSError, http.client.HTTPException) as error:
        raise _gone() from error
    raise _gone()


def _gone() -> Unavailable:
    return Unavailable(
        "The process that serves the plant has ended in the middle of this. Start it again and repeat it."
    )


def followed(exchange: Exchange, show: Callable[[Frame], Any]) -> int:
    """Show frame after frame; the exit code at the end."""
    for frame in exchange.frames:
        if "end" in frame:
            return int(frame["end"])
        if "ask" in frame:
            exchange.answer(show(frame))
        else:
            show(frame)
    raise _gone()
