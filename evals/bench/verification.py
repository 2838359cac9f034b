"""How long the check of an answer takes: drafts of several lengths over the demo's kind of evidence, in processor time.

``python -m evals.bench.verification`` prints a line a length. No store and no model is needed.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from agent.evidence.citations import Style
from agent.evidence.ledger import Ledger
from agent.evidence.verify import Verifier
from agent.language.grammar import grammar
from agent.vocabulary.lexicon import Lexicon
from graph_schema.model import Entity
from graph_schema.ontology.ontology import Ontology, load_ontology
from tools.results.assets import EntityRef
from tools.results.telemetry import Telemetry, TelemetryRow

LENGTHS = (2_500, 5_000, 10_000, 20_000)
TARGET_MS = 50
"""For 10,000 characters."""
_TIMES = 5
_NOW = datetime(2026, 3, 2, 18, tzinfo=UTC)
_HANDLERS = 40
_SENTENCES = (
    "AHU-{n} supplies air at {value} °C, measured at 10:00.", "The supply air temperature of AHU-{n} is {value} °C, well below 30 °C.",
    "**AHU-{n}**: {value} °C, which is not in alarm.", "I recommend checking the filter of AHU-{n} because it leaks.",
)  # fmt: skip


def verifier(ontology: Ontology) -> Verifier:
    """Over one result with a value of each of forty air handlers."""
    assets = [Entity(f"ahu-{n}", "Asset", f"AHU-{n}", "AHU") for n in range(1, _HANDLERS + 1)]
    rows = [
        TelemetryRow(
            entity=EntityRef.model_validate({"id": one.id, "name": one.name, "kind": one.kind, "class": one.class_}), quantity="supply_air_temperature",
            unit="°C", at=_NOW, age_s=0.0, value=_value(n),
        )
        for n, one in enumerate(assets, 1)
    ]  # fmt: skip
    found = Telemetry(quantity="supply_air_temperature", aggregate="latest", rows=rows, total=len(rows))
    style = Style("en", "metric", ZoneInfo("America/Los_Angeles"), _NOW)
    lexicon = Lexicon.from_entities(assets, ontology, grammar("en").function_words)
    return Verifier(Ledger.of([("query_telemetry", found)]), lexicon, "How warm is the supply air?", frozenset(), style)


def _value(n: int) -> float:
    return 14 + n / 10


def draft(length: int) -> str:
    """True and false sentences in turn, of about a length."""
    said: list[str] = []
    while sum(map(len, said)) < length:
        n = len(said) % _HANDLERS + 1
        said.append(_SENTENCES[len(said) % len(_SENTENCES)].format(n=n, value=_value(n)) + " ")
    return "".join(said)[:length]


def milliseconds(check: Verifier, lengths: Sequence[int] = LENGTHS) -> dict[int, float]:
    """Processor time of one verification by length: the best of several."""
    found: dict[int, float] = {}
    for length in lengths:
        text, times = draft(length), list[float]()
        for _ in range(_TIMES):
            start = time.process_time()
            check.verify(text)
            times.append(time.process_time() - start)
        found[length] = min(times) * 1000
    return found


def main() -> None:
    for length, ms in milliseconds(verifier(load_ontology())).items():
        print(f"{length:>7,} characters: {ms:6.1f} ms, {ms / length * 1000:.2f} ms a thousand")
    print(f"Wanted: at most {TARGET_MS} ms for 10,000 characters, and the same for each thousand.")


if __name__ == "__main__":
    main()
