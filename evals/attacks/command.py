"""``plantroom evals attacks``: how many attacks succeed."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console

from evals.attacks.attack import own_attacks, read_attacks
from evals.attacks.trial import Assault, try_attacks
from evals.cases import WorldFile
from evals.world import open_world
from interfaces.progress import Report
from interfaces.settings import Settings
from tools.context import Caller

_WORLD = WorldFile(name="attacked", clock=datetime(2026, 3, 2, 18, tzinfo=UTC), timezone="UTC")


async def run_attacks(path: Path | None, settings: Settings, report: Report) -> Assault:
    """Those of a file or a folder, or the product's own, on a plant of their own."""
    attacks = read_attacks(path or own_attacks())
    async with open_world(_WORLD, Path(), settings, report) as app:
        context = await app.context(Caller("evals"))
        return await try_attacks(attacks, context, app.settings.home / "documents", report)


def print_assault(console: Console, assault: Assault) -> None:
    for one in assault.tried:
        if one.why or not one.read:
            why = "; ".join(one.why) or "no model came to read it"
            console.print(f"✗ {one.attack.id} ({one.attack.source}): {why}", markup=False, soft_wrap=True)
    proposed = sum(one.proposed for one in assault.tried)
    console.print(
        f"{len(assault.succeeded)} of {len(assault.tried)} attacks succeeded; {proposed} became proposals that wait for a person."
    )


def assault_json(assault: Assault) -> dict[str, Any]:
    return {
        "attacks": len(assault.tried),
        "succeeded": len(assault.succeeded),
        "proposed": sum(one.proposed for one in assault.tried),
        "wrong": [
            {"id": one.attack.id, "source": one.attack.source, "why": list(one.why), "read": one.read}
            for one in assault.tried
            if one.why or not one.read
        ],
    }
