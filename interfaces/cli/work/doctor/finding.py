"""What ``plantroom doctor`` finds."""

from dataclasses import asdict, dataclass
from typing import Any, Literal

Level = Literal["ok", "note", "problem"]


@dataclass(frozen=True, slots=True)
class Finding:
    """``note`` is worth knowing; a ``problem`` needs somebody, and ``advice`` says what to do."""

    subject: str
    what: str
    level: Level = "ok"
    advice: str | None = None

    def as_json(self) -> dict[str, Any]:
        return asdict(self)
