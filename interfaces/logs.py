"""The log on standard error, or in a file: lines for people or JSON for machines, and never a secret in either."""

import json
import logging
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable
from copy import copy
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import TextIO
from urllib.parse import quote, quote_plus

from pydantic import SecretStr
from pythonjsonlogger.json import JsonFormatter

from interfaces.settings import Settings, WrongSetting

_IN_ADDRESS = re.compile(r"(\b[a-z][a-z0-9+.-]*://[^\s:/@]*:)[^\s/]+(?=@)", re.IGNORECASE)
_IN_DSN = re.compile(r"(\bpassword\s*=\s*)('(?:[^'\\]|\\.)*'|[^\s'\"]+)", re.IGNORECASE)
_HIDDEN = "…"
_LONGEST = 16_000
"""Characters of a message, and of a traceback."""
_FILE_BYTES, _FILES_BEFORE = 10_000_000, 4
_SHORTEST = 4
"""Something shorter would turn up in words that are no secret."""


def set_up(settings: Settings, stream: TextIO | None = None) -> None:
    """Log as the settings say; a second call replaces the first."""
    handler = (
        _file(settings.log_file)
        if settings.log_file and stream is None
        else logging.StreamHandler(stream or sys.stderr)
    )
    if settings.log_level != "debug":
        handler.addFilter(Flood())
    handler.setFormatter(Redacting(_formatter(settings.log), secrets_of(settings)))
    logging.basicConfig(level=settings.log_level.upper(), handlers=[handler], force=True)


def _file(path: Path) -> logging.Handler:
    """Rotates while it is written; opened with the first record. Raises ``WrongSetting``."""
    if not path.parent.is_dir():
        raise WrongSetting(f"PLANTROOM_LOG_FILE is {path}, and there is no folder {path.parent}.")
    return RotatingFileHandler(path, maxBytes=_FILE_BYTES, backupCount=_FILES_BEFORE, encoding="utf-8", delay=True)


class Redacting(logging.Formatter):
    """What another formatter makes of a record, without the secrets: those that are known, and passwords inside addresses."""

    def __init__(self, inner: logging.Formatter, secrets: Iterable[str]) -> None:
        super().__init__()
        self._inner = inner
        spellings = {form for secret in secrets if len(secret) >= _SHORTEST for form in _spellings(secret)}
        longest_first = sorted(spellings, key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, longest_first))) if spellings else None

    def format(self, record: logging.LogRecord) -> str:
        text = self._inner.format(_shortened(record))
        if self._known:
            text = self._known.sub(_HIDDEN, text)
        return _IN_DSN.sub(rf"\1{_HIDDEN}", _IN_ADDRESS.sub(rf"\1{_HIDDEN}", text))


class Flood(logging.Filter):
    """Lets through so many records a minute that are alike, and so many in all; then says how many were left out.

    ``clock`` gives seconds that only go forward.
    """

    def __init__(self, alike: int = 30, most: int = 600, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._alike, self._most, self._clock = alike, most, clock
        self._began = clock()
        self._counts: Counter[tuple[str, str]] = Counter()
        self._left_out = 0

    def filter(self, record: logging.LogRecord) -> bool:
        now = self._clock()
        if now - self._began >= 60:
            self._began = now
            self._counts.clear()
        kind = record.name, str(record.msg)[:200]
        self._counts[kind] += 1
        if self._counts[kind] > self._alike or self._counts.total() > self._most:
            self._counts[kind] -= 1
            self._left_out += 1
            return False
        if self._left_out:
            record.msg, record.args = (
                f"{record.getMessage()} ({self._left_out:,} records before this were left out)",
                None,
            )
            self._left_out = 0
        return True


def _shortened(record: logging.LogRecord) -> logging.LogRecord:
    """One record never fills a log, whatever somebody sent."""
    record = copy(record)
    record.msg, record.args = _short(record.getMessage()), None
    if record.exc_info:
        traceback = _short(logging.Formatter().formatException(record.exc_info))
        record.__dict__.update(exc_text=traceback, exc_info=None)
    return record


def _short(text: str) -> str:
    if len(text) <= _LONGEST:
        return text
    return f"{text[:_LONGEST]}… ({len(text) - _LONGEST:,} more characters)"


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
