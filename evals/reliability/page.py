"""The table of the documentation, from what a run saw."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from evals.reliability.broker_faults import RATE as BROKER_RATE
from evals.reliability.broker_faults import SLOW_RATE
from evals.reliability.faults import RATE, Fault
from evals.reliability.verdict import Verdict

_START, _END = "<!-- written by `make reliability` -->", "<!-- end of what is written -->"
_HEAD = (
    "| what happens | acknowledged by | sent | acknowledged | missing | wrong | dead letters | graph is newest | whole again after |",
    "|---|---|---|---|---|---|---|---|---|",
)


def write_page(page: Path, faults: Sequence[Fault], verdicts: Mapping[str, Verdict]) -> None:
    """Put the table in the place of the last one; the text around it stays, and so do rows of faults that were not run."""
    text = page.read_text("utf-8")
    before, _, rest = text.partition(_START)
    last, _, after = rest.partition(_END)
    found = {line.split("|")[1].strip(): line for line in last.splitlines() if line.startswith("| ")}
    rows = [
        _row(fault, verdicts[fault.name]) if fault.name in verdicts else _kept(found, fault.words) for fault in faults
    ]
    rows = [row for row in rows if row]
    lead = (
        f"{RATE:,} messages a second, one reading each, while the fault strikes; where brokers are compared, "
        f"{BROKER_RATE:,} of each version of MQTT, or {SLOW_RATE} at a Mosquitto that writes each message."
    )
    page.write_text("\n".join([before + _START, "", lead, "", *_HEAD, *rows, "", _END + after]), "utf-8")


def _kept(found: Mapping[str, str], words: str) -> str | None:
    """The row of a fault in the last table, where its words may be followed by a remark."""
    return next((row for told, row in found.items() if told == words or told.startswith(f"{words}: ")), None)


def _row(fault: Fault, v: Verdict) -> str:
    whole = "never" if v.recovery_s is None else f"{v.recovery_s:.1f} s"
    cells = [
        f"{fault.words}: {v.remark}" if v.remark else fault.words,
        fault.trust,
        f"{v.sent:,}",
        f"{v.acknowledged:,}",
        v.missing,
        v.strange,
        v.dead_letters,
    ]
    return "| " + " | ".join(str(cell) for cell in [*cells, "yes" if v.graph_is_newest else "**no**", whole]) + " |"
