"""The report of a run, for people and for programs."""

import json
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from evals.outcome import CaseResult, Outcome


def print_report(console: Console, outcome: Outcome) -> None:
    """Pass rates, what failed and why, the controls, and the figures of the whole run."""
    if outcome.cases:
        console.print(_table(outcome))
    for case in outcome.cases:
        if not case.passed:
            _print_failure(console, case)
    for control in outcome.controls:
        console.print(
            f"Control {control.name}: {len(control.passed)} of {control.cases - control.abstained} pass"
            f" ({control.abstained} abstentions aside)."
        )
        if control.passed:
            console.print(f"  These measure nothing: {escape(', '.join(control.passed))}", soft_wrap=True)
    for left in outcome.left_out:
        console.print(
            f"[yellow]Left out:[/] {left.cases} cases of {escape(str(left.file))}. {escape(left.why)}", soft_wrap=True
        )
    for trouble in outcome.troubles:
        console.print(f"[red]Trouble:[/] {escape(trouble)}", soft_wrap=True)
    for change in outcome.writes[:20]:
        console.print(f"[red]Written without approval:[/] {escape(change)}", soft_wrap=True)
    for line in _figures(outcome):
        console.print(line, soft_wrap=True)


def _table(outcome: Outcome) -> Table:
    table = Table(box=None, pad_edge=False)
    for heading in ("category", "passed", "of", ""):
        table.add_column(heading, justify="left" if heading == "category" else "right")
    for name, (passed, total) in outcome.by_category().items():
        table.add_row(
            escape(name), str(passed), str(total), f"{passed / total:.0%}", style=None if passed == total else "yellow"
        )
    return table


def _print_failure(console: Console, case: CaseResult) -> None:
    console.print(f"[red]✗[/] [bold]{escape(case.id)}[/] [dim]{escape(case.file.name)}[/]")
    for reply in case.replies:
        console.print(f"    asked     {reply.question}", markup=False, soft_wrap=True)
        console.print(f"    answered  {reply.text}", markup=False, soft_wrap=True)
    for reason in case.tried.why:
        console.print(f"    {reason}", markup=False, soft_wrap=True, style="red")


def _figures(outcome: Outcome) -> list[str]:
    total = len(outcome.cases)
    p50, p95 = outcome.percentile_ms(0.5), outcome.percentile_ms(0.95)
    tokens = sum(reply.input_tokens + reply.output_tokens for reply in outcome.replies)
    return [
        f"[bold]{outcome.passed} of {total} cases pass{f' ({outcome.passed / total:.1%})' if total else ''}[/]"
        f" with the {outcome.model} model in {outcome.seconds:.0f} s.",
        f"Invented: {outcome.invented}. Written without approval: {len(outcome.writes)}."
        f" Calls per answer: {outcome.calls_per_answer:.1f}. Tokens: {tokens:,}.",
        f"Our own time per answer: p50 {_ms(p50)}, p95 {_ms(p95)}.",
    ]


def _ms(value: float | None) -> str:
    return "unknown" if value is None else f"{value:.0f} ms"


def to_json(outcome: Outcome) -> dict[str, Any]:
    """As docs/engineers/evals.md describes it; plain JSON values."""
    return {
        "summary": {
            "cases": len(outcome.cases),
            "passed": outcome.passed,
            "invented": outcome.invented,
            "unapproved_writes": len(outcome.writes),
            "p50_ms": _rounded(outcome.percentile_ms(0.5)),
            "p95_ms": _rounded(outcome.percentile_ms(0.95)),
            "model": outcome.model,
            "calls_per_answer": round(outcome.calls_per_answer, 2),
            "input_tokens": sum(reply.input_tokens for reply in outcome.replies),
            "output_tokens": sum(reply.output_tokens for reply in outcome.replies),
            "seconds": round(outcome.seconds, 1),
            "categories": _shares(outcome.by_category()),
            "worlds": _shares(outcome.by_world()),
            "controls": [
                {
                    "control": control.name,
                    "cases": control.cases,
                    "passed": list(control.passed),
                    "abstained": control.abstained,
                }
                for control in outcome.controls
            ],
            "left_out": [
                {"file": str(left.file), "world": left.world, "cases": left.cases, "why": left.why}
                for left in outcome.left_out
            ],
            "writes": list(outcome.writes),
            "troubles": list(outcome.troubles),
        },
        "cases": [_case(case) for case in outcome.cases],
    }


def _shares(shares: dict[str, tuple[int, int]]) -> dict[str, dict[str, int]]:
    return {name: {"passed": passed, "cases": total} for name, (passed, total) in shares.items()}


def _case(case: CaseResult) -> dict[str, Any]:
    return {
        "id": case.id,
        "passed": case.passed,
        "why": "; ".join(case.tried.why),
        "answer": "\n".join(reply.text for reply in case.replies),
        "calls": [_plain({"tool": call.tool, "args": dict(call.args)}) for r in case.replies for call in r.calls],
        "category": case.category,
        "world": case.world,
        "file": str(case.file),
        "questions": [reply.question for reply in case.replies],
        "invented": [asset for reply in case.replies for asset in reply.invented],
        "ms": [_rounded(reply.ms) for reply in case.replies],
    }


def _plain(value: Any) -> Any:
    return json.loads(json.dumps(value, default=str))


def _rounded(ms: float | None) -> float | None:
    return None if ms is None else round(ms, 1)
