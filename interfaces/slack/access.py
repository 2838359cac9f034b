"""How we come into a Slack workspace."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from interfaces.settings import Settings

Readers = Literal["users", "workspace"]


@dataclass(frozen=True, slots=True)
class Access:
    """With an ``app_token`` Slack is connected to from here (Socket Mode), with a ``signing_secret`` it may call us. ``readers`` are who may ask:
    users of the plant alone, or all of the workspace. The tokens are in no ``repr``."""

    bot_token: str
    app_token: str | None
    signing_secret: str | None
    url: str
    readers: Readers

    def __repr__(self) -> str:
        return f"Access(url={self.url!r}, readers={self.readers!r})"


def access_of(settings: Settings) -> Access | None:
    """None where Slack is not set."""
    if settings.slack_bot_token is None:
        return None
    app, signing = settings.slack_app_token, settings.slack_signing_secret
    return Access(
        settings.slack_bot_token.get_secret_value(),
        app.get_secret_value() if app else None,
        signing.get_secret_value() if signing else None,
        settings.slack_url,
        settings.slack_readers,
    )
