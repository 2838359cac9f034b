"""What every question to a language model costs before a word of it: the system prompt and the tools, in tokens of a real tokenizer.

``python -m evals.bench.prompt`` prints it. The tokenizer is Tekken, whose vocabulary mistral-common ships; those of other models of today
differ by some percent. Tools are counted as they are sent at first; a server that writes them into its template with blanks between reads more.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import mistral_common
from mistral_common.tokens.tokenizers.tekken import Tekkenizer

from agent.evidence.compact import compact
from agent.evidence.ledger import Entry
from agent.run.prompt import SYSTEM
from agent.run.tool_groups import offered
from tools.catalogue.plant import plant_tools
from tools.results.assets import EntityRef
from tools.results.telemetry import Telemetry, TelemetryRow

_NOW = datetime(2026, 3, 2, 18, 20, tzinfo=UTC)
_HOURS = 25
Count = Callable[[str], int]


@dataclass(frozen=True, slots=True)
class PromptCost:
    """Tokens: of the system prompt, of the tools as they are sent and with blanks between, of each tool, and of 25 hourly values."""

    system: int
    tools: int
    tools_spaced: int
    each: Mapping[str, int]
    hourly: int

    @property
    def fixed(self) -> int:
        return self.system + self.tools


def tekken() -> Count:
    """How many tokens a text has."""
    newest = max((Path(mistral_common.__file__).parent / "data").glob("tekken_*.json"))
    tokenizer = Tekkenizer.from_file(newest)
    return lambda text: len(tokenizer.encode(text, bos=False, eos=False))


def prompt_cost(definitions: Sequence[Mapping[str, Any]], count: Count) -> PromptCost:
    return PromptCost(
        system=count(SYSTEM),
        tools=count(_sent(definitions)),
        tools_spaced=count(json.dumps(definitions, ensure_ascii=False)),
        each={one["function"]["name"]: count(_sent(one)) for one in definitions},
        hourly=count(hourly_result()),
    )


def hourly_result() -> str:
    """25 hours of one temperature as a model reads them; the hour that is under way is known in part."""
    duct = EntityRef.model_validate({"id": "ahu-2", "kind": "Asset", "name": "AHU-2", "class": "AHU", "place": "Roof"})
    began = _NOW.replace(minute=0) - timedelta(hours=_HOURS - 1)
    rows = [
        TelemetryRow(
            entity=duct, bucket=began + timedelta(hours=hour), point="ahu-2/sat", quantity="supply_air_temperature",
            value=12.9 + hour % 7 * 0.37, unit="°C", samples=60, known_h=1.0 if hour < _HOURS - 1 else 0.33,
        )
        for hour in range(_HOURS)
    ]  # fmt: skip
    result = Telemetry(quantity="supply_air_temperature", aggregate="mean", group_by="hour", rows=rows, total=len(rows))
    return compact(Entry("a", "query_telemetry", result, result.tables()), UTC, _NOW)


def _sent(definitions: object) -> str:
    return json.dumps(definitions, ensure_ascii=False, separators=(",", ":"))


def main() -> None:
    cost = prompt_cost(offered(plant_tools(), (), room=True), tekken())
    for name, tokens in sorted(cost.each.items(), key=lambda one: -one[1]):
        print(f"{tokens:6,}  {name}")
    print(f"{cost.system:6,}  the system prompt")
    print(f"{cost.fixed:6,}  the system prompt and {len(cost.each)} tools")
    print(f"{cost.system + cost.tools_spaced:6,}  the same where a server puts blanks between")
    print(f"{cost.hourly:6,}  {_HOURS} hourly values")


if __name__ == "__main__":
    main()
