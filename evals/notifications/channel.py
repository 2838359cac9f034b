"""A channel of this machine that takes messages over HTTP and keeps them."""

from __future__ import annotations

import json
import threading
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from time import perf_counter
from typing import Any


@dataclass(frozen=True, slots=True)
class Taken:
    """A message; ``at`` is when it came, in seconds of ``perf_counter``."""

    at: float
    person: str
    title: str
    text: str


@dataclass(slots=True)
class Channel:
    port: int
    taken: list[Taken] = field(default_factory=list[Taken])

    def address(self, person: str) -> str:
        return f"json://127.0.0.1:{self.port}/{person}"

    def of(self, person: str) -> list[Taken]:
        return [one for one in self.taken if one.person == person]


@contextmanager
def loopback() -> Generator[Channel]:
    found: list[Channel] = []

    class Taking(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            person = self.path.strip("/")
            found[0].taken.append(Taken(perf_counter(), person, body["title"], body["message"]))
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            """Nothing is said of what is taken."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Taking)
    found.append(Channel(server.server_address[1]))
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), name="loopback channel")
    thread.start()
    try:
        yield found[0]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
