"""The log on standard error: lines for people or JSON for machines, and never a secret in either."""

import json
import logging
import re
import sys
from collections.abc import Iterable
from typing import TextIO
from urllib.parse import quote, quote_plus

from pydantic import SecretStr
from pythonjsonlogger.json import JsonFormatter

from interfaces.settings import Settings

_IN_ADDRESS = re.compile(r"(\b[a-z][a-z0-9+.-]*://[^\s:/@]*:)[^\s/]+(?=@)", re.IGNORECASE)
_IN_DSN = re.compile(r"(\bpassword\s*=\s*)('(?:[^'\\]|\\.)*'|[^\s'\"]+)", re.IGNORECASE)
_HIDDEN = "…"
_SHORTEST = 4
"""Something shorter would turn up in words that are no secret."""


def set_up(settings: Settings, stream: TextIO | None = None) -> None:
    """Log as the settings say; a second call replaces the first."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(Redacting(_formatter(settings.log), secrets_of(settings)))
    logging.basicConfig(level=settings.log_level.upper(), handlers=[handler], force=True)


class Redacting(logging.Formatter):
    """What another formatter makes of a record, without the secrets: those that are known, and passwords inside addresses."""

    def __init__(self, inner: logging.Formatter, secrets: Iterable[str]) -> None:
        super().__init__()
        self._inner = inner
        spellings = {form for secret in secrets if len(secret) >= _SHORTEST for form in _spellings(secret)}
        longest_first = sorted(spellings, key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, longest_first))) if spellings else None

    def format(self, record: logging.LogRecord) -> str:
        text = self._inner.format(record)
        if self._known:
            text = self._known.sub(_HIDDEN, text)
        return _IN_DSN.sub(rf"\1{_HIDDEN}", _IN_ADDRESS.sub(rf"\1{_HIDDEN}", text))


def secrets_of(settings: Settings) -> list[str]:
    """Every secret of the settings; of an address, its password too."""
    stated = [value.get_secret_value() for _, value in settings if isinstance(value, SecretStr)]
    return [*stated, *(match[0][len(match[1]) :] for text in stated for match in _IN_ADDRESS.finditer(text))]


def _spellings(secret: str) -> set[str]:
    """As it is, and as addresses, JSON and Python's own quoting write it."""
    plain = {secret, quote(secret, safe=""), quote_plus(secret), repr(secret)[1:-1]}
    return plain | {json.dumps(form, ensure_ascii=ascii_only)[1:-1] for form in plain for ascii_only in (True, False)}


def _formatter(kind: str) -> logging.Formatter:
    if kind == "text":
        return logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s")
    return JsonFormatter(
        "%(levelname)s %(name)s %(message)s",
        rename_fields={"levelname": "level", "name": "logger"},
        timestamp="time",
        json_ensure_ascii=False,
    )
