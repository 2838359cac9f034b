"""A mail server, a gateway for SMS and a plant of one pump house, all of this machine."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI, Request, Response

from tests.interfaces.web.conftest import served_app

NOW = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)


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
