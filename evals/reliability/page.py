"""The table of the documentation, from what a run saw."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from evals.reliability.faults import RATE, Fault
from evals.reliability.verdict import Verdict

_START, _END = "<!-- written by `make reliability` -->", "<!-- end of what is written -->"
_HEAD = (
    "| what happens | acknowledged by | sent | acknowledged | missing | wrong | dead letters | graph is newest | whole again after |",
    "|---|---|---|---|---|---|---|---|---|",
)


def write_page(page: Path, faults: Sequence[Fault], verdicts: Mapping[str, Verdict]) -> None:
    """Put the table in the place of the last one; the text around it stays."""
    text = page.read_text("utf-8")
    before, _, rest = text.partition(_START)
    _, _, after = rest.partition(_END)
    rows = [_row(fault, verdicts[fault.name]) for fault in faults]
    lead = f"{RATE:,} messages a second, one reading each, while the fault strikes."
    page.write_text("\n".join([before + _START, "", lead, "", *_HEAD, *rows, "", _END + after]), "utf-8")


def _row(fault: Fault, v: Verdict) -> str:
    whole = "never" if v.recovery_s is None else f"{v.recovery_s:.1f} s"
    cells = [fault.words, fault.trust, f"{v.sent:,}", f"{v.acknowledged:,}", v.missing, v.strange, v.dead_letters]
    return "| " + " | ".join(str(cell) for cell in [*cells, "yes" if v.graph_is_newest else "**no**", whole]) + " |"
