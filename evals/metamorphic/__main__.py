"""``make evals-language``: change thousands of sentences, and name each change that made no difference and was not told."""

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.table import Table

from agent.language.grammar import languages
from evals.metamorphic.plants import understanding_of
from evals.metamorphic.trial import Trial, try_sentences
from graph_schema.ontology.ontology import load_ontology
from ingestion.simulator.demo import demo_plant_file
from interfaces.progress import shown

_NOW = datetime(2026, 3, 2, 18, tzinfo=UTC)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m evals.metamorphic", description=__doc__)
    parser.add_argument("--sentences", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--language", action="append", choices=languages())
    parser.add_argument("--plant", type=Path, help="a plant file or a Brick model; the demo by default")
    options = parser.parse_args()
    ontology = load_ontology()
    demo = understanding_of(demo_plant_file(), ontology)
    plant = demo if options.plant is None else understanding_of(options.plant, ontology)
    codes = options.language or languages()
    console = Console()
    with shown(console) as report:
        trial = try_sentences(
            demo, plant, codes, _NOW, options.sentences, options.seed,
            lambda done, total: report("Changing sentences", done / total),
        )  # fmt: skip
    print_trial(console, trial)
    sys.exit(0 if not trial.silent else 1)


def print_trial(console: Console, trial: Trial) -> None:
    kinds = sorted({kind for _, kind, _ in trial.outcomes})
    outcomes = ("told", "changed", "same", "silent", "astray")
    table = Table("change", *outcomes)
    for kind in kinds:
        each = (sum(n for (_, one, how), n in trial.outcomes.items() if (one, how) == (kind, by)) for by in outcomes)
        table.add_row(kind, *(f"{number:,}" for number in each))
    console.print(table)
    for one in trial.silent:
        console.print(f"{one.language}, {one.kind}: “{one.before}” and “{one.after}”", highlight=False)
    console.print(
        f"{trial.total:,} sentences: {trial.count('silent')} dropped silently, {trial.count('astray')} politenesses understood otherwise."
    )


if __name__ == "__main__":
    main()
