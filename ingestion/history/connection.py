"""Connections to PostgreSQL that do not wait for ever.

The server ends a statement that takes long, but a server that hangs ends nothing. So a connection that has waited longer for an answer
than the server may take is cut here: the driver then finds it broken, as after any crash, and the pool makes another.
"""

import contextlib
import os
import socket
from collections.abc import Mapping
from typing import Any, TypeVar

import psycopg
from psycopg.abc import PQGen

from graph_schema.answering import Answering

RV = TypeVar("RV")

ALIVE: Mapping[str, int] = {
    "keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3, "tcp_user_timeout": 30_000,
}  # fmt: skip
"""Parameters of a connection by which a server is missed whose machine or network is gone."""


LIMIT_S = 65.0
"""Seconds that an answer may take: a server that is well has ended a statement before."""
PROBE_S = 3.0
"""Seconds in which a server that is well has answered the least of questions."""


class LimitedConnection(psycopg.AsyncConnection[Any]):
    """Each answer of the server is waited for as ``answering`` says."""

    answering: Answering
    _limit_s: float | None = None
    _cut: bool = False

    async def wait(self, gen: PQGen[RV], interval: float = 0.1, timeout: float | None = None) -> RV:  # noqa: ASYNC109 - psycopg's own
        """psycopg waits here, for whatever it waits for. Who states a ``timeout`` waits for news, and not for an answer."""
        if timeout is not None:
            return await super().wait(gen, interval, timeout)
        try:
            with self.answering.waited_for(self.cut, self._limit_s):
                return await super().wait(gen, interval)
        except psycopg.OperationalError as error:
            if self._cut:
                raise psycopg.OperationalError(
                    "it has said nothing for too long, and the connection was cut"
                ) from error
            raise

    async def check(self) -> None:
        """For the pool, before each use. Raises ``psycopg.OperationalError`` where the server does not answer at once."""
        self._limit_s = min(PROBE_S, self.answering.limit_s)
        try:
            await self.execute("")
        finally:
            self._limit_s = None

    def cut(self) -> None:
        """End both directions of the socket; libpq reads the end of the stream."""
        self._cut = True
        with contextlib.suppress(OSError, psycopg.Error), socket.socket(fileno=os.dup(self.pgconn.socket)) as end:
            end.shutdown(socket.SHUT_RDWR)


def limited(answering: Answering) -> type[LimitedConnection]:
    """The class of connections to one server, whose answers may take as long as ``answering`` says."""
    return type("LimitedConnection", (LimitedConnection,), {"answering": answering})


async def checked(connection: psycopg.AsyncConnection[Any]) -> None:
    """A pool's ``check``."""
    if isinstance(connection, LimitedConnection):
        await connection.check()
