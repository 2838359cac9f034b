"""The report of a run, for people and for programs."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from evals.outcome import CaseResult, Outcome, Share


def print_report(console: Console, outcome: Outcome) -> None:
    """Pass rates, what failed and why, the controls, and the figures of the whole run."""
    for table in _tables(outcome):
        console.print(table)
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


def _tables(outcome: Outcome) -> Iterator[Table]:
    """By category; by family and by language too where those divide the cases in another way."""
    shares = outcome.by_category()
    if shares:
        yield _table("category", shares)
    if (families := outcome.by_family()) != shares:
        yield _table("family", families)
    if len(languages := outcome.by_language()) > 1:
        yield _table("language", languages)


def _table(heading: str, shares: Mapping[str, Share]) -> Table:
    table = Table(box=None, pad_edge=False)
    for title in (heading, "passed", "of", "", "silently wrong"):
        table.add_column(title, justify="left" if title == heading else "right")
    for name, (passed, total, silent) in shares.items():
        figures = (str(passed), str(total), f"{passed / total:.0%}", str(silent or ""))
        table.add_row(escape(name), *figures, style=None if passed == total else "yellow")
    return table


def _print_failure(console: Console, case: CaseResult) -> None:
    silent = " [red]silently wrong[/]" if case.tried.silent else ""
    console.print(f"[red]✗[/] [bold]{escape(case.id)}[/] [dim]{escape(case.file.name)}[/]{silent}")
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
        f"Silently wrong: {outcome.silent}. Invented: {outcome.invented}. Written without approval: {len(outcome.writes)}."
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
            "silent": outcome.silent,
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
            "families": _shares(outcome.by_family()),
            "languages": _shares(outcome.by_language()),
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


def _shares(shares: Mapping[str, Share]) -> dict[str, dict[str, int]]:
    return {name: share._asdict() for name, share in shares.items()}


def _case(case: CaseResult) -> dict[str, Any]:
    return {
        "id": case.id,
        "passed": case.passed,
        "silent": case.tried.silent,
        "why": "; ".join(case.tried.why),
        "answer": "\n".join(reply.text for reply in case.replies),
        "calls": [_plain({"tool": call.tool, "args": dict(call.args)}) for r in case.replies for call in r.calls],
        "category": case.category,
        "family": case.family,
        "language": case.language,
        "world": case.world,
        "file": str(case.file),
        "questions": [reply.question for reply in case.replies],
        "endings": [reply.endings if reply.endings is None else list(reply.endings) for reply in case.replies],
        "invented": [asset for reply in case.replies for asset in reply.invented],
        "ms": [_rounded(reply.ms) for reply in case.replies],
    }


def _plain(value: Any) -> Any:
    return json.loads(json.dumps(value, default=str))


def _rounded(ms: float | None) -> float | None:
    return None if ms is None else round(ms, 1)
