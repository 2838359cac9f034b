"""On which terms a change may be approved, and what it is known by."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from tools.context import ACTING, Role

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Terms:
    """Of a tool that changes something: people with one of these ``roles`` may approve it, who asked too where it may be their
    ``own``, until it is ``within`` old."""

    roles: frozenset[Role] = ACTING
    own: bool = False
    within: timedelta = DAY


def digest_of(tool: str, arguments: Mapping[str, Any]) -> str:
    """SHA-256, in hexadecimal, of the tool with its arguments as JSON with sorted keys."""
    text = json.dumps([tool, arguments], sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
