"""A mail server, a gateway for SMS and a plant of one pump house, all of this machine."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any, cast

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session
from fastapi import FastAPI, Request, Response

from tests.interfaces.web.conftest import served_app

NOW = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)


@dataclass
class Mail:
    """A mail server. What it refuses is said with ``answer``."""

    port: int = 0
    answer: str = "250 taken"
    got: list[EmailMessage] = field(default_factory=list[EmailMessage])

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.answer.startswith("250"):
            content = cast(bytes, envelope.content)
            self.got.append(message_from_bytes(content, policy=policy.default))
        return self.answer

    def address(self, name: str) -> str:
        return f"mailto://127.0.0.1:{self.port}?from=plantroom@plant.example&to={name}@plant.example&mode=insecure"


@pytest.fixture
async def mail() -> AsyncGenerator[Mail]:
    found = Mail()
    server = await asyncio.get_running_loop().create_server(lambda: SMTP(found), "127.0.0.1", 0)
    found.port = server.sockets[0].getsockname()[1]
    yield found
    server.close()


@dataclass
class Gateway:
    """What takes messages over HTTP. ``statuses`` are its answers in order, the last one again and again."""

    port: int = 0
    statuses: list[int] = field(default_factory=lambda: [200])
    got: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])

    async def take(self, request: Request) -> Response:
        status = self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0]
        if status == 200:
            self.got.append(await request.json())
        return Response(status_code=status)

    def address(self, token: str) -> str:
        return f"json://127.0.0.1:{self.port}/{token}"


@pytest.fixture
async def gateway() -> AsyncGenerator[Gateway]:
    found = Gateway()
    app = FastAPI()
    app.add_api_route("/{path:path}", found.take, methods=["POST"])
    async with served_app(app) as port:
        found.port = port
        yield found


@dataclass
class Clock:
    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **span: float) -> None:
        self.now += timedelta(**span)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def book_file(tmp_path: Path) -> Path:
    return tmp_path / "notify.yaml"
