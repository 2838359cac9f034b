"""Whether Slack lets us in, what the app there may do, and whether it reaches us."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Sequence

import httpx

from graph_schema.errors import InvalidInput
from interfaces.app.messages.slack import check_installed
from interfaces.cli.work.doctor.finding import Finding
from interfaces.settings import Settings
from interfaces.slack.manifest import SCOPES

_SUBJECT = "Slack"
_PATH = "slack/events"
_PATIENCE_S = 10.0
_NEWER = "Give the app what `plantroom slack manifest` prints (App Manifest), and install it again."
_TOKENS = "Copy it again from https://api.slack.com/apps: "


async def slack_findings(settings: Settings) -> Sequence[Finding]:
    """Nothing where no workspace is set."""
    if settings.slack_bot_token is None:
        return []
    try:
        check_installed(settings)
    except InvalidInput as error:
        return [Finding(_SUBJECT, str(error), "problem", "Install it, and start again.")]
    async with httpx.AsyncClient(timeout=_PATIENCE_S, trust_env=True) as http:
        found = [await _bot(http, settings, settings.slack_bot_token.get_secret_value())]
        if found[0].level != "problem":
            found += [*await _socket(http, settings), *await _reached(http, settings)]
    return [*found, *_readers(settings)]


async def _bot(http: httpx.AsyncClient, settings: Settings, token: str) -> Finding:
    try:
        reply = await http.post(f"{settings.slack_url}auth.test", headers=_as(token))
        said = reply.json()
    except (httpx.HTTPError, ValueError):
        what = f"{settings.slack_url} does not answer"
        return Finding(
            _SUBJECT, what, "problem", "See that this machine reaches it, by a proxy where there is one (HTTPS_PROXY)."
        )
    if not said.get("ok"):
        what = f"refuses the bot's token: {said.get('error')}"
        return Finding(_SUBJECT, what, "problem", f"{_TOKENS}OAuth & Permissions, as PLANTROOM_SLACK_BOT_TOKEN.")
    where = f"answers as {said.get('user')} in the workspace {said.get('team')}"
    missing = missing_scopes(reply.headers.get("x-oauth-scopes", ""))
    if missing:
        return Finding(_SUBJECT, f"{where}, but the app may not {', '.join(missing)}", "note", _NEWER)
    return Finding(_SUBJECT, where)


def missing_scopes(granted: str) -> Sequence[str]:
    """Of what the app needs, what is not among “chat:write,commands”."""
    have = {one.strip() for one in granted.split(",")}
    return [one for one in SCOPES if one not in have]


async def _socket(http: httpx.AsyncClient, settings: Settings) -> Sequence[Finding]:
    if settings.slack_app_token is None:
        return []
    token = settings.slack_app_token.get_secret_value()
    try:
        said = (await http.post(f"{settings.slack_url}apps.connections.open", headers=_as(token))).json()
    except (httpx.HTTPError, ValueError):
        return [Finding(_SUBJECT, "does not answer to the app's token", "problem", "Look again in a minute.")]
    if said.get("ok"):
        return [Finding(_SUBJECT, "may be connected to from here (Socket Mode)")]
    advice = (
        f"{_TOKENS}App-Level Tokens, one with connections:write, as PLANTROOM_SLACK_APP_TOKEN; and enable Socket Mode."
    )
    return [Finding(_SUBJECT, f"refuses the app's token: {said.get('error')}", "problem", advice)]


async def _reached(http: httpx.AsyncClient, settings: Settings) -> Sequence[Finding]:
    """A request of our own, signed as Slack signs, to the address that Slack calls."""
    if settings.slack_signing_secret is None:
        return []
    if settings.public_url is None:
        advice = "Set PLANTROOM_PUBLIC_URL; or unset PLANTROOM_SLACK_SIGNING_SECRET and use Socket Mode."
        return [Finding(_SUBJECT, "has no address of ours that it could call", "problem", advice)]
    url = f"{settings.public_url.rstrip('/')}/{_PATH}"
    challenge = secrets.token_hex(8)
    body = json.dumps({"type": "url_verification", "challenge": challenge}).encode()
    try:
        reply = await http.post(
            url, content=body, headers=signed(settings.slack_signing_secret.get_secret_value(), body)
        )
    except httpx.HTTPError:
        return [
            Finding(
                _SUBJECT,
                f"cannot be answered at {url}: nothing is there",
                "problem",
                "Start `plantroom serve` behind it.",
            )
        ]
    if reply.is_success and challenge in reply.text:
        return [Finding(_SUBJECT, f"is answered at {url}")]
    advice = "See that the proxy passes it on, and that this plant has the app's signing secret (Basic Information)."
    return [Finding(_SUBJECT, f"is not answered at {url} ({reply.status_code})", "problem", advice)]


def signed(secret: str, body: bytes, now: float | None = None) -> dict[str, str]:
    """The headers by which Slack shows that a request is its own."""
    moment = str(int(time.time() if now is None else now))
    digest = hmac.new(secret.encode(), f"v0:{moment}:".encode() + body, hashlib.sha256).hexdigest()
    return {
        "content-type": "application/json",
        "x-slack-request-timestamp": moment,
        "x-slack-signature": f"v0={digest}",
    }


def _readers(settings: Settings) -> Sequence[Finding]:
    if settings.slack_readers == "workspace":
        return [Finding(_SUBJECT, "all members of the workspace may ask; who is a user here acts as that user")]
    advice = "plantroom users slack NAME MEMBER-ID; or PLANTROOM_SLACK_READERS=workspace"
    return [Finding(_SUBJECT, "only users of the plant whose member ID is known may ask", "ok", advice)]


def _as(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}
