"""A mail server of this machine, which keeps what it is given."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import cast

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass
class Mail:
    """What it refuses is said with ``answer``."""

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
