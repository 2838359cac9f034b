"""What a fault did: the ledger against history and the graph."""

import asyncio
import time
from dataclasses import dataclass

from evals.reliability.devices import Ledger
from evals.reliability.stage import Stage

_PATIENCE_S = 90.0


@dataclass(frozen=True, slots=True)
class Verdict:
    """``missing``: acknowledged and not in history; ``strange``: in history and never sent, or with another value.

    ``recovery_s`` is how long after the fault's end history held everything and the graph the newest of it; None: never.
    """

    sent: int
    acknowledged: int
    recorded: int
    missing: int
    strange: int
    dead_letters: int
    graph_is_newest: bool
    recovery_s: float | None
    bounded: bool = True
    """Whether what had to stay within bounds did."""
    remark: str = ""

    @property
    def sound(self) -> bool:
        return (
            self.bounded and not (self.missing or self.strange) and self.graph_is_newest and self.recovery_s is not None
        )


async def judge(stage: Stage, ledger: Ledger, letters_before: int = 0, patience_s: float = _PATIENCE_S) -> Verdict:
    """Wait until nothing is missing, at most ``patience_s``, and say what is so then."""
    began = time.monotonic()
    recovered: float | None = None
    while True:
        recorded = await _recorded(stage, ledger)
        present = await _graph_is_newest(stage, ledger)
        missing = ledger.acknowledged - recorded.keys()
        if not missing and present:
            recovered = time.monotonic() - began
            break
        if time.monotonic() - began > patience_s:
            break
        await asyncio.sleep(0.1)
    strange = [entry for entry, value in recorded.items() if entry not in ledger.sent or value != entry[1]]
    return Verdict(
        len(ledger.sent),
        len(ledger.acknowledged),
        len(recorded),
        len(missing),
        len(strange),
        await stage.letters.total() - letters_before,
        present,
        recovered,
    )


async def _recorded(stage: Stage, ledger: Ledger) -> dict[tuple[str, int], float | None]:
    rows = await stage.history.fetch(
        "select source, round(extract(epoch from at) * 1000)::bigint - %(start)s as number, value "
        "from reading join series on id = series where source = any(%(sources)s)",
        {"start": ledger.start, "sources": ledger.sources},
    )
    return {(row["source"].partition("/")[0], row["number"]): row["value"] for row in rows}


async def _graph_is_newest(stage: Stage, ledger: Ledger) -> bool:
    newest: dict[str, float] = {}
    for device, number in ledger.acknowledged:
        newest[device] = max(number, newest.get(device, 0.0))
    rows = await stage.graph.read(
        "MATCH (p:Point) WHERE p.source IN $sources RETURN p.source AS source, p.value AS value", sources=ledger.sources
    )
    present = {row["source"].partition("/")[0]: row["value"] for row in rows}
    # A reading that was sent and not acknowledged may have arrived all the same.
    return all(present.get(device) is not None and present[device] >= value for device, value in newest.items())
