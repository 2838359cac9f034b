"""Metrics on a port of their own, for this machine only: what collects them needs no password there."""

from collections.abc import Generator
from contextlib import contextmanager

from prometheus_client import CollectorRegistry, start_http_server

from graph_schema.errors import Unavailable

_HOST = "127.0.0.1"


@contextmanager
def serving_metrics(registry: CollectorRegistry, port: int | None) -> Generator[int | None]:
    """Answer at ``http://127.0.0.1:PORT/metrics`` while the context lasts; 0 chooses a port, None does nothing.

    Raises ``Unavailable`` for a port that is taken.
    """
    if port is None:
        yield None
        return
    try:
        server, thread = start_http_server(port, _HOST, registry)
    except OSError as error:
        raise Unavailable(f"Port {port} cannot be used for metrics ({error.strerror}).") from error
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
