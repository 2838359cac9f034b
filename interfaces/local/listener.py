"""The socket on which a served plant answers commands, in files that nobody but its owner can open."""

import json
import secrets
import socket
from collections.abc import Generator
from contextlib import contextmanager, suppress

from graph_schema.errors import Unavailable
from interfaces.embedded.home import write_private
from interfaces.local.endpoint import LOOPBACK, Place


def prepare(place: Place) -> None:
    """The folder. Raises ``Unavailable``."""
    try:
        place.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        place.folder.chmod(0o700)
    except OSError as error:
        raise Unavailable(f"The folder {place.folder} cannot be used: {error.strerror}.") from error


@contextmanager
def listening(place: Place) -> Generator[tuple[socket.socket, str]]:
    """A socket that commands find, and the token that they have to show, if any. What a killed server left goes first.

    The process holds the home's lock. Raises ``Unavailable``.
    """
    _clear(place)
    try:
        listener, token = _on_unix_socket(place) if place.socket else _on_loopback(place)
    except OSError as error:
        raise Unavailable(f"Commands cannot be answered in {place.folder}: {error.strerror}.") from error
    try:
        yield listener, token
    finally:
        listener.close()
        _clear(place)


def _on_unix_socket(place: Place) -> tuple[socket.socket, str]:
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.bind(str(place.socket))
    assert place.socket
    place.socket.chmod(0o600)  # until here its folder kept others out
    listener.listen()
    return listener, ""


def _on_loopback(place: Place) -> tuple[socket.socket, str]:
    listener, token = socket.create_server((LOOPBACK, 0)), secrets.token_urlsafe(32)
    write_private(place.loopback, json.dumps({"port": listener.getsockname()[1], "token": token}))
    return listener, token


def _clear(place: Place) -> None:
    for file in (place.socket, place.loopback):
        if file:
            with suppress(FileNotFoundError):
                file.unlink()
