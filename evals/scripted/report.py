"""What became of the statements, for people and for programs."""

from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from evals.scripted.judging import LEAST_ACCEPTED, MOST_LET_OUT, Judged, Judgement, Tally


def print_judgement(console: Console, judgement: Judgement) -> None:
    table = Table(box=None, pad_edge=False)
    for heading in ("kind", "language", "true ones accepted", "false ones let out"):
        table.add_column(heading, justify="left" if heading in ("kind", "language") else "right")
    for kind, language, tally in [*judgement.groups, ("all", "", judgement.total)]:
        table.add_row(kind, escape(language), _share(tally.accepted, tally.true), _share(tally.let_out, tally.false))
    console.print(table)
    for one in judgement.judged:
        if not one.right:
            console.print(_line(one), markup=False, soft_wrap=True)
    console.print(
        f"Wanted: at least {LEAST_ACCEPTED:.0%} of the true ones accepted, at most {MOST_LET_OUT:.0%} of the false ones let out."
    )


def _share(part: int, whole: int) -> str:
    return f"{part} of {whole} ({part / whole:.1%})" if whole else "–"


def _line(one: Judged) -> str:
    said = f"[{one.statement.kind}, {one.statement.language}] {one.statement.say} ({one.question}, {one.file.name})"
    if one.trouble:
        return f"✗ could not be judged: {said}: {one.trouble}"
    if one.statement.holds:
        return f"✗ true, but left out: {said}: not supported: {', '.join(one.unsupported)}"
    return f"✗ false, but let out: {said}"


def judgement_json(judgement: Judgement) -> dict[str, Any]:
    return {
        "sound": judgement.is_sound,
        "all": _tally(judgement.total),
        "groups": [{"kind": kind, "language": language, **_tally(tally)} for kind, language, tally in judgement.groups],
        "wrong": [
            {"file": one.file.name, "question": one.question, **one.statement.model_dump(),
             "unsupported": list(one.unsupported), "trouble": one.trouble}
            for one in judgement.judged if not one.right
        ],
    }  # fmt: skip


def _tally(tally: Tally) -> dict[str, int]:
    return {"accepted": tally.accepted, "true": tally.true, "let_out": tally.let_out, "false": tally.false}
