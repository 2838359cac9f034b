"""Where a served plant answers the commands of its machine's user.

HOME/local/              nobody but its owner gets into it
HOME/local/plantroom.sock   a Unix socket, or, where that cannot be,
HOME/local/loopback.json    a port of this machine and the token that it asks for
HOME/local/lock          held by the process that answers

Being able to open these files is the authentication.
"""

import json
import socket
from dataclasses import dataclass
from os import fsencode
from pathlib import Path

LONGEST = 100
"""Bytes of a socket's path. Systems allow 104 to 108, and say so only when it is too late."""
LOOPBACK = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Place:
    """The files of a home's endpoint. ``socket`` is None where a Unix socket cannot be: then it is a port and a token."""

    folder: Path
    socket: Path | None

    @property
    def loopback(self) -> Path:
        return self.folder / "loopback.json"

    @property
    def lock(self) -> Path:
        return self.folder / "lock"


def place_of(home: Path) -> Place:
    folder = home / "local"
    path = folder / "plantroom.sock"
    possible = hasattr(socket, "AF_UNIX") and len(fsencode(path)) <= LONGEST
    return Place(folder, path if possible else None)


def connect(place: Place, timeout_s: float) -> tuple[socket.socket, str] | None:
    """A connection and the token to show. None where nobody answers, as with the socket that a killed server left."""
    connection = None
    try:
        if place.socket:
            connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            connection.settimeout(timeout_s)
            connection.connect(str(place.socket))
            return connection, ""
        there = json.loads(place.loopback.read_text("utf-8"))
        return socket.create_connection((LOOPBACK, there["port"]), timeout_s), there["token"]
    except (OSError, ValueError, KeyError):
        if connection:
            connection.close()
        return None
