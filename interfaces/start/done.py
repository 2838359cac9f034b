"""Which files of a folder are in already, so that a start that was interrupted goes on where it was."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any, cast


class Done:
    """A file in the plant's home. What cannot be read counts as nothing done: each step may be done again."""

    def __init__(self, home: Path) -> None:
        self._path = home / "start" / "done.json"
        self._known = self._read()

    def _read(self) -> dict[str, str]:
        try:
            content: object = json.loads(self._path.read_text("utf-8"))
        except (OSError, ValueError):
            return {}
        known = cast(dict[Any, Any], content) if isinstance(content, dict) else {}
        return {str(name): str(digest) for name, digest in known.items()}

    def has(self, path: Path, digest: str) -> bool:
        return self._known.get(str(path.resolve())) == digest

    def add(self, path: Path, digest: str) -> None:
        self._known[str(path.resolve())] = digest
        self._path.parent.mkdir(parents=True, exist_ok=True)
        partial = self._path.with_suffix(".partial")
        partial.write_text(json.dumps(self._known, indent=1), "utf-8")
        partial.replace(self._path)


def digest_of(*parts: Path | str | None) -> str:
    """Of the content of files and of words: what a step depends on."""
    known = hashlib.sha256()
    for part in parts:
        known.update(part.read_bytes() if isinstance(part, Path) else (part or "").encode())
        known.update(b"\0")
    return known.hexdigest()
