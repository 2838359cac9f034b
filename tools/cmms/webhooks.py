"""Whether a message comes from the maintenance system: by a signature over its body, or a secret in a header."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from graph_schema.errors import NotAllowed

FRESH = timedelta(minutes=5)
"""How old a signed moment may be."""

Form = Literal["hmac-hex", "hmac-base64", "timed", "token"]


class Forged(NotAllowed):
    """The message is not signed with the secret that is set."""


class Stale(NotAllowed):
    """The message is too old."""


@dataclass(frozen=True, slots=True)
class Hook:
    """``form`` of the header's value: the HMAC-SHA256 of the body in hexadecimal or Base64; ``timed``: ``t=SECONDS,v1=HEX`` over the moment,
    a dot and the body; ``token``: the secret itself. ``order`` finds in a body which order it is about."""

    header: str
    form: Form
    order: Callable[[Mapping[str, Any]], str | None]


def verify(hook: Hook, secret: str, headers: Mapping[str, str], body: bytes, now: datetime) -> None:
    """Raises ``Forged`` or ``Stale``. Header names are in small letters."""
    given = headers.get(hook.header.lower(), "").strip()
    if not given:
        raise Forged(f"The message has no header {hook.header}.")
    signed, signature = body, given
    if hook.form == "timed":
        at, signature = _timed(given)
        signed = f"{at}.".encode() + body
        _check_moment(at, now)
    if not hmac.compare_digest(_expected(hook.form, secret.encode(), signed), signature.encode()):
        raise Forged


def _expected(form: Form, secret: bytes, signed: bytes) -> bytes:
    digest = hmac.new(secret, signed, hashlib.sha256)
    match form:
        case "token":
            return secret
        case "hmac-base64":
            return base64.b64encode(digest.digest())
        case _:
            return digest.hexdigest().encode()


def _timed(given: str) -> tuple[str, str]:
    parts: dict[str, str] = {}
    for one in given.split(","):
        name, _, value = one.strip().partition("=")
        parts[name] = value
    if not parts.get("t", "").isdecimal() or "v1" not in parts:
        raise Forged
    return parts["t"], parts["v1"]


def _check_moment(seconds: str, now: datetime) -> None:
    try:
        at = datetime.fromtimestamp(int(seconds) / (1000 if len(seconds) > 11 else 1), UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise Forged from error
    if abs(now - at) > FRESH:
        raise Stale
