"""``plantroom evals``: contributed to the command line, which knows nothing of this package."""

import json
from pathlib import Path
from typing import Annotated, Literal

import typer

from interfaces.cli.dispatch import EXIT_FAILED
from interfaces.cli.running import out, run, settings_with
from interfaces.progress import Report


def evals(
    paths: Annotated[list[Path], typer.Argument(help="Case files, or folders of them.")],
    model: Annotated[
        Literal["offline", "openai"] | None, typer.Option(help="The planner, instead of the settings' own.")
    ] = None,
    json_out: Annotated[Path | None, typer.Option("--json", help="Write the results to this file as well.")] = None,
    controls: Annotated[bool, typer.Option(help="Ask again without tools and with an empty graph.")] = True,
) -> None:
    """Put question sets to plants built for them, and report what passes.

    Ends with 1 where less than 90% pass, or anything is invented or written without approval.
    """
    from evals.report import print_report, to_json
    from evals.runner import run_evals

    async def work(report: Report) -> None:
        outcome = await run_evals(paths, settings_with(model=model), controls=controls, report=report)
        if json_out is not None:
            json_out.parent.mkdir(parents=True, exist_ok=True)
            json_out.write_text(json.dumps(to_json(outcome), ensure_ascii=False, indent=1), "utf-8")
        print_report(out, outcome)
        sound.append(outcome.is_sound)

    sound: list[bool] = []
    run(work)
    if not all(sound):
        raise typer.Exit(EXIT_FAILED)
